package telemetry

import (
	"math"
	"slices"
)

// What numpy makes of a list of numbers, to the last bit: AIPerf's telemetry
// statistics are made with it, and a constant list has a tiny deviation there.

// sum adds as numpy does: in pairs of blocks, each with eight running sums.
func sum(v []float64) float64 {
	const block = 128
	n := len(v)
	switch {
	case n < 8:
		s := 0.0
		for _, x := range v {
			s += x
		}
		return s
	case n <= block:
		r := [8]float64(v)
		i := 8
		for ; i+8 <= n; i += 8 {
			for j := range r {
				r[j] += v[i+j]
			}
		}
		s := ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
		for ; i < n; i++ {
			s += v[i]
		}
		return s
	}
	half := n / 2
	half -= half % 8
	return sum(v[:half]) + sum(v[half:])
}

// mean of a list that is not empty.
func mean(v []float64) float64 { return sum(v) / float64(len(v)) }

// sampleStd is the deviation of a sample, with n-1 below; 0 for one value.
func sampleStd(v []float64) float64 {
	if len(v) < 2 {
		return 0
	}
	m := mean(v)
	d := make([]float64, len(v))
	for i, x := range v {
		d[i] = (x - m) * (x - m)
	}
	return math.Sqrt(sum(d) / float64(len(v)-1))
}

// Percentiles are those that AIPerf writes, in its order.
var Percentiles = [...]float64{1, 5, 10, 25, 50, 75, 90, 95, 99}

// percentiles of a list that is not empty, linear between the closest ranks.
func percentiles(v []float64) (p [len(Percentiles)]float64) {
	sorted := slices.Clone(v)
	slices.Sort(sorted)
	for i, q := range Percentiles {
		p[i] = percentile(sorted, q)
	}
	return p
}

// percentile interpolates from the nearer of the two neighbours, as numpy does.
func percentile(sorted []float64, q float64) float64 {
	last := len(sorted) - 1
	at := q / 100 * float64(last)
	lo := min(int(at), last)
	a, b, t := sorted[lo], sorted[min(lo+1, last)], at-float64(lo)
	if t >= 0.5 {
		return b - (b-a)*(1-t)
	}
	return a + (b-a)*t
}

// median of a list that is not empty.
func median(v []int64) float64 {
	sorted := slices.Clone(v)
	slices.Sort(sorted)
	n := len(sorted)
	if n%2 == 1 {
		return float64(sorted[n/2])
	}
	return (float64(sorted[n/2-1]) + float64(sorted[n/2])) / 2
}

// Dist is the statistics of one list of samples.
type Dist struct {
	Avg, Min, Max, Sum, Std float64
	// P is indexed as Percentiles.
	P [len(Percentiles)]float64
	// Count is the number of samples, those that lack the figure included: so
	// AIPerf counts.
	Count int64
}

// distOf makes the statistics of the numbers in v; NaN is a sample that lacks
// the figure. It reports false when there is no number.
func distOf(v []float64) (Dist, bool) {
	have, filled := present(v)
	if len(have) == 0 {
		return Dist{}, false
	}
	d := Dist{
		Min: slices.Min(have), Max: slices.Max(have), Sum: sum(filled), P: percentiles(have), Count: int64(len(v)),
	}
	d.Avg = d.Sum / float64(len(have))
	if len(have) > 1 {
		// numpy leaves the gaps where they are, as zeros: where they are decides
		// how the sum is grouped.
		dev := make([]float64, len(v))
		for i, x := range v {
			if x == x {
				dev[i] = (x - d.Avg) * (x - d.Avg)
			}
		}
		d.Std = math.Sqrt(sum(dev) / float64(len(have)-1))
	}
	return d, true
}

// present returns the numbers of v, and v with zeros for what is none.
func present(v []float64) (have, filled []float64) {
	if !slices.ContainsFunc(v, math.IsNaN) {
		return v, v
	}
	filled = make([]float64, len(v))
	for i, x := range v {
		if x == x {
			have, filled[i] = append(have, x), x
		}
	}
	return have, filled
}
