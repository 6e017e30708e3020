package replay

import (
	"fmt"
	"math"
	"strconv"

	"tacho/engine/metric"
	"tacho/engine/stats"
)

// tight is the relative tolerance of a value made from the records alone. A
// window is cut to microseconds in the files, and AIPerf keeps absolute times
// as 64-bit floats (256 ns): what is divided by a window, or weighted by time,
// gets loose.
const (
	tight = 1e-9
	loose = 1e-5
)

// tolerance is the relative one for a metric.
func tolerance(d *metric.Def) float64 {
	switch d.Kind {
	case metric.Sweep, metric.Derived, metric.Injected:
		return loose
	}
	return tight
}

// comparison collects what one file has against what the records give.
type comparison struct {
	report *Report
	file   string
	// cents says that the file has two decimals.
	cents bool
	// recomputed tells which metrics the records can give.
	recomputed func(*metric.Def) bool
}

func (c *comparison) differ(metric, stat, have, want string) {
	c.report.Differ = append(c.report.Differ, Difference{c.file, metric, stat, have, want})
}

// summaries compares every number of two summaries, in both directions.
func (c *comparison) summaries(have, want *stats.Summary) {
	for i := range have.Stats {
		h := &have.Stats[i]
		w, ok := want.Get(h.Def.Tag)
		if !ok && !c.recomputed(h.Def) {
			n := 0
			for _, f := range fields(h) {
				if !math.IsNaN(f.v) {
					n++
				}
			}
			c.report.NotChecked = append(c.report.NotChecked, NotChecked{c.file, string(h.Def.Tag), n, "not a metric of requests"})
			continue
		}
		if !ok {
			c.report.Checked++
			c.differ(string(h.Def.Tag), "", "present", "absent")
			continue
		}
		c.stat(h, w)
	}
	for i := range want.Stats {
		w := &want.Stats[i]
		if _, ok := have.Get(w.Def.Tag); !ok && visible(w) {
			c.report.Checked++
			c.differ(string(w.Def.Tag), "", "absent", "present")
		}
	}
}

// visible reports whether a metric would be in a file: it has a finite number.
func visible(s *stats.Stat) bool {
	if s.Def.Has(metric.Hidden) {
		return false
	}
	for _, f := range fields(s) {
		if f.name != "count" && !math.IsNaN(f.v) {
			return true
		}
	}
	return false
}

func (c *comparison) stat(have, want *stats.Stat) {
	h, w := fields(have), fields(want)
	for i := range h {
		if c.cents && h[i].name == "count" {
			continue // the CSV files have none
		}
		c.value(have.Def, h[i].name, h[i].v, w[i].v)
	}
}

func (c *comparison) value(d *metric.Def, name string, have, want float64) {
	if math.IsNaN(have) && math.IsNaN(want) {
		return
	}
	c.report.Checked++
	slack := tolerance(d) * max(math.Abs(have), math.Abs(want))
	if c.cents {
		slack += 0.005 + 1e-9
	}
	// Sums that cancel out leave an error of their own: std of equal values.
	if name == "std" || name == "avg" {
		slack = max(slack, 1e-9)
	}
	if math.Abs(have-want) <= slack {
		return
	}
	c.differ(string(d.Tag), name, number(have), number(want))
}

// count compares whole numbers, which agree or do not.
func (c *comparison) count(what, name string, have, want int64) {
	c.report.Checked++
	if have != want {
		c.differ(what, name, strconv.FormatInt(have, 10), strconv.FormatInt(want, 10))
	}
}

func number(v float64) string {
	if math.IsNaN(v) {
		return "absent"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// field is one number of a Stat; NaN is absent, as are infinities, which no
// file holds.
type field struct {
	name string
	v    float64
}

func fields(s *stats.Stat) []field {
	out := []field{{"avg", s.Avg}, {"min", s.Min}, {"max", s.Max}, {"sum", s.Sum}, {"std", s.Std}, {"count", math.NaN()}}
	if s.Count >= 0 {
		out[5].v = float64(s.Count)
	}
	for i, p := range stats.Percentiles {
		out = append(out, field{fmt.Sprintf("p%g", p), s.P[i]})
	}
	for i := range out {
		if math.IsInf(out[i].v, 0) {
			out[i].v = math.NaN()
		}
	}
	return out
}
