package stats

import (
	"math"

	"tacho/engine/metric"
)

// SetRTT makes statistics of latencies less a round trip, in ms, as AIPerf's
// network_adjusted metrics are; NaN and 0 make none. It is for the time after
// the last row.
func (a *Accumulator) SetRTT(ms float64) {
	a.rtt = 0
	if ms > 0 && !math.IsInf(ms, 0) {
		a.rtt = ms
	}
}

// lessRTT maps metrics to those that leave the round trip out; empty without
// one.
func (a *Accumulator) lessRTT() map[metric.Tag]*metric.Def {
	m := make(map[metric.Tag]*metric.Def)
	if a.rtt == 0 {
		return m
	}
	for _, tag := range []metric.Tag{metric.NetworkAdjustedTTFT, metric.NetworkAdjustedTTFO, metric.NetworkAdjustedLatency} {
		if d, ok := a.reg.Lookup(tag); ok && a.plan.Applies(d) {
			m[d.Base] = d
		}
	}
	return m
}

// less is a time without the round trip.
func (a *Accumulator) less(ms float64) float64 { return max(ms-a.rtt, 0) }

// rttStat is network_rtt itself: every figure of it is the mean.
func (a *Accumulator) rttStat(out map[metric.ID]Stat) {
	d, ok := a.reg.Lookup(metric.NetworkRTT)
	if a.rtt == 0 || !ok {
		return
	}
	s := Stat{Def: d, Avg: a.rtt, Min: a.rtt, Max: a.rtt, Sum: a.rtt, Count: -1}
	for i := range s.P {
		s.P[i] = a.rtt
	}
	out[d.ID] = s
}

// putLess enters a distribution of times without the round trip; AIPerf writes no
// count of it.
func putLess(d *metric.Def, dist *dist, out map[metric.ID]Stat) {
	if dist.count > 0 {
		s := dist.stat(d)
		s.Count = -1
		out[d.ID] = s
	}
}
