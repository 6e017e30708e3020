package dataset

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"tacho/engine/token"
)

// hub is the server that public data sets come from.
type hub struct {
	env    token.HubEnv
	client *http.Client
	// progress, if not nil, hears how many bytes of a file are there; total is
	// 0 when not known.
	progress func(file string, have, total int64)
	// patience is how long it may send nothing; 0 is a minute.
	patience time.Duration
}

// errSilent is in the chain of errors of a hub that sends nothing anymore.
var errSilent = errors.New("nothing came")

// watched returns a context that ends when alive is not called for too long.
// The caller ends it with stop.
func (h *hub) watched(ctx context.Context) (_ context.Context, alive, stop func()) {
	wait := h.patience
	if wait == 0 {
		wait = time.Minute
	}
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(wait, func() { cancel(fmt.Errorf("%w for %v", errSilent, wait)) })
	return ctx, func() { timer.Reset(wait) }, func() { timer.Stop(); cancel(nil) }
}

// get asks for an address; the header may ask for a part of it. The token goes
// to the hub alone, not to where that sends us on.
func (h *hub) get(ctx context.Context, address string, header http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.New("HF_ENDPOINT is not a URL") // it may hold a password
	}
	for k, v := range header {
		req.Header[k] = v
	}
	if t := h.env.Token(); t != "" && strings.HasPrefix(address, h.env.Endpoint()+"/") {
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
		if cause := context.Cause(ctx); cause != nil {
			err = cause
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
	ctx, alive, stop := h.watched(ctx)
	defer stop()
	at := address
	var all []hubFile
	for range maxPagesListed {
		alive()
		resp, err := h.get(ctx, at, nil)
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
		// A mirror may name the hub that it mirrors: only the cursor counts.
		u, err := url.Parse(next)
		if err != nil {
			return nil, errors.New("the address of its next page is none")
		}
		base, _, _ := strings.Cut(address, "?")
		at = base + "?" + u.RawQuery
	}
	return nil, fmt.Errorf("it has more than %d pages", maxPagesListed)
}

// revisions are where a repository's files are looked for: as its owners have
// them, and as the hub has converted them.
var revisions = []string{"main", "refs/convert/parquet"}

// files lists what is to be fetched for a data set.
func (h *hub) files(ctx context.Context, s *publicSet) ([]remote, error) {
	if s.repo == "" {
		return []remote{{address: s.address, name: s.file}}, nil
	}
	var first error
	for _, revision := range revisions {
		list, err := h.filesAt(ctx, s, revision)
		if err == nil {
			return list, nil
		}
		if first == nil {
			first = err
		}
		if !errors.Is(err, errNotThere) {
			break
		}
	}
	return nil, first
}

// errNotThere is in the chain of the error of a revision that lacks the data.
var errNotThere = errors.New("the data set's files are not there")

func (h *hub) filesAt(ctx context.Context, s *publicSet, revision string) ([]remote, error) {
	listed, err := h.list(ctx, fmt.Sprintf("%s/api/datasets/%s/tree/%s?recursive=true", h.env.Endpoint(), s.repo, url.PathEscape(revision)))
	if err != nil {
		return nil, fmt.Errorf("the list of the files of %s: %w", s.repo, err)
	}
	known := map[string]hubFile{}
	var all []string
	for _, f := range listed {
		if f.Type == "file" && !strings.Contains(f.Path, "..") {
			known[f.Path] = f
			all = append(all, f.Path)
		}
	}
	chosen, err := chooseFiles(all, s)
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", s.repo, errNotThere, err)
	}
	var out []remote
	names := map[string]bool{}
	for _, p := range chosen {
		name := path.Base(p)
		if names[name] { // files of one name in several folders
			name = strings.ReplaceAll(p, "/", "--")
		}
		names[name] = true
		f := known[p]
		r := remote{address: addressOf(h.env.Endpoint(), s.repo, revision, p), name: name, size: f.Size, gitOID: f.OID}
		if f.LFS != nil {
			r.size, r.sha256, r.gitOID = f.LFS.Size, strings.TrimPrefix(f.LFS.OID, "sha256:"), ""
		}
		out = append(out, r)
	}
	return out, nil
}

// addressOf is where a file of a data set lies on the hub.
func addressOf(endpoint, repo, revision, file string) string {
	parts := strings.Split(file, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return fmt.Sprintf("%s/datasets/%s/resolve/%s/%s", endpoint, repo, url.PathEscape(revision), strings.Join(parts, "/"))
}
