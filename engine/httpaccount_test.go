package engine

import (
	"testing"

	"tacho/engine/transport"
)

func TestSentIsBeforeTheAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		trace transport.Trace
		want  int64
	}{
		"nothing sent":       {transport.Trace{}, 0},
		"no answer":          {transport.Trace{WroteLastNS: 5, WroteEndNS: 9}, 9},
		"answer later":       {transport.Trace{WroteLastNS: 5, WroteEndNS: 9, FirstByteNS: 20}, 9},
		"answer in the call": {transport.Trace{WroteLastNS: 5, WroteEndNS: 9, FirstByteNS: 7}, 7},
		"answer before it":   {transport.Trace{WroteLastNS: 5, WroteEndNS: 9, FirstByteNS: 3}, 5},
	} {
		if got := sentNS(&c.trace); got != c.want {
			t.Errorf("%s: sent at %d, want %d", name, got, c.want)
		}
	}
}

func TestQueued(t *testing.T) {
	const ms = 1_000_000
	for name, c := range map[string]struct {
		trace transport.Trace
		want  int64
	}{
		"a free connection": {transport.Trace{GetConnNS: 1 * ms, GotConnNS: 2 * ms, Reused: true}, 0},
		"a busy pool":       {transport.Trace{GetConnNS: 1 * ms, GotConnNS: 9 * ms, Reused: true}, 8 * ms},
		"its own":           {transport.Trace{GetConnNS: 1 * ms, ConnectStartNS: 2 * ms, ConnectDoneNS: 8 * ms, GotConnNS: 9 * ms}, 0},
		"its own, later":    {transport.Trace{GetConnNS: 1 * ms, DNSStartNS: 5 * ms, ConnectStartNS: 6 * ms, GotConnNS: 9 * ms}, 4 * ms},
		"none":              {transport.Trace{GetConnNS: 1 * ms}, 0},
	} {
		if got := queuedNS(&c.trace); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestMediaType(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "application/json": "application/json", "Text/HTML; charset=utf-8": "text/html", " text/event-stream ;x": "text/event-stream",
	} {
		if got := mediaType(in); got != want {
			t.Errorf("mediaType(%q) = %q, want %q", in, got, want)
		}
	}
}
