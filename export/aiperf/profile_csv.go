package aiperf

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"tacho/engine/metric"
	"tacho/engine/stats"
	"tacho/export"
)

// EncodeProfileCSV prints profile_export_aiperf.csv: the metrics that have
// percentiles, a blank line, those that have one value, and after two blank
// lines the GPU table if there is one. Both tables are sorted by tag.
func EncodeProfileCSV(run *export.Run) []byte { return encodeCSV(run.Summary, run.GPURows) }

func encodeCSV(sum *stats.Summary, gpuRows [][]string) []byte {
	var w csvWriter
	many, one := splitByTag(sum)
	if len(many) > 0 {
		w.field("Metric")
		for _, f := range csvFields {
			w.field(f.name)
		}
		w.end()
		for _, s := range many {
			w.field(csvName(s.Def))
			for _, f := range csvFields {
				w.number(*f.get(s))
			}
			w.end()
		}
		if len(one) > 0 {
			w.end()
		}
	}
	if len(one) > 0 {
		w.row("Metric", "Value")
		for _, s := range one {
			w.field(csvName(s.Def))
			w.number(s.Avg)
			w.end()
		}
	}
	if len(gpuRows) > 0 {
		w.end()
		w.end()
		for _, r := range gpuRows {
			w.row(r...)
		}
	}
	return w.buf
}

// splitByTag returns the exported metrics with and without percentiles, each
// sorted by tag.
func splitByTag(sum *stats.Summary) (many, one []*stats.Stat) {
	for _, s := range byTag(sum) {
		if hasPercentiles(s) {
			many = append(many, s)
		} else {
			one = append(one, s)
		}
	}
	return many, one
}

func byTag(sum *stats.Summary) []*stats.Stat {
	var out []*stats.Stat
	for i := range sum.Stats {
		if s := &sum.Stats[i]; exported(s) {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b *stats.Stat) int { return cmp.Compare(a.Def.Tag, b.Def.Tag) })
	return out
}

// DecodeProfileCSV reads profile_export_aiperf.csv: a run with the summary, its
// values cut to two decimals, and the GPU table. Metrics are found in reg by
// header and unit; unknown ones are added with a tag made from the header.
func DecodeProfileCSV(data []byte, reg *metric.Registry) (*export.Run, error) {
	rows, err := readCSV(string(data))
	if err != nil {
		return nil, fmt.Errorf("summary csv: %w", err)
	}
	run := &export.Run{Registry: reg, Summary: new(stats.Summary)}
	names := newCSVNames(reg)
	var header []string
	for i, r := range rows {
		switch {
		case len(r) == 0:
			continue
		case r[0] == "Metric":
			header = r
			continue
		case header == nil && r[0] != "Endpoint":
			return nil, fmt.Errorf("summary csv: line %d: no header before it", i+1)
		case r[0] == "Endpoint":
			// The GPU table is the last one.
			for _, g := range rows[i:] {
				if len(g) > 0 {
					run.GPURows = append(run.GPURows, g)
				}
			}
			sortStats(run.Summary)
			return run, nil
		}
		st := absentStat(names.find(r[0]))
		for j, text := range r[1:] {
			if j+1 >= len(header) {
				return nil, fmt.Errorf("summary csv: line %d: %d fields, want %d", i+1, len(r), len(header))
			}
			if err := setCSV(&st, header[j+1], text); err != nil {
				return nil, fmt.Errorf("summary csv: line %d: %w", i+1, err)
			}
		}
		run.Summary.Stats = append(run.Summary.Stats, st)
	}
	sortStats(run.Summary)
	return run, nil
}

// setCSV sets the number of one column; "Value" is the average.
func setCSV(st *stats.Stat, column, text string) error {
	if text == "" {
		return nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("%s: not a number: %.40q", column, text)
	}
	if column == "Value" {
		column = "avg"
	}
	for _, f := range csvFields {
		if f.name == column {
			*f.get(st) = v
			return nil
		}
	}
	return fmt.Errorf("unknown column %.40q", column)
}
