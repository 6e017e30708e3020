package dataset

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tacho/engine/token"
)

// serving is a hub of a test's own making.
func serving(t *testing.T, serve http.HandlerFunc) (*hub, string) {
	s := httptest.NewServer(serve)
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(s.Close)
	t.Cleanup(client.CloseIdleConnections)
	env := func(name string) string {
		return map[string]string{"HF_ENDPOINT": s.URL, "HF_TOKEN": hubToken, "HOME": "/nowhere"}[name]
	}
	return &hub{env: token.HubEnv(env), client: client}, s.URL
}

// A listing in pages goes on at the same hub, whatever hub its pages name.
func TestListingInPages(t *testing.T) {
	h, at := serving(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.RawQuery {
		case "recursive=true":
			w.Header().Set("Link", `<https://hub.example/api/datasets/a/b/tree/main?recursive=true&cursor=x%3D%3D>; rel="next"`)
			fmt.Fprint(w, `[{"type":"file","path":"a.jsonl"}]`)
		case "recursive=true&cursor=x%3D%3D":
			fmt.Fprint(w, `[{"type":"file","path":"b.jsonl"}]`)
		default:
			http.NotFound(w, r)
		}
	})
	list, err := h.list(t.Context(), at+"/api/datasets/a/b/tree/main?recursive=true")
	if err != nil || len(list) != 2 || list[1].Path != "b.jsonl" {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestTokenIsForTheHubAlone(t *testing.T) {
	var got atomic.Pointer[string]
	h, at := serving(t, func(w http.ResponseWriter, r *http.Request) {
		a := r.Header.Get("Authorization")
		got.Store(&a)
	})
	for endpoint, want := range map[string]string{at: "Bearer " + hubToken, at + "0": "", "https://hub.example": ""} {
		h.env = func(name string) string {
			return map[string]string{"HF_ENDPOINT": endpoint, "HF_TOKEN": hubToken}[name]
		}
		resp, err := h.get(t.Context(), at+"/file", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if *got.Load() != want {
			t.Errorf("hub %s: sent %q to %s", endpoint, *got.Load(), at)
		}
	}
}

// A hub that falls silent in the middle is asked again, from where it stopped.
func TestSilentHub(t *testing.T) {
	var asked atomic.Int32
	h, at := serving(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			w.Header().Set("Content-Length", "10")
			fmt.Fprint(w, "01234")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return
		}
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader("0123456789"))
	})
	h.patience = 100 * time.Millisecond
	to := filepath.Join(t.TempDir(), "x.jsonl")
	if _, n, err := h.fetchFile(t.Context(), remote{address: at + "/x", name: "x.jsonl", size: 10}, to); err != nil || n != 10 {
		t.Errorf("%d bytes, %v", n, err)
	}
	if b, _ := os.ReadFile(to); string(b) != "0123456789" {
		t.Errorf("the file holds %q", b)
	}

	mute, at := serving(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mute.patience = 50 * time.Millisecond
	if _, err := mute.list(t.Context(), at+"/api"); !errors.Is(err, errSilent) || !strings.Contains(err.Error(), "nothing came for 50ms") {
		t.Error(err)
	}
}
