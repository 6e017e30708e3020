package engine

import (
	"slices"
	"strings"
	"testing"

	"tacho/engine/record"
	"tacho/engine/simserver"
)

func TestTraceOfExchanges(t *testing.T) {
	b := newBench(t, simserver.Fast(), PhasePlan{Concurrency: 1, Requests: 2})
	b.plan.Trace = true
	b.run(t, t.Context(), NewControl())
	if len(b.sink.raws) != 2 {
		t.Fatalf("%d exchanges", len(b.sink.raws))
	}
	for i, raw := range b.sink.raws {
		r, tr := b.sink.list[i], raw.Trace
		if tr == nil || raw.Payload != nil || raw.Events != nil || raw.Text != "" {
			t.Fatalf("exchange %d: %+v, want a trace and nothing else", i, raw)
		}
		last := tr.RequestHeaders[len(tr.RequestHeaders)-1]
		if tr.RequestHeaders[0].Name != "Host" || !strings.HasPrefix(tr.RequestHeaders[0].Value, "127.0.0.1:") || last.Name != "Content-Length" || last.Value == "0" {
			t.Errorf("request headers %v", tr.RequestHeaders)
		}
		if tr.Status != 200 || tr.Reason != "OK" || len(tr.ResponseHeaders) == 0 || tr.ErrorNS != 0 {
			t.Errorf("trace %+v", tr)
		}
		if !slices.Contains(tr.ResponseHeaders, record.Header{Name: "Transfer-Encoding", Value: "chunked"}) {
			t.Errorf("response headers %v", tr.ResponseHeaders)
		}
		if !(tr.SendStartNS <= tr.HeadersSentNS && tr.HeadersSentNS <= tr.SendEndNS && tr.SendEndNS <= tr.HeadersReceivedNS &&
			tr.HeadersReceivedNS <= tr.FirstByteNS && tr.FirstByteNS <= tr.LastByteNS) {
			t.Errorf("times in disorder: %+v", tr)
		}
		if tr.LastByteNS != r.EndNS || tr.Local == "" || tr.Remote == "" {
			t.Errorf("ends %d, record %d; %q to %q", tr.LastByteNS, r.EndNS, tr.Local, tr.Remote)
		}
		fresh := i == 0
		if (tr.ConnectEndNS > tr.ConnectStartNS) != fresh || (tr.ReusedNS == 0) != fresh || tr.CachedNS != 0 || tr.MissedNS != 0 {
			t.Errorf("exchange %d, its own connection %v: %+v", i, fresh, tr)
		}
	}
}

func TestTraceOfARefusedConnection(t *testing.T) {
	b := newBenchAt(t, nil, "http://127.0.0.1:1/v1/chat/completions", PhasePlan{Concurrency: 1, Requests: 1})
	b.plan.Trace = true
	b.run(t, t.Context(), NewControl())
	tr := b.sink.raws[0].Trace
	if tr == nil || tr.ErrorNS == 0 || tr.ConnectStartNS == 0 || tr.ConnectEndNS != 0 || tr.RequestHeaders != nil || tr.Status != 0 {
		t.Errorf("%+v", tr)
	}
}

// The text of an answer is all of it, as it came: thinking first.
func TestTextsOfAnswers(t *testing.T) {
	b := newBench(t, simserver.Fast(), PhasePlan{Concurrency: 1, Requests: 2})
	b.plan.Encode.Model = "sim-reason"
	b.plan.Texts, b.plan.Raw = true, true
	b.run(t, t.Context(), NewControl())
	for i, raw := range b.sink.raws {
		thinking, message := "", ""
		for _, e := range raw.Events {
			for _, p := range e.Packets {
				thinking += part(p, `"reasoning_content":"`)
				message += part(p, `"content":"`)
			}
		}
		if thinking == "" || message == "" || raw.Text != thinking+message {
			t.Errorf("answer %d: text %q, want %q and %q", i, raw.Text, thinking, message)
		}
	}
}

// part is the value of a text field of a chunk, empty if it lacks it.
func part(p record.Packet, field string) string {
	_, rest, ok := strings.Cut(p.Value, field)
	if !ok {
		return ""
	}
	v, _, _ := strings.Cut(rest, `"`)
	return v
}
