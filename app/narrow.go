package app

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"tacho/engine/metric"
	"tacho/engine/stats"
)

// narrowTable prints the summary for a terminal that AIPerf's tables do not
// fit: the default group in its order, with the columns that fit, from the most
// useful on.
func narrowTable(w io.Writer, sum *stats.Summary, width int) {
	rows := slices.Clone(sum.Stats)
	rows = slices.DeleteFunc(rows, func(s stats.Stat) bool { return s.Def.Group != metric.GroupDefault })
	slices.SortStableFunc(rows, func(a, b stats.Stat) int { return order(a.Def) - order(b.Def) })
	type column struct {
		head string
		get  func(*stats.Stat) float64
	}
	at := func(p float64) func(*stats.Stat) float64 {
		i := slices.Index(stats.Percentiles[:], p)
		return func(s *stats.Stat) float64 { return s.P[i] }
	}
	columns := []column{
		{"avg", func(s *stats.Stat) float64 { return s.Avg }}, {"p50", at(50)}, {"p90", at(90)}, {"p99", at(99)},
		{"max", func(s *stats.Stat) float64 { return s.Max }}, {"min", func(s *stats.Stat) float64 { return s.Min }},
		{"std", func(s *stats.Stat) float64 { return s.Std }},
	}
	const cell = 9
	label := 0
	for i := range rows {
		label = max(label, len(name(rows[i].Def)))
	}
	label = min(label, max(12, width-4*(cell+1)))
	fit := max(1, min(len(columns), (width-label)/(cell+1)))
	fmt.Fprintf(w, "\n%-*s", label, "")
	for _, c := range columns[:fit] {
		fmt.Fprintf(w, " %*s", cell, c.head)
	}
	fmt.Fprintln(w)
	for i := range rows {
		n := name(rows[i].Def)
		if len(n) > label {
			n = n[:label-1] + "~"
		}
		fmt.Fprintf(w, "%-*s", label, n)
		for _, c := range columns[:fit] {
			fmt.Fprintf(w, " %*s", cell, decimal(c.get(&rows[i])))
		}
		fmt.Fprintln(w)
	}
}

func order(d *metric.Def) int {
	if d.Order == 0 {
		return math.MaxInt32
	}
	return d.Order
}

// name is the header with the unit.
func name(d *metric.Def) string {
	h := d.Header
	if d.Unit != metric.Count && d.Unit != metric.Requests {
		h += " (" + string(d.Unit) + ")"
	}
	return h
}

// decimal prints at most two decimals, and nothing for what is absent.
func decimal(v float64) string {
	switch {
	case math.IsNaN(v):
		return ""
	case math.Abs(v) >= 1e5:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}
