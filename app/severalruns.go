package app

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/export"
	"tacho/export/aggregate"
	"tacho/profiles"
)

// How a run of several ended, as its state file says.
const (
	statusDone   = "done"
	statusFailed = "failed"
	statusCut    = "cut" // stopped before its end
)

// outcome is what came of one run.
type outcome struct {
	trial            int
	label, dir       string
	fingerprint      string
	status, err      string
	kept             bool // made by an earlier command
	aggregate.Run         // its numbers, when done
	errors, requests int64
}

// cellRuns are the runs of one cell.
type cellRuns struct {
	cell      *profiles.Cell // nil without a sweep
	of        int
	runs      []*outcome
	converged bool
}

func resultsOf(p *profiles.Profile) []*cellRuns {
	cells := p.Cells()
	if len(cells) == 0 {
		return []*cellRuns{{of: p.MultiRun.NumRuns.V}}
	}
	var list []*cellRuns
	for i := range cells {
		list = append(list, &cellRuns{cell: &cells[i], of: p.MultiRun.NumRuns.V})
	}
	return list
}

// over are the runs that count: those that were not cut.
func (c *cellRuns) over() []aggregate.Run {
	var list []aggregate.Run
	for _, o := range c.runs {
		if o.status != statusCut {
			list = append(list, o.Run)
		}
	}
	return list
}

// add takes in how a run ended, and reads its numbers.
func (s *several) add(j *job, o *outcome) {
	o.Run.Label = o.label
	if o.status == statusDone {
		if err := s.read(o); err != nil {
			o.status, o.err = statusFailed, err.Error()
		}
	}
	if o.status != statusDone {
		o.Run.Error = o.err
	}
	s.results[j.at].runs = append(s.results[j.at].runs, o)
	s.state.put(o)
}

// read reads the summary that a run left.
func (s *several) read(o *outcome) error {
	data, err := os.ReadFile(filepath.Join(s.base, filepath.FromSlash(o.dir), s.names().Of(export.ProfileJSON)))
	if err != nil {
		return fmt.Errorf("no summary: %w", bare(err))
	}
	if o.Run.Metrics, err = aggregate.ReadSummary(data); err != nil {
		return err
	}
	count := func(tag metric.Tag) int64 {
		if m := o.Run.Find(string(tag)); m != nil {
			return int64(m.Stat("avg"))
		}
		return 0
	}
	o.requests, o.errors = count(metric.RequestCount), count(metric.ErrorRequestCount)
	return nil
}

// kept takes a run from an earlier command when it is there, whole, and was made
// with the same settings.
func (s *several) kept(j *job) bool {
	if !s.state.resume {
		return false
	}
	before, ok := s.state.before[j.dir]
	if !ok || before.Status != statusDone {
		return false
	}
	dir := filepath.Join(s.base, filepath.FromSlash(j.dir))
	if _, err := os.Stat(filepath.Join(dir, s.names().Of(export.Ready))); err != nil {
		return false
	}
	print := fingerprint(s.profile.Trial(j.cell, j.trial, dir))
	if before.Fingerprint != print {
		s.say("%s was made with other settings and is made again", j.dir)
		return false
	}
	o := &outcome{trial: j.trial, label: runLabel(j.trial), fingerprint: print, dir: j.dir, status: statusDone, kept: true}
	if s.read(o) != nil {
		return false
	}
	s.add(j, o)
	s.board.set(s.picture(nil))
	return true
}

// name tells a run from the others: concurrency=2, repeat 1.
func (s *several) name(j *job) string {
	var parts []string
	if j.cell != nil {
		parts = append(parts, cellName(j.cell))
	}
	if n := s.profile.MultiRun.NumRuns.V; n > 1 {
		parts = append(parts, fmt.Sprintf("repeat %d of %d", j.trial+1, n))
	}
	return strings.Join(parts, ", ")
}

func cellName(c *profiles.Cell) string {
	var parts []string
	short := shortNames([]profiles.Cell{*c})
	for i, v := range c.Values {
		parts = append(parts, short[i]+"="+valueText(v.Value))
	}
	return strings.Join(parts, " ")
}

func valueText(v any) string {
	switch v := v.(type) {
	case float64:
		return fmt.Sprintf("%g", v)
	case profiles.Object: // mean 512 stddev 50
		var parts []string
		for _, m := range v {
			parts = append(parts, m.Key+" "+valueText(m.Value))
		}
		return strings.Join(parts, " ")
	}
	return fmt.Sprint(v)
}

// shortNames are the swept settings as a table heads them: the option's name
// without dashes where there is one, for isl and osl end alike as paths.
func shortNames(cells []profiles.Cell) []string {
	var names []string
	for _, v := range cells[0].Values {
		names = append(names, profiles.AxisName(v.Path))
	}
	return names
}

// picture is where everything stands; running is the job under way, nil for
// none. Repeats without a sweep have a row each.
func (s *several) picture(running *job) *snap.Several {
	v := &snap.Several{At: -1}
	cells := s.profile.Cells()
	if len(cells) == 0 {
		v.Title, v.Names = "repeats", []string{"run"}
		all := s.results[0]
		for t := range all.of {
			row := blankRow([]string{fmt.Sprint(t + 1)}, 1)
			for _, o := range all.runs {
				if o.trial == t {
					fill(&row, []*outcome{o})
				}
			}
			if row.Runs == 0 && all.converged {
				row.State, row.Note = snap.CellDone, "not needed"
			}
			if running != nil && running.trial == t {
				row.State, v.At = snap.CellRunning, t
			}
			v.Cells = append(v.Cells, row)
		}
		return v
	}
	v.Title, v.Names = "sweep", shortNames(cells)
	for i, c := range s.results {
		var values []string
		for _, x := range c.cell.Values {
			values = append(values, valueText(x.Value))
		}
		row := blankRow(values, c.of)
		fill(&row, c.runs)
		if c.converged {
			row.Of = row.Runs
			row.State = snap.CellDone
		}
		if running != nil && running.at == i {
			row.State, v.At = snap.CellRunning, i
		}
		v.Cells = append(v.Cells, row)
	}
	return v
}

func blankRow(values []string, of int) snap.SeveralCell {
	nan := math.NaN()
	return snap.SeveralCell{Values: values, State: snap.CellWaiting, Of: of, TTFT50: nan, TTFT99: nan, ITL50: nan, Latency99: nan,
		RequestsPerSec: nan, TokSec: nan, GoodShare: nan}
}

// fill puts the means of some runs into a row.
func fill(row *snap.SeveralCell, runs []*outcome) {
	mean := func(tag metric.Tag, stat string) float64 {
		sum, n := 0.0, 0
		for _, o := range runs {
			if m := o.Run.Find(string(tag)); m != nil && !math.IsNaN(m.Stat(stat)) {
				sum, n = sum+m.Stat(stat), n+1
			}
		}
		return sum / float64(n) // NaN without any
	}
	row.TTFT50, row.TTFT99 = mean(metric.TTFT, "p50"), mean(metric.TTFT, "p99")
	row.ITL50, row.Latency99 = mean(metric.ITL, "p50"), mean(metric.RequestLatency, "p99")
	row.RequestsPerSec, row.TokSec = mean(metric.RequestThroughput, "avg"), mean(metric.OutputTokenThroughput, "avg")
	row.GoodShare = mean(metric.GoodRequestFraction, "avg")
	kept := len(runs) > 0
	for _, o := range runs {
		row.Requests += o.requests
		row.Errors += o.errors
		switch o.status {
		case statusDone:
			row.Runs++
			row.State = snap.CellDone
		case statusFailed:
			row.Runs++
			row.State, row.Note = snap.CellFailed, o.err
		case statusCut:
			row.State = snap.CellCut
		}
		kept = kept && o.kept
	}
	row.Kept = kept
	if row.State == snap.CellDone && row.Runs < row.Of {
		row.State = snap.CellWaiting
	}
}

// failures counts the runs that failed, made those that were made.
func (s *several) failures() (n int) {
	for _, c := range s.results {
		n += len(slices.DeleteFunc(slices.Clone(c.runs), func(o *outcome) bool { return o.status != statusFailed }))
	}
	return n
}

func (s *several) made() (n int) {
	for _, c := range s.results {
		n += len(c.runs)
	}
	return n
}
