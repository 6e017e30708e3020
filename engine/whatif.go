package engine

import (
	"math"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/engine/stats"
)

// whatIfRows bounds the requests that a moved limit is tried on: the last ones.
const whatIfRows = 20_000

// whatIf tries other goodput limits on the requests so far, for the screen
// alone. The collector's goroutine owns it.
type whatIf struct {
	defs   []*metric.Def
	values [][]float32 // by metric; rings of whatIfRows
	n      int64       // rows ever added
	failed int64
	limits map[metric.Tag]float64 // as moved; nil while none was
}

// add keeps what a limit may be set on.
func (w *whatIf) add(row *metric.Row, shown []snap.Live) {
	if row.Err != nil {
		w.failed++
		return
	}
	if w.defs == nil {
		for _, m := range shown {
			w.defs = append(w.defs, m.Def)
		}
		w.values = make([][]float32, len(w.defs))
	}
	at := int(w.n % whatIfRows)
	for i, d := range w.defs {
		v := float32(math.NaN())
		if int(d.ID) < len(row.Vals) {
			v = float32(row.Vals[d.ID])
		}
		if at == len(w.values[i]) {
			w.values[i] = append(w.values[i], v)
		} else {
			w.values[i][at] = v
		}
	}
	w.n++
}

// set moves a limit; the first time all others start from the run's own.
func (w *whatIf) set(own []metric.SLO, tag metric.Tag, limit float64) {
	if w.limits == nil {
		w.limits = map[metric.Tag]float64{}
		for _, s := range own {
			w.limits[s.Tag] = s.Limit
		}
	}
	if math.IsNaN(limit) {
		delete(w.limits, tag)
		return
	}
	w.limits[tag] = limit
}

// draw puts the moved limits and what they would have made into a snapshot; live
// says which of the requests its rates are over.
func (w *whatIf) draw(s *snap.Snapshot, live *stats.Live) {
	if w.limits == nil || len(w.values) == 0 {
		return
	}
	rows := len(w.values[0])
	good := make([]bool, rows)
	for i := range good {
		good[i] = len(w.limits) > 0
	}
	for i, d := range w.defs {
		slo, within := math.NaN(), math.NaN()
		if limit, ok := w.limits[d.Tag]; ok {
			slo = limit
			met := 0
			for j, v := range w.values[i] {
				if (metric.SLO{Tag: d.Tag, Limit: limit}).Met(d, float64(v)) {
					met++
				} else {
					good[j] = false
				}
			}
			within = float64(met) / float64(rows)
		}
		for k := range s.Live {
			if s.Live[k].Def == d {
				s.Live[k].SLO, s.Live[k].Within = slo, within
			}
		}
	}
	n := 0
	for _, g := range good {
		if g {
			n++
		}
	}
	share := float64(n) / float64(rows)
	s.Good = int64(math.Round(share * float64(w.n)))
	share *= float64(w.n) / float64(w.n+w.failed)
	s.Totals.GoodShare, s.Totals.Goodput = share, share*(s.Totals.Requests+s.Totals.Errors)
	valid, failed, sec := live.Window()
	s.Rates.GoodShare, s.Rates.Goodput = math.NaN(), math.NaN()
	if recent := float64(w.latest(good, valid)); sec > 0 {
		s.Rates.GoodShare, s.Rates.Goodput = recent/float64(valid+failed), recent/sec
	}
	s.Run.SLOs = nil
	for _, d := range w.defs {
		if limit, ok := w.limits[d.Tag]; ok {
			s.Run.SLOs = append(s.Run.SLOs, metric.SLO{Tag: d.Tag, Limit: limit})
		}
	}
}

// latest counts the good ones of the last n requests; of more than are kept, it
// is an estimate.
func (w *whatIf) latest(good []bool, n int64) int64 {
	kept := min(n, int64(len(good)))
	var sum int64
	for i := range kept {
		if good[(w.n-1-i)%whatIfRows] {
			sum++
		}
	}
	if kept == n {
		return sum
	}
	return int64(float64(sum) / float64(kept) * float64(n))
}
