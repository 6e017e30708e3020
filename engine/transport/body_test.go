package transport

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tacho/engine/record"
)

func TestLargeBodies(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.New()
		n, _ := io.Copy(sum, r.Body)
		if n != r.ContentLength {
			http.Error(w, "short", 400)
		}
		io.WriteString(w, hex.EncodeToString(sum.Sum(nil)))
	})
	for unit, start := range map[int]func(testing.TB, http.Handler) *httptest.Server{
		32 << 10: testServer, // as much as net/http copies at once
		15 << 10: tlsServer,  // a record with the head
	} {
		url := start(t, h).URL
		c := newClient(t, Options{Insecure: true})
		for _, size := range []int{0, 1, 15 << 10, 17 << 10, 32 << 10, 33 << 10, 48 << 10, 64 << 10, 3<<20 + 1} {
			body := bytes.Repeat([]byte("prompt "), size/7+1)[:size]
			sum := sha256.Sum256(body)
			sent := make(chan int64, 2)
			var g got
			r := c.Do(t.Context(), &Request{URL: url, Body: body, OnSent: func(at int64) { sent <- at }}, &g)
			if r.Err != nil || len(g.bodies) != 1 || string(g.bodies[0].Data) != hex.EncodeToString(sum[:]) {
				t.Fatalf("%d bytes: %v, answer %+v", size, r.Err, g.bodies)
			}
			tr := &r.Trace
			if !tr.Sent || tr.BytesSent != int64(size) || len(sent) != 1 || <-sent != tr.WroteEndNS {
				t.Errorf("%d bytes: %+v", size, tr)
			}
			if tr.WroteFirstNS == 0 || tr.WroteLastNS < tr.WroteFirstNS || tr.WroteEndNS < tr.WroteLastNS || tr.FirstByteNS < tr.WroteFirstNS {
				t.Errorf("%d bytes: times of writing in disorder: %+v", size, tr)
			}
			if one := size <= unit; one != (tr.Writes == 1) || one != (tr.WroteFirstNS == tr.WroteLastNS) {
				t.Errorf("%d bytes: %d writes", size, tr.Writes)
			}
		}
	}
}

// TestBodyIsTheCallersAfterDo has a server answer without reading: the race
// detector sees it if net/http still reads the body after Do.
func TestBodyIsTheCallersAfterDo(t *testing.T) {
	early := rawServerEarly(t, "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno!")
	stuck := rawServerEarly(t, "")
	body := make([]byte, 32<<20) // more than the socket buffers take
	for i, url := range []string{early, stuck, early} {
		c := newClient(t, Options{Timeout: 100 * time.Millisecond})
		r := c.Do(t.Context(), &Request{URL: url, Body: body, OnSent: func(int64) { t.Error("sent") }}, &got{})
		want := record.ErrHTTP4xx
		if url == stuck {
			want = record.ErrTimeout
		}
		if r.Kind != want || r.Trace.Sent {
			t.Errorf("request %d: kind %v (%v), sent %v", i, r.Kind, r.Err, r.Trace.Sent)
		}
		clear(body)
	}
}

// rawServerEarly answers on accept and reads no more than the head's beginning.
func rawServerEarly(t *testing.T, s string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		var open []net.Conn
		for {
			conn, err := l.Accept()
			if err != nil {
				break
			}
			open = append(open, conn)
			conn.Read(make([]byte, 10))
			io.WriteString(conn, s)
		}
		for _, conn := range open {
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return "http://" + l.Addr().String()
}

func TestHeadersGoOutAsTheyAre(t *testing.T) {
	seen := make(chan string, 1)
	url := rawServer(t, func(c net.Conn, req []byte) {
		seen <- string(req)
		io.WriteString(c, "HTTP/1.1 204 No Content\r\n\r\n")
	})
	h := http.Header{"User-Agent": {"tacho"}, "X-Request-ID": {"7"}, "Accept": {"text/event-stream"}, "Host": {"model.example"}}
	var g got
	r := newClient(t, Options{}).Do(t.Context(), &Request{URL: url + "/v1/x?y=z", Header: h, Body: []byte(`{"a":1}`)}, &g)
	if r.Status != 204 || r.Err != nil || len(g.bodies) != 1 || g.bodies[0].AtNS != r.Trace.AckNS {
		t.Fatalf("response %+v, bodies %+v", r, g.bodies)
	}
	want := "POST /v1/x?y=z HTTP/1.1\r\nHost: model.example\r\nUser-Agent: tacho\r\nContent-Length: 7\r\n" +
		"Accept: text/event-stream\r\nX-Request-ID: 7\r\n\r\n{\"a\":1}"
	if s := <-seen; s != want {
		t.Errorf("request\n%s\nwant\n%s", s, want)
	}
	if len(h) != 4 {
		t.Errorf("the caller's header was changed: %v", h)
	}
}

func TestWhatIsAStream(t *testing.T) {
	for _, c := range []struct {
		method, contentType string
		want                bool
	}{
		{"POST", "text/event-stream", true},
		{"POST", "text/event-stream; charset=utf-8", true},
		{"POST", "Text/Event-Stream;charset=UTF-8", true},
		{"POST", "text/event-stream; =", true},
		{"POST", "text/event-streams", false},
		{"POST", "application/json", false},
		{"POST", "", false},
		{"GET", "text/event-stream", false},
	} {
		url := testServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = []string{c.contentType}
			io.WriteString(w, "data: x\n\n")
		})).URL
		var g got
		r := newClient(t, Options{}).Do(t.Context(), &Request{Method: c.method, URL: url, Stream: true}, &g)
		if r.Err != nil || r.SSE != c.want || r.NotStreamed == c.want || (len(g.events) == 1) != c.want || (len(g.bodies) == 1) == c.want {
			t.Errorf("%s %q: %+v", c.method, c.contentType, r)
		}
	}
}

// connectProxy is an HTTP proxy that also opens tunnels.
func connectProxy(t testing.TB) (url string) {
	t.Helper()
	return testServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			r.RequestURI = ""
			resp, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadGateway)
				return
			}
			defer resp.Body.Close()
			w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
			io.Copy(flushed{w}, resp.Body)
			return
		}
		far, err := net.Dial("tcp", r.Host)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer far.Close()
		near, _, _ := w.(http.Hijacker).Hijack()
		defer near.Close()
		io.WriteString(near, "HTTP/1.1 200 OK\r\n\r\n")
		go io.Copy(far, near)
		io.Copy(near, far)
	})).URL
}

func TestThroughProxies(t *testing.T) {
	proxy := connectProxy(t)
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	for _, start := range []func(testing.TB, http.Handler) *httptest.Server{testServer, tlsServer} {
		h := newLateHandler()
		s := start(t, h)
		c := newClient(t, Options{Proxy: proxy, Insecure: true})
		r := post(c, s.URL, h)
		tr := &r.Trace
		if r.Err != nil || len(h.events) != 2 || tr.Remote != strings.TrimPrefix(proxy, "http://") || !tr.Sent {
			t.Fatalf("response %+v, %v", r, r.Err)
		}
		if late := h.events[1].UserNS - h.events[1].AtNS; h.events[1].Kernel && late < int64(35*time.Millisecond) {
			t.Errorf("late by %v only", time.Duration(late))
		}
		if secure := strings.HasPrefix(s.URL, "https"); secure != (tr.TLSDoneNS > 0) || tr.WroteFirstNS < tr.TLSDoneNS {
			t.Errorf("times of TLS: %+v", tr)
		}
		c.Close()
	}
}

// flushed sends each write on at once.
type flushed struct{ w http.ResponseWriter }

func (f flushed) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	f.w.(http.Flusher).Flush()
	return n, err
}

func TestNames(t *testing.T) {
	for _, c := range []Clock{Precise, Fast} {
		if got, err := ParseClock(c.String()); got != c || err != nil {
			t.Errorf("ParseClock(%q) = %v, %v", c.String(), got, err)
		}
	}
	for _, r := range []Reuse{Pooled, Never, Sticky} {
		if got, err := ParseReuse(r.String()); got != r || err != nil {
			t.Errorf("ParseReuse(%q) = %v, %v", r.String(), got, err)
		}
	}
	if _, err := ParseClock("exact"); err == nil {
		t.Error("ParseClock takes anything")
	}
	if _, err := ParseReuse("always"); err == nil {
		t.Error("ParseReuse takes anything")
	}
	for v, want := range map[IPVersion]string{0: "tcp", 4: "tcp4", 6: "tcp6"} {
		if got := v.network(); got != want {
			t.Errorf("IPVersion %d is %s, want %s", v, got, want)
		}
	}
}
