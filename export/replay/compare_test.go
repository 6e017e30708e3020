package replay

import (
	"math"
	"testing"

	"tacho/engine/metric"
	"tacho/engine/stats"
)

func TestTolerance(t *testing.T) {
	reg := metric.Builtin()
	rate, _ := reg.Lookup(metric.RequestThroughput)
	latency, _ := reg.Lookup(metric.RequestLatency)
	for _, c := range []struct {
		def    *metric.Def
		window int64
		want   float64
	}{
		{latency, 1e9, tight}, {rate, 0, loose}, {rate, 60e9, loose},
		{rate, 20e6, 1e-4}, // two microseconds of twenty milliseconds
	} {
		if got := tolerance(c.def, c.window); got != c.want {
			t.Errorf("%s over %d ns: %v, want %v", c.def.Tag, c.window, got, c.want)
		}
	}
}

// Where nearly all requests failed, the error-adjusted latencies are infinite but
// for their minimum. The CSV has a row of one empty value for them.
func TestInfiniteButForTheMinimum(t *testing.T) {
	def, _ := metric.Builtin().Lookup(metric.AdjTTFT)
	inf, nan := math.Inf(1), math.NaN()
	want := stats.Stat{Def: def, Count: 100, Avg: inf, Min: 2.5, Max: inf, Sum: inf, Std: nan}
	have := stats.Stat{Def: def, Count: -1, Avg: nan, Min: nan, Max: nan, Sum: nan, Std: nan}
	for i := range want.P {
		want.P[i], have.P[i] = inf, nan
	}
	for _, c := range []struct {
		cents     bool
		different int
	}{{true, 0}, {false, 2}} { // the JSON has the minimum and the count
		var r Report
		(&comparison{report: &r, cents: c.cents}).stat(&have, &want)
		if len(r.Differ) != c.different {
			t.Errorf("cents %v: %v", c.cents, r.Differ)
		}
	}
}
