package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"tacho/engine/snap"
	"tacho/export"
	"tacho/export/aggregate"
	"tacho/profiles"
)

// aggregate writes the files over all runs that have ended.
func (s *several) aggregate() ([]snap.File, error) {
	var files []snap.File
	var errs []error
	write := func(dir, name string, data []byte) {
		f, err := export.WriteFile(s.base, dir+"/"+name, data, 0o644)
		if err != nil {
			errs = append(errs, err)
			return
		}
		files = append(files, f)
	}
	level := s.profile.MultiRun.ConfidenceLevel.V
	model := ""
	if names := s.profile.ModelNames(); len(names) > 0 {
		model = names[0]
	}
	sweep := s.summed()
	for _, c := range s.results {
		conf, err := aggregate.Confident(c.over(), level)
		if err != nil {
			continue // no run gave numbers: the sweep file says which failed
		}
		dir := "aggregate"
		if c.cell != nil {
			cell := c.sum()
			conf.Cell, conf.Mode, conf.Model = &cell, s.mode, model
			dir = "aggregate/" + c.cell.SumDir
			if s.mode == profiles.SweepIndependent {
				dir = c.cell.Dir + "/aggregate"
			}
		}
		conf.Cooldown = s.profile.MultiRun.CooldownSeconds.V
		write(dir, aggregate.ConfidenceJSON, conf.EncodeJSON())
		write(dir, aggregate.ConfidenceCSV, conf.EncodeCSV())
		if c.cell == nil && s.profile.MultiRun.Convergence.Metric.Set {
			data, err := s.collated(c)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			write(dir, aggregate.CollatedJSON, data)
		}
	}
	if len(sweep.Cells) > 0 {
		dir := "sweep_aggregate"
		if s.profile.MultiRun.NumRuns.V > 1 && s.mode == profiles.SweepRepeated {
			dir = "aggregate/sweep_aggregate"
		}
		write(dir, aggregate.SweepJSON, sweep.EncodeJSON())
		write(dir, aggregate.SweepCSV, sweep.EncodeCSV())
	}
	return files, errors.Join(errs...)
}

// collated takes the requests of all repeats together.
func (s *several) collated(c *cellRuns) ([]byte, error) {
	dirs := map[string]string{}
	for _, o := range c.runs {
		dirs[o.label] = o.dir
	}
	all := &aggregate.Collation{Runs: c.over(), Cooldown: s.profile.MultiRun.CooldownSeconds.V, Open: func(label string) (io.ReadCloser, error) {
		return os.Open(filepath.Join(s.base, filepath.FromSlash(dirs[label]), s.names().Of(export.Records)))
	}}
	return all.EncodeJSON()
}

// design writes which cells a sweep over ranges has, before the first of them runs.
func (s *several) design() error {
	d := s.profile.Design()
	if d == nil {
		return nil
	}
	_, err := export.WriteFile(s.base, "sweep_aggregate/sampling_design.json", profiles.AppendJSON(nil, d, "  ", 0), 0o644)
	return err
}

// sum is the cell for the files.
func (c *cellRuns) sum() aggregate.Cell {
	cell := aggregate.Cell{Label: c.cell.Label, Runs: c.over()}
	for _, v := range c.cell.Summed {
		a := aggregate.Value(v)
		if nested(v.Value) { // as AIPerf writes it there
			a.Value = string(profiles.AppendJSON(nil, v.Value, "", 0))
		}
		cell.Values = append(cell.Values, a)
	}
	return cell
}

// nested reports whether a swept value has parts, such as a distribution.
func nested(v any) bool {
	switch v.(type) {
	case profiles.Object, []any:
		return true
	}
	return false
}

// summed are the cells of the sweep that have been run; empty without a sweep.
func (s *several) summed() *aggregate.Sweep {
	sweep := &aggregate.Sweep{Mode: s.mode, Level: s.profile.MultiRun.ConfidenceLevel.V, Limits: s.profile.Sweep.SLAFilters.V}
	for _, c := range s.results {
		if c.cell != nil && len(c.over()) > 0 {
			sweep.Cells = append(sweep.Cells, c.sum())
		}
	}
	return sweep
}

// enough reports whether a cell's repeats tell its metric well enough, and why.
func (s *several) enough(c *cellRuns) (bool, string) {
	conv := &s.profile.MultiRun.Convergence
	if !conv.Metric.Set {
		return false, ""
	}
	aim := aggregate.Aim{Tag: conv.Metric.V, Stat: conv.Stat.V, Limit: conv.Limit(), Level: s.profile.MultiRun.ConfidenceLevel.V, MinRuns: 2}
	if conv.MinRuns.Set {
		aim.MinRuns = conv.MinRuns.V
	}
	what := conv.Metric.V + " " + conv.Stat.V
	runs := c.over()
	switch conv.Mode.V {
	case profiles.ConvergeCV:
		return aim.Even(runs), fmt.Sprintf("%s spreads by less than %g of its mean", what, aim.Limit)
	case profiles.ConvergeDistribution:
		var before, last []float64
		good := 0
		for _, o := range c.runs {
			if o.status == statusDone {
				good++
				before, last = append(before, last...), s.values(o, conv.Metric.V)
			}
		}
		return good >= aim.MinRuns && aim.Alike(before, last), fmt.Sprintf("the last one's %s is like those before", conv.Metric.V)
	}
	return aim.Narrow(runs), fmt.Sprintf("the confidence interval of %s is narrower than %g of its mean", what, aim.Limit)
}

// values are a metric's values of the measured requests of a run.
func (s *several) values(o *outcome, tag string) []float64 {
	data, err := os.ReadFile(filepath.Join(s.base, filepath.FromSlash(o.dir), s.names().Of(export.Records)))
	if err != nil {
		return nil
	}
	var list []float64
	for line := range bytes.Lines(data) {
		var r struct {
			Metadata struct {
				Phase string `json:"benchmark_phase"`
			} `json:"metadata"`
			Metrics map[string]struct {
				Value json.RawMessage `json:"value"`
			} `json:"metrics"`
		}
		if json.Unmarshal(line, &r) != nil || r.Metadata.Phase != profiles.KindProfiling {
			continue
		}
		var v float64
		if m, ok := r.Metrics[tag]; ok && json.Unmarshal(m.Value, &v) == nil && !math.IsNaN(v) {
			list = append(list, v)
		}
	}
	return list
}
