package stats

import "tacho/engine/metric"

// totals is what Derived metrics of one window read.
type totals struct {
	window, span float64
	vals         map[metric.Tag]float64 // sum of a metric, or its value if it is one number
}

func (t *totals) Sum(tag metric.Tag) (float64, bool) {
	v, ok := t.vals[tag]
	return v, ok
}

func (t *totals) WindowSec() float64 { return t.window }
func (t *totals) SpanSec() float64   { return t.span }

func (t *totals) set(tag metric.Tag, sum float64) {
	if t.vals == nil {
		t.vals = make(map[metric.Tag]float64)
	}
	t.vals[tag] = sum
}

// derive computes the metrics that come from totals. The duration comes first
// where a window falls back to it.
func (a *Accumulator) derive(t *totals, out map[metric.ID]Stat) {
next:
	for _, d := range a.plan.Derived() {
		for _, tag := range d.Needs {
			if _, ok := t.vals[tag]; !ok {
				continue next
			}
		}
		if v, ok := d.Derive(a.plan.Context(), t); ok {
			t.set(d.Tag, v)
			if !d.Has(metric.Hidden) {
				out[d.ID] = single(d, v)
			}
		}
	}
}
