package token

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// loadRepo loads the tokenizer of a repository from the hub cache, or else from the hub into the
// cache.
func (o *Options) loadRepo(ctx context.Context, name string) (Tokenizer, Source, error) {
	revision := o.Revision
	if revision == "" {
		revision = "main"
	}
	if err := checkRepo(name, revision); err != nil {
		return nil, Source{}, fmt.Errorf("tokenizer: %w", err)
	}
	cache := o.hub().Cache()
	snap, miss := findSnapshot(cache, name, revision)
	if miss != nil {
		if o.offline() {
			return nil, Source{}, fmt.Errorf("tokenizer %s: %w, and offline mode forbids a download. "+
				"Run once online, or give the path of a tokenizer.json, or --tokenizer builtin", name, miss)
		}
		var err error
		if snap, err = o.download(ctx, cache, name, revision); err != nil {
			return nil, Source{}, fmt.Errorf("tokenizer %s: %w (%w)", name, err, miss)
		}
	}
	t, src, err := LoadFile(snap.repo, snap.dir)
	if err != nil {
		return nil, Source{}, err
	}
	src.Kind, src.Revision, src.Commit = "hub", revision, snap.commit
	return t, src, nil
}

// download fetches the files of a tokenizer into the cache. If the hub does not know the name, it
// looks for the most popular repository of that name.
func (o *Options) download(ctx context.Context, cache, name, revision string) (snapshot, error) {
	snap, err := o.fetch(ctx, cache, name, revision)
	var he *hubError
	if !errors.As(err, &he) || !he.unknownRepo() {
		return snap, err
	}
	repo, suggestions := o.search(ctx, name)
	if repo != "" && repo != name {
		return o.fetch(ctx, cache, repo, revision)
	}
	if len(suggestions) > 0 {
		return snapshot{}, fmt.Errorf("%w. Did you mean %s?", err, strings.Join(suggestions, ", "))
	}
	return snapshot{}, err
}

// otherFiles are looked for in repositories without a tokenizer.json.
var otherFiles = []string{"tekken.json", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model"}

// resolveTokenizer gets the file that a repository's tokenizer is read from.
func (o *Options) resolveTokenizer(ctx context.Context, repo, revision string) (file string, data []byte, commit string, err error) {
	data, commit, err = o.resolveFile(ctx, repo, revision, tokenizerFile)
	var he *hubError
	if errors.As(err, &he) && he.status == http.StatusNotFound && he.code == "EntryNotFound" {
		for _, file := range otherFiles {
			if data, commit, other := o.resolveFile(ctx, repo, revision, file); other == nil {
				return file, data, commit, nil
			}
		}
	}
	return tokenizerFile, data, commit, err
}

// fetch stores the tokenizer last, since its presence is what makes a snapshot usable.
func (o *Options) fetch(ctx context.Context, cache, repo, revision string) (snapshot, error) {
	file, data, commit, err := o.resolveTokenizer(ctx, repo, revision)
	if err != nil {
		return snapshot{}, err
	}
	config, _, err := o.resolveFile(ctx, repo, revision, configFile)
	var he *hubError
	if errors.As(err, &he) && he.status == http.StatusNotFound {
		err = nil
	}
	if err != nil {
		return snapshot{}, err
	}
	// Newer models keep the chat template in a file of its own; most have none.
	chat, _, err := o.resolveFile(ctx, repo, revision, chatFile)
	if err != nil {
		chat = nil
	}
	if !isCommit(commit) {
		commit = hexSHA256(data)[:40] // a mirror that does not tell: name the snapshot by its content
	}
	root := filepath.Join(cache, "models--"+strings.ReplaceAll(repo, "/", "--"))
	dir := filepath.Join(root, "snapshots", commit)
	err = nil
	if config != nil {
		err = writeAtomic(filepath.Join(dir, configFile), config)
	}
	if chat != nil {
		err = errors.Join(err, writeAtomic(filepath.Join(dir, chatFile), chat))
	}
	err = errors.Join(err, writeAtomic(filepath.Join(dir, file), data))
	if revision != commit {
		err = errors.Join(err, writeAtomic(filepath.Join(root, "refs", filepath.FromSlash(revision)), []byte(commit)))
	}
	if err != nil {
		return snapshot{}, fmt.Errorf("store %s in the hub cache: %w", repo, err)
	}
	return snapshot{repo: repo, commit: commit, dir: dir}, nil
}

func isCommit(s string) bool {
	return len(s) == 40 && strings.Trim(s, "0123456789abcdef") == ""
}

// hubError is an answer of the hub other than 200.
type hubError struct {
	url    string
	status int
	code   string // X-Error-Code: RepoNotFound, RevisionNotFound, EntryNotFound, GatedRepo
	token  bool   // one was sent
}

// unknownRepo tells answers that the hub gives for a repository that does not exist. To a client
// without a token it does not say whether a repository exists: it answers 401.
func (e *hubError) unknownRepo() bool {
	return e.code == "RepoNotFound" || e.code == "" && (e.status == http.StatusNotFound || e.status == http.StatusUnauthorized)
}

func (e *hubError) Error() string {
	said := fmt.Sprintf("GET %s: %d %s", e.url, e.status, http.StatusText(e.status))
	switch {
	case e.code == "EntryNotFound":
		return said + ": the repository has no such file, nor a Tekken or SentencePiece one, so it needs code or a converter to tokenize. Give the path of a tokenizer.json, or --tokenizer builtin"
	case e.code == "RevisionNotFound":
		return said + ": the repository has no such revision"
	case e.status == http.StatusNotFound:
		return said + ": no such repository. Name the tokenizer with --tokenizer (a repository, a path, or builtin)"
	case (e.status == http.StatusUnauthorized || e.status == http.StatusForbidden) && e.token:
		return said + ": the repository does not exist, or is gated and HF_TOKEN has no access to it. Accept its terms on the hub, or name another with --tokenizer"
	case e.status == http.StatusUnauthorized || e.status == http.StatusForbidden:
		return said + ": the repository does not exist, or is gated or private. Set HF_TOKEN to a token with access, or name another with --tokenizer"
	}
	return said
}

// resolveFile gets one file of a repository, and the commit it belongs to if the hub tells.
func (o *Options) resolveFile(ctx context.Context, repo, revision, file string) (data []byte, commit string, err error) {
	address := fmt.Sprintf("%s/%s/resolve/%s/%s", o.hub().Endpoint(), repo, url.PathEscape(revision), file)
	resp, commit, err := o.hubGet(ctx, address)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	data, err = readLimited(resp.Body, address)
	return data, commit, err
}

const maxRedirects = 10

// hubGet follows redirects by hand: the file itself usually lies on another host, which must not
// get the token, and the commit is told by the first answer, not by the last.
func (o *Options) hubGet(ctx context.Context, address string) (resp *http.Response, commit string, err error) {
	client := *o.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	home, err := url.Parse(address)
	if err != nil {
		return nil, "", errors.New("HF_ENDPOINT is not a URL") // it may hold a password
	}
	token := o.hub().Token()
	at := home
	for range maxRedirects {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
		if err != nil {
			return nil, "", fmt.Errorf("HF_ENDPOINT: %w", err)
		}
		sent := token != "" && at.Host == home.Host && at.Scheme == home.Scheme
		if sent {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		resp, err := client.Do(req)
		if err != nil {
			var ue *url.Error // names the whole address, of which the query may be a signature
			if errors.As(err, &ue) {
				err = ue.Err
			}
			return nil, "", fmt.Errorf("cannot reach %s (is there a network? HF_ENDPOINT and HTTPS_PROXY set the way): %w", at.Host, err)
		}
		if c := resp.Header.Get("X-Repo-Commit"); commit == "" {
			commit = c
		}
		next := resp.Header.Get("Location")
		switch {
		case resp.StatusCode == http.StatusOK:
			return resp, commit, nil
		case resp.StatusCode/100 != 3 || next == "":
			resp.Body.Close()
			return nil, "", &hubError{home.Redacted(), resp.StatusCode, resp.Header.Get("X-Error-Code"), sent}
		}
		resp.Body.Close()
		if at, err = at.Parse(next); err != nil {
			return nil, "", fmt.Errorf("GET %s: redirect: %w", home.Redacted(), err)
		}
	}
	return nil, "", fmt.Errorf("GET %s: more than %d redirects", home.Redacted(), maxRedirects)
}

// search asks the hub for repositories like name: the most downloaded whose name it is, without
// regard to case, else up to five suggestions. Whatever goes wrong here, there is already an error
// to report.
func (o *Options) search(ctx context.Context, name string) (repo string, suggestions []string) {
	address := fmt.Sprintf("%s/api/models?limit=50&search=%s", o.hub().Endpoint(), url.QueryEscape(name))
	resp, _, err := o.hubGet(ctx, address)
	if err != nil {
		return "", nil
	}
	defer resp.Body.Close()
	var models []struct {
		ID        string `json:"id"`
		Downloads int64  `json:"downloads"`
	}
	if json.NewDecoder(io.LimitReader(resp.Body, 4<<20)).Decode(&models) != nil {
		return "", nil
	}
	slices.SortStableFunc(models, func(a, b struct {
		ID        string `json:"id"`
		Downloads int64  `json:"downloads"`
	}) int {
		return int(min(max(b.Downloads-a.Downloads, -1), 1))
	})
	for _, m := range models {
		if checkRepo(m.ID, "main") != nil {
			continue
		}
		if id, want := strings.ToLower(m.ID), strings.ToLower(name); id == want || strings.HasSuffix(id, "/"+want) {
			return m.ID, nil
		}
		if len(suggestions) < 5 {
			suggestions = append(suggestions, m.ID)
		}
	}
	return "", suggestions
}
