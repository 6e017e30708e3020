package aggregate

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"tacho/engine/metric"
	"tacho/profiles"
)

// Value is the value of one swept setting in a cell.
type Value struct {
	// Path is the setting's place in the configuration:
	// phases.profiling.concurrency.
	Path string
	// Value is a number or a text, as a JSON tree has it.
	Value any
}

// Cell is one point of a sweep.
type Cell struct {
	Label  string
	Values []Value
	Runs   []Run
}

// Sweep is all cells of a sweep that have been run, in order.
type Sweep struct {
	Cells []Cell
	Mode  string // repeated or independent
	Level float64
	Total int // runs over all cells, also those without numbers
	// Limits are what a cell has to hold to be among the best.
	Limits []profiles.SLAFilter
}

// The two aims of a sweep's best configurations: requests per second, and the
// tail of the first answer.
const throughputTag = string(metric.RequestThroughput)

var latencyTags = [...]string{string(metric.TTFT), string(metric.RequestLatency)}

// point is a cell with numbers.
type point struct {
	cell  *Cell
	conf  *Confidence // several runs; nil for one
	run   *Run        // one run
	names []string    // of the values, as the files show them
}

// points are the cells that gave numbers.
func (s *Sweep) points() []point {
	names := s.names()
	var list []point
	for i := range s.Cells {
		c := &s.Cells[i]
		p := point{cell: c, names: names}
		switch good := okRuns(c.Runs); {
		case len(c.Runs) == 1 && len(good) == 1:
			p.run = good[0]
		case len(good) > 0:
			p.conf, _ = Confident(c.Runs, s.Level) // it has a run with numbers
		default:
			continue
		}
		list = append(list, p)
	}
	return list
}

// at returns one statistic of a metric and its unit.
func (p *point) at(tag, stat string) (v float64, unit string) {
	if p.run != nil {
		if m := p.run.Find(tag); m != nil {
			return m.Stat(stat), m.Unit
		}
		return math.NaN(), ""
	}
	if s := p.conf.Find(tag + "_" + stat); s != nil {
		return s.Mean, s.Unit
	}
	return math.NaN(), ""
}

// names are the swept settings as the files name them: the last part of the
// path, or all of it where two settings end alike.
func (s *Sweep) names() []string {
	var paths []string
	leaves := map[string]int{}
	for _, c := range s.Cells {
		for _, v := range c.Values {
			if !slices.Contains(paths, v.Path) {
				paths = append(paths, v.Path)
				leaves[leaf(v.Path)]++
			}
		}
	}
	for i, p := range paths {
		if leaves[leaf(p)] == 1 {
			paths[i] = leaf(p)
		}
	}
	return paths
}

// value returns the value of a cell under a name that names gave.
func (c *Cell) value(name string) (any, bool) {
	for _, v := range c.Values {
		if v.Path == name || leaf(v.Path) == name {
			return v.Value, true
		}
	}
	return nil, false
}

// Choice is the cell that is best at something.
type Choice struct {
	Name   string // best_throughput, best_latency_p99
	Cell   *Cell
	Metric float64
	Unit   string
}

// latency is the metric whose p99 every cell has, empty without one.
func latency(points []point) string {
	for _, tag := range latencyTags {
		if !slices.ContainsFunc(points, func(p point) bool { v, _ := p.at(tag, "p99"); return math.IsNaN(v) }) {
			return tag
		}
	}
	return ""
}

// Best are the best configurations. AIPerf 0.13 finds them only with several
// runs of each value; one run has the same numbers, so we look there as well.
func (s *Sweep) Best() []Choice { return best(s.eligible(s.points())) }

func best(points []point) []Choice {
	var list []Choice
	add := func(name, tag, stat string, better func(a, b float64) bool) {
		var c Choice
		for i := range points {
			v, unit := points[i].at(tag, stat)
			if math.IsNaN(v) {
				return
			}
			if c.Cell == nil || better(v, c.Metric) {
				c = Choice{name, points[i].cell, v, unit}
			}
		}
		if c.Cell != nil {
			list = append(list, c)
		}
	}
	add("best_throughput", throughputTag, "avg", func(a, b float64) bool { return a > b })
	if tag := latency(points); tag != "" {
		add("best_latency_p99", tag, "p99", func(a, b float64) bool { return a < b })
	}
	return list
}

// Pareto are the cells that no other beats in both throughput and latency, in
// the order of their values.
func (s *Sweep) Pareto() []*Cell { return pareto(s.feasible(s.points())) }

func pareto(points []point) []*Cell {
	tag := latency(points)
	if tag == "" {
		return nil
	}
	var list []*Cell
	for i := range points {
		rate, _ := points[i].at(throughputTag, "avg")
		tail, _ := points[i].at(tag, "p99")
		if math.IsNaN(rate) {
			return nil
		}
		beaten := slices.ContainsFunc(points, func(o point) bool {
			r, _ := o.at(throughputTag, "avg")
			t, _ := o.at(tag, "p99")
			return r >= rate && t <= tail && (r > rate || t < tail)
		})
		if !beaten {
			list = append(list, points[i].cell)
		}
	}
	slices.SortStableFunc(list, compareCells)
	return list
}

// compareCells orders cells by their settings, sorted by name, and values.
func compareCells(a, b *Cell) int {
	byPath := func(c *Cell) []Value {
		return slices.SortedFunc(slices.Values(c.Values), func(x, y Value) int { return cmp.Compare(x.Path, y.Path) })
	}
	return slices.CompareFunc(byPath(a), byPath(b), func(x, y Value) int {
		if c := cmp.Compare(x.Path, y.Path); c != 0 {
			return c
		}
		fx, okX := number(x.Value)
		fy, okY := number(y.Value)
		if okX && okY {
			return cmp.Compare(fx, fy)
		}
		return cmp.Compare(fmt.Sprint(x.Value), fmt.Sprint(y.Value))
	})
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

func leaf(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '.' {
			return path[i+1:]
		}
	}
	return path
}
