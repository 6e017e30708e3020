package replay

import (
	"fmt"
	"math"
	"slices"
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
)

// Goodness is how many requests met some limits.
type Goodness struct {
	// Good of Valid requests met all of them; Failed never do.
	Good, Valid, Failed int64
	// Within is the share 0..1 of the valid ones that met each limit, in the
	// order of the limits; NaN without a valid one.
	Within []float64
}

// Share is Good among all requests, 0..1; NaN without any.
func (g Goodness) Share() float64 { return float64(g.Good) / float64(g.Valid+g.Failed) }

// WhatIf counts the requests up to a time of the run, of the phase under way,
// that would have met other limits than the run's own. It knows the metrics that
// the screen shows and those with an objective.
func (p *Player) WhatIf(limits []metric.SLO, at time.Duration) (Goodness, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.tracks) == 0 {
		return Goodness{}, errNoRecords
	}
	for _, l := range limits {
		if p.m.column(l.Tag) < 0 {
			return Goodness{}, fmt.Errorf("%s is not a figure of each request that is at hand", l.Tag)
		}
	}
	k := p.tracks[p.trackAt(at)]
	return k.goodness(limits, k.ended(at-k.offset)), nil
}

// column is where the values of a metric with one number per request are; -1 if
// nowhere.
func (m *meter) column(tag metric.Tag) int {
	for _, w := range m.watches {
		if w.def.Tag == tag && w.def.PerRequest() {
			return w.col
		}
	}
	return -1
}

// goodness tries limits on the first n requests to end. Values are compared as
// 32-bit floats, as which they are kept.
func (k *track) goodness(limits []metric.SLO, n int) Goodness {
	t := k.m.tape
	g := Goodness{Within: make([]float64, len(limits))}
	g.Failed = int64(len(t.failedIn(k.lo, k.lo+n)))
	g.Valid = int64(n) - g.Failed
	type bound struct {
		vals   []float32
		limit  float32
		larger bool
		met    int64
	}
	bounds := make([]bound, len(limits))
	for i, l := range limits {
		col := k.m.column(l.Tag)
		larger := false
		for _, w := range k.m.watches {
			larger = larger || w.col == col && w.def.Has(metric.LargerIsBetter)
		}
		bounds[i] = bound{vals: t.vals[col][k.lo : k.lo+n], limit: float32(l.Limit), larger: larger}
	}
	for row := range n {
		good := len(bounds) > 0
		for i := range bounds {
			b := &bounds[i]
			v := b.vals[row] // NaN in a failed request: neither
			if !b.larger && v <= b.limit || b.larger && v >= b.limit {
				b.met++
			} else {
				good = false
			}
		}
		if good {
			g.Good++
		}
	}
	for i := range bounds {
		g.Within[i] = float64(bounds[i].met) / float64(g.Valid)
	}
	return g
}

// whatIf is the limits that were moved for the screen; nil while none was.
type whatIf struct{ limits []metric.SLO }

// set moves a limit, or takes it away when it is NaN; the first time the others
// start from the run's own.
func (w *whatIf) set(own []metric.SLO, tag metric.Tag, limit float64) {
	if w.limits == nil {
		w.limits = append([]metric.SLO{}, own...)
	}
	i := slices.IndexFunc(w.limits, func(s metric.SLO) bool { return s.Tag == tag })
	switch {
	case math.IsNaN(limit) && i >= 0:
		w.limits = slices.Delete(w.limits, i, i+1)
	case math.IsNaN(limit):
	case i >= 0:
		w.limits[i].Limit = limit
	default:
		w.limits = append(w.limits, metric.SLO{Tag: tag, Limit: limit})
	}
}

// draw puts what the moved limits would have made into a picture of a phase's
// first n requests to end.
func (w *whatIf) draw(s *snap.Snapshot, k *track, n int) {
	if w.limits == nil {
		return
	}
	limits := slices.DeleteFunc(slices.Clone(w.limits), func(l metric.SLO) bool { return k.m.column(l.Tag) < 0 })
	g := k.goodness(limits, n)
	for i := range s.Live {
		s.Live[i].SLO, s.Live[i].Within = nan, nan
		for j, l := range limits {
			if s.Live[i].Def.Tag == l.Tag {
				s.Live[i].SLO, s.Live[i].Within = l.Limit, g.Within[j]
			}
		}
	}
	s.Good = g.Good
	s.Totals.GoodShare = g.Share()
	s.Totals.Goodput = float64(g.Good) / s.Phase.Elapsed.Seconds()
	first, sec := k.windowAt(s.Phase.Elapsed)
	before := k.goodness(limits, first)
	recent := float64(g.Good - before.Good)
	s.Rates.GoodShare, s.Rates.Goodput = recent/float64(n-first), recent/sec.Seconds()
	s.Run.SLOs = limits
}
