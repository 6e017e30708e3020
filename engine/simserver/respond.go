package simserver

import "net/http"

// respond produces a: through the engine or the script, or as fast as it goes.
func (x *exchange) respond(a *answer) {
	if x.srv.cfg.Timing == TimingFirehose && a.params.Stream && a.tool == nil && a.lay == nil && x.fault == nil {
		x.firehose(a)
		return
	}
	st := x.layOut(a)
	q := &sequence{
		arrival: x.arrivalNS, prompt: a.prompt,
		max: max(1, ticksIn(st.pieces)), token: st.produce, finish: a.finish,
		nonstream: !a.params.Stream, pooled: a.pooled,
	}
	if c := x.srv.cfg; c.Timing == TimingEngine && !c.Engine.NoPrefixCache {
		q.hashes = hashBlocks(a.text, c.Engine.BlockSize)
	}
	st.cached = func() int { return q.cached }
	x.log.Status = http.StatusOK
	if a.params.Stream {
		x.openStream()
	}
	x.srv.ticks.start(q)
	st.wait(x.ctx.Done())
	x.srv.ticks.cancel(q)
	if !st.complete {
		x.closing = true
	}
	x.log.PromptTokens, x.log.CachedTokens, x.log.CompletionTokens = a.prompt, st.use.cached, st.tokens
	if a.pooled {
		x.log.CompletionTokens = 0
	}
	x.log.Complete = st.complete
	for i := range st.writeNS {
		x.log.DueNS = append(x.log.DueNS, wall(st.dueNS[i]))
		x.log.WriteNS = append(x.log.WriteNS, wall(st.writeNS[i]))
	}
}

// layOut returns the stream that will write a, spoilt by the fault if there is
// one.
func (x *exchange) layOut(a *answer) *stream {
	limits := x.srv.cfg.Limits
	st := &stream{
		wire: x.wire, pace: x.srv.pace, dialect: a.dialect,
		chunked: x.chunked(), split: limits.SplitGap,
		done: make(chan struct{}), kick: make(chan struct{}, 1),
		slow: x.wire.raw == nil,
		use:  usage{prompt: a.prompt},
		log:  x.srv.cfg.Truth != nil,
		head: func(n int) []byte { return x.head(http.StatusOK, typeJSON, n) },
	}
	f := x.fault
	if f == nil {
		f = &Fault{}
	}
	if a.params.Stream {
		st.pieces = a.pieces(mix(x.srv.cfg.Seed, uint64(x.index), saltText))
		if f.stream != nil {
			f.stream(x, st)
		}
		return st
	}
	st.pieces = []piece{{kind: kindBody, ticks: a.n, tokens: a.n}}
	if r, ok := a.dialect.(rawBody); ok {
		st.head = func(n int) []byte { return x.head(http.StatusOK, r.contentType(), n) }
	}
	if f.whole != nil {
		f.whole(x, st)
	}
	if f.slowHead {
		// A whole answer leaves together with its head, which is then late.
		st.pieces = append([]piece{{kind: kindPause, pause: 2 * limits.SlowHead}}, st.pieces...)
	}
	return st
}

// openStream sends the head of an event stream. Servers send it as soon as the
// request is accepted, long before the first token.
func (x *exchange) openStream() {
	b := x.head(http.StatusOK, typeSSE, -1, "Cache-Control: no-cache")
	if x.fault != nil && x.fault.slowHead {
		x.drip(b)
		return
	}
	x.send(b)
}
