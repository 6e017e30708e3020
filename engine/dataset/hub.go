package dataset

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

const defaultHub = "https://huggingface.co"

// hub is the server that public data sets come from.
type hub struct {
	getenv func(string) string
	client *http.Client
	// progress, if not nil, hears how many bytes of a file are there; total is
	// 0 when not known.
	progress func(file string, have, total int64)
}

func (h *hub) endpoint() string {
	if e := h.getenv("HF_ENDPOINT"); e != "" {
		return strings.TrimRight(e, "/")
	}
	return defaultHub
}

// offline tells whether the environment forbids network access.
func (h *hub) offline() bool {
	for _, name := range []string{"HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"} {
		switch strings.ToLower(h.getenv(name)) {
		case "", "0", "false", "no", "off":
		default:
			return true
		}
	}
	return false
}

// token is the user's access token, from the environment or from where the
// hub's own tools keep it.
func (h *hub) token() string {
	for _, name := range []string{"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"} {
		if t := strings.TrimSpace(h.getenv(name)); t != "" {
			return t
		}
	}
	file := h.getenv("HF_TOKEN_PATH")
	if file == "" {
		home := h.getenv("HF_HOME")
		if home == "" {
			home = filepath.Join(h.getenv("HOME"), ".cache", "huggingface")
		}
		file = filepath.Join(home, "token")
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// get asks for an address; the header may ask for a part of it. The token goes
// to the host of the address alone, not to where that sends us on.
func (h *hub) get(ctx context.Context, address string, header http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.New("HF_ENDPOINT is not a URL") // it may hold a password
	}
	for k, v := range header {
		req.Header[k] = v
	}
	if t := h.token(); t != "" {
		req.Header.Set("Authorization", "Bearer "+t)
	}
	client := *h.client
	client.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if len(via) >= 10 {
			return errors.New("too many redirects")
		}
		if next.URL.Host != req.URL.Host || next.URL.Scheme != req.URL.Scheme {
			next.Header.Del("Authorization")
		}
		return nil
	}
	resp, err := client.Do(req)
	if err != nil {
		var ue *url.Error // names the whole address, of which the query may be a signature
		if errors.As(err, &ue) {
			err = ue.Err
		}
		return nil, fmt.Errorf("cannot reach %s: %w", req.URL.Host, err)
	}
	switch resp.StatusCode {
	case http.StatusOK, http.StatusPartialContent, http.StatusRequestedRangeNotSatisfiable:
		return resp, nil
	}
	resp.Body.Close()
	said := fmt.Sprintf("GET %s: %s", req.URL.Redacted(), resp.Status)
	if resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
		said += ": the data set may need an account: accept its terms on the hub and set HF_TOKEN"
	}
	return nil, errors.New(said)
}

// remote is one file to be fetched.
type remote struct {
	address string
	name    string // of the copy
	size    int64  // 0 if not known
	// sha256 or gitOID is what the content must have, in hex; both empty if
	// nobody told.
	sha256, gitOID string
}

// hubFile is an entry of the hub's listing of a repository.
type hubFile struct {
	Type string
	Path string
	Size int64
	OID  string
	LFS  *struct {
		OID  string
		Size int64
	}
}

// maxListing bounds a page of the listing of a repository, maxPagesListed
// their number.
const (
	maxListing     = 64 << 20
	maxPagesListed = 100
)

// list reads a listing, which comes in pages.
func (h *hub) list(ctx context.Context, address string) ([]hubFile, error) {
	var all []hubFile
	for range maxPagesListed {
		resp, err := h.get(ctx, address, nil)
		if err != nil {
			return nil, err
		}
		var page []hubFile
		err = json.NewDecoder(io.LimitReader(resp.Body, maxListing)).Decode(&page)
		resp.Body.Close()
		if err != nil {
			return nil, fmt.Errorf("read the answer: %w", err)
		}
		all = append(all, page...)
		next, rest, _ := strings.Cut(strings.TrimPrefix(resp.Header.Get("Link"), "<"), ">")
		if !strings.Contains(rest, `rel="next"`) {
			return all, nil
		}
		if !strings.HasPrefix(next, h.endpoint()+"/") {
			return nil, errors.New("the next page is on another server")
		}
		address = next
	}
	return nil, fmt.Errorf("it has more than %d pages", maxPagesListed)
}

// files lists what is to be fetched for a data set.
func (h *hub) files(ctx context.Context, s *publicSet) ([]remote, error) {
	if s.repo == "" {
		return []remote{{address: s.address, name: s.file}}, nil
	}
	all, err := h.list(ctx, fmt.Sprintf("%s/api/datasets/%s/tree/main?recursive=true", h.endpoint(), s.repo))
	if err != nil {
		return nil, fmt.Errorf("the list of the files of %s: %w", s.repo, err)
	}
	chosen, err := chooseFiles(all, s)
	if err != nil {
		return nil, err
	}
	var out []remote
	for _, f := range chosen {
		parts := strings.Split(f.Path, "/")
		for i := range parts {
			parts[i] = url.PathEscape(parts[i])
		}
		r := remote{
			address: fmt.Sprintf("%s/datasets/%s/resolve/main/%s", h.endpoint(), s.repo, strings.Join(parts, "/")),
			name:    path.Base(f.Path), size: f.Size, gitOID: f.OID,
		}
		if f.LFS != nil {
			r.size, r.sha256, r.gitOID = f.LFS.Size, strings.TrimPrefix(f.LFS.OID, "sha256:"), ""
		}
		out = append(out, r)
	}
	return out, nil
}

// dataKinds are the endings of files that can be read, the best first.
var dataKinds = []string{".jsonl", ".jsonl.gz", ".json", ".json.gz", ".csv", ".csv.gz"}

func dataKind(name string) int {
	name = strings.ToLower(name)
	return slices.IndexFunc(dataKinds, func(ext string) bool { return strings.HasSuffix(name, ext) })
}

// chooseFiles picks the files of a data set's subset and split.
func chooseFiles(all []hubFile, s *publicSet) ([]hubFile, error) {
	var files, packed []hubFile
	for _, f := range all {
		switch {
		case f.Type != "file" || strings.Contains("/"+f.Path, "/.") || strings.Contains(f.Path, ".."):
		case s.file != "":
			if f.Path == s.file {
				return []hubFile{f}, nil
			}
		case strings.HasSuffix(f.Path, ".parquet"):
			packed = append(packed, f)
		case dataKind(f.Path) >= 0:
			files = append(files, f)
		}
	}
	if s.file != "" {
		return nil, fmt.Errorf("%s has no file %s anymore", s.repo, s.file)
	}
	narrow := func(word string) {
		var some []hubFile
		for _, f := range files {
			if slices.Contains(strings.FieldsFunc(f.Path, func(r rune) bool { return strings.ContainsRune("/-_. ", r) }), word) {
				some = append(some, f)
			}
		}
		if some != nil {
			files = some
		}
	}
	narrow(s.subset)
	narrow(s.split)
	best := len(dataKinds)
	for _, f := range files {
		best = min(best, dataKind(f.Path))
	}
	files = slices.DeleteFunc(files, func(f hubFile) bool { return dataKind(f.Path) != best })
	slices.SortFunc(files, func(a, b hubFile) int { return strings.Compare(a.Path, b.Path) })
	names := map[string]bool{}
	for _, f := range files {
		if names[path.Base(f.Path)] {
			return nil, fmt.Errorf("%s has more than one file called %s: which is split %q cannot be told", s.repo, path.Base(f.Path), s.split)
		}
		names[path.Base(f.Path)] = true
	}
	switch {
	case len(files) > 0:
		return files, nil
	case len(packed) > 0:
		return nil, fmt.Errorf("%s holds Parquet files only, which are not read", s.repo)
	}
	return nil, fmt.Errorf("%s holds no files that can be read", s.repo)
}
