package simserver

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// engine is a continuous-batching scheduler in simulated time, after vLLM's:
// in each step every decoding sequence gets one token and the rest of the
// step's token budget computes prompts, in chunks if need be. It holds no
// clock and starts nothing; driver.go plays it against the real one. Not safe
// for concurrent use.
type engine struct {
	cfg       EngineConfig
	rng       *rand.Rand
	pool      *blockPool
	waiting   []*sequence // first come, first served
	running   []*sequence
	plan      []work // of the step under way
	nextStall int64

	preemptions   int
	prefixQueries int // prompt tokens looked up in the prefix cache
	prefixHits    int
}

// work is what one step does for one sequence: compute tokens of its prompt,
// or decode.
type work struct {
	seq    *sequence
	tokens int
	decode bool
}

// step describes a step that has begun.
type step struct {
	end            int64
	decodes        int
	prefillTokens  int
	firstScheduled []*sequence
}

func newEngine(cfg EngineConfig, seed uint64) *engine {
	return &engine{cfg: cfg, rng: rand.New(rand.NewPCG(seed, 0x7ac40)), pool: newBlockPool(cfg.Blocks)}
}

// add queues a sequence.
func (e *engine) add(q *sequence, at int64) {
	q.queued, q.state, q.target = at, seqWaiting, q.prompt
	e.waiting = append(e.waiting, q)
}

// cancel drops q wherever it is and reports whether it was there.
func (e *engine) cancel(q *sequence) bool {
	switch q.state {
	case seqWaiting:
		e.waiting = slices.DeleteFunc(e.waiting, func(o *sequence) bool { return o == q })
	case seqRunning:
		e.running = slices.DeleteFunc(e.running, func(o *sequence) bool { return o == q })
		e.plan = slices.DeleteFunc(e.plan, func(w work) bool { return w.seq == q })
		e.freeBlocks(q)
	default:
		return false
	}
	q.state = seqDone
	return true
}

// begin plans the next step from time at. It reports false if there is nothing
// to do.
func (e *engine) begin(at int64) (step, bool) {
	budget := e.cfg.MaxBatchTokens
	st := step{}
	e.plan = e.plan[:0]
	before := e.preemptions
	// Running sequences first: they keep their place until they end, or until
	// the cache is full and the youngest has to start again.
	for i := 0; i < len(e.running) && budget > 0; i++ {
		q := e.running[i]
		n := 1
		decode := q.computed >= q.target
		if !decode {
			n = min(q.target-q.computed, budget)
		}
		if !e.grow(q, n) {
			break // q itself was preempted, and with it everything younger
		}
		e.plan = append(e.plan, work{q, n, decode})
		budget -= n
		st.add(n, decode)
	}
	// A sequence that was just preempted does not come back in the same step.
	for e.preemptions == before && len(e.waiting) > 0 && len(e.running) < e.cfg.MaxRunning && budget > 0 {
		q := e.waiting[0]
		n, ok := e.admit(q, budget)
		if !ok {
			break
		}
		e.waiting = e.waiting[1:]
		e.running = append(e.running, q)
		q.state = seqRunning
		if q.scheduled == 0 {
			q.scheduled = at
			st.firstScheduled = append(st.firstScheduled, q)
		}
		e.plan = append(e.plan, work{q, n, false})
		budget -= n
		st.add(n, false)
	}
	if len(e.plan) == 0 {
		return st, false
	}
	st.end = at + e.duration(at, &st)
	return st, true
}

func (st *step) add(n int, decode bool) {
	if decode {
		st.decodes++
	} else {
		st.prefillTokens += n
	}
}

// admit finds room for q and the first n tokens to compute. The whole prompt
// must fit, or half-computed prompts could fill the cache and none end.
func (e *engine) admit(q *sequence, budget int) (n int, ok bool) {
	hit := e.pool.cached(q.hashes)
	// At least the last token is computed, for its logits.
	hit = hit[:min(len(hit), (q.target-1)/e.cfg.BlockSize)]
	need := e.blocksFor(q.target) - len(hit)
	e.pool.hold(hit)
	if !e.pool.take(need) {
		e.pool.release(hit)
		return 0, false
	}
	q.shared, q.own = hit, need
	q.computed = len(hit) * e.cfg.BlockSize
	if q.preempted == 0 {
		q.cached = q.computed
		if !e.cfg.NoPrefixCache {
			e.prefixQueries += q.prompt
			e.prefixHits += q.cached
		}
	}
	return min(q.target-q.computed, budget), true
}

// grow makes room for n more tokens of q, preempting from the young end if the
// cache is full. It reports false if q itself had to go.
func (e *engine) grow(q *sequence, n int) bool {
	need := e.blocksFor(q.computed+n) - len(q.shared) - q.own
	if need <= 0 {
		return true
	}
	for !e.pool.take(need) {
		last := e.running[len(e.running)-1]
		e.preempt(last)
		if last == q {
			return false
		}
	}
	q.own += need
	return true
}

// preempt sends a running sequence back to the head of the queue. What it has
// computed is lost, as with vLLM's recomputation.
func (e *engine) preempt(q *sequence) {
	e.running = e.running[:len(e.running)-1]
	e.freeBlocks(q)
	q.computed, q.target = 0, q.prompt+q.produced
	q.state = seqWaiting
	q.preempted++
	e.preemptions++
	e.waiting = slices.Insert(e.waiting, 0, q)
}

func (e *engine) freeBlocks(q *sequence) {
	e.pool.release(q.shared)
	e.pool.give(q.own)
	q.shared, q.own = nil, 0
}

func (e *engine) blocksFor(tokens int) int {
	return (tokens + e.cfg.BlockSize - 1) / e.cfg.BlockSize
}

// duration returns how long the planned step takes, a stall included.
func (e *engine) duration(at int64, st *step) int64 {
	d := float64(e.cfg.StepBase) + float64(st.decodes)*float64(e.cfg.StepPerSeq)
	if st.prefillTokens > 0 {
		d += float64(e.cfg.PrefillBase) + float64(st.prefillTokens)/e.cfg.PrefillRate*float64(time.Second)
	}
	d *= e.spread(e.cfg.StepSigma)
	if e.cfg.StallEvery > 0 {
		if e.nextStall == 0 {
			e.setStall(at)
		}
		if at >= e.nextStall {
			d += float64(e.cfg.StallMin) + e.rng.Float64()*float64(e.cfg.StallMax-e.cfg.StallMin)
			e.setStall(at + int64(d))
		}
	}
	return max(1, int64(d))
}

func (e *engine) setStall(from int64) {
	e.nextStall = from + int64(e.rng.ExpFloat64()*float64(e.cfg.StallEvery))
}

// spread returns a log-normal factor with median 1.
func (e *engine) spread(sigma float64) float64 {
	if sigma == 0 {
		return 1
	}
	return math.Exp(sigma * e.rng.NormFloat64())
}

// finish ends the step under way at time at and returns the sequences that got
// a token, in batch order. Those that have all their tokens have left.
func (e *engine) finish(at int64) []*sequence {
	var out []*sequence
	for _, w := range e.plan {
		q := w.seq
		if q.state != seqRunning {
			continue // preempted in the same step
		}
		q.computed += w.tokens
		if !w.decode {
			e.share(q)
			if q.computed < q.target {
				continue
			}
		}
		q.produced++
		out = append(out, q)
		if q.produced == q.max {
			q.state = seqDone
			e.freeBlocks(q)
		}
	}
	e.plan = e.plan[:0]
	e.running = slices.DeleteFunc(e.running, func(q *sequence) bool { return q.state != seqRunning })
	return out
}

// share publishes the prompt blocks of q that are computed by now.
func (e *engine) share(q *sequence) {
	for i := len(q.shared); i < min(len(q.hashes), q.computed/e.cfg.BlockSize) && q.own > 0; i++ {
		b := e.pool.publish(q.hashes[i])
		if b == nil {
			return // another sequence computed the same: keep ours as our own
		}
		q.shared = append(q.shared, b)
		q.own--
	}
}

// engineLoad is the live state that /metrics shows.
type engineLoad struct {
	running, waiting          int
	kvUsage                   float64 // 0..1
	preemptions               int
	prefixQueries, prefixHits int
}

func (e *engine) load() engineLoad {
	return engineLoad{len(e.running), len(e.waiting), e.pool.usage(), e.preemptions, e.prefixQueries, e.prefixHits}
}
