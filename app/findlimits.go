package app

import (
	"fmt"
	"math"
	"strconv"

	"tacho/engine/metric"
	"tacho/engine/search"
	"tacho/engine/snap"
	"tacho/engine/stats"
	"tacho/engine/telemetry"
	"tacho/export"
	"tacho/views/figure"
)

// bound is one limit of an aim: the value of a metric at a share of the requests,
// which must not be beyond the limit.
type bound struct {
	def      *metric.Def
	limit    float64
	quantile float64 // 0..1, of the values in ascending order
	name     string  // TTFT p95 ms
}

// bounds are the limits of all aims, in their order.
func bounds(aims []aim) (out []bound) {
	for i := range aims {
		a := &aims[i]
		for j, s := range a.slos {
			b := bound{def: a.defs[j], limit: s.Limit, quantile: a.share}
			if b.def.Has(metric.LargerIsBetter) { // that share must be above
				b.quantile = 1 - a.share
			}
			b.name = fmt.Sprintf("%s p%s", b.def.Short, strconv.FormatFloat(math.Round(b.quantile*1000)/10, 'g', -1, 64))
			b.name += " " + string(b.def.Unit)
			out = append(out, b)
		}
	}
	return out
}

// limitsOf are the bounds as the screens have them.
func limitsOf(aims []aim) (out []snap.SeveralLimit) {
	for _, b := range bounds(aims) {
		out = append(out, snap.SeveralLimit{Name: b.name, Limit: b.limit})
	}
	return out
}

// measured keeps the values that bounds are about. One goroutine at a time may use
// it.
type measured struct {
	bounds   []bound
	sketches []*stats.Sketch
}

func newMeasured(aims []aim) *measured {
	m := &measured{bounds: bounds(aims)}
	for range m.bounds {
		const bits = 9 // 0.1 %
		m.sketches = append(m.sketches, stats.NewSketch(bits))
	}
	return m
}

// add takes a request in; a failed one has no values.
func (m *measured) add(row *metric.Row) {
	for i, b := range m.bounds {
		if id := int(b.def.ID); row.Err == nil && id < len(row.Vals) {
			m.sketches[i].Add(row.Vals[id])
		}
	}
}

// values are the values at the shares, NaN without any request.
func (m *measured) values() []export.Float {
	out := make([]export.Float, len(m.bounds))
	for i, b := range m.bounds {
		out[i] = export.Float(m.sketches[i].Quantile(b.quantile))
	}
	return out
}

// atLimits are a probe's values as the screens have them; those of an earlier
// version are not known.
func (pr *findProbe) atLimits(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
		if len(pr.Values) == n {
			out[i] = float64(pr.Values[i])
		}
	}
	return out
}

// costAt is the price of a million output tokens at the load of the answer, NaN
// without a price of the machines, an answer, or tokens.
func (f *finder) costAt(a search.Answer) float64 {
	price := f.profile.Console.PricePerHour.V
	sum, n := 0.0, 0
	for _, pr := range f.probes { // over all probes that held it
		if tok := pr.row.TokSec; pr.X == a.Safe && pr.Holds && tok > 0 {
			sum, n = sum+tok, n+1
		}
	}
	if !(price > 0) || n == 0 {
		return math.NaN()
	}
	v, ok := telemetry.CostPerMillion(price, 1, sum/float64(n))
	if !ok {
		return math.NaN()
	}
	return v
}

// costText tells it in a sentence; empty where it is not known.
func (f *finder) costText(a search.Answer) string {
	v := f.costAt(a)
	if math.IsNaN(v) {
		return ""
	}
	return fmt.Sprintf("%s per million output tokens at %s %s", figure.Num(v), f.what, loadText(a.Safe))
}
