package stats

import (
	"math"
	"slices"

	"tacho/engine/metric"
)

// LiveMetric is one metric over the phase so far, from a sketch with an error of
// 0.1 %. NaN is unknown.
type LiveMetric struct {
	Def                *metric.Def
	Now                float64 // median over the window, to 2 %
	Avg, P50, P90, P99 float64
	Min, Max           float64
	Count              int64
	// SLO is the limit, NaN without one; Within is the share 0..1 of the valid
	// requests that meet it.
	SLO, Within float64
	// Trend is Now as it was at each of the last seconds, oldest first.
	Trend []float64
}

// LiveRates are per second, but for GoodShare, the share 0..1 of finished
// requests that met every SLO. NaN is unknown.
type LiveRates struct {
	Requests, OutputTokens, InputTokens, Errors, Goodput, GoodShare float64
}

type liveMetric struct {
	def    *metric.Def
	sketch *Sketch
	slo    metric.SLO
	hasSLO bool
	within int64
	now    float64
	trend  []float64
}

// trendPoints is the length of LiveMetric.Trend.
const trendPoints = 60

// order puts what has no place on the console last.
func order(d *metric.Def) int {
	if d.Order == 0 {
		return math.MaxInt
	}
	return d.Order
}

func newLiveMetric(d *metric.Def, slos []metric.SLO) *liveMetric {
	m := &liveMetric{def: d, sketch: NewSketch(9), now: math.NaN()}
	for _, s := range slos {
		if s.Tag == d.Tag {
			m.slo, m.hasSLO = s, true
		}
	}
	return m
}

func (m *liveMetric) add(row *metric.Row, cell *cell, i int) {
	if m.def.Kind == metric.PerList {
		for _, v := range row.Gaps {
			m.sketch.Add(v)
			if cell != nil {
				cell.sketches[i].Add(v)
			}
		}
		return
	}
	v := value(row, m.def)
	if m.hasSLO && m.slo.Met(m.def, v) {
		m.within++
	}
	m.sketch.Add(v)
	if cell != nil {
		cell.sketches[i].Add(v)
	}
}

// Metrics returns the watched metrics in console order.
func (l *Live) Metrics() []LiveMetric {
	out := make([]LiveMetric, len(l.metrics))
	for i, m := range l.metrics {
		var q [3]float64
		m.sketch.Quantiles(q[:], 0.5, 0.9, 0.99)
		out[i] = LiveMetric{Def: m.def, Now: m.now, Avg: m.sketch.Mean(), P50: q[0], P90: q[1], P99: q[2],
			Min: m.sketch.Min(), Max: m.sketch.Max(), Count: m.sketch.Count(),
			SLO: math.NaN(), Within: math.NaN(), Trend: slices.Clone(m.trend)}
		if m.hasSLO {
			out[i].SLO = m.slo.Limit
			out[i].Within = float64(m.within) / float64(l.total.valid)
		}
	}
	return out
}

// Rates are over the window up to the last tick.
func (l *Live) Rates() LiveRates {
	t, from := l.ring.total(l.now)
	return l.rates(&t, l.now-max(from, l.origin))
}

// Window is how many requests the Rates are made of, and the seconds that they
// are over.
func (l *Live) Window() (valid, failed int64, sec float64) {
	t, from := l.ring.total(l.now)
	return t.valid, t.failed, float64(l.now-max(from, l.origin)) / 1e9
}

// Totals are over the phase up to the last tick.
func (l *Live) Totals() LiveRates { return l.rates(&l.total, l.now-l.origin) }

func (l *Live) rates(t *tallies, ns int64) LiveRates {
	nan := math.NaN()
	r := LiveRates{nan, nan, nan, nan, nan, nan}
	if sec := float64(ns) / 1e9; sec > 0 {
		r.Requests, r.Errors = float64(t.valid)/sec, float64(t.failed)/sec
		r.OutputTokens, r.InputTokens = t.out/sec, t.in/sec
		if l.hasSLOs() {
			r.Goodput = float64(t.good) / sec
		}
	}
	if n := t.valid + t.failed; n > 0 && l.hasSLOs() {
		r.GoodShare = float64(t.good) / float64(n)
	}
	return r
}

func (l *Live) hasSLOs() bool { return len(l.plan.Context().SLOs) > 0 }
