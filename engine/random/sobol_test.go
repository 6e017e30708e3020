package random

import (
	"math"
	"slices"
	"testing"
)

func TestSobolIsSciPys(t *testing.T) {
	// scipy.stats.qmc.Sobol(d=12, scramble=False).random(8), its last three points.
	want := [][]float64{
		{0.875, 0.875, 0.125, 0.375, 0.875, 0.625, 0.875, 0.375, 0.375, 0.125, 0.375, 0.875},
		{0.625, 0.125, 0.875, 0.625, 0.625, 0.875, 0.125, 0.125, 0.125, 0.375, 0.125, 0.625},
		{0.125, 0.625, 0.375, 0.125, 0.125, 0.375, 0.625, 0.625, 0.625, 0.875, 0.625, 0.125},
	}
	got := Sobol(12, 8, nil)
	for i, w := range want {
		if !slices.Equal(got[5+i], w) {
			t.Errorf("point %d is %v, want %v", 5+i, got[5+i], w)
		}
	}
	far := Sobol(12, 1000, nil)[999] // SciPy's point 999
	if w := ([]float64{0.1572265625, 0.9091796875, 0.0810546875, 0.9892578125, 0.9677734375, 0.8447265625, 0.8583984375, 0.7119140625, 0.8134765625, 0.6318359375, 0.0224609375, 0.4423828125}); !slices.Equal(far, w) {
		t.Errorf("point 999 is %v, want %v", far, w)
	}
}

// Scrambled or not, a power of two points has one in each part of each dimension, and two
// dimensions have one in each box of any shape.
func TestSobolIsEven(t *testing.T) {
	for seed := range uint64(20) {
		points := Sobol(4, 64, Seeded(seed).Stream("test"))
		for d := range 4 {
			strata(t, points, d, 64)
		}
		seen := map[[2]int]int{}
		for _, p := range points {
			seen[[2]int{int(p[0] * 16), int(p[1] * 4)}]++
		}
		if len(seen) != 64 {
			t.Errorf("seed %d: the points lie in %d of 64 boxes", seed, len(seen))
		}
	}
	if a, b := Sobol(3, 4, Seeded(1).Stream("x")), Sobol(3, 4, Seeded(2).Stream("x")); slices.Equal(a[0], b[0]) {
		t.Error("two seeds give the same points")
	}
}

func strata(t *testing.T, points [][]float64, d, n int) {
	t.Helper()
	seen := make([]bool, n)
	for _, p := range points {
		if p[d] < 0 || p[d] >= 1 || seen[int(p[d]*float64(n))] {
			t.Fatalf("dimension %d: %v has company or is outside", d, p[d])
		}
		seen[int(p[d]*float64(n))] = true
	}
}

func TestLatinHypercube(t *testing.T) {
	var plain, spread float64
	for seed := range uint64(10) {
		for _, better := range []bool{false, true} {
			points := LatinHypercube(3, 30, Seeded(seed).Stream("test"), better)
			for d := range 3 {
				strata(t, points, d, 30)
			}
			if better {
				spread += Discrepancy(points)
			} else {
				plain += Discrepancy(points)
			}
		}
	}
	if spread >= plain*0.8 {
		t.Errorf("spreading brings the discrepancy from %v to %v only", plain, spread)
	}
	// scipy.stats.qmc.discrepancy, method "CD".
	if got := Discrepancy([][]float64{{0.1, 0.3}, {0.6, 0.9}, {0.45, 0.05}}); math.Abs(got-0.07137395833333282) > 1e-14 {
		t.Errorf("discrepancy %v", got)
	}
}
