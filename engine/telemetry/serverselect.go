package telemetry

import (
	"slices"

	"tacho/engine/record"
)

// Selector chooses the phases that a statistic is over.
type Selector struct {
	kind  record.PhaseKind
	index int // of the phase; -1: all of the kind
}

// OfKind chooses all phases of a kind.
func OfKind(k record.PhaseKind) Selector { return Selector{k, -1} }

// OfPhase chooses one phase by its index.
func OfPhase(index int) Selector { return Selector{"", index} }

func (s Selector) matches(p *record.Phase) bool {
	if s.index >= 0 {
		return p.Index == s.index
	}
	return p.Kind == s.kind
}

// picked lists the scrapes of the chosen phases.
func (st *ServerStore) picked(p *pageTape, sel Selector) []int {
	chosen := make([]bool, len(st.phases))
	for i := range st.phases {
		chosen[i] = sel.matches(&st.phases[i])
	}
	var out []int
	for i, ph := range p.phases {
		if ph >= 0 && chosen[ph] {
			out = append(out, i)
		}
	}
	return out
}

// span is where in time a statistic of a series is made.
type span struct {
	// at are the scrapes at which the series was there.
	at []int
	// ref is the last one before them, from which counters count; -1 none.
	ref int
}

// span finds the scrapes of picked that have the series; ok is false when none
// has.
func (s *seriesTape) span(picked []int) (sp span, ok bool) {
	sp.ref = -1
	if len(picked) == 0 {
		return sp, false
	}
	there := s.presence()
	if len(there.at) == 1 && int(there.at[0]) <= picked[0] {
		sp.at = picked // always there
	} else {
		k := cursor{c: there}
		for _, i := range picked {
			if v := k.value(i); v == v {
				sp.at = append(sp.at, i)
			}
		}
	}
	if len(sp.at) == 0 {
		return sp, false
	}
	sp.ref = there.before(sp.at[0])
	return sp, true
}

// before is the last scrape before i with a number, -1 if there is none.
func (c *column) before(i int) int {
	n, _ := slices.BinarySearch(c.at, uint32(i)) // changes before i
	for end := i; n > 0; n-- {
		if v := c.val[n-1]; v == v && int(c.at[n-1]) < end {
			return end - 1
		}
		end = int(c.at[n-1])
	}
	return -1
}

// all lists the scrapes of a span with the reference first, if there is one.
func (sp *span) all() []int {
	if sp.ref < 0 {
		return sp.at
	}
	return append([]int{sp.ref}, sp.at...)
}

// values are those of a column at scrapes in order.
func (c *column) values(at []int) []float64 {
	k := cursor{c: c}
	out := make([]float64, len(at))
	for i, x := range at {
		out[i] = k.value(x)
	}
	return out
}
