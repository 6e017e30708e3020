package app

import (
	"testing"

	"tacho/profiles"
)

// A series begins when a ramp to its first point is over.
func TestSeriesBehindARamp(t *testing.T) {
	s := &profiles.Series{Points: []profiles.SeriesPoint{{AtSec: 1, PerSec: 10}, {AtSec: 3, PerSec: 30}}}
	for sec, want := range map[float64]float64{0: 0, 1: 5, 2: 10, 3: 10, 4: 20, 5: 30, 90: 30} {
		c, err := seriesCurve(s, 2)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Rate(sec); got != want {
			t.Errorf("rate %v after %v s, want %v", got, sec, want)
		}
	}
	if c, err := seriesCurve(s, 0); err != nil || c.Rate(0.5) != 10 || c.Rate(2) != 20 {
		t.Errorf("without a ramp: %v", err)
	}
}
