package stats

import (
	"math"

	"tacho/engine/metric"
)

// Felt is how much longer than it was served a request took for whoever waits
// for it, in ms: from the moment that the schedule wanted it to its start. It is
// what this client added by being late, and NaN where no due time is known.
func Felt(row *metric.Row) float64 { return Lateness(row.DueNS, row.StartNS) }

// Lateness is the time in ms from due to start, Unix nanoseconds; NaN without a
// due time.
func Lateness(dueNS, startNS int64) float64 {
	if dueNS <= 0 || startNS <= 0 {
		return math.NaN()
	}
	return math.Max(0, float64(startNS-dueNS)/1e6)
}

// FeltSketches are the times of a point of the history as they were felt.
type FeltSketches struct{ ttft, latency Sketch }

// NewFeltSketches returns empty ones, as precise as those of times as served.
func NewFeltSketches() *FeltSketches {
	return &FeltSketches{*NewSketch(seriesBits), *NewSketch(seriesBits)}
}

// Add counts a request: its times as served and its lateness, in ms. What is NaN
// is left out.
func (f *FeltSketches) Add(ttft, latency, late float64) {
	f.ttft.Add(ttft + late)
	f.latency.Add(latency + late)
}

// Merge adds the counts of others, which may be nil.
func (f *FeltSketches) Merge(o *FeltSketches) {
	if o != nil {
		f.ttft.Merge(&o.ttft)
		f.latency.Merge(&o.latency)
	}
}

// Put writes the percentiles into a point, NaN without any; f may be nil.
func (f *FeltSketches) Put(p *LivePoint) {
	nan := math.NaN()
	p.FeltTTFT50, p.FeltTTFT90, p.FeltTTFT99, p.FeltLatency50, p.FeltLatency99 = nan, nan, nan, nan, nan
	if f == nil {
		return
	}
	var q [3]float64
	f.ttft.Quantiles(q[:], 0.5, 0.9, 0.99)
	p.FeltTTFT50, p.FeltTTFT90, p.FeltTTFT99 = q[0], q[1], q[2]
	f.latency.Quantiles(q[:2], 0.5, 0.99)
	p.FeltLatency50, p.FeltLatency99 = q[0], q[1]
}
