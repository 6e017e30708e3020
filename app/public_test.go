package app

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"tacho/engine/simserver"
)

// A public data set comes from the hub, is kept, and goes to the server; the
// second run needs no hub.
func TestPublicDatasetFromAHub(t *testing.T) {
	type row struct {
		Problem  string `parquet:"problem"`
		Solution string `parquet:"solution"`
	}
	var table bytes.Buffer
	w := parquet.NewGenericWriter[row](&table)
	var rows []row
	for i := range 6 {
		rows = append(rows, row{fmt.Sprintf("How many primes are below %d?", 100*i), "Not to be sent."})
	}
	if _, err := w.Write(rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(table.Bytes())
	var asked atomic.Int32
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		switch r.URL.Path {
		case "/api/datasets/AI-MO/NuminaMath-TIR/tree/main":
			fmt.Fprintf(w, `[{"type":"file","path":"data/train-00000-of-00001.parquet","size":1,"oid":"a","lfs":{"oid":"%s","size":%d}}]`, hex.EncodeToString(sum[:]), table.Len())
		case "/datasets/AI-MO/NuminaMath-TIR/resolve/main/data/train-00000-of-00001.parquet":
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(table.Bytes()))
		default:
			http.NotFound(w, r)
		}
	}))
	defer hub.Close()
	s := startSim(t, simserver.Fast())
	dir := t.TempDir()
	run := func(name string) result {
		return tachoWith(t, map[string]string{"HF_ENDPOINT": hub.URL, "XDG_CACHE_HOME": filepath.Join(dir, "cache")},
			"profile", "--model", "sim-model", "--url", s.URL(), "--endpoint-type", "chat", "--tokenizer", "builtin", "--concurrency", "1",
			"--request-count", "6", "--osl", "4", "--ui", "none", "--export-level", "raw", "--public-dataset", "aimo", "--artifact-dir", filepath.Join(dir, name))
	}
	for _, name := range []string{"first", "second"} {
		if r := run(name); r.code != 0 {
			t.Fatalf("%s: exit %d\n%s\n%s", name, r.code, r.stdout, r.stderr)
		}
		sent := lines(t, filepath.Join(dir, name, "profile_export_raw.jsonl"))
		if len(sent) != len(rows) {
			t.Fatalf("%s: %d requests", name, len(sent))
		}
		for i, line := range sent {
			if !strings.Contains(line, rows[i].Problem) || strings.Contains(line, "Not to be sent") {
				t.Errorf("%s: request %d is %.300s", name, i, line)
			}
		}
		if n := asked.Load(); n != 2 {
			t.Errorf("%s: the hub was asked %d times: expected 2 in all", name, n)
		}
	}
	config := readJSON(t, filepath.Join(dir, "first", "profile_export_aiperf.json"))["input_config"]
	if s := fmt.Sprint(config); !strings.Contains(s, "aimo") {
		t.Errorf("input_config %s", s)
	}
}

func TestPublicDatasetWithoutANetwork(t *testing.T) {
	hub := httptest.NewServer(http.NotFoundHandler())
	hub.Close()
	dir := t.TempDir()
	args := []string{"profile", "--model", "m", "--url", "http://127.0.0.1:1", "--tokenizer", "builtin", "--request-count", "1", "--ui", "none",
		"--public-dataset", "aimo", "--artifact-dir", filepath.Join(dir, "run")}
	r := tachoWith(t, map[string]string{"HF_ENDPOINT": hub.URL, "XDG_CACHE_HOME": dir}, args...)
	if want := "Put it here: " + filepath.Join(dir, "tacho/datasets/aimo/aimo.parquet"); r.code != exitFailed || !strings.Contains(r.stderr, want) {
		t.Errorf("exit %d: %s", r.code, r.stderr)
	}
	r = tachoWith(t, nil, append(args, "--input-file", filepath.Join(dir, "mine.parquet"))...)
	if r.code != exitUsage || !strings.Contains(r.stderr, "mine.parquet: no such file") {
		t.Errorf("exit %d: %s", r.code, r.stderr)
	}
}
