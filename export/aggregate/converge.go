package aggregate

import (
	"math"
	"slices"
)

// Aim is when repeats of a configuration are enough.
type Aim struct {
	Tag, Stat string
	Limit     float64
	Level     float64 // of the confidence interval
	MinRuns   int     // not looked at before
}

// values are the watched statistic of the runs that have it.
func (a *Aim) values(runs []Run) []float64 {
	var list []float64
	for _, r := range okRuns(runs) {
		if m := r.Find(a.Tag); m != nil && isFinite(m.Stat(a.Stat)) {
			list = append(list, m.Stat(a.Stat))
		}
	}
	return list
}

// Narrow reports whether the confidence interval is narrow: its width over the
// mean is below the limit.
func (a *Aim) Narrow(runs []Run) bool {
	v := a.values(runs)
	if len(v) < max(a.MinRuns, 2) {
		return false
	}
	s := over(v, tQuantile((1+a.Level)/2, len(v)-1), false)
	return s.Mean != 0 && (s.CIHigh-s.CILow)/math.Abs(s.Mean) < a.Limit
}

// Even reports whether the runs spread little: the standard deviation over the
// mean is below the limit.
func (a *Aim) Even(runs []Run) bool {
	v := a.values(runs)
	if len(v) < max(a.MinRuns, 2) {
		return false
	}
	s := over(v, 0, false)
	return s.Mean != 0 && s.Std/math.Abs(s.Mean) < a.Limit
}

// Alike reports whether the requests of the last run look drawn like those of
// the runs before it: the p-value of the Kolmogorov-Smirnov test is above the
// limit.
func (a *Aim) Alike(before, last []float64) bool {
	return len(before) >= 2 && len(last) >= 2 && ksPValue(before, last) > a.Limit
}

// ksPValue is the two-sample Kolmogorov-Smirnov test, by its limit law.
func ksPValue(x, y []float64) float64 {
	x, y = slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(y))
	n, m := float64(len(x)), float64(len(y))
	d, i, j := 0.0, 0, 0
	for i < len(x) && j < len(y) {
		v := min(x[i], y[j])
		for i < len(x) && x[i] == v {
			i++
		}
		for j < len(y) && y[j] == v {
			j++
		}
		d = max(d, math.Abs(float64(i)/n-float64(j)/m))
	}
	z := d * math.Sqrt(n*m/(n+m))
	if z < 0.2 {
		return 1
	}
	p, sign := 0.0, 1.0
	for k := 1.0; k <= 100; k++ {
		term := math.Exp(-2 * k * k * z * z)
		p += sign * term
		if term < 1e-18 {
			break
		}
		sign = -sign
	}
	return min(max(2*p, 0), 1)
}
