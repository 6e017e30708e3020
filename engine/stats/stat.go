// Package stats turns rows into statistics: exact summaries, live sketches,
// time slices and time-weighted curves. It holds the one percentile rule.
package stats

import "tacho/engine/metric"

// Percentiles are those that AIPerf writes, in its order.
var Percentiles = [...]float64{1, 5, 10, 25, 50, 75, 90, 95, 99}

// Stat is one metric's statistics in display units. NaN is absent: derived and
// aggregate metrics have only Avg, time-weighted ones no Sum, Count, P1, P5,
// P10, P25 and P75.
type Stat struct {
	Def                *metric.Def
	Avg, Min, Max, Sum float64
	// P is indexed as Percentiles.
	P   [len(Percentiles)]float64
	Std float64
	// Count is the number of values; -1 is absent.
	Count int64
}

// Summary is the statistics of one window: a phase, a slice or a run.
type Summary struct {
	// StartNS and EndNS bound the throughput window, in Unix nanoseconds.
	StartNS, EndNS int64
	// Stats are in registry order; a metric without a value is not there.
	Stats []Stat
	// Approximate names what was estimated by a sketch. An Accumulator makes
	// exact statistics only and leaves it empty.
	Approximate []metric.Tag
}

// Get finds a metric's statistics by tag.
func (s *Summary) Get(tag metric.Tag) (*Stat, bool) {
	for i := range s.Stats {
		if s.Stats[i].Def.Tag == tag {
			return &s.Stats[i], true
		}
	}
	return nil, false
}

// Slice is one time slice [StartNS, EndNS), Unix nanoseconds, cut by request
// start. Slices in which no request started are left out of a list of them.
type Slice struct {
	Summary
	// Complete is false for a last slice that the run's end cut short.
	Complete bool
}
