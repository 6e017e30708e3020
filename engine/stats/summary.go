package stats

import (
	"math"

	"tacho/engine/metric"
)

// secPerNS is AIPerf's conversion: a product, not a quotient.
const secPerNS = 1e-9

// Summary makes the statistics of all rows. The window, in Unix ns, is that of
// the phase: from its start to when its last request returned. Rates divide by
// it and time-weighted metrics look at what ran in it. For a cancelled phase
// AIPerf knows no end: rates then divide by the time from the first start to
// the last content, time-weighted metrics end with the last request. So it is
// here with cancelled set, or with a time that is 0.
//
// It reads each metric a few times, so on millions of rows it takes seconds.
func (a *Accumulator) Summary(startNS, endNS int64, cancelled bool) (*Summary, error) {
	return a.SummaryOver(startNS, endNS, endNS-startNS, cancelled)
}

// SummaryOver is Summary for several phases: rates divide by the time that all of
// them took together, in ns, as AIPerf's do; what is between two phases and what
// overlaps counts as it comes.
func (a *Accumulator) SummaryOver(startNS, endNS, tookNS int64, cancelled bool) (*Summary, error) {
	several := !cancelled && tookNS != endNS-startNS
	if cancelled {
		endNS = 0
	}
	out := make(map[metric.ID]Stat)
	t := &totals{span: a.spanSec(), window: float64(tookNS) * secPerNS}
	if several {
		t.span = t.window // with several phases AIPerf writes it down as the duration, too
	}
	from, to, some := a.bounds()
	if startNS == 0 || endNS == 0 {
		t.window = t.span
	}
	if startNS != 0 {
		from = float64(startNS)
	}
	if endNS != 0 {
		to = float64(endNS)
	}
	if err := a.rowStats(t, out); err != nil {
		return nil, err
	}
	a.derive(t, out)
	if some {
		if err := a.injected(out); err != nil {
			return nil, err
		}
		if err := a.sweepStats(from, to, out); err != nil {
			return nil, err
		}
	}
	s := &Summary{StartNS: startNS, EndNS: endNS, Stats: a.inOrder(out)}
	if s.StartNS == 0 {
		s.StartNS = int64(from)
	}
	if s.EndNS == 0 {
		s.EndNS = int64(to)
	}
	return s, nil
}

func (a *Accumulator) spanSec() float64 {
	if d := a.spanEnd - a.spanStart; d > 0 && !math.IsInf(d, 0) {
		return d * secPerNS
	}
	return 0
}

// inOrder lists stats in registry order.
func (a *Accumulator) inOrder(out map[metric.ID]Stat) []Stat {
	stats := make([]Stat, 0, len(out))
	for _, d := range a.reg.Defs() {
		if s, ok := out[d.ID]; ok {
			stats = append(stats, s)
		}
	}
	return stats
}

// rowStats does the metrics that rows hold, and their adjusted forms.
func (a *Accumulator) rowStats(t *totals, out map[metric.ID]Stat) error {
	adjusted, network := a.adjustedBy(), a.lessRTT()
	for id, c := range a.store.cols {
		if c == nil {
			continue
		}
		d := a.reg.Defs()[id]
		if d.Kind == metric.Aggregate {
			t.set(d.Tag, c.sum)
			out[d.ID] = single(d, c.sum)
			continue
		}
		dist, err := a.distribution(func(f func([]float64)) error { return a.store.each(c, f) }, a.failed)
		if err != nil {
			return err
		}
		a.put(d, dist, adjusted[d.Tag], a.failed, t, out)
		if n := network[d.Tag]; n != nil {
			buf := make([]float64, 0, blockRows)
			dist, err := a.distribution(func(f func([]float64)) error {
				return a.store.each(c, func(vals []float64) {
					buf = buf[:0]
					for _, v := range vals {
						buf = append(buf, a.less(v))
					}
					f(buf)
				})
			}, 0)
			if err != nil {
				return err
			}
			putLess(n, dist, out)
		}
	}
	a.rttStat(out)
	if d := a.listDef(); d != nil && a.store.gapRows > 0 {
		dist, err := a.distribution(a.store.eachGap, 0)
		if err != nil {
			return err
		}
		a.put(d, dist, nil, 0, t, out)
	}
	return nil
}

// put enters a finished distribution.
func (a *Accumulator) put(d *metric.Def, dist *dist, adj *metric.Def, failed int64, t *totals, out map[metric.ID]Stat) {
	s := dist.stat(d)
	t.set(d.Tag, s.Sum)
	if d.Has(metric.Hidden) {
		return
	}
	out[d.ID] = s
	if adj != nil && failed > 0 {
		out[adj.ID] = dist.adjusted(adj, failed)
	}
}

// distribution shows values to a dist as often as it wants.
func (a *Accumulator) distribution(each func(func([]float64)) error, failed int64) (*dist, error) {
	d := newDist(a.keepRow)
	for more := true; more; {
		if err := each(d.addAll); err != nil {
			return nil, err
		}
		more = d.end(func() []target { return d.ranks(failed) })
	}
	return d, nil
}

// adjustedBy maps the base of each Adjusted metric to it.
func (a *Accumulator) adjustedBy() map[metric.Tag]*metric.Def {
	m := make(map[metric.Tag]*metric.Def)
	for _, d := range a.reg.Defs() {
		if d.Kind == metric.Adjusted {
			m[d.Base] = d
		}
	}
	return m
}

// listDef is the one PerList metric.
func (a *Accumulator) listDef() *metric.Def {
	for _, d := range a.reg.Defs() {
		if d.Kind == metric.PerList {
			return d
		}
	}
	return nil
}
