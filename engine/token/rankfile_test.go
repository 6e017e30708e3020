package token

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// smallEncoding is an encoding of the 256 bytes and "ab", and its rank file.
func smallEncoding() (*encoding, []byte) {
	var text strings.Builder
	for b := range 256 {
		fmt.Fprintf(&text, "%s %d\n", base64.StdEncoding.EncodeToString([]byte{byte(b)}), b)
	}
	fmt.Fprintf(&text, "%s 300\n", base64.StdEncoding.EncodeToString([]byte("ab"))) // ids may have gaps
	return &encoding{
		name: "small", file: "small.tiktoken", sha256: hexSHA256([]byte(text.String())), scan: scanGPT2,
		special: func() map[string]int { return map[string]int{endOfText: 301} },
	}, []byte(text.String())
}

func TestRankFileDownloadAndCache(t *testing.T) {
	enc, text := smallEncoding()
	var hits atomic.Int32
	body := text
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		if r.URL.Path != "/enc/small.tiktoken" || r.Header.Get("Authorization") != "" {
			http.NotFound(w, r)
			return
		}
		w.Write(body)
	}))
	defer srv.Close()
	dir := filepath.Join(t.TempDir(), "cache")
	o := Options{Client: srv.Client(), RankURL: srv.URL + "/enc/", Getenv: env(map[string]string{"DATA_GYM_CACHE_DIR": dir, "HF_TOKEN": "hf_secret"})}

	load := func(o Options) (Tokenizer, Source, error) { return o.loadEncoding(t.Context(), enc) }
	tok, src, err := load(o)
	if err != nil {
		t.Fatal(err)
	}
	if got := tok.Encode("xab" + endOfText); len(got) != 3 || got[0] != 'x' || got[1] != 300 || got[2] != 301 {
		t.Errorf("ids %v", got)
	}
	if v := tok.(Vocabulary); v.VocabSize() != 302 || len(v.TokenIDs(true)) != 258 || len(v.TokenIDs(false)) != 257 {
		t.Errorf("vocabulary of %d with %d ids", v.VocabSize(), len(v.TokenIDs(true)))
	}
	want := filepath.Join(dir, hex.EncodeToString(sha1Sum(rankURL+"small.tiktoken")))
	if src.Path != want || src.Kind != "tiktoken" || src.SHA256 != enc.sha256 {
		t.Errorf("source %+v, want the path %s", src, want)
	}
	o.Offline = true
	if _, _, err := load(o); err != nil || hits.Load() != 1 {
		t.Errorf("from the cache: %v after %d requests", err, hits.Load())
	}
	left, err := filepath.Glob(filepath.Join(dir, ".tmp-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("temporary files are left: %v %v", left, err)
	}

	// A damaged file is replaced; offline it is an error.
	if err := os.WriteFile(want, text[:100], 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := load(o); err == nil || !strings.Contains(err.Error(), "sha256 is wrong") {
		t.Errorf("damaged and offline: %v", err)
	}
	o.Offline = false
	if _, _, err := load(o); err != nil {
		t.Errorf("damaged and online: %v", err)
	}

	// What comes from the network is checked as well, and not stored.
	body = []byte("YQ== 0\n")
	os.Remove(want)
	if _, _, err := load(o); err == nil || !strings.Contains(err.Error(), enc.sha256) {
		t.Errorf("wrong download: %v", err)
	}
	if _, err := os.Stat(want); err == nil {
		t.Error("a wrong download was stored")
	}

	o.RankURL = srv.URL + "/gone/"
	_, _, err = load(o)
	for _, part := range []string{"404", "does not exist", "TIKTOKEN_CACHE_DIR", "--tokenizer builtin"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("missing download: %v lacks %q", err, part)
		}
	}
}

func TestRankCacheFolder(t *testing.T) {
	for want, vars := range map[string]map[string]string{
		"/t": {"TIKTOKEN_CACHE_DIR": "/t", "DATA_GYM_CACHE_DIR": "/d"},
		"/d": {"DATA_GYM_CACHE_DIR": "/d"},
		filepath.Join(os.TempDir(), "data-gym-cache"): {},
	} {
		o := Options{Getenv: env(vars)}
		if got := o.rankCache(); got != want {
			t.Errorf("%v: %s, want %s", vars, got, want)
		}
	}
}
