package search

import (
	"math"
	"math/rand/v2"
	"testing"
)

// run drives a search against an oracle and returns the answer and the number
// of probes.
func run(cfg Config, probe func(x float64) Probe) (Answer, int) {
	s := New(cfg)
	for {
		x, more := s.Next()
		if !more {
			return s.Answer(false), len(s.probes)
		}
		p := probe(x)
		p.X = x
		s.Add(p)
	}
}

// exact holds up to a capacity, without noise.
func exact(capacity float64) func(float64) Probe {
	return func(x float64) Probe {
		if x <= capacity {
			return Probe{Good: 1000}
		}
		return Probe{Good: 500, Bad: 500}
	}
}

func whole(repeats int) Config {
	return Config{Low: 1, High: 1024, Whole: true, Share: 0.95, Repeats: repeats}
}

func TestEveryCapacityIsFound(t *testing.T) {
	for c := 1.0; c < 300; c++ {
		a, n := run(whole(3), exact(c))
		if a.Outcome != Found || a.Safe != c || a.Breaks != c+1 || a.SafeRuns != 3 || a.BreakRuns != 2 {
			t.Fatalf("capacity %v: %+v", c, a)
		}
		if most := 2*int(math.Log2(c)) + 6; n > most {
			t.Errorf("capacity %v took %d probes, more than %d", c, n, most)
		}
	}
}

func TestTheBoundsOfTheSearch(t *testing.T) {
	if a, _ := run(whole(3), exact(0)); a.Outcome != HoldsNone {
		t.Errorf("nothing holds: %+v", a)
	}
	if a, _ := run(whole(3), exact(5000)); a.Outcome != HoldsAll || a.Safe != 1024 || a.SafeRuns != 3 {
		t.Errorf("all holds: %+v", a)
	}
	cfg := whole(3)
	cfg.Start = 64
	if a, n := run(cfg, exact(3)); a.Outcome != Found || a.Safe != 3 || n > 16 {
		t.Errorf("down from 64: %+v after %d probes", a, n)
	}
}

func TestRatesAreFoundToAStep(t *testing.T) {
	for _, c := range []float64{0.7, 3.3, 47, 812} {
		cfg := Config{Low: 0.1, High: 10000, Start: 1, Step: 0.05, Share: 0.99, Repeats: 3}
		a, _ := run(cfg, exact(c))
		if a.Outcome != Found || a.Safe > c || a.Breaks <= c || a.Breaks > a.Safe*1.06 {
			t.Errorf("capacity %v: %+v", c, a)
		}
	}
}

// Requests that are good by chance, as many as a server at that load would let
// be: the answer lies near the load where the share is met, or there is none.
func TestNoisyOracles(t *testing.T) {
	near, far, none := 0, 0, 0
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 9))
		capacity := 20 + r.Float64()*80
		a, n := run(whole(3), func(x float64) Probe {
			// The share falls from 1 to 0 around the capacity, 0.95 at it; the
			// run as a whole is a little better or worse than the load says.
			at := x/capacity*(1+0.02*r.NormFloat64()) - 1
			share := 1 / (1 + math.Exp(40*at)/19)
			var p Probe
			for range 200 {
				if r.Float64() < share {
					p.Good++
				} else {
					p.Bad++
				}
			}
			return p
		})
		if n > 60 {
			t.Fatalf("seed %d: %d probes", seed, n)
		}
		switch {
		case a.Outcome == Inconclusive:
			none++
		case a.Outcome == Found && a.Safe > capacity*0.8 && a.Safe < capacity*1.1:
			near++
		default:
			far++
			t.Logf("capacity %.1f: %+v", capacity, a)
		}
	}
	if far > 2 || near < 70 {
		t.Errorf("%d near, %d far, %d without an answer", near, far, none)
	}
}

// A server that answers at random has no capacity, and must not get one.
func TestPureNoiseHasNoAnswer(t *testing.T) {
	answers := 0
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 3))
		a, _ := run(whole(3), func(float64) Probe {
			if r.IntN(2) == 0 {
				return Probe{Good: 1000}
			}
			return Probe{Bad: 1000}
		})
		if a.Outcome == Found && a.Safe > 2 {
			answers++
		}
	}
	if answers > 25 {
		t.Errorf("pure noise got an answer in %d of 100 searches", answers)
	}
}

// The same probes lead to the same next one, so a search can be taken up.
func TestASearchIsTakenUp(t *testing.T) {
	probe := exact(37)
	first := New(whole(3))
	for {
		x, more := first.Next()
		if !more {
			break
		}
		p := probe(x)
		p.X = x
		first.Add(p)
	}
	for cut := range first.probes {
		s := New(whole(3))
		for _, p := range first.probes[:cut] {
			s.Add(p)
		}
		if x, more := s.Next(); !more || x != first.probes[cut].X {
			t.Fatalf("after %d probes the next is %v, was %v", cut, x, first.probes[cut].X)
		}
		if a := s.Answer(true); a.Outcome == Found && (a.Safe > 37 || a.Breaks < 37) {
			t.Errorf("cut after %d probes: %+v", cut, a)
		}
	}
}

func TestHopelessAndEmptyProbesDoNotHold(t *testing.T) {
	s := New(whole(1))
	s.Add(Probe{X: 1, Good: 1000})
	s.Add(Probe{X: 2, Good: 20, Hopeless: true})
	s.Add(Probe{X: 2})
	if a := s.Answer(false); a.Outcome != Found || a.Safe != 1 || a.Breaks != 2 || a.BreakRuns != 2 {
		t.Errorf("%+v", a)
	}
}

func TestInterval(t *testing.T) {
	for _, c := range []struct {
		good, bad int64
		low, high float64
	}{{0, 0, 0, 1}, {100, 0, 0.9737, 1}, {95, 5, 0.9012, 0.9755}, {1, 1, 0.1209, 0.8791}} {
		if low, high := Interval(c.good, c.bad); math.Abs(low-c.low) > 1e-3 || math.Abs(high-c.high) > 1e-3 {
			t.Errorf("%d good %d bad: %.4f to %.4f, want %v to %v", c.good, c.bad, low, high, c.low, c.high)
		}
	}
}
