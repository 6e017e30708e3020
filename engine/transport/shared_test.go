package transport

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"tacho/engine/record"
)

// http2Server streams as many events as the path says, or answers with the
// protocol.
func http2Server(t *testing.T) *httptest.Server {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/proto" {
			fmt.Fprintf(w, "%s %d", r.Proto, len(body))
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			fmt.Fprintf(w, "data: %d\n\n", i)
			w.(http.Flusher).Flush()
		}
	}))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that fail on purpose
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func TestHTTP2WhereTheServerPrefersIt(t *testing.T) {
	s := http2Server(t)
	for _, on := range []bool{false, true} {
		c := newClient(t, Options{HTTP2: on, Insecure: true})
		h := &got{}
		r := c.Do(t.Context(), &Request{URL: s.URL + "/proto", Body: []byte("12345")}, h)
		want := map[bool]string{false: "HTTP/1.1 5", true: "HTTP/2.0 5"}[on]
		if r.Err != nil || len(h.bodies) != 1 || string(h.bodies[0].Data) != want {
			t.Errorf("HTTP2 %v: %v, %+v, want %s", on, r.Err, h.bodies, want)
		}
		if source := c.ClockSource(); (source == sharedSource) != on {
			t.Errorf("HTTP2 %v: clock %q", on, source)
		}
	}
	c := newClient(t, Options{HTTP2: true, Insecure: true})
	plain := testServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) }))
	h := &got{}
	if r := c.Do(t.Context(), &Request{URL: plain.URL}, h); r.Err != nil || string(h.bodies[0].Data) != "HTTP/1.1" || c.ClockSource() == sharedSource {
		t.Errorf("without TLS: %v, %+v, clock %s", r.Err, h.bodies, c.ClockSource())
	}
}

// TestHTTP2Stamps has several streams share a connection: each keeps times of its
// own, in order, taken by this process.
func TestHTTP2Stamps(t *testing.T) {
	s := http2Server(t)
	c := newClient(t, Options{HTTP2: true, Insecure: true})
	var first got
	c.Do(t.Context(), &Request{URL: s.URL + "/proto"}, &first) // opens the connection
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			h := &got{}
			var sent []int64
			r := c.Do(t.Context(), &Request{URL: s.URL, Body: []byte("{}"), Stream: true, OnSent: func(at int64) { sent = append(sent, at) }}, h)
			tr := &r.Trace
			if r.Err != nil || len(h.events) != 3 || len(sent) != 1 {
				t.Errorf("error %v, %d events, sent %v", r.Err, len(h.events), sent)
				return
			}
			times := []int64{tr.StartNS, tr.GetConnNS, tr.GotConnNS, tr.WroteFirstNS, tr.WroteLastNS, tr.AckNS, h.events[0].AtNS, h.events[1].AtNS, h.events[2].AtNS, tr.LastBodyNS, tr.EndNS}
			for i := range times[1:] {
				if times[i] == 0 || times[i+1] < times[i] {
					t.Errorf("time %d of %v is missing or out of order", i+1, times)
				}
			}
			if tr.WroteEndNS < tr.WroteLastNS || tr.FirstByteNS == 0 || tr.FirstByteNS > tr.AckNS || tr.Kernel || !tr.Sent || !tr.Reused || tr.BytesSent != 2 || h.events[0].Kernel {
				t.Errorf("trace %+v", tr)
			}
		})
	}
	wg.Wait()
	if n := c.Counters(); n.Dials != 1 || n.Unstamped < 5 {
		t.Errorf("counters %+v", n)
	}
}

func TestHTTP2Cancellation(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-release }))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	defer close(release)
	c := newClient(t, Options{HTTP2: true, Insecure: true})
	r := c.Do(t.Context(), &Request{URL: s.URL, Body: []byte("{}"), CancelSent: true, CancelAfter: time.Millisecond}, &got{})
	if !r.Planned || r.Kind != record.ErrCancelled {
		t.Errorf("planned %v, kind %v, error %v", r.Planned, r.Kind, r.Err)
	}
}

func TestHTTP2ThroughAProxy(t *testing.T) {
	s := http2Server(t)
	proxy := connectProxy(t)
	c := newClient(t, Options{HTTP2: true, Insecure: true, Proxy: proxy})
	h := &got{}
	r := c.Do(t.Context(), &Request{URL: s.URL, Body: []byte("{}"), Stream: true}, h)
	if r.Err != nil || len(h.events) != 3 || r.Trace.AckNS < r.Trace.WroteLastNS || r.Trace.WroteFirstNS == 0 || c.ClockSource() != sharedSource {
		t.Errorf("error %v, %d events, trace %+v, clock %s", r.Err, len(h.events), r.Trace, c.ClockSource())
	}
}

func TestNewPlain(t *testing.T) {
	s := http2Server(t)
	for _, o := range []Options{{Insecure: true}, {Insecure: true, HTTP2: true}} {
		c, err := NewPlain(o)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.Get(s.URL + "/proto")
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if want := map[bool]string{false: "HTTP/1.1 0", true: "HTTP/2.0 0"}[o.HTTP2]; string(body) != want {
			t.Errorf("HTTP2 %v: %s", o.HTTP2, body)
		}
	}
	if c, err := NewPlain(Options{}); err != nil {
		t.Fatal(err)
	} else if _, err := c.Get(s.URL); err == nil {
		t.Error("a certificate that nobody trusts was accepted")
	}
	if _, err := NewPlain(Options{CAFile: "/no/such/file"}); err == nil {
		t.Error("a CA file that is not there was accepted")
	}
}
