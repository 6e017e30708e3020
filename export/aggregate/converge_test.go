package aggregate

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestRepeatsAreEnough(t *testing.T) {
	runs := func(values ...float64) (list []Run) {
		for _, v := range values {
			list = append(list, made("run", v, 1))
		}
		return list
	}
	a := Aim{Tag: throughputTag, Stat: "avg", Limit: 0.1, Level: 0.95, MinRuns: 2}
	for _, c := range []struct {
		runs         []Run
		narrow, even bool
	}{
		{runs(10), false, false},
		{runs(10, 10.01), true, true},
		{runs(10, 10.5), false, true}, // two runs that differ by 5 % say little about the mean
		{runs(10, 14, 9), false, false},
		{append(runs(10, 10.01), Run{Error: "failed"}), true, true},
		{runs(0, 0), false, false},
	} {
		if got := a.Narrow(c.runs); got != c.narrow {
			t.Errorf("%v: narrow %v", a.values(c.runs), got)
		}
		if got := a.Even(c.runs); got != c.even {
			t.Errorf("%v: even %v", a.values(c.runs), got)
		}
	}
	a.MinRuns = 3
	if a.Even(runs(10, 10)) {
		t.Error("two runs are fewer than three")
	}
}

// Samples of one law pass the test about as often as its level says; shifted
// ones fail.
func TestSamplesAlike(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	draw := func(n int, shift float64) (x []float64) {
		for range n {
			x = append(x, r.NormFloat64()+shift)
		}
		return x
	}
	a := Aim{Limit: 0.05}
	same, moved := 0, 0
	for range 200 {
		if a.Alike(draw(300, 0), draw(150, 0)) {
			same++
		}
		if a.Alike(draw(300, 0), draw(150, 0.6)) {
			moved++
		}
	}
	if same < 180 || moved > 20 {
		t.Errorf("of 200 pairs %d alike and %d shifted ones pass", same, moved)
	}
	if p := ksPValue([]float64{1, 2, 3, 4, 5, 6, 7, 8}, []float64{11, 12, 13, 14, 15, 16, 17, 18}); math.Abs(p-0.000670925) > 1e-6 {
		t.Errorf("p of two samples apart: %v", p)
	}
}
