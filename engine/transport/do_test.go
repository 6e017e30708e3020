package transport

import (
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
