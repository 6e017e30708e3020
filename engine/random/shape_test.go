package random

import (
	"math"
	"slices"
	"testing"
)

func TestBetween(t *testing.T) {
	s := Seeded(1).Stream("between")
	var seen [5]int
	for range 5000 {
		seen[s.Between(-2, 2)+2]++
	}
	for i, n := range seen {
		if n < 800 || n > 1200 {
			t.Errorf("%d was drawn %d times of 5000, want about 1000", i-2, n)
		}
	}
	if v := s.Between(7, 7); v != 7 {
		t.Errorf("Between(7, 7) = %d", v)
	}
}

func TestLogNormal(t *testing.T) {
	s := Seeded(1).Stream("lognormal")
	vals := make([]float64, 200_000)
	sum := 0.0
	for i := range vals {
		vals[i] = s.LogNormal(60, 30)
		sum += vals[i]
	}
	slices.Sort(vals)
	if mean := sum / float64(len(vals)); math.Abs(mean-60) > 1.5 {
		t.Errorf("mean %v, want about 60", mean)
	}
	if median := vals[len(vals)/2]; math.Abs(median-30) > 0.5 {
		t.Errorf("median %v, want about 30", median)
	}
	// The 0.841 quantile of a log-normal is median·e^sigma.
	if q, want := vals[len(vals)*841/1000], 30*math.Exp(math.Sqrt(2*math.Log(2))); math.Abs(q-want) > 2.5 {
		t.Errorf("0.841 quantile %v, want about %v", q, want)
	}
	if v := s.LogNormal(5, 5); v != 5 {
		t.Errorf("LogNormal(5, 5) = %v", v)
	}
}

func TestPick(t *testing.T) {
	s := Seeded(1).Stream("pick")
	var seen [4]int
	for range 10_000 {
		seen[s.Pick([]float64{1, 0, 3, 0})]++
	}
	if seen[1]+seen[3] > 0 || math.Abs(float64(seen[2])-7500) > 200 {
		t.Errorf("weights 1, 0, 3, 0 were picked %v times", seen)
	}
}

func TestFill(t *testing.T) {
	a, b := make([]byte, 21), make([]byte, 21)
	Seeded(1).Stream("fill").Fill(a)
	Seeded(1).Stream("fill").Fill(b)
	if !slices.Equal(a, b) || slices.Equal(a[:8], a[8:16]) || slices.Equal(a[16:], make([]byte, 5)) {
		t.Errorf("filled %x and %x", a, b)
	}
}

func TestShapePanics(t *testing.T) {
	s := Seeded(1).Stream("p")
	for name, f := range map[string]func(){
		"between":         func() { s.Between(2, 1) },
		"median above":    func() { s.LogNormal(1, 2) },
		"median 0":        func() { s.LogNormal(1, 0) },
		"no weight":       func() { s.Pick(nil) },
		"weights of zero": func() { s.Pick([]float64{0, math.NaN(), -1}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", name)
				}
			}()
			f()
		}()
	}
}
