package simserver

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// arrivalAt is one request of a simulated load.
type arrivalAt struct {
	at          int64
	prompt, max int
	text        string
}

// play runs load through an engine in simulated time, with check called after
// every step, and returns the sequences in order of arrival.
func play(e *engine, load []arrivalAt, check func(at int64)) []*sequence {
	seqs := make([]*sequence, len(load))
	for i, l := range load {
		seqs[i] = &sequence{arrival: l.at, prompt: l.prompt, max: l.max}
		if !e.cfg.NoPrefixCache {
			seqs[i].hashes = hashBlocks(l.text, e.cfg.BlockSize)
		}
	}
	var t int64
	next, steps := 0, 0
	for steps < 1_000_000 {
		for next < len(load) && load[next].at <= t {
			e.add(seqs[next], t)
			next++
		}
		st, ok := e.begin(t)
		check(t)
		if !ok {
			if next == len(load) {
				return seqs
			}
			t = load[next].at
			continue
		}
		steps++
		t = st.end
		for _, q := range e.finish(t) {
			if q.produced == 1 {
				q.first = t
			}
			q.last = t
		}
		check(t)
	}
	panic("the engine does not come to an end")
}

func TestEngineInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := EngineConfig{
			StepBase: time.Millisecond, StepPerSeq: 10 * time.Microsecond, StepSigma: 0.2,
			PrefillBase: time.Millisecond, PrefillRate: 20000,
			MaxRunning:     rapid.IntRange(1, 8).Draw(t, "max running"),
			MaxBatchTokens: rapid.IntRange(9, 400).Draw(t, "budget"),
			BlockSize:      rapid.IntRange(1, 20).Draw(t, "block size"),
			NoPrefixCache:  rapid.Bool().Draw(t, "no prefix cache"),
			StallEvery:     50 * time.Millisecond, StallMin: time.Millisecond, StallMax: 5 * time.Millisecond,
		}
		const longest = 300
		cfg.Blocks = (longest+cfg.BlockSize-1)/cfg.BlockSize + rapid.IntRange(0, 40).Draw(t, "spare blocks")
		prompts := []string{strings.Repeat("system ", 60), strings.Repeat("other ", 90), ""}
		var load []arrivalAt
		var at int64
		for i := range rapid.IntRange(1, 25).Draw(t, "requests") {
			at += int64(rapid.IntRange(0, 8_000_000).Draw(t, "gap"))
			text := rapid.SampledFrom(prompts).Draw(t, "prefix") + fmt.Sprint("question ", i)
			prompt := max(1, len(text)/bytesPerToken)
			load = append(load, arrivalAt{at, prompt, rapid.IntRange(1, longest-prompt).Draw(t, "tokens"), text})
		}
		e := newEngine(cfg, 1)
		seqs := play(e, load, func(int64) {
			if len(e.running) > cfg.MaxRunning {
				t.Fatalf("%d running, limit %d", len(e.running), cfg.MaxRunning)
			}
			tokens := 0
			for _, w := range e.plan {
				tokens += w.tokens
			}
			if tokens > cfg.MaxBatchTokens {
				t.Fatalf("a step of %d tokens, budget %d", tokens, cfg.MaxBatchTokens)
			}
			checkPool(t, e)
		})
		for i, q := range seqs {
			if q.produced != q.max {
				t.Fatalf("request %d got %d of %d tokens", i, q.produced, q.max)
			}
			if q.first <= q.arrival || q.cached >= q.prompt {
				t.Fatalf("request %d: first token at %d, arrival %d, %d of %d prompt tokens cached", i, q.first, q.arrival, q.cached, q.prompt)
			}
		}
		if e.pool.usage() != 0 || len(e.running)+len(e.waiting) != 0 {
			t.Fatalf("at the end %v of the cache is used, %d run, %d wait", e.pool.usage(), len(e.running), len(e.waiting))
		}
	})
}

// checkPool recounts the KV cache from the sequences that use it.
func checkPool(t *rapid.T, e *engine) {
	p := e.pool
	own, refs := 0, map[*block]int{}
	for _, q := range e.running {
		own += q.own
		for _, b := range q.shared {
			refs[b]++
		}
		if have := (len(q.shared) + q.own) * e.cfg.BlockSize; have < q.computed {
			t.Fatalf("%d computed tokens in room for %d", q.computed, have)
		}
	}
	inUse := 0
	for _, b := range p.byHash {
		if b.refs != refs[b] {
			t.Fatalf("a block counts %d users, has %d", b.refs, refs[b])
		}
		if b.refs > 0 {
			inUse++
		}
	}
	if own != p.own || inUse != p.inUse || p.idle.Len() != len(p.byHash)-inUse {
		t.Fatalf("pool counts %d own, %d shared, %d idle; there are %d, %d, %d", p.own, p.inUse, p.idle.Len(), own, inUse, len(p.byHash)-inUse)
	}
	if u := p.usage(); u > 1 || p.own+len(p.byHash) > p.total {
		t.Fatalf("usage %v, %d blocks held of %d", u, p.own+len(p.byHash), p.total)
	}
}

func nothing(int64) {}

func TestPrefillTimeFollowsPromptLength(t *testing.T) {
	cfg := fastEngine()
	cfg.StepBase, cfg.PrefillBase, cfg.PrefillRate = time.Millisecond, 2*time.Millisecond, 10_000
	for _, c := range []struct {
		prompt int
		want   time.Duration
	}{
		{100, 13 * time.Millisecond},
		{1000, 103 * time.Millisecond},
		{8192, 3*time.Millisecond + 819200*time.Microsecond},
		// A prompt larger than the step's budget takes a second step.
		{10192, 6*time.Millisecond + 1019200*time.Microsecond},
	} {
		q := play(newEngine(cfg, 1), []arrivalAt{{0, c.prompt, 1, ""}}, nothing)[0]
		if got := time.Duration(q.first); got != c.want {
			t.Errorf("TTFT of a prompt of %d tokens = %v, want %v", c.prompt, got, c.want)
		}
	}
}

func TestDecodeTimeFollowsBatchSize(t *testing.T) {
	cfg := fastEngine()
	cfg.StepBase, cfg.StepPerSeq = 10*time.Millisecond, time.Millisecond
	for _, batch := range []int{1, 10, 100} {
		var load []arrivalAt
		for range batch {
			load = append(load, arrivalAt{0, 10, 11, ""})
		}
		q := play(newEngine(cfg, 1), load, nothing)[0]
		itl := time.Duration(q.last-q.first) / 10
		if want := 10*time.Millisecond + time.Duration(batch)*time.Millisecond; itl != want {
			t.Errorf("ITL in a batch of %d = %v, want %v", batch, itl, want)
		}
	}
}

func TestQueueWhenTheBatchIsFull(t *testing.T) {
	cfg := fastEngine()
	cfg.MaxRunning = 2
	load := []arrivalAt{{0, 10, 50, ""}, {0, 10, 50, ""}, {0, 10, 5, ""}}
	e := newEngine(cfg, 1)
	waited := false
	seqs := play(e, load, func(int64) { waited = waited || len(e.waiting) == 1 })
	if !waited {
		t.Error("the third request never waited")
	}
	if seqs[2].first <= seqs[0].last {
		t.Errorf("the third request began at %d, before a place was free at %d", seqs[2].first, seqs[0].last)
	}
}

func TestQueueWhenTheCacheIsFull(t *testing.T) {
	cfg := fastEngine()
	cfg.Blocks, cfg.BlockSize = 20, 16 // 320 tokens
	e := newEngine(cfg, 1)
	peak := 0.0
	seqs := play(e, []arrivalAt{{0, 200, 20, ""}, {0, 200, 20, ""}}, func(int64) { peak = max(peak, e.pool.usage()) })
	if seqs[1].first <= seqs[0].last {
		t.Error("two prompts of 200 tokens were computed at once in a cache of 320")
	}
	if peak > 1 || peak < 0.6 {
		t.Errorf("peak KV usage %v", peak)
	}
	if e.preemptions != 0 {
		t.Errorf("%d preemptions where queueing was enough", e.preemptions)
	}
}

func TestPreemptionWhenAnswersOutgrowTheCache(t *testing.T) {
	cfg := fastEngine()
	cfg.Blocks, cfg.BlockSize = 20, 16
	e := newEngine(cfg, 1)
	seqs := play(e, []arrivalAt{{0, 100, 150, ""}, {0, 100, 150, ""}}, nothing)
	if e.preemptions == 0 || seqs[0].preempted != 0 {
		t.Errorf("%d preemptions, %d of the older request; want the younger to yield", e.preemptions, seqs[0].preempted)
	}
	if seqs[1].produced != 150 {
		t.Errorf("the preempted request got %d of 150 tokens", seqs[1].produced)
	}
}

func TestPrefixCacheShortensPrefill(t *testing.T) {
	shared := strings.Repeat("The same long system prompt. ", 200) // 5800 bytes
	load := func() []arrivalAt {
		var l []arrivalAt
		for i := range 3 {
			text := shared + fmt.Sprint("question ", i)
			l = append(l, arrivalAt{int64(i) * int64(time.Second), len(text) / bytesPerToken, 4, text})
		}
		return l
	}
	cfg := fastEngine()
	cfg.PrefillRate = 10_000
	e := newEngine(cfg, 1)
	with := play(e, load(), nothing)
	cfg.NoPrefixCache = true
	without := play(newEngine(cfg, 1), load(), nothing)
	ttft := func(q *sequence) time.Duration { return time.Duration(q.first - q.arrival) }
	if with[0].cached != 0 || ttft(with[0]) != ttft(without[0]) {
		t.Errorf("the first request found %d tokens in an empty cache", with[0].cached)
	}
	for i := 1; i < 3; i++ {
		if with[i].cached < 1400 || with[i].cached%cfg.BlockSize != 0 {
			t.Errorf("request %d found %d cached tokens, want the 1440 of the shared blocks", i, with[i].cached)
		}
		if ttft(with[i]) > ttft(without[i])/10 {
			t.Errorf("request %d: TTFT %v with the cache, %v without", i, ttft(with[i]), ttft(without[i]))
		}
	}
	if got := e.load(); got.prefixHits != with[1].cached+with[2].cached || got.prefixQueries != with[0].prompt+with[1].prompt+with[2].prompt {
		t.Errorf("counters: %+v", got)
	}
}

func TestCachedBlocksYieldToNewPrompts(t *testing.T) {
	cfg := fastEngine()
	cfg.Blocks, cfg.BlockSize = 16, 16
	prompt := func(c string) string { return strings.Repeat(c, 200*bytesPerToken) } // 12 full blocks
	sec := int64(time.Second)
	seqs := play(newEngine(cfg, 1), []arrivalAt{
		{0, 200, 2, prompt("a")}, {sec, 200, 2, prompt("b")}, {2 * sec, 200, 2, prompt("b")}, {3 * sec, 200, 2, prompt("a")},
	}, nothing)
	if seqs[2].cached != 12*16 {
		t.Errorf("the repeated prompt found %d tokens, want 192", seqs[2].cached)
	}
	if seqs[3].cached >= 12*16 {
		t.Errorf("an evicted prompt found %d tokens", seqs[3].cached)
	}
}

func TestPrefillSlowsOthersDown(t *testing.T) {
	cfg := fastEngine()
	cfg.StepBase, cfg.PrefillRate, cfg.MaxBatchTokens = 10*time.Millisecond, 10_000, 512
	e := newEngine(cfg, 1)
	var gaps []time.Duration
	var last int64
	seqs := []*sequence{{prompt: 10, max: 60}, {prompt: 2000, max: 1}}
	e.add(seqs[0], 0)
	for t := int64(0); ; {
		if seqs[0].produced == 20 && seqs[1].state == seqNew {
			e.add(seqs[1], t)
		}
		st, ok := e.begin(t)
		if !ok {
			break
		}
		t = st.end
		for _, q := range e.finish(t) {
			if q == seqs[0] {
				gaps = append(gaps, time.Duration(t-last))
				last = t
			}
		}
	}
	slow := 0
	for _, g := range gaps[1:] {
		if g > 30*time.Millisecond {
			slow++
		}
	}
	// 2000 tokens in chunks of 511: four steps.
	if slow != 4 {
		t.Errorf("%d slow gaps beside a prompt of 2000 tokens, want 4: %v", slow, gaps)
	}
}

func TestCancelFreesEverything(t *testing.T) {
	cfg := fastEngine()
	cfg.MaxRunning = 1
	e := newEngine(cfg, 1)
	run, wait := &sequence{prompt: 100, max: 10}, &sequence{prompt: 100, max: 10}
	e.add(run, 0)
	e.add(wait, 0)
	if _, ok := e.begin(0); !ok {
		t.Fatal("nothing to do")
	}
	if !e.cancel(run) || !e.cancel(wait) || e.cancel(run) {
		t.Error("cancel does not say what it did")
	}
	if out := e.finish(1); len(out) != 0 {
		t.Errorf("%d tokens after the cancel", len(out))
	}
	if e.pool.usage() != 0 {
		t.Errorf("usage %v after the cancel", e.pool.usage())
	}
}

func TestEngineRepeatsWithItsSeed(t *testing.T) {
	run := func(seed uint64) string {
		cfg := Demo().Engine
		var load []arrivalAt
		for i := range 40 {
			load = append(load, arrivalAt{int64(i) * 30_000_000, 100 + i, 20 + i, ""})
		}
		var b strings.Builder
		for _, q := range play(newEngine(cfg, seed), load, nothing) {
			fmt.Fprint(&b, q.first, q.last, " ")
		}
		return b.String()
	}
	first := run(7)
	if again := run(7); first != again {
		t.Error("the same seed gave different times")
	}
	if first == run(8) {
		t.Error("different seeds gave the same times")
	}
}

// TestDemoIsBelievable holds the demo preset to the picture it promises, in
// simulated time.
func TestDemoIsBelievable(t *testing.T) {
	cfg := Demo().Engine
	var load []arrivalAt
	for i := range 300 {
		load = append(load, arrivalAt{int64(i) * int64(700*time.Millisecond), 500, 120, fmt.Sprint(i, strings.Repeat(" filler", 300))})
	}
	e := newEngine(cfg, 3)
	var ttft, itl []float64
	for _, q := range play(e, load, nothing) {
		ttft = append(ttft, float64(q.first-q.arrival)/1e6+float64(cfg.Overhead)/1e6)
		itl = append(itl, float64(q.last-q.first)/float64(q.max-1)/1e6)
	}
	if m := median(ttft); m < 150 || m > 300 {
		t.Errorf("median TTFT %.0f ms, want 150 to 300", m)
	}
	if m := median(itl); m < 16 || m > 25 {
		t.Errorf("median ITL %.1f ms, want about 18", m)
	}
}

func median(vs []float64) float64 {
	s := slices.Sorted(slices.Values(vs))
	return s[len(s)/2]
}

func TestStalls(t *testing.T) {
	cfg := fastEngine()
	cfg.StallEvery, cfg.StallMin, cfg.StallMax = 100*time.Millisecond, 30*time.Millisecond, 40*time.Millisecond
	e := newEngine(cfg, 1)
	e.add(&sequence{prompt: 1, max: 5000}, 0)
	stalls := 0
	var at int64
	for {
		st, ok := e.begin(at)
		if !ok {
			break
		}
		if d := time.Duration(st.end - at); d > 25*time.Millisecond {
			stalls++
			if d > 45*time.Millisecond {
				t.Errorf("a step of %v", d)
			}
		}
		at = st.end
		e.finish(at)
	}
	want := float64(at) / 135e6 // mean spacing plus mean length
	if math.Abs(float64(stalls)-want) > want/2 {
		t.Errorf("%d stalls in %v, want about %.0f", stalls, time.Duration(at), want)
	}
}
