package aggregate

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

// made is a run with the two metrics that cells are compared by.
func made(label string, rate, tail float64) Run {
	m := func(tag, unit string, avg, p99 float64) Metric {
		x := Metric{Tag: tag, Unit: unit}
		for i := range x.stats {
			x.stats[i] = math.NaN()
		}
		x.stats[0], x.stats[12] = avg, p99
		return x
	}
	return Run{Label: label, Metrics: []Metric{
		m("request_throughput", "requests/sec", rate, math.NaN()), m("time_to_first_token", "ms", tail/2, tail),
	}}
}

func cell(n int, runs ...Run) Cell {
	return Cell{Label: "c", Values: []Value{{"phases.profiling.concurrency", n}}, Runs: runs}
}

func TestBestAndPareto(t *testing.T) {
	for _, runs := range []int{1, 3} {
		many := func(rate, tail float64) (list []Run) {
			for range runs {
				list = append(list, made("run", rate, tail))
			}
			return list
		}
		s := &Sweep{Mode: "repeated", Level: 0.95, Cells: []Cell{
			cell(8, many(30, 90)...), cell(1, many(10, 50)...), cell(2, many(20, 60)...), cell(4, many(19, 70)...),
		}}
		b := s.Best()
		if len(b) != 2 || b[0].Cell.Values[0].Value != 8 || b[1].Cell.Values[0].Value != 1 || b[0].Metric != 30 || b[1].Metric != 50 {
			t.Errorf("%d runs: best %+v", runs, b)
		}
		var front []any
		for _, c := range s.Pareto() {
			front = append(front, c.Values[0].Value)
		}
		if len(front) != 3 || front[0] != 1 || front[1] != 2 || front[2] != 8 {
			t.Errorf("%d runs: front %v, want 1 2 8", runs, front)
		}
	}
}

// A cell that failed is told among the failed runs and has no row; its values
// still count as swept.
func TestFailedCellsAreTold(t *testing.T) {
	s := &Sweep{Mode: "repeated", Level: 0.95, Cells: []Cell{
		cell(1, made("run_0001", 10, 50)), cell(2, Run{Label: "run_0001", Error: "all 5 requests failed"}),
	}}
	text := s.EncodeJSON()
	for _, want := range []string{`"num_successful_runs": 1`, `"error": "all 5 requests failed"`, `"num_combinations": 2`} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the file lacks %s:\n%s", want, text)
		}
	}
	if rows := strings.Count(strings.SplitN(string(s.EncodeCSV()), "\r\n\r\n", 2)[0], "\r\n"); rows != 1 {
		t.Errorf("%d rows of cells, want 1", rows)
	}
	if _, err := Confident(s.Cells[1].Runs, 0.95); err == nil {
		t.Error("a cell without numbers must have no statistics")
	}
}

// Two settings whose names end alike are told apart by their paths.
func TestNamesThatEndAlike(t *testing.T) {
	s := &Sweep{Cells: []Cell{{Values: []Value{{"datasets.main.prompts.isl.mean", 64}, {"datasets.main.prompts.osl.mean", 8}, {"phases.profiling.rate", 2.0}}}}}
	got := s.names()
	if len(got) != 3 || got[0] != "datasets.main.prompts.isl.mean" || got[2] != "rate" {
		t.Errorf("names %v", got)
	}
	if row := s.Cells[0].row(got); row[0] != "64" || row[1] != "8" || row[2] != "2.0" {
		t.Errorf("row %v", row)
	}
}

func TestStudentQuantiles(t *testing.T) {
	for _, c := range []struct {
		p    float64
		df   int
		want float64
	}{
		{0.975, 1, 12.706204736174694}, {0.975, 2, 4.302652729749462}, {0.975, 3, 3.182446305283708}, {0.95, 4, 2.131846786326649},
		{0.995, 9, 3.249835541592126}, {0.975, 30, 2.0422724563012373}, {0.9995, 5, 6.868826625881276}, {0.55, 7, 0.13029279659177756},
	} {
		if got := tQuantile(c.p, c.df); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("quantile %v of %d degrees: %.12f, want %.12f", c.p, c.df, got, c.want)
		}
	}
	if !math.IsNaN(tQuantile(0.975, 0)) {
		t.Error("one run has no quantile")
	}
}
