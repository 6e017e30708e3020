package stats

import (
	"math"

	"tacho/engine/metric"
)

// bounds are the first start and the last end of all rows, as Unix ns.
func (a *Accumulator) bounds() (first, last float64, ok bool) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, c := range a.store.chunks {
		lo, hi = min(lo, c.minStart), max(hi, c.maxStart, c.maxEnd)
	}
	if a.store.rows == 0 {
		return 0, 0, false
	}
	return a.unix(lo), a.unix(hi), true
}

// sweepStats does the time-weighted metrics of one window of Unix ns.
func (a *Accumulator) sweepStats(from, to float64, out map[metric.ID]Stat) error {
	dists := a.newSweepDists()
	for more := from < to; more; {
		err := a.sweep(to, []float64{from}, dists.piece, func(int) {})
		if err != nil {
			return err
		}
		more = dists.end()
	}
	a.putSweep(dists, out)
	return nil
}

// sweepDists gathers the pieces of all curves in one window.
type sweepDists [len(curves)]*dist

func (a *Accumulator) newSweepDists() *sweepDists {
	var s sweepDists
	for i := range s {
		s[i] = newDist(a.keepSweep)
	}
	return &s
}

func (s *sweepDists) piece(i int, v, a, b float64) {
	if v == v {
		s[i].add(v, b-a)
	}
}

// end ends a pass and reports whether another is needed.
func (s *sweepDists) end() (more bool) {
	for _, d := range s {
		if d.end(d.shares) {
			more = true
		}
	}
	return more
}

// sweepShares are the percentiles of time-weighted metrics, as indexes of
// Percentiles: 50, 90, 95 and 99.
var sweepShares = [...]int{4, 6, 7, 8}

// shares are the targets of a time-weighted distribution: the smallest value up
// to which the time sums to the share, without interpolation.
func (d *dist) shares() []target {
	var out []target
	for _, i := range sweepShares {
		out = append(out, target{share: Percentiles[i] / 100, whole: d.weight})
	}
	return out
}

// putSweep enters the statistics of a window. A curve that was never seen is 0
// throughout, as in AIPerf.
func (a *Accumulator) putSweep(dists *sweepDists, out map[metric.ID]Stat) {
	for i, d := range dists {
		def, ok := a.reg.Lookup(curves[i].tag)
		if !ok {
			continue
		}
		s := absent(def)
		if d.count == 0 {
			s.Avg, s.Min, s.Max, s.Std = 0, 0, 0, 0
		} else {
			k := curves[i].scale
			s.Avg, s.Min, s.Max, s.Std = d.sum.value()/d.weight*k, d.min*k, d.max*k, d.std()*k
		}
		for j, p := range sweepShares {
			s.P[p] = 0
			if d.count > 0 {
				s.P[p] = d.sel.targets[j].out * curves[i].scale
			}
		}
		out[def.ID] = s
	}
}
