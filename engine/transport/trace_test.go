package transport

import "testing"

func TestTraceSpans(t *testing.T) {
	// A fresh connection: DNS 5, connect 10, TLS 20, all of it 2 after the
	// request for it, and 3 more until it is handed over.
	fresh := Trace{
		StartNS: 100, GetConnNS: 101, DNSStartNS: 103, DNSDoneNS: 108, ConnectStartNS: 108, ConnectDoneNS: 118,
		TLSStartNS: 118, TLSDoneNS: 138, GotConnNS: 141, WroteFirstNS: 150, WroteLastNS: 155, WroteEndNS: 160,
		FirstByteNS: 300, AckNS: 310, FirstBodyNS: 320, LastBodyNS: 400,
	}
	reused := fresh
	reused.Reused = true
	reused.dialed(&dialTimes{})
	reused.GotConnNS, reused.WroteFirstNS, reused.FirstBodyNS = 104, 107, 155
	for _, c := range []struct {
		name  string
		trace Trace
		want  [6]int64
	}{
		{"nothing", Trace{}, [6]int64{}},
		{"nothing written", Trace{StartNS: 100, GetConnNS: 101}, [6]int64{5: 100}},
		{"fresh", fresh, [6]int64{5, 30, 35, 5, 15, 115}},
		{"reused, answered before it was sent", reused, [6]int64{0, 0, 0, 3, 7, 107}},
	} {
		tr := &c.trace
		got := [6]int64{tr.DNSNS(), tr.ConnectingNS(), tr.SetupNS(), tr.BlockedNS(), tr.LateNS(), tr.DepartNS()}
		if got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
