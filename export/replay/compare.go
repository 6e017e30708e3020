package replay

import (
	"fmt"
	"math"
	"slices"
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

// cutNS is what cutting both ends of a window to microseconds may take from it;
// of a short window that is more than loose.
const cutNS = 2000

// tolerance is the relative one for a metric over a window of windowNS; 0 is
// unknown.
func tolerance(d *metric.Def, windowNS int64) float64 {
	switch d.Kind {
	case metric.Sweep, metric.Derived, metric.Injected:
		if windowNS > 0 {
			return max(loose, cutNS/float64(windowNS))
		}
		return loose
	}
	return tight
}

// slack is how far apart two values of a metric may be.
func slack(have *stats.Stat, windowNS int64, name string, h, w float64) float64 {
	tol := tolerance(have.Def, windowNS)
	size := max(math.Abs(h), math.Abs(w))
	if have.Def.Kind == metric.Sweep && name == "std" {
		// The variance is a difference of two large means; an error of its own
		// share in them grows by mean²/std on the way to std.
		if m := have.Avg; h > 0 && !math.IsNaN(m) {
			size = min(size+m*m/h, max(size, math.Abs(have.Max)))
		}
	}
	// What cancels out leaves a rest of rounding: the std of equal values, a
	// curve that is back at zero.
	return max(tol*size, 1e-9)
}

// comparison collects what one file has against what the records give.
type comparison struct {
	report *Report
	file   string
	// cents says that the file has two decimals.
	cents bool
	// windowNS is the length of the run's window.
	windowNS int64
	// unknown says why the records cannot tell a metric; empty if they can.
	unknown func(*metric.Def) string
}

func (c *comparison) differ(metric, stat, have, want string) {
	c.report.Differ = append(c.report.Differ, Difference{c.file, metric, stat, have, want})
}

// summaries compares every number of two summaries, in both directions.
func (c *comparison) summaries(have, want *stats.Summary) {
	for i := range have.Stats {
		h := &have.Stats[i]
		if why := c.unknown(h.Def); why != "" {
			c.skip(h, why)
			continue
		}
		w, ok := want.Get(h.Def.Tag)
		if !ok {
			c.report.Checked++
			c.differ(string(h.Def.Tag), "", "present", "absent")
			continue
		}
		c.stat(h, w)
	}
	for i := range want.Stats {
		w := &want.Stats[i]
		if _, ok := have.Get(w.Def.Tag); !ok && visible(w) && c.unknown(w.Def) == "" {
			c.report.Checked++
			c.differ(string(w.Def.Tag), "", "absent", "present")
		}
	}
}

// skip notes a metric that is not compared.
func (c *comparison) skip(s *stats.Stat, why string) {
	n := 0
	for _, f := range fields(s) {
		if !math.IsNaN(f.v) {
			n++
		}
	}
	c.report.NotChecked = append(c.report.NotChecked, NotChecked{c.file, string(s.Def.Tag), n, why})
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
	// The CSV files have no counts, and one value of what has no percentiles, such
	// as an error-adjusted latency when nearly all failed: that is infinite.
	alone := c.cents && !slices.ContainsFunc(want.P[:], func(p float64) bool { return !math.IsNaN(p) && !math.IsInf(p, 0) })
	for i := range h {
		if c.cents && h[i].name == "count" || alone && h[i].name != "avg" {
			continue
		}
		c.value(have, h[i].name, h[i].v, w[i].v)
	}
}

func (c *comparison) value(st *stats.Stat, name string, have, want float64) {
	if math.IsNaN(have) && math.IsNaN(want) {
		return
	}
	c.report.Checked++
	allowed := slack(st, c.windowNS, name, have, want)
	if c.cents {
		allowed += 0.005
	}
	if math.Abs(have-want) <= allowed {
		return
	}
	c.differ(string(st.Def.Tag), name, number(have), number(want))
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
