package stats

import (
	"math"
	"slices"

	"tacho/engine/metric"
)

// dist gathers the distribution of one metric over one window. The numbers are
// shown to it once, and as often again as finish asks for; they may be weighted.
type dist struct {
	count  int64
	weight float64
	sum    kahan // of value times weight
	// base is the first value; mean and m2 are of the distances from it, so that
	// a small spread around a large value is not lost.
	base, mean, m2 float64
	min, max       float64
	sel            selector
	firstDone      bool
	done           bool
}

// kahan is a sum that keeps what rounding drops (Neumaier).
type kahan struct{ sum, lost float64 }

func (k *kahan) add(v float64) {
	s := k.sum + v
	if math.Abs(k.sum) >= math.Abs(v) {
		k.lost += (k.sum - s) + v
	} else {
		k.lost += (v - s) + k.sum
	}
	k.sum = s
}

func (k *kahan) value() float64 { return k.sum + k.lost }

func newDist(keep int) *dist {
	return &dist{min: math.Inf(1), max: math.Inf(-1), sel: selector{cap: keep}}
}

// addAll shows unweighted values, of which NaN are left out.
func (d *dist) addAll(vals []float64) {
	for _, v := range vals {
		if v == v {
			d.add(v, 1)
		}
	}
}

func (d *dist) add(v, w float64) {
	if d.done {
		return
	}
	d.sel.add(v, w)
	if d.firstDone {
		return
	}
	if d.count == 0 {
		d.base = v
	}
	d.count++
	d.weight += w
	d.sum.add(v * w)
	x := v - d.base
	delta := x - d.mean
	d.mean += delta * w / d.weight
	d.m2 += w * delta * (x - d.mean)
	d.min, d.max = min(d.min, v), max(d.max, v)
}

// end ends a pass and reports whether the values must be shown again.
func (d *dist) end(targets func() []target) (more bool) {
	switch {
	case d.done:
	case d.firstDone:
		d.done = !d.sel.next()
	default:
		d.firstDone = true
		d.done = d.count == 0 || !d.sel.first(targets())
	}
	return !d.done
}

// std is the population's, as in AIPerf.
func (d *dist) std() float64 {
	if d.min == d.max {
		return 0
	}
	return math.Sqrt(max(d.m2, 0) / d.weight)
}

// ranks are the order statistics that interpolated percentiles take, and the
// nearest ranks among as many more values that are infinite.
func (d *dist) ranks(failed int64) []target {
	var at []int64
	for _, p := range Percentiles {
		lo, _ := rank(p/100, d.count)
		at = append(at, lo, min(lo+1, d.count-1))
	}
	if failed > 0 {
		for _, p := range Percentiles {
			if i := nearestRank(p/100, d.count+failed); i < d.count {
				at = append(at, i)
			}
		}
	}
	slices.Sort(at)
	out := make([]target, 0, len(at))
	for i, n := range at {
		if i == 0 || n != at[i-1] {
			out = append(out, target{share: float64(n + 1), whole: 1})
		}
	}
	return out
}

// at returns the order statistic of rank i, which must be among ranks.
func (d *dist) at(i int64) float64 {
	for j := range d.sel.targets {
		if d.sel.targets[j].share == float64(i+1) {
			return d.sel.targets[j].out
		}
	}
	panic("stats: rank was not asked for")
}

// stat is the finished statistics of unweighted values.
func (d *dist) stat(def *metric.Def) Stat {
	sum := d.sum.value()
	s := Stat{Def: def, Avg: sum / float64(d.count), Min: d.min, Max: d.max, Sum: sum, Std: d.std(), Count: d.count}
	for i, p := range Percentiles {
		lo, frac := rank(p/100, d.count)
		s.P[i] = lerp(d.at(lo), d.at(min(lo+1, d.count-1)), frac)
	}
	return s
}

// adjusted is the statistics with failed more values that are +infinity. What
// is infinite is absent; of the rest AIPerf writes no deviation.
func (d *dist) adjusted(def *metric.Def, failed int64) Stat {
	s := absent(def)
	s.Min, s.Count = d.min, d.count+failed
	for i, p := range Percentiles {
		if n := nearestRank(p/100, s.Count); n < d.count {
			s.P[i] = d.at(n)
		}
	}
	return s
}

// absent is a Stat that holds nothing yet.
func absent(def *metric.Def) Stat {
	nan := math.NaN()
	s := Stat{Def: def, Avg: nan, Min: nan, Max: nan, Sum: nan, Std: nan, Count: -1}
	for i := range s.P {
		s.P[i] = nan
	}
	return s
}

// single is the Stat of a metric that is one number.
func single(def *metric.Def, v float64) Stat {
	s := absent(def)
	s.Avg = v
	return s
}
