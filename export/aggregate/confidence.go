package aggregate

import (
	"fmt"
	"math"
)

// Statistic is one statistic of one metric over several runs.
type Statistic struct {
	Key                    string // request_latency_p99
	Mean, Std, Min, Max    float64
	CV                     float64 // Std / Mean; +Inf when Mean is 0
	SE, CILow, CIHigh, TCr float64
	Unit                   string
}

// Confidence is what several runs of one configuration amount to.
type Confidence struct {
	Runs  []Run
	Level float64
	// Cooldown is the pause between the runs in seconds.
	Cooldown float64
	// Cell is the cell of a sweep, nil without one; Mode and Model are told
	// with it.
	Cell  *Cell
	Mode  string
	Model string
	// Stats are in the order of the first run's summary.
	Stats []Statistic
}

// Confident computes the statistics of some runs. It fails when no run has
// numbers.
func Confident(runs []Run, level float64) (*Confidence, error) {
	c := &Confidence{Runs: runs, Level: level}
	good := okRuns(runs)
	if len(good) == 0 {
		return nil, fmt.Errorf("none of %d runs gave numbers", len(runs))
	}
	type key struct {
		tag  string
		stat int
	}
	seen := map[key]bool{}
	t := tQuantile(1-(1-level)/2, len(good)-1)
	for _, r := range good {
		for i := range r.Metrics {
			m := &r.Metrics[i]
			for j, stat := range statKeys {
				k := key{m.Tag, j}
				if math.IsNaN(m.stats[j]) || seen[k] {
					continue
				}
				seen[k] = true
				var values []float64
				for _, other := range good {
					if o := other.Find(m.Tag); o != nil && isFinite(o.stats[j]) {
						values = append(values, o.stats[j])
					}
				}
				if len(values) == 0 {
					continue
				}
				tc := t
				if len(values) != len(good) {
					tc = tQuantile(1-(1-level)/2, len(values)-1)
				}
				s := over(values, tc, len(good) == 1)
				s.Key, s.Unit = m.Tag+"_"+stat, m.Unit
				c.Stats = append(c.Stats, s)
			}
		}
	}
	return c, nil
}

// over computes the statistics of some values. A single run has no spread and
// no interval; single says that there is only one.
func over(values []float64, t float64, single bool) Statistic {
	n := float64(len(values))
	sum, low, high := 0.0, math.Inf(1), math.Inf(-1)
	for _, v := range values {
		sum += v
		low, high = min(low, v), max(high, v)
	}
	mean := sum / n
	if single {
		return Statistic{Mean: mean, Min: low, Max: high, CILow: mean, CIHigh: mean, TCr: math.NaN()}
	}
	squares := 0.0
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	s := Statistic{Mean: mean, Min: low, Max: high, TCr: t, CV: math.Inf(1)}
	if n > 1 {
		s.Std = math.Sqrt(squares / (n - 1))
	}
	if mean != 0 {
		s.CV = s.Std / mean
	}
	s.SE = s.Std / math.Sqrt(n)
	s.CILow, s.CIHigh = mean-t*s.SE, mean+t*s.SE
	return s
}

// Find returns a statistic by its key, nil when there is none.
func (c *Confidence) Find(key string) *Statistic {
	for i := range c.Stats {
		if c.Stats[i].Key == key {
			return &c.Stats[i]
		}
	}
	return nil
}

func okRuns(runs []Run) []*Run {
	var good []*Run
	for i := range runs {
		if runs[i].OK() {
			good = append(good, &runs[i])
		}
	}
	return good
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
