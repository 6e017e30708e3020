package transport

import (
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// lateHandler has a server write a second event and waits 40 ms before it lets
// the client read it.
type lateHandler struct {
	got
	write, written chan struct{}
}

func newLateHandler() *lateHandler {
	return &lateHandler{write: make(chan struct{}), written: make(chan struct{})}
}

func (h *lateHandler) Event(e *Event) error {
	if len(h.events) == 0 {
		close(h.write)
		<-h.written
		time.Sleep(40 * time.Millisecond)
	}
	return h.got.Event(e)
}

func (h *lateHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/warm" {
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	io.WriteString(w, "data: 1\n\n")
	w.(http.Flusher).Flush()
	<-h.write
	io.WriteString(w, "data: 2\n\n")
	w.(http.Flusher).Flush()
	close(h.written)
}

// check wants the second event's stamp to be unmoved by the late reader.
func (h *lateHandler) check(t *testing.T, r *Response) {
	t.Helper()
	if r.Err != nil || len(h.events) != 2 {
		t.Fatalf("%d events, error %v", len(h.events), r.Err)
	}
	e := h.events[1]
	if late := time.Duration(e.UserNS - e.AtNS); e.Kernel && late < 35*time.Millisecond || !e.Kernel && late != 0 {
		t.Errorf("an event read 40 ms late has a stamp %v before the read (kernel %v)", late, e.Kernel)
	}
	if e.Kernel != kernelStamps(t) || e.Kernel && r.Trace.ReadLateNS < int64(35*time.Millisecond) || e.Kernel != r.Trace.Kernel {
		t.Errorf("kernel stamp %v, trace %+v", e.Kernel, r.Trace)
	}
}

func TestLateEvents(t *testing.T) {
	for _, clock := range []Clock{Precise, Fast} {
		for _, secure := range []bool{false, true} {
			t.Run(fmt.Sprintf("%v tls %v", clock, secure), func(t *testing.T) {
				h := newLateHandler()
				start := testServer
				if secure {
					start = tlsServer
				}
				s := start(t, h)
				c := newClient(t, Options{Clock: clock, Insecure: true})
				for range 20 { // stamping is on a little after the first socket asks
					r := c.Do(t.Context(), &Request{Method: "GET", URL: s.URL + "/warm"}, &got{})
					if r.Trace.Kernel || !kernelStamps(t) {
						break
					}
					time.Sleep(5 * time.Millisecond)
				}
				h.check(t, post(c, s.URL, h))
			})
		}
	}
}

func TestTLSTrace(t *testing.T) {
	s := tlsServer(t, sseServer(3, time.Millisecond))
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	c := newClient(t, Options{CAFile: ca})
	for i := range 2 {
		var g got
		r := post(c, s.URL, &g)
		tr := &r.Trace
		if r.Err != nil || len(g.events) != 4 || !tr.Sent || tr.BytesSent != 7 || tr.Remote != s.Listener.Addr().String() {
			t.Fatalf("response %+v, error %v", r, r.Err)
		}
		if i == 1 {
			if !tr.Reused || tr.SetupNS() != 0 {
				t.Errorf("the second request paid for a connection: %+v", tr)
			}
			continue
		}
		if tr.TLSStartNS < tr.ConnectDoneNS || tr.TLSDoneNS <= tr.TLSStartNS || tr.WroteFirstNS < tr.TLSDoneNS {
			t.Errorf("times of TLS in disorder: %+v", tr)
		}
		if got := tr.ConnectingNS(); got != tr.ConnectDoneNS-tr.ConnectStartNS+tr.TLSDoneNS-tr.TLSStartNS {
			t.Errorf("connecting %d in %+v", got, tr)
		}
		if tr.DepartNS() != tr.WroteFirstNS-tr.SetupNS() {
			t.Errorf("departure %d in %+v", tr.DepartNS(), tr)
		}
	}
}

func TestOptionsThatCannotBeUsed(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{CAFile: "/does/not/exist"}, {CAFile: empty}, {Proxy: "http://a b"}, {Proxy: "nohost"}} {
		if c, err := New(o); err == nil {
			c.Close()
			t.Errorf("New(%+v) succeeded", o)
		}
	}
}
