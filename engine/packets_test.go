package engine

import (
	"slices"
	"testing"

	"tacho/engine/record"
	"tacho/engine/simserver"
)

func TestPackets(t *testing.T) {
	for block, want := range map[string][]record.Packet{
		"data: {\"a\":1}": {{Name: "data", Value: `{"a":1}`}},
		"data: [DONE]":    {{Name: "data", Value: "[DONE]"}},
		": ping":          {{Name: "comment", Value: "ping"}},
		"data: {\"a\":\r\ndata: 1}\r\n": {
			{Name: "data", Value: `{"a":`}, {Name: "data", Value: "1}"},
		},
		"id: 7\nevent: x\n: note\ndata:y\nretry: 5": {
			{Name: "id", Value: "7"}, {Name: "event", Value: "x"}, {Name: "comment", Value: "note"}, {Name: "data", Value: "y"}, {Name: "retry", Value: "5"},
		},
		"data: {\"a\":\"b\nc\"}": {{Name: "data", Value: `{"a":"b\nc"}`}},
		"data":                   {{Name: "data"}},
		" \n\r":                  nil,
	} {
		if got := packets(block); !slices.Equal(got, want) {
			t.Errorf("packets(%q) = %q, want %q", block, got, want)
		}
	}
}

// What the raw export holds of odd answers is what AIPerf keeps of them.
func TestRawOfOddAnswers(t *testing.T) {
	for fault, ok := range map[string]func(*record.Raw) bool{
		// The body is the error's message.
		"http-400": func(r *record.Raw) bool { return r.Status == 400 && r.Body == "" && r.BodyNS == 0 && r.Events == nil },
		"html-200": func(r *record.Raw) bool { return r.ContentType == "text/html" && r.Body != "" },
		"error-event": func(r *record.Raw) bool {
			return !slices.ContainsFunc(r.Events, func(e record.Event) bool { return e.Packets[0].Name != "data" })
		},
		"multi-line": func(r *record.Raw) bool {
			return len(r.Events) > 2 && len(r.Events[0].Packets) == 3 && r.Events[0].Packets[2].Name == "data"
		},
	} {
		cfg := simserver.Fast()
		cfg.Faults = []simserver.FaultRule{{Name: fault, Percent: 100}}
		b := newBench(t, cfg, PhasePlan{Concurrency: 1, Requests: 1})
		b.plan.Raw = true
		b.run(t, t.Context(), NewControl())
		if len(b.sink.raws) != 1 || !ok(b.sink.raws[0]) {
			t.Errorf("%s: %+v", fault, b.sink.raws)
		}
	}
}
