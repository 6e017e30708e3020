package engine

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tacho/engine/dataset"
	"tacho/engine/metric"
	"tacho/engine/random"
	"tacho/engine/schedule"
	"tacho/engine/simserver"
)

// talk makes the bench's data set one of conversations of three turns with a
// pause before each but the first.
func (b *bench) talk(t *testing.T, pause float64) *bench {
	t.Helper()
	data, err := dataset.NewSynthetic(dataset.SyntheticConfig{
		Entries: 8, ISL: dataset.Dist{Mean: 10}, OSL: dataset.Dist{Mean: 4}, Turns: dataset.Dist{Mean: 3},
		TurnDelayMS: dataset.Dist{Mean: pause},
	}, random.Seeded(1), nil)
	if err != nil {
		t.Fatal(err)
	}
	b.plan.Dataset, b.plan.Raw = data, true
	return b
}

func TestTurnsFollowOneAnother(t *testing.T) {
	arrivals, err := schedule.Constant(100)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]PhasePlan{
		"closed": {Concurrency: 2, Sessions: 4},
		"open":   {Arrivals: arrivals, Rate: 100, Sessions: 4},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, simserver.Fast(), p).talk(t, 30)
			b.run(t, t.Context(), NewControl())
			if len(b.sink.list) != 12 {
				t.Fatalf("%d requests, want 4 sessions of 3 turns", len(b.sink.list))
			}
			byConv := map[string][]int{}
			for i, r := range b.sink.list {
				byConv[r.CorrelationID] = append(byConv[r.CorrelationID], i)
			}
			if len(byConv) != 4 {
				t.Fatalf("%d correlation ids, want 4", len(byConv))
			}
			for id, turns := range byConv {
				slices.SortFunc(turns, func(x, y int) int { return b.sink.list[x].Turn - b.sink.list[y].Turn })
				for n, i := range turns {
					r := b.sink.list[i]
					if r.Turn != n {
						t.Fatalf("%s: turns %v", id, turns)
					}
					body := string(b.sink.raws[i].Payload)
					if got := strings.Count(body, `"role":"assistant"`); got != n {
						t.Errorf("turn %d carries %d answers:\n%s", n, got, body)
					}
					if n > 0 {
						before := b.sink.list[turns[n-1]]
						if pause := time.Duration(r.StartNS - before.EndNS); pause < 30*time.Millisecond {
							t.Errorf("turn %d left %v after the answer before, want a pause of 30 ms", n, pause)
						}
						if isl, was := value(t, b, r, metric.ISL), value(t, b, before, metric.ISL); !(isl > was) {
							t.Errorf("ISL of turn %d is %v, of the one before %v: the history is not counted", n, isl, was)
						}
					}
				}
			}
			if name == "closed" {
				if most := sessionsAtOnce(b); most > 2 {
					t.Errorf("%d sessions at once, want at most 2: a slot is held through the pauses", most)
				}
			}
		})
	}
}

// sessionsAtOnce is the largest number of sessions between their first start and
// their last end at one time.
func sessionsAtOnce(b *bench) int {
	first, last := map[string]int64{}, map[string]int64{}
	for _, r := range b.sink.list {
		if f, ok := first[r.CorrelationID]; !ok || r.StartNS < f {
			first[r.CorrelationID] = r.StartNS
		}
		last[r.CorrelationID] = max(last[r.CorrelationID], r.EndNS)
	}
	most := 0
	for id, f := range first {
		n := 0
		for other := range first {
			if first[other] <= f && f < last[other] {
				n++
			}
		}
		_ = id
		most = max(most, n)
	}
	return most
}

// The last session to begin is not cut short by slots that find no other.
func TestBegunSessionsEndTheirTurns(t *testing.T) {
	for _, concurrency := range []int{2, 8} {
		b := newBench(t, simserver.Fast(), PhasePlan{Concurrency: concurrency, Sessions: 3}).talk(t, 50)
		b.run(t, t.Context(), NewControl())
		if len(b.sink.list) != 9 {
			t.Errorf("concurrency %d: %d requests, want 3 sessions of 3 turns", concurrency, len(b.sink.list))
		}
	}
}

// What waits for the prefill limit when the sending ends is not sent.
func TestStopWhileWaitingForPrefill(t *testing.T) {
	t.Parallel()
	cfg := simserver.Fast()
	cfg.Faults = []simserver.FaultRule{{Name: "hang", Percent: 100}}
	b := newBench(t, cfg, PhasePlan{Concurrency: 4, Prefill: 1, Duration: 100 * time.Millisecond, Grace: 300 * time.Millisecond})
	b.plan.Client = newClient(t, 0)
	res := b.run(t, t.Context(), NewControl())
	if p := res.Phases[0]; p.CutOff != 1 || p.Unsent != 3 {
		t.Errorf("%d cut, %d not sent; want 1 and the 3 that waited", p.CutOff, p.Unsent)
	}
}

// A failed turn does not end its conversation, and leaves no answer in it.
func TestTurnAfterAFailure(t *testing.T) {
	cfg := simserver.Fast()
	cfg.Faults = []simserver.FaultRule{{Name: "http-500", At: []int{1}}}
	b := newBench(t, cfg, PhasePlan{Concurrency: 1, Sessions: 1}).talk(t, 0)
	b.run(t, t.Context(), NewControl())
	if len(b.sink.list) != 3 || b.sink.list[0].Err == nil || b.sink.list[1].Err != nil {
		t.Fatalf("%d requests, first error %+v", len(b.sink.list), b.sink.list[0].Err)
	}
	if got := strings.Count(string(b.sink.raws[1].Payload), `"role":"assistant"`); got != 0 {
		t.Errorf("the second turn carries %d answers, want none", got)
	}
}

func TestRequestCountCutsAConversation(t *testing.T) {
	b := newBench(t, simserver.Fast(), PhasePlan{Concurrency: 1, Requests: 5}).talk(t, 0)
	b.run(t, t.Context(), NewControl())
	var turns []int
	for _, r := range b.sink.list {
		turns = append(turns, r.Turn)
	}
	if !slices.Equal(turns, []int{0, 1, 2, 0, 1}) {
		t.Errorf("turns %v, want 3 and 2", turns)
	}
}

func TestPrefillLimitsWaitingForTheFirstToken(t *testing.T) {
	t.Parallel()
	b := newBench(t, simserver.Exact(60*time.Millisecond, 20*time.Millisecond, 4), PhasePlan{Concurrency: 4, Requests: 8, Prefill: 1})
	b.run(t, t.Context(), NewControl())
	slices.SortFunc(b.sink.list, func(x, y *metric.Row) int { return int(x.StartNS - y.StartNS) })
	for i := 1; i < len(b.sink.list); i++ {
		before := b.sink.list[i-1]
		first := before.StartNS + int64(value(t, b, before, metric.TTFT)*1e6)
		if early := first - b.sink.list[i].StartNS; early > int64(2*time.Millisecond) {
			t.Errorf("request %d left %v before the first token of the one before", i, time.Duration(early))
		}
	}
	if most := mostInFlight(b.sink.list); most < 2 {
		t.Errorf("%d in flight at once: the limit is on prefill, not on all", most)
	}
}

func TestConcurrencyRampRisesEvenly(t *testing.T) {
	t.Parallel()
	b := newBench(t, simserver.Exact(5*time.Millisecond, time.Millisecond, 3), PhasePlan{
		Concurrency: 4, ConcurrencyRamp: 600 * time.Millisecond, Duration: 2 * time.Second, Grace: time.Second,
	})
	res := b.run(t, t.Context(), NewControl())
	began := map[string]time.Duration{}
	for _, r := range b.sink.list {
		at := time.Duration(r.StartNS - res.Phases[0].StartNS)
		if was, ok := began[r.Worker]; !ok || at < was {
			began[r.Worker] = at
		}
	}
	var at []time.Duration
	for _, d := range began {
		at = append(at, d)
	}
	slices.Sort(at)
	if len(at) != 4 {
		t.Fatalf("%d workers, want 4", len(at))
	}
	for i, d := range at {
		if want := time.Duration(i) * 200 * time.Millisecond; d < want-5*time.Millisecond {
			t.Errorf("worker %d began after %v, want not before %v", i, d, want)
		}
	}
}

// counted is an order that knows how often it was asked.
type counted struct{ n int }

func (c *counted) Next() int { c.n++; return (c.n - 1) % 8 }

// A phase takes no conversation that it does not send: the next one goes on
// where it ended.
func TestNoConversationIsSkipped(t *testing.T) {
	arrivals, err := schedule.Constant(500)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]PhasePlan{
		"closed":   {Concurrency: 5, Requests: 7},
		"sessions": {Concurrency: 5, Sessions: 7},
		"rate":     {Arrivals: arrivals, Rate: 500, Requests: 7},
		"capped":   {Arrivals: arrivals, Rate: 500, Concurrency: 3, Requests: 7},
	} {
		b := newBench(t, simserver.Fast(), p)
		order := &counted{}
		b.plan.Order = order
		b.run(t, t.Context(), NewControl())
		if len(b.sink.list) != 7 || order.n != 7 {
			t.Errorf("%s: %d requests of %d conversations, want 7 of 7", name, len(b.sink.list), order.n)
		}
	}
}
