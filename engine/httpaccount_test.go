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

func TestMediaType(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "application/json": "application/json", "Text/HTML; charset=utf-8": "text/html", " text/event-stream ;x": "text/event-stream",
	} {
		if got := mediaType(in); got != want {
			t.Errorf("mediaType(%q) = %q, want %q", in, got, want)
		}
	}
}
