package simserver

import (
	"net/http"
	"strings"
)

// firehose streams a without pacing: the events of one write are rendered once
// and written over and over, so nothing is allocated or computed per event.
func (x *exchange) firehose(a *answer) {
	q := &sequence{arrival: x.arrivalNS, prompt: a.prompt, max: a.n}
	x.srv.script.enter(q)
	x.send(x.head(http.StatusOK, typeSSE, -1, "Cache-Control: no-cache"))
	x.log.Status = http.StatusOK
	u := usage{prompt: a.prompt}
	out := make([]byte, 0, 4096)
	add := func(p piece) { out = appendChunk(out, a.dialect.event(nil, &p, u), x.chunked()) }
	if a.role {
		add(piece{kind: kindRole})
	}
	sent := x.hose(a, out, u, kindReasoning, a.reasoning, q)
	if a.reasoning > 0 {
		out = out[:0]
	}
	sent = sent && x.hose(a, out, u, kindText, a.n-a.reasoning, q)
	x.log.PromptTokens, x.log.CompletionTokens, x.log.Complete = a.prompt, q.produced, sent
	if !sent {
		x.closing = true
		x.srv.script.leave(q, "abort")
		return
	}
	x.srv.script.leave(q, a.finish)
	out = out[:0]
	u.completion, u.reasoning = a.n, a.reasoning
	add(piece{kind: kindFinish, finish: a.finish})
	if a.params.options().IncludeUsage && !strings.Contains(a.params.Model, "nousage") {
		add(piece{kind: kindUsage})
	}
	add(piece{kind: kindDone})
	if x.chunked() {
		out = append(out, "0\r\n\r\n"...)
	}
	x.send(out)
}

// hose writes n events of kind k, the first write preceded by lead, and
// reports whether all of it left.
func (x *exchange) hose(a *answer, lead []byte, u usage, k kind, n int, q *sequence) bool {
	if n <= 0 {
		return true
	}
	per := min(x.srv.cfg.Firehose.EventsPerWrite, n)
	var block []byte
	ends := make([]int, per)
	seed := mix(x.srv.cfg.Seed, uint64(x.index), saltText)
	for i := range per {
		p := piece{kind: k, tokens: 1, text: word(seed, i)}
		block = appendChunk(block, a.dialect.event(nil, &p, u), x.chunked())
		ends[i] = len(block)
	}
	for sent := 0; sent < n; {
		m := min(per, n-sent)
		b := block[:ends[m-1]]
		if len(lead) > 0 {
			b = append(append([]byte(nil), lead...), b...)
			lead = nil
		}
		t := now()
		if _, err := x.wire.Write(b); err != nil {
			return false
		}
		if x.srv.cfg.Truth != nil {
			x.log.DueNS = append(x.log.DueNS, wall(t))
			x.log.WriteNS = append(x.log.WriteNS, wall(t))
		}
		x.srv.stats.tokens(q, t, m)
		sent += m
	}
	return true
}
