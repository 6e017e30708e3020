package dataset

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tacho/engine/random"
)

const hubToken = "hf_verysecret"

// testHub is a hub whose files lie on a second server, as the public hub's do.
type testHub struct {
	hub, store *httptest.Server
	files      map[string][]byte // by REPO/REVISION/PATH
	mu         sync.Mutex
	asked      []string // addresses asked of the hub, and ranges of the store
	leaked     bool     // the store was told the token
	cut        int      // transfers still to be broken off in the middle
	wrong      bool     // what is sent is not what was listed
}

func newTestHub(t *testing.T, files map[string][]byte) *testHub {
	h := &testHub{files: files}
	h.store = httptest.NewServer(http.HandlerFunc(h.serveFile))
	h.hub = httptest.NewServer(http.HandlerFunc(h.serve))
	t.Cleanup(h.store.Close)
	t.Cleanup(h.hub.Close)
	return h
}

func (h *testHub) serve(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, r.URL.EscapedPath())
	if rest, ok := strings.CutPrefix(r.URL.Path, "/api/datasets/"); ok {
		repo, revision, _ := strings.Cut(rest, "/tree/")
		var list []map[string]any
		for name, content := range h.files {
			if p, ok := strings.CutPrefix(name, repo+"/"+revision+"/"); ok {
				sum := sha256.Sum256(content)
				list = append(list, map[string]any{"type": "file", "path": p, "size": 99, "oid": "pointer", // of LFS: not the file's own
					"lfs": map[string]any{"oid": hex.EncodeToString(sum[:]), "size": len(content)}})
			}
		}
		if list == nil {
			http.NotFound(w, r)
			return
		}
		json.NewEncoder(w).Encode(list)
		return
	}
	http.Redirect(w, r, h.store.URL+r.URL.EscapedPath()+"?signature=s3cr3t", http.StatusFound)
}

func (h *testHub) serveFile(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.leaked = h.leaked || r.Header.Get("Authorization") != ""
	if from := r.Header.Get("Range"); from != "" {
		h.asked = append(h.asked, from)
	}
	content, ok := h.files[strings.Replace(strings.TrimPrefix(r.URL.Path, "/datasets/"), "/resolve/", "/", 1)]
	switch {
	case !ok:
		http.NotFound(w, r)
	case h.cut > 0:
		h.cut--
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		w.Write(content[:len(content)/2]) // and the connection is closed
	case h.wrong:
		w.Write(bytes.Repeat([]byte("x"), len(content)))
	default:
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	}
}

// config is that of a data set on a machine with nothing but this hub.
func (h *testHub) config(t *testing.T, name string) PublicConfig {
	home := t.TempDir()
	vars := map[string]string{"HF_ENDPOINT": h.hub.URL + "/", "HOME": home, "HF_TOKEN": hubToken}
	return PublicConfig{Name: name, ScratchDir: t.TempDir(), Getenv: func(name string) string { return vars[name] }}
}

// with sets a variable of a configuration's environment.
func (c PublicConfig) with(name, value string) PublicConfig {
	old := c.Getenv
	c.Getenv = func(n string) string {
		if n == name {
			return value
		}
		return old(n)
	}
	return c
}

// prompts opens a data set and returns the text of each conversation.
func prompts(t *testing.T, cfg PublicConfig) ([]string, error) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	cfg.Client = client
	d, err := Open(t.Context(), Config{Public: cfg}, random.Seeded(1), nil)
	if err != nil {
		return nil, err
	}
	defer Close(d)
	var out []string
	for i := range d.Len() {
		out = append(out, at(t, d, i).Turns[0].Texts[0].Content)
	}
	return out, nil
}

func wantPrompts(t *testing.T, cfg PublicConfig, want ...string) {
	t.Helper()
	got, err := prompts(t, cfg)
	if err != nil || strings.Join(got, "|") != strings.Join(want, "|") {
		t.Fatalf("prompts %q, %v; want %q", got, err, want)
	}
}

type problem struct {
	Problem string `parquet:"problem"`
	Answer  string `parquet:"answer"`
}

// aimo is the data set in two files, with one more that is another split's.
func aimo(t *testing.T) map[string][]byte {
	a := []problem{{"one\n", "1"}, {"two", "2"}, {"", "nothing"}, {"three", "3"}}
	b := []problem{{"four", "4"}, {"five", "5"}}
	const at = "AI-MO/NuminaMath-TIR/main/"
	return map[string][]byte{
		at + "data/train-00000-of-00002.parquet": writeParquet(t, a, 2),
		at + "data/train-00001-of-00002.parquet": writeParquet(t, b, 2),
		at + "data/test-00000-of-00001.parquet":  writeParquet(t, []problem{{"never", ""}}, 1),
		at + "README.md":                         []byte("# about"),
	}
}

var aimoPrompts = []string{"one\n", "two", "three", "four", "five"}

func TestPublicIsFetchedOnce(t *testing.T) {
	h := newTestHub(t, aimo(t))
	cfg := h.config(t, "aimo")
	var heard []string
	cfg.Progress = func(file string, have, total int64) {
		if have == total {
			heard = append(heard, file)
		}
	}
	wantPrompts(t, cfg, aimoPrompts...)
	if want := "train-00000-of-00002.parquet|train-00001-of-00002.parquet"; strings.Join(heard, "|") != want {
		t.Errorf("heard of %q", heard)
	}
	if len(h.asked) != 3 || h.leaked {
		t.Errorf("asked %q, the store was told the token: %v", h.asked, h.leaked)
	}
	dir := filepath.Join(cfg.Getenv("HOME"), ".cache", "tacho", "datasets", "aimo")
	var from origin
	b, err := os.ReadFile(filepath.Join(dir, originFile))
	if err != nil || json.Unmarshal(b, &from) != nil || len(from.Files) != 2 {
		t.Errorf("origin %s, %v", b, err)
	}
	for _, f := range from.Files {
		content, _ := os.ReadFile(filepath.Join(dir, f.Name))
		if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != f.SHA256 || !strings.HasPrefix(f.Address, h.hub.URL+"/datasets/AI-MO/NuminaMath-TIR/resolve/main/data/") {
			t.Errorf("origin says %+v", f)
		}
	}

	h.asked = nil
	wantPrompts(t, cfg, aimoPrompts...)
	wantPrompts(t, cfg.with("HF_HUB_OFFLINE", "1"), aimoPrompts...)
	cfg.Limit = 2
	wantPrompts(t, cfg, aimoPrompts[:2]...)
	if len(h.asked) != 0 {
		t.Errorf("what is in the cache was asked for: %q", h.asked)
	}
}

func TestPublicIsNotFetchedTwice(t *testing.T) {
	h := newTestHub(t, aimo(t))
	first := len(h.files["AI-MO/NuminaMath-TIR/main/data/train-00000-of-00002.parquet"])
	t.Run("in one run", func(t *testing.T) {
		h.cut, h.asked = 1, nil
		wantPrompts(t, h.config(t, "aimo"), aimoPrompts...)
		if want := fmt.Sprintf("bytes=%d-", first/2); strings.Count(strings.Join(h.asked, "\n"), want) != 1 {
			t.Errorf("asked %q, want %s", h.asked, want)
		}
	})
	t.Run("in the next run", func(t *testing.T) {
		h.cut, h.asked = fetchTries, nil
		cfg := h.config(t, "aimo")
		if _, err := prompts(t, cfg); !errors.Is(err, ErrUnavailable) || !errors.Is(err, errBroken) {
			t.Fatalf("error %v", err)
		}
		h.asked = nil
		wantPrompts(t, cfg, aimoPrompts...)
		if want := fmt.Sprintf("bytes=%d-", first/2); !strings.Contains(strings.Join(h.asked, "\n"), want) {
			t.Errorf("asked %q, want %s", h.asked, want)
		}
	})
}

// A hub with a password in its address gets it, and no file or message does.
func TestPublicKeepsPasswords(t *testing.T) {
	h := newTestHub(t, aimo(t))
	cfg := h.config(t, "aimo").with("HF_ENDPOINT", strings.Replace(h.hub.URL, "//", "//user:s3same@", 1))
	wantPrompts(t, cfg, aimoPrompts...)
	b, err := os.ReadFile(filepath.Join(cfg.Getenv("HOME"), ".cache/tacho/datasets/aimo", originFile))
	if err != nil || bytes.Contains(b, []byte("s3same")) || !bytes.Contains(b, []byte("user:xxxxx@")) {
		t.Errorf("%s, %v", b, err)
	}
	h.files = nil
	_, err = prompts(t, h.config(t, "aimo").with("HF_ENDPOINT", strings.Replace(h.hub.URL, "//", "//user:s3same@", 1)))
	if err == nil || strings.Contains(err.Error(), "s3same") {
		t.Errorf("error %v", err)
	}
}

// Two that want a data set at once fetch it once.
func TestPublicIsFetchedByOne(t *testing.T) {
	h := newTestHub(t, aimo(t))
	cfg := h.config(t, "aimo")
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	cfg.Client = client
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			d, err := Open(t.Context(), Config{Public: cfg}, random.Seeded(1), nil)
			if err != nil {
				t.Error(err)
				return
			}
			if n := d.Len(); n != len(aimoPrompts) {
				t.Errorf("%d conversations", n)
			}
			Close(d)
		})
	}
	wg.Wait()
	n := 0
	for _, a := range h.asked {
		if strings.HasPrefix(a, "/datasets/") {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d files were fetched: %q", n, h.asked)
	}
}

func TestPublicWithAWrongChecksum(t *testing.T) {
	h := newTestHub(t, aimo(t))
	h.wrong = true
	cfg := h.config(t, "aimo")
	_, err := prompts(t, cfg)
	if err == nil || !strings.Contains(err.Error(), "fetch train-00000-of-00002.parquet: its checksum is ") || !strings.Contains(err.Error(), "; it was thrown away\nPut it here: ") {
		t.Fatalf("error %v", err)
	}
	left, _ := filepath.Glob(filepath.Join(cfg.Getenv("HOME"), ".cache/tacho/datasets/aimo/train*"))
	if len(left) != 0 {
		t.Errorf("left is %q", left)
	}
	h.wrong = false
	wantPrompts(t, cfg, aimoPrompts...)
}

// The hub's cache holds links to files by their content.
func TestPublicFromTheHubsCache(t *testing.T) {
	const commit = "0123456789abcdef0123456789abcdef01234567"
	h := newTestHub(t, nil)
	files := aimo(t)
	put := func(cache string, names ...string) {
		root := filepath.Join(cache, "datasets--AI-MO--NuminaMath-TIR")
		for i, name := range names {
			blob := filepath.Join(root, "blobs", fmt.Sprint(i))
			link := filepath.Join(root, "snapshots", commit, "data", name)
			for _, dir := range []string{filepath.Dir(blob), filepath.Dir(link), filepath.Join(root, "refs")} {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			overwrite(t, blob, string(files["AI-MO/NuminaMath-TIR/main/data/"+name]))
			overwrite(t, filepath.Join(root, "refs", "main"), commit)
			if err := os.Symlink(filepath.Join("..", "..", "..", "blobs", fmt.Sprint(i)), link); err != nil {
				t.Fatal(err)
			}
		}
	}
	all := []string{"train-00000-of-00002.parquet", "train-00001-of-00002.parquet"}
	for _, place := range []struct{ name, cache string }{
		{"HF_HUB_CACHE", ""}, {"HF_HOME", "hub"}, {"XDG_CACHE_HOME", "huggingface/hub"}, {"HOME", ".cache/huggingface/hub"},
	} {
		dir := t.TempDir()
		put(filepath.Join(dir, place.cache), all...)
		wantPrompts(t, h.config(t, "aimo").with(place.name, dir), aimoPrompts...)
	}
	if len(h.asked) != 0 {
		t.Errorf("asked %q", h.asked)
	}
	for _, part := range [][]string{all[:1], {"test-00000-of-00001.parquet"}} {
		dir := t.TempDir()
		put(dir, part...)
		if _, err := prompts(t, h.config(t, "aimo").with("HF_HUB_CACHE", dir)); !errors.Is(err, ErrUnavailable) {
			t.Errorf("%q alone: %v", part, err)
		}
	}
}

func TestPublicAsTheHubConvertedIt(t *testing.T) {
	h := newTestHub(t, map[string][]byte{
		"AI-MO/NuminaMath-TIR/main/make_dataset.py":                                []byte("import os"),
		"AI-MO/NuminaMath-TIR/refs/convert/parquet/default/train/0000.parquet":     writeParquet(t, []problem{{"here", ""}}, 1),
		"AI-MO/NuminaMath-TIR/refs/convert/parquet/default/test/0000.parquet":      writeParquet(t, []problem{{"not here", ""}}, 1),
		"AI-MO/NuminaMath-TIR/refs/convert/parquet/default/partial-test/0.parquet": nil,
	})
	wantPrompts(t, h.config(t, "aimo"), "here")
}

func TestPublicWithoutANetwork(t *testing.T) {
	h := newTestHub(t, nil)
	h.hub.Close()
	for name, want := range map[string]string{
		"aimo": `public dataset aimo is not on this machine and cannot be fetched: WHY
Put it here: HOME/.cache/tacho/datasets/aimo/aimo.parquet
or name a copy with --input-file, beside --public-dataset: Parquet, JSON Lines, a JSON list or CSV, with the columns problem.
Where there is a network, this makes one (AI-MO/NuminaMath-TIR, split train): python -c 'from datasets import load_dataset; load_dataset("AI-MO/NuminaMath-TIR", split="train").to_parquet("aimo.parquet")'`,
		"spec-al-gsm8k": `public dataset spec_al_gsm8k is not on this machine and cannot be fetched: WHY
Put it here: HOME/.cache/tacho/datasets/spec_al_gsm8k/spec_al_gsm8k.parquet
or name a copy with --input-file, beside --public-dataset: Parquet, JSON Lines, a JSON list or CSV, with the columns question.
Where there is a network, this makes one (openai/gsm8k, subset main, split test): python -c 'from datasets import load_dataset; load_dataset("openai/gsm8k", "main", split="test").to_parquet("spec_al_gsm8k.parquet")'`,
	} {
		cfg := h.config(t, name)
		_, err := prompts(t, cfg.with("HF_HUB_OFFLINE", "1"))
		home := strings.ReplaceAll(want, "HOME", cfg.Getenv("HOME"))
		if got := fmt.Sprint(err); got != strings.ReplaceAll(home, "WHY", "offline mode forbids a download") || !errors.Is(err, ErrUnavailable) {
			t.Errorf("offline: %s", got)
		}
		_, err = prompts(t, cfg)
		before, after, _ := strings.Cut(home, "WHY")
		if got := fmt.Sprint(err); !strings.HasPrefix(got, before) || !strings.HasSuffix(got, after) || !strings.Contains(got, "cannot reach 127.0.0.1:") {
			t.Errorf("without a network: %s", got)
		}
	}
	// What it says can be done.
	cfg := h.config(t, "aimo")
	dir := filepath.Join(cfg.Getenv("HOME"), ".cache/tacho/datasets/aimo")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	overwrite(t, filepath.Join(dir, "aimo.parquet"), string(writeParquet(t, []problem{{"put", ""}}, 1)))
	wantPrompts(t, cfg, "put")
}

// Of a data set that is too large to be had as a whole, those files are fetched
// that hold what a run sends.
func TestHugePublicIsFetchedAsFarAsNeeded(t *testing.T) {
	type told struct {
		From  string `parquet:"from"`
		Value string `parquet:"value"`
	}
	type row struct {
		Conversations []told `parquet:"conversations,list"`
	}
	files, all := map[string][]byte{"lmms-lab/LLaVA-OneVision-Data/main/README.md": nil}, []string{}
	for k := range 3 {
		rows := []row{{}}
		for i := range 3 {
			all = append(all, fmt.Sprint("question ", k, i))
			rows = append(rows, row{[]told{{"human", all[len(all)-1]}}})
		}
		files[fmt.Sprintf("lmms-lab/LLaVA-OneVision-Data/refs/convert/parquet/sharegpt4o/train/%04d.parquet", k)] = writeParquet(t, rows, 2)
	}
	h := newTestHub(t, files)
	cfg := h.config(t, "llava-onevision")
	fetched := func(want int) {
		t.Helper()
		n := 0
		for _, a := range h.asked {
			if strings.HasPrefix(a, "/datasets/") {
				n++
			}
		}
		if n != want {
			t.Fatalf("%d files were fetched, want %d: %q", n, want, h.asked)
		}
	}
	cfg.Requests = 4
	wantPrompts(t, cfg, all[:4]...)
	fetched(2)
	wantPrompts(t, cfg.with("HF_HUB_OFFLINE", "1"), all[:4]...)
	cfg.Requests, cfg.Limit = 1000, 2
	wantPrompts(t, cfg.with("HF_HUB_OFFLINE", "1"), all[:2]...)
	fetched(2)
	cfg.Limit = 0
	if _, err := prompts(t, cfg.with("HF_HUB_OFFLINE", "1")); !errors.Is(err, ErrUnavailable) {
		t.Errorf("with too few files at hand: %v", err)
	}
	wantPrompts(t, cfg, all...)
	fetched(3)
	cfg.Requests = 0 // 100
	wantPrompts(t, cfg.with("HF_HUB_OFFLINE", "1"), all...)

	cfg.Requests = 5
	d, err := openPublic(t.Context(), cfg, common{})
	if err != nil {
		t.Fatal(err)
	}
	defer Close(d)
	if notices := strings.Join(Describe(d).Notices, "\n"); !strings.Contains(notices, "of llava_onevision the first 5 conversations are used; --num-dataset-entries takes another number") {
		t.Errorf("notices %q", notices)
	}
}
