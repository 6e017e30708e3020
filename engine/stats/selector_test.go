package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSelectorFindsOrderStatistics(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	kinds := map[string]func(i int) float64{
		"uniform":     func(int) float64 { return rng.Float64() },
		"log-normal":  func(int) float64 { return math.Exp(3 * rng.NormFloat64()) },
		"both signs":  func(int) float64 { return rng.NormFloat64() },
		"integers":    func(int) float64 { return float64(rng.IntN(40)) },
		"one value":   func(int) float64 { return 12.5 },
		"close by":    func(int) float64 { return 1e6 + rng.Float64()*1e-6 },
		"two heaps":   func(i int) float64 { return float64(i%2)*1e9 + rng.Float64() },
		"ascending":   func(i int) float64 { return float64(i) },
		"with zeroes": func(i int) float64 { return max(0, rng.NormFloat64()) },
	}
	for name, f := range kinds {
		for _, n := range []int{1, 2, 63, 1000, 30_000} {
			t.Run(fmt.Sprintf("%s %d", name, n), func(t *testing.T) {
				vals := make([]float64, n)
				for i := range vals {
					vals[i] = f(i)
				}
				d := newDist(512)
				passes := 0
				for more := true; more; passes++ {
					d.addAll(vals)
					more = d.end(func() []target { return d.ranks(3) })
				}
				if passes > 7 {
					t.Errorf("%d passes", passes)
				}
				checkDist(t, d, vals)
			})
		}
	}
}

func checkDist(t *testing.T, d *dist, vals []float64) {
	t.Helper()
	sorted := slices.Sorted(slices.Values(vals))
	s := d.stat(nil)
	adj := d.adjusted(nil, 3)
	for i, p := range Percentiles {
		if want := Quantile(sorted, p/100); s.P[i] != want {
			t.Errorf("p%v is %v, want %v", p, s.P[i], want)
		}
		j := nearestRank(p/100, int64(len(vals))+3)
		if inside := j < int64(len(vals)); inside && adj.P[i] != sorted[j] || !inside && adj.P[i] == adj.P[i] {
			t.Errorf("adjusted p%v is %v", p, adj.P[i])
		}
	}
	// Taken from the first value on, so that the test itself rounds little.
	var sum, square float64
	for _, v := range vals {
		sum += v - vals[0]
	}
	off := sum / float64(len(vals))
	mean := vals[0] + off
	for _, v := range vals {
		square += (v - vals[0] - off) * (v - vals[0] - off)
	}
	std := math.Sqrt(square / float64(len(vals)))
	if math.Abs(s.Avg-mean) > 1e-9*math.Abs(mean) || math.Abs(s.Std-std) > 1e-6*std+1e-15 {
		t.Errorf("mean %v, deviation %v; want %v, %v", s.Avg, s.Std, mean, std)
	}
	if s.Min != sorted[0] || s.Max != sorted[len(sorted)-1] || s.Count != int64(len(vals)) {
		t.Errorf("%d values from %v to %v", s.Count, s.Min, s.Max)
	}
}

func TestSelectorWeighted(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var p []pair
	for range 20_000 {
		p = append(p, pair{v: math.Round(rng.ExpFloat64()*1e4) / 7, w: float64(rng.IntN(1000) + 1)})
	}
	d := newDist(256)
	for more := true; more; {
		for _, x := range p {
			d.add(x.v, x.w)
		}
		more = d.end(d.shares)
	}
	slices.SortFunc(p, func(a, b pair) int { return int(math.Copysign(1, a.v-b.v)) })
	for i, tg := range d.sel.targets {
		var sum float64
		for _, x := range p {
			if sum += x.w; tg.reached(sum) {
				if tg.out != x.v {
					t.Errorf("share %v is %v, want %v", d.sel.targets[i].share, tg.out, x.v)
				}
				break
			}
		}
	}
}
