package stats

import (
	"math"
	"testing"
	"time"

	"tacho/engine/metric"
)

// TestFelt: times as felt begin when the schedule wanted the request; without a
// due time nothing is known of them.
func TestFelt(t *testing.T) {
	reg, ctx := metric.Builtin(), runContext()
	const late = 250.0 // ms
	for _, c := range []struct {
		name string
		due  func(start int64) int64
		add  float64
	}{
		{"late", func(start int64) int64 { return start - int64(late*1e6) }, late},
		{"in time", func(start int64) int64 { return start }, 0},
		{"before it was due, by a clock's step", func(start int64) int64 { return start + 1000 }, 0},
		{"not known", func(int64) int64 { return 0 }, math.NaN()},
	} {
		rows := makeRows(reg, ctx, newLoad(9, 20, 6), 400)
		for _, r := range rows {
			r.DueNS = c.due(r.StartNS)
		}
		l := NewLive(reg, ctx, LiveOptions{OriginNS: rows[0].StartNS, PointWidth: time.Hour, Points: 50})
		play(l, rows)
		points, _ := l.Series()
		p := points[0]
		if math.IsNaN(c.add) {
			if !math.IsNaN(p.FeltTTFT50) || !math.IsNaN(p.FeltLatency99) {
				t.Errorf("%s: %+v", c.name, p)
			}
			continue
		}
		const coarse = 0.02 // two sketches of 0.8 %
		for name, v := range map[string][2]float64{"TTFT p50": {p.FeltTTFT50, p.TTFT50}, "TTFT p99": {p.FeltTTFT99, p.TTFT99}, "latency p99": {p.FeltLatency99, p.Latency99}} {
			if want := v[1] + c.add; math.Abs(v[0]-want) > coarse*want {
				t.Errorf("%s: %s felt is %v, want %v", c.name, name, v[0], want)
			}
		}
	}
}
