package engine

import (
	"context"
	"math"
	"sync"
	"testing"
	"time"

	"tacho/engine/metric"
	"tacho/engine/schedule"
	"tacho/engine/simserver"
	"tacho/engine/snap"
)

// steered runs a bench in the background and hands out its snapshots.
type steered struct {
	*bench
	ctl  *Control
	cell snap.Cell
	mu   sync.Mutex
	seen []snap.Mark
	done chan *Result
}

func steer(t *testing.T, cfg simserver.Config, p PhasePlan) *steered {
	t.Helper()
	s := &steered{bench: newBench(t, cfg, p), ctl: NewControl(), done: make(chan *Result, 1)}
	s.plan.Events = func(_ int64, m snap.Mark) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.seen = append(s.seen, m)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		res, err := Run(ctx, s.plan, &s.cell, s.ctl)
		if err != nil {
			t.Error(err)
		}
		s.done <- res
	}()
	t.Cleanup(func() { cancel() })
	return s
}

// until waits for a snapshot that ok likes.
func (s *steered) until(t *testing.T, what string, ok func(*snap.Snapshot) bool) *snap.Snapshot {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if p := s.cell.Latest(); p != nil && ok(p) {
			return p
		}
	}
	t.Fatalf("%s: not within 20 s", what)
	return nil
}

func (s *steered) end(t *testing.T) *Result {
	t.Helper()
	s.ctl.Stop("test")
	select {
	case r := <-s.done:
		return r
	case <-time.After(20 * time.Second):
		t.Fatal("the run does not end")
		return nil
	}
}

func TestConcurrencyIsRaisedAndLowered(t *testing.T) {
	t.Parallel()
	s := steer(t, simserver.Exact(40*time.Millisecond, time.Millisecond, 3), PhasePlan{Concurrency: 2, Requests: 100_000})
	s.until(t, "2 in flight", func(p *snap.Snapshot) bool { return p.InFlight == 2 })
	if err := s.ctl.SetConcurrency(6); err != nil {
		t.Fatal(err)
	}
	s.until(t, "6 in flight for a while", func(p *snap.Snapshot) bool {
		return p.InFlight == 6 && p.InFlightTarget == 6 && len(p.Segments) == 2 && !snap.SameStep(p.Segments[1].From, p.Phase.Elapsed)
	})
	for _, n := range []int{3, 1} { // two quick steps are one
		if err := s.ctl.SetConcurrency(n); err != nil {
			t.Fatal(err)
		}
	}
	s.until(t, "1 in flight", func(p *snap.Snapshot) bool { return p.InFlight == 1 })
	if err := s.ctl.SetConcurrency(0); err == nil {
		t.Error("a concurrency of 0 was taken")
	}
	p := s.until(t, "3 segments with requests", func(p *snap.Snapshot) bool {
		return len(p.Segments) == 3 && p.Segments[2].Requests > 2
	})
	if p.Segments[1].Load != "closed loop 6" || p.Segments[2].Load != "closed loop 1" || len(p.Marks) != 3 || p.Marks[0].Text != "concurrency 2 → 6" {
		t.Errorf("segments %+v, marks %+v", p.Segments, p.Marks)
	}
	if p.Segments[0].To != p.Segments[1].From || p.Segments[2].To != -1 {
		t.Errorf("segments do not join: %+v", p.Segments)
	}
	s.end(t)
	if len(s.seen) != 3 || s.seen[1].Kind != snap.MarkLoad {
		t.Errorf("events %+v", s.seen)
	}
}

func TestHoldStopsSendingInBothLoops(t *testing.T) {
	t.Parallel()
	arrivals, err := schedule.Constant(200)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]PhasePlan{
		"closed": {Concurrency: 2, Requests: 100_000},
		"open":   {Arrivals: arrivals, Rate: 200, Requests: 100_000},
	} {
		t.Run(name, func(t *testing.T) {
			s := steer(t, simserver.Fast(), p)
			s.until(t, "requests", func(p *snap.Snapshot) bool { return p.Done > 3 })
			if err := s.ctl.Hold(true); err != nil {
				t.Fatal(err)
			}
			still := s.until(t, "nothing in flight", func(p *snap.Snapshot) bool { return p.Held && p.InFlight == 0 })
			time.Sleep(300 * time.Millisecond)
			if now := s.cell.Latest(); now.Sent > still.Sent+1 {
				t.Errorf("%d requests were sent while the sending was held", now.Sent-still.Sent)
			}
			if err := s.ctl.Hold(false); err != nil {
				t.Fatal(err)
			}
			s.until(t, "more requests", func(p *snap.Snapshot) bool { return p.Sent > still.Sent+5 })
			s.end(t)
		})
	}
}

func TestRateIsChanged(t *testing.T) {
	t.Parallel()
	arrivals, err := schedule.Constant(20)
	if err != nil {
		t.Fatal(err)
	}
	s := steer(t, simserver.Fast(), PhasePlan{Arrivals: arrivals, Rate: 20, Requests: 100_000, Load: "constant 20 req/s"})
	s.until(t, "requests", func(p *snap.Snapshot) bool { return p.Done > 2 })
	if err := s.ctl.SetRate(400); err != nil {
		t.Fatal(err)
	}
	s.until(t, "a faster load", func(p *snap.Snapshot) bool { return p.Sent > 100 && p.Run.Load == "400 req/s" })
	if err := s.ctl.SetConcurrency(3); err == nil {
		t.Error("a load without a cap took a concurrency")
	}
	if err := s.ctl.SetRate(math.NaN()); err == nil {
		t.Error("a rate that is no number was taken")
	}
	s.end(t)
}

func TestWhatIfMovesLimitsOnTheScreenAlone(t *testing.T) {
	s := steer(t, simserver.Exact(20*time.Millisecond, time.Millisecond, 3), PhasePlan{Concurrency: 2, Requests: 100_000})
	share := func(p *snap.Snapshot) float64 {
		for _, m := range p.Live {
			if m.Def.Tag == metric.TTFT {
				return m.Within
			}
		}
		return math.NaN()
	}
	s.until(t, "requests", func(p *snap.Snapshot) bool { return p.Done > 5 })
	if err := s.ctl.SetSLO(string(metric.TTFT), 10_000); err != nil {
		t.Fatal(err)
	}
	s.until(t, "all within", func(p *snap.Snapshot) bool {
		return share(p) == 1 && p.Totals.GoodShare == 1 && p.Rates.GoodShare == 1 && p.Rates.Goodput > 0
	})
	if err := s.ctl.SetSLO(string(metric.TTFT), 1); err != nil {
		t.Fatal(err)
	}
	s.until(t, "none within", func(p *snap.Snapshot) bool { return share(p) == 0 && p.Good == 0 && p.Rates.Goodput == 0 })
	if err := s.ctl.SetSLO("no_such_metric", 1); err == nil {
		t.Error("a metric that does not exist was taken")
	}
	res := s.end(t)
	if _, ok := res.Phases[0].Summary.Get(metric.Goodput); ok {
		t.Error("the what-if limit is in the result")
	}
}

func TestSteeringWithoutAPhase(t *testing.T) {
	c := NewControl()
	if c.SetConcurrency(2) == nil || c.SetRate(2) == nil || c.Hold(true) == nil || c.Mark("x") == nil || c.SetSLO("x", 1) == nil {
		t.Error("something was steered before the run")
	}
}

// A lowered cap holds for the slots that still wait when no more come.
func TestLoweredCapHoldsToTheEnd(t *testing.T) {
	t.Parallel()
	arrivals, err := schedule.Constant(1000)
	if err != nil {
		t.Fatal(err)
	}
	s := steer(t, simserver.Exact(30*time.Millisecond, time.Millisecond, 3), PhasePlan{Arrivals: arrivals, Rate: 1000, Concurrency: 4, Requests: 400})
	s.until(t, "4 in flight", func(p *snap.Snapshot) bool { return p.InFlight == 4 })
	if err := s.ctl.SetConcurrency(1); err != nil {
		t.Fatal(err)
	}
	p := s.until(t, "the end of the arrivals", func(p *snap.Snapshot) bool { return p.Sent+p.Queued >= 400 && p.InFlight <= 1 })
	for range 5 {
		p = s.until(t, "another look", func(n *snap.Snapshot) bool { return n.Seq > p.Seq })
		if p.InFlight > 1 {
			t.Errorf("%d in flight, want at most 1", p.InFlight)
		}
	}
	if r := s.end(t); r.Phases[0].Unsent == 0 {
		t.Error("nothing waited: the test shows nothing")
	}
}
