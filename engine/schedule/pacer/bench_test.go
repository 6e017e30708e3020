package pacer

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"tacho/engine/record"
)

// BenchmarkLateness waits for due times of a steady rate and reports how late
// it woke, beside time.Sleep to the same due times.
func BenchmarkLateness(b *testing.B) {
	sleep := func(_ context.Context, due int64) (int64, error) {
		time.Sleep(time.Duration(due - record.Now()))
		return record.Now(), nil
	}
	pacer, spin := New(Options{}), New(Options{Spin: SpinTail})
	defer pacer.Close()
	defer spin.Close()
	for _, rate := range []int64{100, 1000, 10000} {
		for _, m := range []struct {
			name string
			wait func(context.Context, int64) (int64, error)
		}{{"sleep", sleep}, {"pacer", pacer.WaitUntil}, {"spin", spin.WaitUntil}} {
			b.Run(fmt.Sprintf("%s/%d", m.name, rate), func(b *testing.B) {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				late := make([]int64, 0, b.N)
				start := record.Now()
				for i := range int64(b.N) {
					due := start + i*int64(time.Second)/rate
					woke, err := m.wait(ctx, due)
					if err != nil {
						b.Fatal(err)
					}
					late = append(late, woke-due)
				}
				slices.Sort(late)
				at := func(q float64) float64 { return float64(late[int(q*float64(len(late)-1))]) / 1e3 }
				b.ReportMetric(at(0.5), "late-p50-µs")
				b.ReportMetric(at(0.99), "late-p99-µs")
				b.ReportMetric(at(1), "late-max-µs")
			})
		}
	}
}
