package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSketchError(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	kinds := map[string]func() float64{
		"latencies": func() float64 { return 200 * math.Exp(rng.NormFloat64()) },
		"tiny":      func() float64 { return 1e-6 * rng.Float64() },
		"wide":      func() float64 { return math.Exp(12 * rng.NormFloat64() / 2) },
		"tokens":    func() float64 { return float64(rng.IntN(4096)) },
		"constant":  func() float64 { return 64 },
	}
	for name, f := range kinds {
		for _, bits := range []uint{5, 6, 9} {
			t.Run(name, func(t *testing.T) {
				s := NewSketch(bits)
				vals := make([]float64, 20_000)
				for i := range vals {
					vals[i] = f()
					s.Add(vals[i])
				}
				slices.Sort(vals)
				bound := math.Ldexp(1, -int(bits)-1) * 1.0001
				for _, q := range []float64{0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1} {
					want := vals[int(q*float64(len(vals)-1)+0.5)]
					// Below the smallest octave all numbers are one.
					if got := s.Quantile(q); math.Abs(got-want) > bound*want+math.Ldexp(1, minOctave) {
						t.Errorf("%d bits: quantile %v is %v, want %v", bits, q, got, want)
					}
				}
				if s.Min() != vals[0] || s.Max() != vals[len(vals)-1] || s.Count() != int64(len(vals)) {
					t.Errorf("%d numbers from %v to %v", s.Count(), s.Min(), s.Max())
				}
			})
		}
	}
}

func TestSketchMerge(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	whole, a, b := NewSketch(7), NewSketch(7), NewSketch(7)
	for i := range 5000 {
		v := math.Exp(4 * rng.NormFloat64())
		whole.Add(v)
		[]*Sketch{a, b}[i%2].Add(v)
	}
	a.Merge(b)
	for q := 0.0; q <= 1; q += 0.01 {
		if got, want := a.Quantile(q), whole.Quantile(q); got != want {
			t.Errorf("quantile %v of merged sketches is %v, of the whole %v", q, got, want)
		}
	}
	a.Reset()
	if a.Count() != 0 || !math.IsNaN(a.Quantile(0.5)) || !math.IsNaN(a.Max()) || !math.IsNaN(a.Mean()) {
		t.Error("a reset sketch is not empty")
	}
	for _, v := range []float64{math.NaN(), -1} {
		if a.Add(v); a.Count() != 0 {
			t.Errorf("%v was counted", v)
		}
	}
	a.Add(0)
	a.Add(1e300)
	if a.Quantile(0) != 0 || a.Quantile(1) > 1e300 || a.Max() != 1e300 {
		t.Errorf("quantiles of 0 and 1e300 are %v and %v", a.Quantile(0), a.Quantile(1))
	}
}
