package aiperf

import (
	"fmt"
	"slices"
	"strconv"

	"tacho/engine/metric"
	"tacho/engine/stats"
)

var sliceColumns = []string{"Timeslice", "Start_NS", "End_NS", "Metric", "Unit", "Stat", "Value"}

// EncodeSlicesCSV prints profile_export_aiperf_timeslices.csv: one value per
// row. Timeslice is the position in the list, which is not time when slices
// without requests were left out.
func EncodeSlicesCSV(list []stats.Slice) []byte {
	var w csvWriter
	w.row(sliceColumns...)
	for i := range list {
		sl := &list[i]
		index, start, end := strconv.Itoa(i), strconv.FormatInt(sl.StartNS, 10), strconv.FormatInt(sl.EndNS, 10)
		for _, s := range byTag(&sl.Summary) {
			for _, f := range csvFields {
				v := *f.get(s)
				if !finite(v) {
					continue
				}
				for _, text := range [...]string{index, start, end, s.Def.Header, string(s.Def.Unit), f.name} {
					w.field(text)
				}
				w.number(v)
				w.end()
			}
		}
	}
	return w.buf
}

// DecodeSlicesCSV reads profile_export_aiperf_timeslices.csv. The file does not
// say whether a slice is complete: all are marked so.
func DecodeSlicesCSV(data []byte, reg *metric.Registry) ([]stats.Slice, error) {
	rows, err := readCSV(string(data))
	if err != nil {
		return nil, fmt.Errorf("slices csv: %w", err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], sliceColumns) {
		return nil, fmt.Errorf("slices csv: the first line is not %v", sliceColumns)
	}
	names := newCSVNames(reg)
	var out []stats.Slice
	for i, r := range rows[1:] {
		if len(r) == 0 {
			continue
		}
		if err := addSliceValue(&out, r, names); err != nil {
			return nil, fmt.Errorf("slices csv: line %d: %w", i+2, err)
		}
	}
	for i := range out {
		sortStats(&out[i].Summary)
	}
	return out, nil
}

// addSliceValue adds one row. Rows of one slice and of one metric in it stand
// together.
func addSliceValue(out *[]stats.Slice, r []string, names csvNames) error {
	if len(r) != len(sliceColumns) {
		return fmt.Errorf("%d fields, want %d", len(r), len(sliceColumns))
	}
	index, err := strconv.Atoi(r[0])
	if err != nil || index < 0 || index > len(*out) || index < len(*out)-1 {
		return fmt.Errorf("slice number %.40q", r[0])
	}
	start, err := strconv.ParseInt(r[1], 10, 64)
	if err != nil {
		return fmt.Errorf("start %.40q", r[1])
	}
	end, err := strconv.ParseInt(r[2], 10, 64)
	if err != nil {
		return fmt.Errorf("end %.40q", r[2])
	}
	if index == len(*out) {
		*out = append(*out, stats.Slice{Summary: stats.Summary{StartNS: start, EndNS: end}, Complete: true})
	}
	sl := &(*out)[index]
	def := names.findUnit(r[3], r[4])
	if n := len(sl.Stats); n == 0 || sl.Stats[n-1].Def != def {
		sl.Stats = append(sl.Stats, absentStat(def))
	}
	return setCSV(&sl.Stats[len(sl.Stats)-1], r[5], r[6])
}
