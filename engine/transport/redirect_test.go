package transport

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tacho/engine/record"
)

// A server that sends requests on, as web frameworks do for a slash at the end of
// a path: the request is repeated as it is, and the time that this took is inside
// its latency, but no lateness of this process.
func TestRedirects(t *testing.T) {
	const slow = 50 * time.Millisecond
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range []string{"Authorization", "X-Api-Key"} {
			if r.Header.Get(name) != "" {
				t.Errorf("%s was sent to another server", name)
			}
		}
		io.WriteString(w, "other")
	}))
	t.Cleanup(other.Close)
	mux := http.NewServeMux()
	to := func(status int, where string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(slow)
			w.Header().Set("Location", where)
			w.WriteHeader(status)
		}
	}
	mux.HandleFunc("/end", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %s", r.Method, b, r.Header.Get("Authorization"))
	})
	mux.HandleFunc("/307", to(307, "/end"))
	mux.HandleFunc("/308", to(308, "/307"))
	mux.HandleFunc("/301", to(301, "/end"))
	mux.HandleFunc("/loop", to(307, "/loop"))
	mux.HandleFunc("/other", to(307, other.URL))
	mux.HandleFunc("/nowhere", to(307, ""))
	mux.HandleFunc("/file", to(307, "file:///etc/passwd"))
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	for _, c := range []struct {
		path, want string
		status     int
		hops       int // exchanges before the last
	}{
		{"/end", "POST {} k", 200, 0},
		{"/307", "POST {} k", 200, 1},
		{"/308", "POST {} k", 200, 2},
		{"/301", "", 301, 0},
		{"/loop", "", 307, 9},
		{"/other", "other", 200, 1},
		{"/nowhere", "", 307, 0},
		{"/file", "", 307, 0},
	} {
		var g got
		r := newClient(t, Options{Timeout: 20 * time.Second}).Do(t.Context(), &Request{
			URL: s.URL + c.path, Body: []byte("{}"), Header: http.Header{"authorization": {"k"}, "x-api-key": {"k"}},
		}, &g)
		have := ""
		if len(g.bodies) > 0 {
			have = string(g.bodies[0].Data)
		}
		if r.Status != c.status || have != c.want || r.Trace.Attempts != c.hops+1 {
			t.Errorf("%s: status %d, %q, %d exchanges", c.path, r.Status, have, r.Trace.Attempts)
		}
		if r.Status/100 == 3 && r.Kind != record.ErrHTTPOther {
			t.Errorf("%s: kind %v", c.path, r.Kind)
		}
		tr := &r.Trace
		if wait := int64(c.hops) * int64(slow); tr.ElsewhereNS < wait || tr.EndNS-tr.DepartNS() < wait || tr.EndNS < tr.DepartNS() {
			t.Errorf("%s: %d ns elsewhere, %d ns from departure to end", c.path, tr.ElsewhereNS, tr.EndNS-tr.DepartNS())
		}
		// What this process was late is what is left between the calls, whatever the machine does.
		if tr.StartNS+tr.LateNS()+tr.ElsewhereNS > tr.WroteFirstNS {
			t.Errorf("%s: late by %d ns", c.path, tr.LateNS())
		}
		if redirected := c.path != "/end" && c.path != "/nowhere" && c.path != "/file"; (r.Redirect != "") != redirected || strings.Contains(r.Redirect, "passwd") {
			t.Errorf("%s: redirect to %q", c.path, r.Redirect)
		}
	}
}
