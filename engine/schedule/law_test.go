package schedule

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"tacho/engine/random"
)

const lawSeeds, lawGaps, lawRate = 20, 3000, 37.0

// gapsOf are the gaps of a process in seconds.
func gapsOf(t *testing.T, a Arrivals, n int) []float64 {
	t.Helper()
	gaps := make([]float64, n)
	var before time.Duration
	for i := range gaps {
		at, ok := a.Next()
		if !ok {
			t.Fatal("the process ended")
		}
		gaps[i], before = (at - before).Seconds(), at
	}
	return gaps
}

// ks is the Kolmogorov-Smirnov statistic of a sample against a law, times the
// root of its size.
func ks(sample []float64, law func(float64) float64) float64 {
	slices.Sort(sample)
	n, most := float64(len(sample)), 0.0
	for i, x := range sample {
		p := law(x)
		most = max(most, p-float64(i)/n, float64(i+1)/n-p)
	}
	return most * math.Sqrt(n)
}

// ksP is the probability of a statistic at least so large when the law holds
// (Kolmogorov's series).
func ksP(d float64) float64 {
	if d < 0.2 {
		return 1
	}
	sum := 0.0
	for k := 1.0; k < 100; k++ {
		sum += math.Pow(-1, k-1) * math.Exp(-2*k*k*d*d)
	}
	return min(max(2*sum, 0), 1)
}

// gammaLaw is the distribution function of the gamma law of a shape and a scale:
// the regularized lower incomplete gamma function, by its series.
func gammaLaw(shape, scale float64) func(float64) float64 {
	lg, _ := math.Lgamma(shape)
	return func(x float64) float64 {
		x /= scale
		if x <= 0 {
			return 0
		}
		term := 1 / shape
		sum := term
		for k := 1.0; k < 10_000 && term > sum*1e-15; k++ {
			term *= x / (shape + k)
			sum += term
		}
		return min(sum*math.Exp(shape*math.Log(x)-x-lg), 1)
	}
}

func TestGammaLaw(t *testing.T) {
	for _, x := range []float64{0.01, 0.5, 1, 3, 10} {
		if got, want := gammaLaw(1, 2)(x), 1-math.Exp(-x/2); math.Abs(got-want) > 1e-12 {
			t.Errorf("shape 1 at %v: %v, want %v", x, got, want)
		}
		// Shape 2: 1 - (1+x)e^-x.
		if got, want := gammaLaw(2, 1)(x), 1-(1+x)*math.Exp(-x); math.Abs(got-want) > 1e-12 {
			t.Errorf("shape 2 at %v: %v, want %v", x, got, want)
		}
	}
}

// Over twenty seeds the gaps follow their law: no sample is one that the law
// makes in one of 20,000 cases, and the twenty tests together are as evenly good
// and bad as they should be.
func TestArrivalsFollowTheirLaw(t *testing.T) {
	exponential := func(x float64) float64 { return 1 - math.Exp(-lawRate*x) }
	cases := map[string]struct {
		make func(*random.Stream) (*Renewal, error)
		law  func(float64) float64
	}{
		"poisson": {func(s *random.Stream) (*Renewal, error) { return Poisson(lawRate, s) }, exponential},
		"gamma 1": {func(s *random.Stream) (*Renewal, error) { return Gamma(lawRate, 1, s) }, exponential},
	}
	for _, shape := range []float64{0.3, 0.8, 2.5, 12} {
		cases[fmt.Sprintf("gamma %g", shape)] = struct {
			make func(*random.Stream) (*Renewal, error)
			law  func(float64) float64
		}{func(s *random.Stream) (*Renewal, error) { return Gamma(lawRate, shape, s) }, gammaLaw(shape, 1/(lawRate*shape))}
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var all []float64
			for seed := range lawSeeds {
				a, err := c.make(random.Seeded(uint64(seed)).Stream("timing.request." + name))
				if err != nil {
					t.Fatal(err)
				}
				p := ksP(ks(gapsOf(t, a, lawGaps), c.law))
				if p < 1.0/20_000 {
					t.Errorf("seed %d: p = %.2g", seed, p)
				}
				all = append(all, p)
			}
			if p := ksP(ks(all, func(x float64) float64 { return x })); p < 0.001 {
				t.Errorf("the p values of the seeds are not even (p = %.2g): %.3f", p, all)
			}
		})
	}
}

// The test finds a law that is a little off.
func TestTheLawTestHasTeeth(t *testing.T) {
	a, err := Gamma(lawRate, 1.25, random.Seeded(1).Stream("x"))
	if err != nil {
		t.Fatal(err)
	}
	if p := ksP(ks(gapsOf(t, a, lawGaps), func(x float64) float64 { return 1 - math.Exp(-lawRate*x) })); p > 1.0/20_000 {
		t.Errorf("gamma of shape 1.25 passes for exponential: p = %v", p)
	}
}

func TestConstantGapsAreEqual(t *testing.T) {
	a, err := Constant(lawRate)
	if err != nil {
		t.Fatal(err)
	}
	for i, g := range gapsOf(t, a, lawGaps) {
		if math.Abs(g-1/lawRate) > 2e-9 {
			t.Fatalf("gap %d is %v s, want %v", i, g, 1/lawRate)
		}
	}
}

// Along a curve the arrivals are a unit process in the curve's own time.
func TestRampedArrivalsFollowTheirLaw(t *testing.T) {
	for seed := range lawSeeds {
		a, err := Poisson(lawRate, random.Seeded(uint64(seed)).Stream("x"))
		if err != nil {
			t.Fatal(err)
		}
		c, err := Ramp(lawRate, 30)
		if err != nil {
			t.Fatal(err)
		}
		a.Follow(c)
		// Expected arrivals up to a time: rate*t*t/60 on the ramp of 30 s.
		area := func(sec float64) float64 {
			if sec < 30 {
				return lawRate * sec * sec / 60
			}
			return lawRate * (sec - 15)
		}
		units := make([]float64, 2000)
		before := 0.0
		for i := range units {
			at, _ := a.Next()
			now := area(at.Seconds())
			units[i], before = now-before, now
		}
		if p := ksP(ks(units, func(x float64) float64 { return 1 - math.Exp(-x) })); p < 1.0/20_000 {
			t.Errorf("seed %d: p = %.2g", seed, p)
		}
	}
}
