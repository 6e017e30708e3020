package schedule

import (
	"math"
	"testing"
	"time"
)

func TestCurveInvertsItsArea(t *testing.T) {
	c, err := NewCurve([]RatePoint{{0, 5}, {10, 20}, {12, 0}, {20, 8}})
	if err != nil {
		t.Fatal(err)
	}
	// The area by a fine sum is what At must invert.
	const step = 1e-4
	area := 0.0
	next := 1.0
	for sec := 0.0; sec < 40; sec += step {
		area += c.Rate(sec+step/2) * step
		for ; area >= next; next++ {
			if got := c.At(next); math.Abs(got-sec) > 0.002 {
				t.Fatalf("arrival %v at %v s, want %v", next, got, sec)
			}
		}
	}
	if next < 200 {
		t.Fatalf("only %v arrivals were compared", next)
	}
}

func TestRampedConstantArrivals(t *testing.T) {
	a, err := Constant(10)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Ramp(10, 4)
	if err != nil {
		t.Fatal(err)
	}
	a.Follow(c)
	var at []time.Duration
	for range 100 {
		d, _ := a.Next()
		at = append(at, d)
	}
	// 20 arrivals are under the ramp: the n-th at sqrt(2*4*n/10).
	for _, n := range []int{1, 5, 20} {
		want := math.Sqrt(2 * 4 * float64(n) / 10)
		if got := at[n-1].Seconds(); math.Abs(got-want) > 1e-6 {
			t.Errorf("arrival %d at %v s, want %v", n, got, want)
		}
	}
	if gap := at[50] - at[49]; gap != 100*time.Millisecond {
		t.Errorf("gap %v after the ramp, want 100 ms", gap)
	}
	a.SetRate(50)
	d, _ := a.Next()
	if gap := d - at[99]; gap != 20*time.Millisecond || a.Rate() != 50 {
		t.Errorf("gap %v after the rate was set, want 20 ms", gap)
	}
}

func TestRefusedCurves(t *testing.T) {
	for _, p := range [][]RatePoint{nil, {{1, 2}, {1, 3}}, {{0, -1}}, {{0, math.NaN()}}, {{-1, 2}}, {{0, 5}, {3, 0}}} {
		if _, err := NewCurve(p); err == nil {
			t.Errorf("%v was accepted", p)
		}
	}
}
