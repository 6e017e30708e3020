package token

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

const (
	testCommit = "0123456789abcdef0123456789abcdef01234567"
	testToken  = "hf_verysecret"
)

// testHub is a hub with a few repositories, whose files lie on a second server.
type testHub struct {
	hub, files *httptest.Server
	mu         sync.Mutex
	leaked     []string // requests to the second server that carried credentials
	asked      []string // paths asked of the hub
	noCommit   bool
}

func newTestHub(t *testing.T) *testHub {
	h := &testHub{}
	h.files = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			h.mu.Lock()
			h.leaked = append(h.leaked, r.URL.Path)
			h.mu.Unlock()
		}
		fmt.Fprint(w, tiny(""))
	}))
	h.hub = httptest.NewServer(http.HandlerFunc(h.serve))
	t.Cleanup(h.files.Close)
	t.Cleanup(h.hub.Close)
	return h
}

func (h *testHub) serve(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	h.asked = append(h.asked, r.URL.EscapedPath())
	h.mu.Unlock()
	refuse := func(status int, code string) {
		if code != "" {
			w.Header().Set("X-Error-Code", code)
		}
		w.WriteHeader(status)
	}
	if r.URL.Path == "/api/models" {
		fmt.Fprint(w, map[string]string{
			"popular": `[{"id":"one/popular","downloads":5},{"id":"two/Popular","downloads":70},{"id":"x/popular-2","downloads":900}]`,
			"vague":   `[{"id":"a/vague-1","downloads":1},{"id":"b/vague-2","downloads":2},{"id":"../evil/vague"},{"id":"c/3"},{"id":"d/4"},{"id":"e/5"},{"id":"f/6"}]`,
			"broken":  `{`,
		}[r.URL.Query().Get("search")])
		return
	}
	repo, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/resolve/")
	revision, file, _ := strings.Cut(rest, "/")
	authorized := r.Header.Get("Authorization") == "Bearer "+testToken
	switch repo {
	case "org/model", "two/Popular", "org/gated", "org/private":
		switch {
		case repo == "org/gated" && !authorized:
			refuse(http.StatusForbidden, "GatedRepo")
		case repo == "org/private" && !authorized:
			refuse(http.StatusUnauthorized, "RepoNotFound")
		case revision != "main" && revision != "refs%2Fpr%2F1" && revision != testCommit:
			refuse(http.StatusNotFound, "RevisionNotFound")
		case file == tokenizerFile:
			if !h.noCommit {
				w.Header().Set("X-Repo-Commit", testCommit)
			}
			http.Redirect(w, r, h.files.URL+"/blob?signature=s3cr3t", http.StatusFound)
		default:
			refuse(http.StatusNotFound, "EntryNotFound")
		}
	case "moved/model":
		http.Redirect(w, r, "/org/model/resolve/"+rest, http.StatusTemporaryRedirect)
	case "org/slow-only":
		refuse(http.StatusNotFound, "EntryNotFound")
	case "org/pieces":
		switch file {
		case "spiece.model":
			w.Header().Set("X-Repo-Commit", testCommit)
			w.Write(spMessage(modelUnigram, "", 1))
		case configFile:
			fmt.Fprint(w, `{"tokenizer_class":"T5Tokenizer"}`)
		default:
			refuse(http.StatusNotFound, "EntryNotFound")
		}
	case "org/loop":
		http.Redirect(w, r, r.URL.Path, http.StatusFound)
	case "org/down":
		refuse(http.StatusInternalServerError, "")
	default:
		refuse(http.StatusUnauthorized, "RepoNotFound")
	}
}

func (h *testHub) options(t *testing.T, vars map[string]string) Options {
	all := map[string]string{"HF_ENDPOINT": h.hub.URL + "/", "HF_HUB_CACHE": filepath.Join(t.TempDir(), "hub")}
	for k, v := range vars {
		all[k] = v
	}
	return Options{Getenv: env(all)}
}

// A repository may have a SentencePiece model alone, which the cache then holds too.
func TestHubRepositoryOfPieces(t *testing.T) {
	h := newTestHub(t)
	o := h.options(t, nil)
	o.Model = "org/pieces"
	for range 2 { // from the hub, and from the cache
		tok, src, err := Resolve(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(src.Path) != "spiece.model" || src.Kind != "hub" || tok.Count("ab abc") != 3 || SpecialTokens(tok) != 1 {
			t.Errorf("%+v counts %d, special %d", src, tok.Count("ab abc"), SpecialTokens(tok))
		}
		o.Offline = true
	}
}

func TestHubDownloadsIntoItsCache(t *testing.T) {
	h := newTestHub(t)
	for _, c := range []struct{ name, repo, revision string }{
		{"org/model", "org/model", ""},
		{"org/model", "org/model", "refs/pr/1"},
		{"org/model", "org/model", testCommit},
		{"moved/model", "moved/model", ""},
		{"popular", "two/Popular", ""},
		{"org/gated", "org/gated", ""},
		{"org/private", "org/private", ""},
	} {
		t.Run(c.name+"@"+c.revision, func(t *testing.T) {
			o := h.options(t, map[string]string{"HF_TOKEN": testToken})
			o.Model, o.Revision = c.name, c.revision
			tok, src, err := Resolve(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			revision := c.revision
			if revision == "" {
				revision = "main"
			}
			root := filepath.Join(o.hub().Cache(), "models--"+strings.ReplaceAll(c.repo, "/", "--"))
			want := Source{
				Kind: "hub", Name: c.repo, Revision: revision, Commit: testCommit,
				Path: filepath.Join(root, "snapshots", testCommit, "tokenizer.json"), SHA256: hexSHA256([]byte(tiny(""))),
			}
			if src.String() != want.String() || src.Path != want.Path || src.Revision != want.Revision || src.SHA256 != want.SHA256 {
				t.Errorf("source %+v\nwant   %+v", src, want)
			}
			if tok.Name() != c.repo {
				t.Errorf("the tokenizer is called %s", tok.Name())
			}
			if revision != testCommit {
				if b, err := os.ReadFile(filepath.Join(root, "refs", revision)); err != nil || string(b) != testCommit {
					t.Errorf("ref %q, %v", b, err)
				}
			}
			// A second time neither needs nor makes a connection.
			o.Offline = true
			o.Model = c.repo
			if _, again, err := Resolve(t.Context(), o); err != nil || again.String() != src.String() {
				t.Errorf("offline: %+v, %v", again, err)
			}
		})
	}
	if len(h.leaked) > 0 {
		t.Errorf("the token went to another host: %v", h.leaked)
	}
}

func TestHubErrors(t *testing.T) {
	h := newTestHub(t)
	h.hub.Config.ErrorLog, h.files.Config.ErrorLog = nil, nil
	for _, c := range []struct {
		name, revision string
		token          bool
		want           []string
	}{
		{"org/gated", "", false, []string{"403", "gated", "Set HF_TOKEN"}},
		{"org/unknown", "", false, []string{"401", "does not exist", "Set HF_TOKEN"}},
		{"org/unknown", "", true, []string{"401", "has no access"}},
		{"org/slow-only", "", true, []string{"404", "no such file", "tokenizer.json", "--tokenizer builtin"}},
		{"org/model", "v9", true, []string{"404", "no such revision"}},
		{"org/model", "../..", true, []string{"not the name of a revision"}},
		{"org/loop", "", true, []string{"redirects"}},
		{"org/down", "", true, []string{"500"}},
		{"vague", "", true, []string{"401", "Did you mean b/vague-2, a/vague-1, c/3, d/4, e/5?"}},
		{"broken", "", true, []string{"401"}},
	} {
		t.Run(c.name+"@"+c.revision, func(t *testing.T) {
			vars := map[string]string{}
			if c.token {
				vars["HF_TOKEN"] = testToken
			}
			o := h.options(t, vars)
			o.Name, o.Revision = c.name, c.revision
			_, _, err := Resolve(t.Context(), o)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range append(c.want, c.name) {
				if !strings.Contains(err.Error(), want) && !strings.Contains(c.revision, "..") {
					t.Errorf("error %q lacks %q", err, want)
				}
			}
			if strings.Contains(err.Error(), testToken) {
				t.Errorf("error %q has the token in it", err)
			}
			if entries, err := os.ReadDir(o.hub().Cache()); err == nil && len(entries) > 0 {
				t.Errorf("the cache has %v", entries)
			}
		})
	}
}

func TestHubUnreachable(t *testing.T) {
	h := newTestHub(t)
	o := h.options(t, map[string]string{"HF_TOKEN": testToken})
	o.Model = "org/model"
	h.files.Close()
	_, _, err := Resolve(t.Context(), o)
	if err == nil || !errors.Is(err, ErrUnavailable) || !strings.Contains(err.Error(), "cannot reach") {
		t.Errorf("file server down: %v", err)
	}
	if strings.Contains(err.Error(), "s3cr3t") || strings.Contains(err.Error(), testToken) {
		t.Errorf("error %q has a secret in it", err)
	}
	h.hub.Close()
	if _, _, err = Resolve(t.Context(), o); err == nil || !strings.Contains(err.Error(), "HF_ENDPOINT") {
		t.Errorf("hub down: %v", err)
	}
	o.Getenv = env(map[string]string{"HF_ENDPOINT": "http://user:s3cr3t@[bad"})
	if _, _, err = Resolve(t.Context(), o); err == nil || strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("bad endpoint: %v", err)
	}
}

func TestHubMirrorWithoutCommit(t *testing.T) {
	h := newTestHub(t)
	h.noCommit = true
	o := h.options(t, nil)
	o.Name = "org/model"
	_, src, err := Resolve(t.Context(), o)
	if err != nil || !isCommit(src.Commit) || !strings.HasPrefix(src.SHA256, src.Commit) {
		t.Errorf("source %+v, %v", src, err)
	}
}

func TestOfflineNeverConnects(t *testing.T) {
	h := newTestHub(t)
	for _, c := range []struct {
		name, value string
		offline     bool
	}{
		{"HF_HUB_OFFLINE", "1", true}, {"TRANSFORMERS_OFFLINE", "yes", true}, {"HF_HUB_OFFLINE", "0", false}, {"HF_HUB_OFFLINE", "false", false},
	} {
		h.asked = nil
		o := h.options(t, map[string]string{c.name: c.value})
		o.Model = "org/model"
		_, _, err := Resolve(t.Context(), o)
		if (err != nil) != c.offline || (len(h.asked) == 0) != c.offline {
			t.Errorf("%s=%s: error %v, asked %v", c.name, c.value, err, h.asked)
		}
	}
}

func TestShortNamesInTheCache(t *testing.T) {
	cache := t.TempDir()
	add := func(folder, ref string) {
		t.Helper()
		dir := filepath.Join(cache, folder)
		err := errors.Join(
			writeAtomic(filepath.Join(dir, "snapshots", testCommit, "tokenizer.json"), []byte(tiny(""))),
			writeAtomic(filepath.Join(dir, "refs", "main"), []byte(ref)))
		if err != nil {
			t.Fatal(err)
		}
	}
	add("models--openai-community--GPT2", testCommit+"\n")
	add("models--a--twin", testCommit)
	add("models--b--twin", testCommit)
	add("models--c--evil", "../../models--a--twin/snapshots/"+testCommit)
	add("models--c--empty", "")
	for _, c := range []struct{ name, repo, wrong string }{
		{"gpt2", "openai-community/GPT2", ""},
		{"openai-community/GPT2", "openai-community/GPT2", ""},
		{"twin", "", "several repositories"},
		{"a/twin", "a/twin", ""},
		{"x/gpt2", "", "has no models--x--gpt2"},
		{"c/evil", "", "no revision"},
		{"c/empty", "", "no revision"},
	} {
		_, src, err := Resolve(t.Context(), Options{Name: c.name, Offline: true, Getenv: env(map[string]string{"HF_HUB_CACHE": cache})})
		if c.wrong == "" && (err != nil || src.Name != c.repo || src.Commit != testCommit) {
			t.Errorf("%s: %+v, %v", c.name, src, err)
		}
		if c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.wrong)
		}
	}
}

func TestHubPlaces(t *testing.T) {
	for want, vars := range map[string]map[string]string{
		"/c":                        {"HF_HUB_CACHE": "/c", "HF_HOME": "/h"},
		"/h/hub":                    {"HF_HOME": "/h", "XDG_CACHE_HOME": "/x"},
		"/x/huggingface/hub":        {"XDG_CACHE_HOME": "/x", "HOME": "/u"},
		"/u/.cache/huggingface/hub": {"HOME": "/u"},
		"/u/mine":                   {"HOME": "/u", "HF_HUB_CACHE": "~/mine"},
	} {
		o := Options{Getenv: env(vars)}
		if got := o.hub().Cache(); got != want {
			t.Errorf("%v: %s, want %s", vars, got, want)
		}
	}
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "token"), []byte(testToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := Options{Getenv: env(map[string]string{"HF_HOME": home})}
	if o.hub().Token() != testToken {
		t.Error("the token file is not read")
	}
	o = Options{Getenv: env(map[string]string{"HF_HOME": home, "HF_TOKEN": "other"})}
	if o.hub().Token() != "other" {
		t.Error("HF_TOKEN does not win over the token file")
	}
}
