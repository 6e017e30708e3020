package stats

import (
	"math"
	"testing"
	"time"

	"tacho/engine/metric"
)

// TestRoundTripIsLeftOut: adjusted latencies are the real ones less the round
// trip, never below 0, in the summary and in each slice.
func TestRoundTripIsLeftOut(t *testing.T) {
	for _, rtt := range []float64{0, 1.5, 12, math.NaN()} {
		reg, ctx := metric.Builtin(), runContext()
		a := NewAccumulator(reg, ctx, Options{SliceWidth: 200 * time.Millisecond})
		l := newLoad(11, 40, 6)
		var row metric.Row
		for range 500 {
			reg.Plan(ctx).Fill(&row, l.next())
			a.Add(&row)
		}
		a.SetRTT(rtt)
		sum, err := a.Summary(0, 0, false)
		if err != nil {
			t.Fatal(err)
		}
		slices, err := a.Slices()
		if err != nil || len(slices) < 2 {
			t.Fatal(len(slices), err)
		}
		check := func(where string, s *Summary) {
			base, ok := s.Get(metric.RequestLatency)
			if !ok {
				return
			}
			got, ok := s.Get(metric.NetworkAdjustedLatency)
			trip, both := s.Get(metric.NetworkRTT)
			if want := rtt > 0; ok != want || both != want {
				t.Fatalf("%s with %v ms: adjusted %v, round trip %v", where, rtt, ok, both)
			}
			if !ok {
				return
			}
			if trip.Avg != rtt || trip.P[4] != rtt || trip.Std != 0 || trip.Count != -1 || got.Count != -1 {
				t.Errorf("%s: round trip %+v, adjusted count %d", where, trip, got.Count)
			}
			if want := max(base.Min-rtt, 0); math.Abs(got.Min-want) > 1e-9 {
				t.Errorf("%s: min %v, want %v", where, got.Min, want)
			}
			if want := max(base.Max-rtt, 0); math.Abs(got.Max-want) > 1e-9 {
				t.Errorf("%s: max %v, want %v", where, got.Max, want)
			}
			if base.Min >= rtt && (math.Abs(got.Avg-base.Avg+rtt) > 1e-9 || math.Abs(got.Std-base.Std) > 1e-9) {
				t.Errorf("%s: avg %v and std %v of %v and %v less %v", where, got.Avg, got.Std, base.Avg, base.Std, rtt)
			}
			if got.Min < 0 {
				t.Errorf("%s: %v", where, got.Min)
			}
		}
		check("summary", sum)
		for i := range slices {
			check("slice", &slices[i].Summary)
		}
	}
}
