package telemetry

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// TestEstimateEqualsAIPerf compares with what AIPerf 0.13 estimated: constant,
// tight and wide values, tails above the last bound, few scrapes and many.
func TestEstimateEqualsAIPerf(t *testing.T) {
	data, err := os.ReadFile("testdata/histograms.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name         string
		Les          []string
		Sums, Counts []float64
		Buckets      [][]float64
		Want         []float64
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	same, all := 0, 0
	for _, c := range cases {
		l := newLearner(len(c.Les))
		for i := range c.Sums {
			l.add(histStep{c.Buckets[i], c.Sums[i], c.Counts[i]})
		}
		n := len(c.Sums) - 1
		var bounds, growth []float64
		for i, le := range c.Les {
			bounds = append(bounds, boundOf(le))
			growth = append(growth, c.Buckets[n][i]-c.Buckets[0][i])
		}
		got, ok := estimate(bounds, growth, l.stats, c.Sums[n]-c.Sums[0], int64(c.Counts[n]-c.Counts[0]))
		if ok != (c.Want != nil) {
			t.Errorf("%s: estimated %v, want %v", c.Name, ok, c.Want != nil)
			continue
		}
		for i, want := range c.Want {
			all++
			if got[i] == want {
				same++
			} else if math.Abs(got[i]-want) > 1e-12*math.Abs(want) {
				t.Errorf("%s: p%g is %v, want %v", c.Name, Percentiles[i], got[i], want)
			}
		}
	}
	t.Logf("%d of %d values are the same to the last bit", same, all)
	if all < 900 {
		t.Errorf("only %d values", all)
	}
}

func TestEstimateOfNothing(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name           string
		bounds, growth []float64
		total          float64
		count          int64
		want           bool
	}{
		{"no values", []float64{1, inf}, []float64{0, 0}, 0, 0, false},
		{"no finite bound", []float64{inf}, []float64{3}, 3, 3, false},
		{"no buckets", nil, nil, 3, 3, false},
		{"a sum below 0", []float64{1, inf}, []float64{1, 1}, -1, 1, false},
		{"a sum that is none", []float64{1, inf}, []float64{1, 1}, math.NaN(), 1, false},
		{"buckets that shrink", []float64{1, 2, inf}, []float64{5, 3, 9}, 4, 9, true},
		{"all are 0", []float64{1, inf}, []float64{4, 4}, 0, 4, true},
	} {
		p, ok := estimate(c.bounds, c.growth, nil, c.total, c.count)
		if ok != c.want {
			t.Errorf("%s: %v, want %v", c.name, ok, c.want)
		}
		for i := range p {
			if math.IsNaN(p[i]) || i > 0 && p[i] < p[i-1] {
				t.Errorf("%s: %v", c.name, p)
			}
		}
	}
}
