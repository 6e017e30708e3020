package stats

import (
	"math"
	"testing"
)

func TestQuantile(t *testing.T) {
	tests := []struct {
		name   string
		sorted []float64
		q      float64
		want   float64
	}{
		{"one value", []float64{7}, 0.99, 7},
		{"least", []float64{1, 2, 3}, 0, 1},
		{"largest", []float64{1, 2, 3}, 1, 3},
		{"middle", []float64{1, 2, 3}, 0.5, 2},
		{"between two", []float64{10, 20}, 0.25, 12.5},
		// numpy.percentile([1, 2, 4, 8, 16], 90) is 12.8.
		{"p90 of five", []float64{1, 2, 4, 8, 16}, 0.9, 12.8},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Quantile(tt.sorted, tt.q); math.Abs(got-tt.want) > 1e-12 {
				t.Errorf("Quantile(%v, %v) = %v, want %v", tt.sorted, tt.q, got, tt.want)
			}
		})
	}
}

func TestNearestRank(t *testing.T) {
	// numpy.percentile(range(n), q, method="nearest").
	for _, tt := range []struct {
		q    float64
		n    int64
		want int64
	}{{0.5, 4, 2}, {0.5, 2, 0}, {0.5, 6, 2}, {0.25, 7, 2}, {0.25, 3, 0}, {0.75, 3, 2}, {0.99, 60, 58}, {0.01, 60, 1}, {1, 5, 4}} {
		if got := nearestRank(tt.q, tt.n); got != tt.want {
			t.Errorf("nearestRank(%v, %d) = %d, want %d", tt.q, tt.n, got, tt.want)
		}
	}
}
