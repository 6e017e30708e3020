package aiperf

import (
	"math"

	"tacho/engine/metric"
	"tacho/engine/stats"
	"tacho/engine/telemetry"
)

// AddPower adds the power metrics of the run's GPUs to its summary. The window
// is the summary's own; concurrency is the configured one, 0 without.
func AddPower(reg *metric.Registry, sum *stats.Summary, store *telemetry.GPUStore, concurrency int) {
	values := store.Efficiency(sum.StartNS, sum.EndNS, func(tag metric.Tag) (float64, bool) {
		s, ok := sum.Get(tag)
		if !ok || !finite(s.Avg) {
			return 0, false
		}
		return s.Avg, true
	}, concurrency)
	for _, v := range values {
		addSingle(reg, sum, v.Tag, v.Value)
	}
	sortStats(sum)
}

// addSingle adds a metric of one value to a summary; the caller sorts it.
func addSingle(reg *metric.Registry, sum *stats.Summary, tag metric.Tag, value float64) {
	d, ok := reg.Lookup(tag)
	if !ok || math.IsNaN(value) {
		return
	}
	s := absentStat(d)
	s.Avg = value
	sum.Stats = append(sum.Stats, s)
}
