package engine

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tacho/engine/dataset"
	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/schedule"
	"tacho/engine/simserver"
	"tacho/engine/snap"
)

// byDue are the rows in the order in which they were due.
func (b *bench) byDue() []*metric.Row {
	return slices.SortedFunc(slices.Values(b.sink.list), func(x, y *metric.Row) int { return cmp.Compare(x.DueNS, y.DueNS) })
}

func users(t *testing.T, rate float64, n int, turns float64) *schedule.Users {
	t.Helper()
	u, err := schedule.NewUsers(rate, n, turns)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// The order in which AIPerf 0.13 was seen to send: four users, three turns.
func TestUsersSendInAIPerfsOrder(t *testing.T) {
	t.Parallel()
	b := newBench(t, simserver.Fast(), PhasePlan{Users: users(t, 25, 4, 3), Requests: 12}).talk(t, 0)
	res := b.run(t, t.Context(), NewControl())
	var ids, turns []int
	last := map[string]*metric.Row{}
	for i, r := range b.byDue() {
		id, err := strconv.Atoi(r.CorrelationID)
		if err != nil {
			t.Fatalf("correlation id %q is no user's number", r.CorrelationID)
		}
		ids, turns = append(ids, id), append(turns, r.Turn)
		due := time.Duration(r.DueNS - res.Phases[0].StartNS)
		// A turn that its user's late answer put off is due then.
		if want := time.Duration(i) * 40 * time.Millisecond; due < want {
			t.Errorf("request %d is due at %v, before %v", i, due, want)
		}
		if before := last[r.CorrelationID]; before != nil && (r.DueNS-before.DueNS < int64(160*time.Millisecond) || r.StartNS < before.EndNS) {
			t.Errorf("user %d: turn %d is due %v after the one before", id, r.Turn, time.Duration(r.DueNS-before.DueNS))
		}
		last[r.CorrelationID] = r
	}
	if want := []int{5, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7, 8}; !slices.Equal(ids, want) {
		t.Errorf("users %v, want %v", ids, want)
	}
	if want := []int{0, 0, 0, 0, 1, 0, 0, 1, 2, 1, 1, 0}; !slices.Equal(turns, want) {
		t.Errorf("turns %v, want %v", turns, want)
	}
}

// A late answer puts its user's next turn off; nobody else waits for it.
func TestLateAnswerPutsItsUserOff(t *testing.T) {
	t.Parallel()
	b := newBench(t, simserver.Exact(400*time.Millisecond, time.Millisecond, 3), PhasePlan{Users: users(t, 20, 2, 3), Requests: 8}).talk(t, 0)
	b.run(t, t.Context(), NewControl())
	ends := map[string]int64{}
	late := 0
	for _, r := range b.byDue() {
		if end, ok := ends[r.CorrelationID]; ok {
			if r.DueNS < end {
				t.Errorf("user %s: a turn is due before the answer to the last", r.CorrelationID)
			}
			late++
		}
		ends[r.CorrelationID] = r.EndNS
	}
	if late == 0 || mostInFlight(b.sink.list) < 3 {
		t.Errorf("%d later turns, %d in flight: new users come whatever the answers do", late, mostInFlight(b.sink.list))
	}
}

// at is a schedule of conversations at offsets in ms.
func at(ms ...float64) iter.Seq2[dataset.Start, error] {
	return func(yield func(dataset.Start, error) bool) {
		for i, m := range ms {
			if !yield(dataset.Start{Index: i, AtMS: m}, nil) {
				return
			}
		}
	}
}

func TestTraceKeepsItsTimes(t *testing.T) {
	b := newBench(t, simserver.Fast(), PhasePlan{Starts: at(-5, 0, 40, 40, 120)})
	res := b.run(t, t.Context(), NewControl())
	want := []time.Duration{0, 0, 40, 40, 120}
	rows := b.byDue()
	if len(rows) != len(want) {
		t.Fatalf("%d requests, want %d", len(rows), len(want))
	}
	for i, r := range rows {
		if due := time.Duration(r.DueNS - res.Phases[0].StartNS); due != want[i]*time.Millisecond {
			t.Errorf("request %d is due at %v, want %v ms", i, due, want[i])
		}
		if r.StartNS < r.DueNS {
			t.Errorf("request %d left before it was due", i)
		}
		if r.CorrelationID != "fixed-schedule-"+r.ConversationID {
			t.Errorf("correlation id %q of conversation %q", r.CorrelationID, r.ConversationID)
		}
	}
}

// timedTalk is a data set whose turns have times of their own, or pauses.
type timedTalk struct{ convs []dataset.Conversation }

func (d *timedTalk) Len() int                                { return len(d.convs) }
func (d *timedTalk) At(i int) (*dataset.Conversation, error) { return &d.convs[i], nil }
func (d *timedTalk) Hash() string                            { return "talk" }
func said(text string, ms, delay float64, timed bool) dataset.Turn {
	return dataset.Turn{Texts: []dataset.Text{{Content: text}}, TimestampMS: ms, Timed: timed, DelayMS: delay}
}

// Turns that hold all there is to send go alone.
func TestSelfContainedTurnsGoAlone(t *testing.T) {
	b := newBench(t, simserver.Fast(), PhasePlan{Concurrency: 1, Sessions: 2})
	b.plan.Raw = true
	b.plan.Dataset = &timedTalk{[]dataset.Conversation{
		{ID: "alone", SelfContained: true, Turns: []dataset.Turn{said("first", 0, 0, false), said("second", 0, 0, false)}},
		{ID: "history", Turns: []dataset.Turn{said("first", 0, 0, false), said("second", 0, 0, false)}},
	}}
	b.run(t, t.Context(), NewControl())
	for i, r := range b.sink.list {
		body := string(b.sink.raws[i].Payload)
		before := strings.Contains(body, "first") || strings.Contains(body, "assistant")
		if want := r.ConversationID == "history"; r.Turn == 1 && before != want {
			t.Errorf("%s: what went before is sent: %v\n%s", r.ConversationID, before, body)
		}
	}
	if len(b.sink.list) != 4 {
		t.Errorf("%d requests, want 4", len(b.sink.list))
	}
}

// A turn with a time is due then even when the answer before comes later: its
// lateness is recorded, the schedule is not moved. One without follows the
// answer, after its pause.
func TestTurnsOfATrace(t *testing.T) {
	t.Parallel()
	b := newBench(t, simserver.Exact(100*time.Millisecond, time.Millisecond, 2), PhasePlan{Starts: at(0, 10)})
	b.plan.Dataset = &timedTalk{[]dataset.Conversation{
		{ID: "timed", Turns: []dataset.Turn{said("a", 0, 0, true), said("b", 50, 0, true), said("c", 600, 0, true)}},
		{ID: "paused", Turns: []dataset.Turn{said("d", 10, 0, true), said("e", 0, 30, false), said("f", 0, 0, false)}},
	}}
	res := b.run(t, t.Context(), NewControl())
	rows := map[string][3]*metric.Row{}
	for _, r := range b.sink.list {
		list := rows[r.ConversationID]
		list[r.Turn] = r
		rows[r.ConversationID] = list
	}
	timed, paused := rows["timed"], rows["paused"]
	for i, ms := range []time.Duration{0, 50, 600} {
		if due := time.Duration(timed[i].DueNS - res.Phases[0].StartNS); due != ms*time.Millisecond {
			t.Errorf("timed turn %d is due at %v, want %v ms", i, due, ms)
		}
	}
	if late := time.Duration(timed[1].StartNS - timed[1].DueNS); late < 50*time.Millisecond || timed[1].StartNS < timed[0].EndNS {
		t.Errorf("the turn that had to wait for its answer left %v late", late)
	}
	if pause := time.Duration(paused[1].DueNS - paused[0].EndNS); pause < 30*time.Millisecond || pause > 31*time.Millisecond {
		t.Errorf("the paused turn is due %v after the answer, want 30 ms", pause)
	}
	if paused[2].DueNS-paused[1].EndNS > int64(time.Millisecond) {
		t.Errorf("a turn without time and pause is due %v after the answer", time.Duration(paused[2].DueNS-paused[1].EndNS))
	}
}

// Under a cap sessions wait for a slot, each of which is held to the end of its
// session; due times stay.
func TestCapHoldsSessionsBack(t *testing.T) {
	t.Parallel()
	arrivals, err := schedule.Constant(200)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]PhasePlan{
		"trace": {Starts: at(0, 0, 0, 5, 5, 5), Concurrency: 2},
		"users": {Users: users(t, 100, 4, 3), Concurrency: 2, Sessions: 6},
		"rate":  {Arrivals: arrivals, Rate: 200, Concurrency: 2, Sessions: 6},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, simserver.Exact(10*time.Millisecond, time.Millisecond, 3), p).talk(t, 20)
			res := b.run(t, t.Context(), NewControl())
			if most := sessionsAtOnce(b); most != 2 {
				t.Errorf("%d sessions at once, want 2", most)
			}
			sessions := map[string]bool{}
			for _, r := range b.sink.list {
				sessions[r.CorrelationID] = true
			}
			if len(sessions) != 6 {
				t.Errorf("%d sessions, want 6", len(sessions))
			}
			if name == "trace" {
				first := b.byDue()[:6]
				if due := time.Duration(first[5].DueNS - res.Phases[0].StartNS); due != 5*time.Millisecond || first[5].StartNS-first[5].DueNS < int64(50*time.Millisecond) {
					t.Errorf("the last session was due at %v and left %v late", due, time.Duration(first[5].StartNS-first[5].DueNS))
				}
			}
		})
	}
}

func TestTimedLimits(t *testing.T) {
	for name, c := range map[string]struct {
		plan PhasePlan
		want int
	}{
		"requests":       {PhasePlan{Users: users(t, 200, 4, 3), Requests: 7}, 7},
		"sessions":       {PhasePlan{Starts: at(0, 1, 2, 3, 4), Sessions: 2}, 6},
		"trace requests": {PhasePlan{Starts: at(0, 1, 2, 3, 4), Requests: 5}, 5},
		"duration":       {PhasePlan{Starts: at(0, 1, 60_000), Duration: 300 * time.Millisecond, Grace: time.Second}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, simserver.Fast(), c.plan).talk(t, 1)
			b.run(t, t.Context(), NewControl())
			if len(b.sink.list) != c.want {
				t.Errorf("%d requests, want %d", len(b.sink.list), c.want)
			}
		})
	}
}

// A hold puts a schedule off by as long as it lasts.
func TestHoldPutsATraceOff(t *testing.T) {
	t.Parallel()
	s := steer(t, simserver.Fast(), PhasePlan{Starts: at(0, 400, 450)})
	s.until(t, "the first", func(p *snap.Snapshot) bool { return p.Done == 1 })
	if err := s.ctl.Hold(true); err != nil {
		t.Fatal(err)
	}
	time.Sleep(500 * time.Millisecond)
	if n := s.cell.Latest().Sent; n != 1 {
		t.Errorf("%d requests were sent during the hold", n)
	}
	if err := s.ctl.Hold(false); err != nil {
		t.Fatal(err)
	}
	if err := s.ctl.SetRate(3); err == nil {
		t.Error("a trace took a rate")
	}
	if err := s.ctl.SetConcurrency(3); err == nil {
		t.Error("a trace without a cap took a concurrency")
	}
	res := <-s.done
	rows := s.byDue()
	if len(rows) != 3 {
		t.Fatalf("%d requests, want 3", len(rows))
	}
	if due := time.Duration(rows[1].DueNS - res.Phases[0].StartNS); due < 900*time.Millisecond {
		t.Errorf("the second is due at %v, want the hold's 500 ms later than 400 ms", due)
	}
	if gap := time.Duration(rows[2].DueNS - rows[1].DueNS); gap != 50*time.Millisecond {
		t.Errorf("the schedule behind the hold has a gap of %v, want 50 ms", gap)
	}
}

// A seamless phase begins when the one before has sent all; what that has in
// flight ends in its own phase.
func TestSeamlessPhase(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]PhasePlan{
		"requests": {Concurrency: 2, Requests: 4},
		"sessions": {Concurrency: 2, Sessions: 4},
		"duration": {Concurrency: 2, Duration: 350 * time.Millisecond, Grace: 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			first.Phase = record.Phase{Name: "one", Kind: record.Profiling}
			second := PhasePlan{Phase: record.Phase{Name: "two", Kind: record.Profiling}, Concurrency: 3, Requests: 6, Seamless: true}
			b := newBench(t, simserver.Exact(200*time.Millisecond, time.Millisecond, 3), first, second)
			res := b.run(t, t.Context(), NewControl())
			if len(res.Phases) != 2 || res.Phases[0].Valid < 1 || first.Duration == 0 && res.Phases[0].Valid != 4 || res.Phases[1].Valid != 6 || res.Cancelled {
				t.Fatalf("%+v", res.Phases)
			}
			if overlap := time.Duration(res.Phases[0].EndNS - res.Phases[1].StartNS); overlap <= 0 {
				t.Errorf("the second phase began %v after the answers of the first", -overlap)
			}
			for _, r := range b.sink.list {
				if r.Phase.Index == 0 && r.DueNS > res.Phases[1].StartNS {
					t.Error("the first phase sent on beside the second")
				}
			}
		})
	}
}

// The summary of several measured phases is over the requests of all, and its
// rates divide by the time that they took together.
func TestSummaryOverPhases(t *testing.T) {
	one := PhasePlan{Phase: record.Phase{Name: "one", Kind: record.Profiling}, Concurrency: 2, Requests: 6}
	two := PhasePlan{Phase: record.Phase{Name: "two", Kind: record.Profiling}, Concurrency: 1, Requests: 5}
	warm := PhasePlan{Phase: record.Phase{Name: "warmup", Kind: record.Warmup}, Concurrency: 1, Requests: 2, Grace: forever}
	b := newBench(t, simserver.Exact(10*time.Millisecond, time.Millisecond, 3), warm, one, two)
	res := b.run(t, t.Context(), NewControl())
	all := res.Measured
	if all == nil || all.Valid != 11 || res.Warmup.Valid != 2 || all.StartNS != res.Phases[1].StartNS || all.EndNS != res.Phases[2].EndNS {
		t.Fatalf("%+v, warm-up %+v", all, res.Warmup)
	}
	took := time.Duration(res.Phases[1].EndNS - res.Phases[1].StartNS + res.Phases[2].EndNS - res.Phases[2].StartNS).Seconds()
	got, _ := all.Summary.Get(metric.RequestThroughput)
	if want := 11 / took; got.Avg < want*0.999999 || got.Avg > want*1.000001 {
		t.Errorf("throughput %v, want %v", got.Avg, want)
	}
}
