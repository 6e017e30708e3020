package simserver

import (
	"maps"
	"sync"
)

// stats counts what the engine has done since the start, for /metrics. Times
// are the engine's own (deadlines), not those of the socket.
type stats struct {
	mu sync.Mutex
	counts
}

// counts is the contents of stats.
type counts struct {
	promptTokens, genTokens int64
	cachedTokens            int64
	finishedBy              map[string]int64 // by finished_reason
	ttft, itl, tpot, e2e    *histogram
	queue, inference        *histogram
	prefill, decode         *histogram
	prompts, outputs        *histogram
	batch                   *histogram
}

func newStats() *stats {
	return &stats{counts: counts{
		finishedBy: map[string]int64{"stop": 0, "length": 0, "abort": 0, "error": 0},
		ttft:       newHistogram(ttftBounds), itl: newHistogram(itlBounds), tpot: newHistogram(itlBounds),
		e2e: newHistogram(e2eBounds), queue: newHistogram(e2eBounds), inference: newHistogram(e2eBounds),
		prefill: newHistogram(e2eBounds), decode: newHistogram(e2eBounds),
		prompts: newHistogram(tokenBounds), outputs: newHistogram(tokenBounds), batch: newHistogram(batchBounds),
	}}
}

// copy returns the counts of this moment. The page is built from the copy, so
// that a scrape does not hold up the pacer.
func (s *stats) copy() counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.counts
	c.finishedBy = maps.Clone(c.finishedBy)
	for _, h := range []**histogram{&c.ttft, &c.itl, &c.tpot, &c.e2e, &c.queue, &c.inference, &c.prefill, &c.decode, &c.prompts, &c.outputs, &c.batch} {
		*h = (*h).clone()
	}
	return c
}

func seconds(ns int64) float64 { return float64(max(0, ns)) / 1e9 }

// scheduled notes that q entered the batch for the first time.
func (s *stats) scheduled(q *sequence, at int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q.queued == 0 {
		q.queued = at
	}
	q.scheduled = at
	s.queue.observe(seconds(at-q.queued), 1)
	s.promptTokens += int64(q.prompt)
	s.cachedTokens += int64(q.cached)
}

// token notes one token of q, already counted in q.produced.
func (s *stats) token(q *sequence, at int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q.pooled {
		q.first, q.last = at, at
		return
	}
	s.genTokens++
	if q.produced == 1 {
		q.first = at
		s.ttft.observe(seconds(at-q.arrival), 1)
	} else {
		s.itl.observe(seconds(at-q.last), 1)
	}
	q.last = at
}

// tokens notes n tokens of q that left in one write, and counts them in
// q.produced.
func (s *stats) tokens(q *sequence, at int64, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.genTokens += int64(n)
	if q.produced == 0 {
		q.first = at
		s.ttft.observe(seconds(at-q.arrival), 1)
		if n > 1 {
			s.itl.observe(0, n-1)
		}
	} else {
		s.itl.observe(seconds(at-q.last)/float64(n), n)
	}
	q.produced += n
	q.last = at
}

// iteration notes one engine step over n tokens.
func (s *stats) iteration(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.batch.observe(float64(n), 1)
}

// finished notes the end of q. As in vLLM a request that ends for any reason
// but an error has latencies.
func (s *stats) finished(q *sequence, at int64, reason string) {
	if reason == "tool_calls" {
		reason = "stop" // vLLM's engine does not know of tools
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finishedBy[reason]++
	s.e2e.observe(seconds(at-q.arrival), 1)
	s.prompts.observe(float64(q.prompt), 1)
	if q.scheduled != 0 {
		s.inference.observe(seconds(at-q.scheduled), 1)
	}
	if q.pooled {
		return
	}
	s.outputs.observe(float64(q.produced), 1)
	if q.produced > 0 {
		s.prefill.observe(seconds(q.first-q.scheduled), 1)
		s.decode.observe(seconds(q.last-q.first), 1)
	}
	if q.produced > 1 {
		s.tpot.observe(seconds(q.last-q.first)/float64(q.produced-1), 1)
	}
}

// failed notes a request that a fault answered.
func (s *stats) failed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.finishedBy["error"]++
}
