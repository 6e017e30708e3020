package profiles

import "fmt"

// Describe is a phase's load in a few words: "closed loop 64",
// "poisson 25 req/s, cap 64".
func (ph *Phase) Describe() string {
	if ph.Type.V == LoadConcurrency || ph.Type.V == "" {
		return fmt.Sprintf("closed loop %d", max(ph.Concurrency.V, 1))
	}
	s := fmt.Sprintf("%s %g req/s", ph.Type.V, ph.Rate.V)
	switch {
	case ph.Type.V == LoadUsers && ph.Kind.V == KindWarmup:
		s = fmt.Sprintf("%s %g req/s", LoadPoisson, ph.Rate.V)
	case ph.Type.V == LoadUsers:
		s = fmt.Sprintf("%d users, %g req/s", ph.Users.V, ph.Rate.V)
	case ph.Type.V == LoadSchedule:
		s = "trace at its times"
	case ph.RateSeries.Set:
		s = ph.Type.V + " along a series"
	}
	if ph.Concurrency.Set {
		s += fmt.Sprintf(", cap %d", ph.Concurrency.V)
	}
	return s
}
