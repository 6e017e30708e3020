package search

import (
	"fmt"
	"math"
)

// Outcome is what a search ends with.
type Outcome string

// The outcomes.
const (
	Found        Outcome = "found"        // Safe holds, Breaks does not
	HoldsAll     Outcome = "holds_all"    // the highest load asked for holds
	HoldsNone    Outcome = "holds_none"   // the lowest load asked for does not
	Inconclusive Outcome = "inconclusive" // see Why
)

// Answer is what is known so far. Loads are NaN where they are not known.
type Answer struct {
	Outcome Outcome
	// Safe is the largest load that held in all of its probes: SafeRuns of
	// them. Breaks is the smallest above it that did not hold by majority, in
	// BreakRuns of BreakOf probes.
	Safe               float64
	SafeRuns           int
	Breaks             float64
	BreakRuns, BreakOf int
	// Why says in a sentence what an inconclusive search lacks.
	Why string
}

// widest is how far apart both sides of an answer may be, as a ratio, for it to
// be one.
const widest = 1.5

// Answer is what the probes say. cut says that the search was not carried to
// its end.
func (s *Search) Answer(cut bool) Answer {
	a := Answer{Safe: math.NaN(), Breaks: math.NaN()}
	for i := range s.points { // the smallest that did not
		if p := &s.points[i]; p.fail > p.pass {
			a.Breaks, a.BreakRuns, a.BreakOf = p.x, p.fail, p.votes()
			break
		}
	}
	var above *point          // of Breaks, held firmly all the same
	for i := range s.points { // the largest that always held
		switch p := &s.points[i]; {
		case p.fail > 0 || p.pass == 0:
		case !(p.x > a.Breaks):
			a.Safe, a.SafeRuns = p.x, p.pass
		case p.pass >= max(2, s.cfg.Repeats):
			above = p
		}
	}
	give := func(why string) Answer {
		a.Outcome, a.Why = Inconclusive, why
		return a
	}
	if len(s.probes) == 0 {
		return give("no probe was made")
	}
	if !cut && len(s.probes) >= s.cfg.MaxProbes {
		if _, more := (&Search{cfg: s.more(), probes: s.probes, points: s.points}).Next(); more {
			return give(fmt.Sprintf("%d probes did not settle it", len(s.probes)))
		}
	}
	switch {
	case math.IsNaN(a.Safe) && a.Breaks <= s.cfg.Low:
		if a.BreakRuns < a.BreakOf {
			return give("the lowest load held in some probes and not in others")
		}
		a.Outcome = HoldsNone
		return a
	case above != nil:
		return give(fmt.Sprintf("%g held and %g, which is less, did not: the server was not the same all the time", above.x, a.Breaks))
	case math.IsNaN(a.Safe):
		return give("no load has held in all of its probes")
	case math.IsNaN(a.Breaks) && a.Safe >= s.cfg.High && a.SafeRuns >= s.cfg.Repeats:
		a.Outcome = HoldsAll
		return a
	case math.IsNaN(a.Breaks) || cut && !s.close(a.Safe, a.Breaks) && a.Breaks > widest*a.Safe:
		return give("the search ended before a bracket was closed")
	case a.Breaks > widest*a.Safe && a.Breaks-a.Safe > 2:
		return give(fmt.Sprintf("between %g and %g the probes contradict each other", a.Safe, a.Breaks))
	case a.SafeRuns < s.cfg.Repeats:
		return give(fmt.Sprintf("%g held, but was not repeated %d times", a.Safe, s.cfg.Repeats))
	}
	a.Outcome = Found
	return a
}

// more is the configuration with room for one more probe.
func (s *Search) more() Config {
	c := s.cfg
	c.MaxProbes = len(s.probes) + 1
	return c
}
