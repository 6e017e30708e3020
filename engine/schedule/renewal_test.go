package schedule

import (
	"math"
	"testing"
	"time"

	"tacho/engine/random"
)

func newRand() *random.Stream { return random.Seeded(1).Stream("test") }

func TestConstantNeverDrifts(t *testing.T) {
	a, err := Constant(3)
	if err != nil {
		t.Fatal(err)
	}
	var at time.Duration
	for i := 1; i <= 3_000_000; i++ {
		at, _ = a.Next()
		if i == 1 && at != 333333333 {
			t.Fatalf("first arrival at %v, want one gap after the start", at)
		}
	}
	if at != 1_000_000*time.Second {
		t.Errorf("arrival 3,000,000 at rate 3 is due at %v, want 1,000,000 s", at)
	}
}

// The mean and the coefficient of variation identify the gap distribution:
// exponential has 1, gamma of shape k has 1/sqrt(k).
func TestRenewalMoments(t *testing.T) {
	const n, rate = 200_000, 50.0
	poisson, _ := Poisson(rate, newRand())
	regular, _ := Gamma(rate, 4, newRand())
	bursty, _ := Gamma(rate, 0.25, newRand())
	for _, c := range []struct {
		name   string
		a      Arrivals
		wantCV float64
	}{{"poisson", poisson, 1}, {"gamma 4", regular, 0.5}, {"gamma 0.25", bursty, 2}} {
		t.Run(c.name, func(t *testing.T) {
			var prev time.Duration
			var sum, sq float64
			for range n {
				at, ok := c.a.Next()
				if !ok || at < prev {
					t.Fatalf("arrival %v after %v", at, prev)
				}
				g := (at - prev).Seconds()
				sum, sq, prev = sum+g, sq+g*g, at
			}
			mean := sum / n
			cv := math.Sqrt(sq/n-mean*mean) / mean
			if math.Abs(mean*rate-1) > 0.02 || math.Abs(cv-c.wantCV) > 0.03*c.wantCV {
				t.Errorf("mean gap %.5f s, cv %.3f; want %.5f and %.2f", mean, cv, 1/rate, c.wantCV)
			}
		})
	}
}

func TestSameSeedSameArrivals(t *testing.T) {
	a, _ := Gamma(7, 0.5, newRand())
	b, _ := Gamma(7, 0.5, newRand())
	for i := range 1000 {
		x, _ := a.Next()
		y, _ := b.Next()
		if x != y {
			t.Fatalf("arrival %d: %v and %v from one seed", i, x, y)
		}
	}
}

func TestRefusedRates(t *testing.T) {
	for _, r := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if _, err := Constant(r); err == nil {
			t.Errorf("Constant(%v) was accepted", r)
		}
		if _, err := Poisson(r, newRand()); err == nil {
			t.Errorf("Poisson(%v) was accepted", r)
		}
		if _, err := Gamma(1, r, newRand()); err == nil {
			t.Errorf("Gamma(1, %v) was accepted", r)
		}
	}
}
