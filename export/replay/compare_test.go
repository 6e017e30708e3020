package replay

import (
	"testing"

	"tacho/engine/metric"
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
