package transport

import (
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"tacho/engine/record"
)

func TestStreamedRequest(t *testing.T) {
	for _, clock := range []Clock{Precise, Fast} {
		t.Run(clock.String(), func(t *testing.T) {
			s := testServer(t, sseServer(5, 2*time.Millisecond))
			c := newClient(t, Options{Clock: clock})
			var g got
			r := post(c, s.URL, &g)
			if r.Err != nil || r.Kind != record.ErrNone || r.Status != 200 || r.Reason != "OK" || !r.SSE {
				t.Fatalf("response %+v", r)
			}
			if len(g.events) != 6 || string(g.events[4].Data) != `{"i":4}` || string(g.events[5].Data) != "[DONE]" {
				t.Fatalf("events %+v", g.events)
			}
			tr := &r.Trace
			order := []int64{
				tr.StartNS, tr.GetConnNS, tr.ConnectStartNS, tr.ConnectDoneNS, tr.GotConnNS, tr.WroteFirstNS,
				tr.FirstByteNS, tr.AckNS, tr.FirstBodyNS, g.events[0].AtNS, tr.LastBodyNS,
			}
			for i, at := range order {
				if at == 0 || i > 0 && at < order[i-1] {
					t.Errorf("time %d of %v is missing or before the one before", i, order)
				}
			}
			if tr.EndNS < tr.LastBodyNS || tr.WroteEndNS < tr.WroteFirstNS || tr.Reused || tr.Attempts != 1 || !tr.Sent {
				t.Errorf("trace %+v", tr)
			}
			if tr.BytesSent != 7 || tr.Writes != 1 || tr.Remote != s.Listener.Addr().String() || tr.DNSNS() != 0 {
				t.Errorf("trace %+v", tr)
			}
			for i, e := range g.events[1:] {
				if e.AtNS < g.events[i].AtNS || e.UserNS < e.AtNS {
					t.Errorf("event %d at %d, user %d, after %d", i+1, e.AtNS, e.UserNS, g.events[i].AtNS)
				}
			}
			n := c.Counters()
			if n.ContentEvents != 5 || n.Reads == 0 || n.Dials != 1 || n.OpenConns != 1 {
				t.Errorf("counters %+v", n)
			}
		})
	}
}

// TestNoAllocationPerEvent reads streams of two lengths: the longer one may not
// allocate more.
func TestNoAllocationPerEvent(t *testing.T) {
	long := strings.Repeat(chunk("data: {\"i\":1}\n\n"), 20000)
	url := rawServer(t, func(c net.Conn, req []byte) {
		n := 200
		if strings.Contains(string(req), "/long") {
			n = len(long)
		}
		io.WriteString(c, sseHead)
		io.WriteString(c, long[:n/20*20]) // a chunk takes 20 bytes
		io.WriteString(c, "0\r\n\r\n")
	})
	for _, clock := range []Clock{Precise, Fast} {
		c := newClient(t, Options{Clock: clock})
		allocs := func(path string) (mallocs uint64, events int) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r := post(c, url+path, HandlerFuncs{OnEvent: func(e *Event) error { e.Content = true; return nil }})
			runtime.ReadMemStats(&after)
			if r.Err != nil {
				t.Fatal(r.Err)
			}
			return after.Mallocs - before.Mallocs, r.Events
		}
		allocs("/long") // for buffers
		short, few := allocs("/short")
		long, many := allocs("/long")
		if few != 10 || many != 20000 || long > short+500 {
			t.Errorf("%v: %d allocations for %d events, %d for %d", clock, short, few, long, many)
		}
	}
}
