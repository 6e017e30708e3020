package home

import (
	"math"
	"path/filepath"
	"strings"
	"time"

	"tacho/views/chart"
	"tacho/views/figure"
	"tacho/views/table"
	"tacho/views/theme"
)

// title is what a run is called: its name, or the last part of its folder.
func (r *Run) title() string {
	if r.Name != "" {
		return r.Name
	}
	return filepath.Base(r.Dir)
}

// when writes a time of day in the year of the newest run, else a date.
func when(t time.Time, year int) string {
	switch {
	case t.IsZero():
		return figure.Unknown
	case t.Year() == year:
		return t.Format("Jan _2 15:04")
	}
	return t.Format("2006-01-02")
}

// verdict is the word on a run with its shape.
func verdict(r *Run, th *theme.Theme) (string, theme.Role) {
	switch r.Verdict {
	case "":
		return "", theme.Dim
	case "PASS":
		return th.Glyphs.OK + " PASS", theme.Good
	case "FAIL", "SATURATED":
		return th.Glyphs.Fail + " " + r.Verdict, theme.Fail
	case "WARN":
		return th.Glyphs.Warn + " WARN", theme.Warn
	}
	return r.Verdict, theme.Label
}

const trendW = 11

// column is one column of the ledger.
type column = table.Field[*Run]

func ms(head string, width, drop int, v func(*Run) float64) column {
	return column{Column: table.Column{Head: head, Width: width, Drop: drop}, Num: v, Cell: func(r *Run) table.Cell {
		x := v(r)
		if math.IsNaN(x) {
			return table.Cell{Text: figure.Unknown, Role: theme.Dim}
		}
		return table.Cell{Text: figure.Num(x), Role: theme.Text}
	}}
}

func word(head string, width, drop int, text func(*Run) string) column {
	return column{Column: table.Column{Head: head, Width: width, Drop: drop, Left: true}, Cell: func(r *Run) table.Cell {
		return table.Cell{Text: text(r), Role: theme.Label}
	}}
}

// columns of the ledger; times are in ms.
func columns(d *Data, th *theme.Theme) []column {
	year := 0
	if len(d.Runs) > 0 {
		year = d.Runs[0].When.Year()
	}
	name := word("name", 14, 0, func(r *Run) string { return r.title() })
	name.Grow = true
	name.Cell = func(r *Run) table.Cell {
		text := r.title()
		if r.Simulated {
			text += " (sim)"
		}
		return table.Cell{Text: text, Role: theme.Text}
	}
	date := word("when", 14, 0, func(r *Run) string { return when(r.When, year) })
	date.Num = func(r *Run) float64 { return float64(r.When.Unix()) }
	said := word(" verdict", 13, 1, nil)
	said.Cell = func(r *Run) table.Cell {
		text, role := verdict(r, th)
		return table.Cell{Text: " " + text, Role: role}
	}
	trend := word("TTFT trend", trendW+1, 6, nil)
	trend.Cell = func(r *Run) table.Cell {
		return table.Cell{Text: chart.SparkText(thin(r.Trend, trendW), trendW, th), Role: theme.Accent}
	}
	return []column{
		name, date,
		word("model", 18, 7, func(r *Run) string { return r.Model }),
		word("load", 19, 5, func(r *Run) string { return r.Load }),
		ms("TTFT p50", 9, 0, func(r *Run) float64 { return r.TTFT50 }),
		ms("p99", 8, 2, func(r *Run) float64 { return r.TTFT99 }),
		ms("ITL p50", 9, 3, func(r *Run) float64 { return r.ITL50 }),
		ms("tok/s", 8, 4, func(r *Run) float64 { return r.TokSec }),
		said, trend,
	}
}

// Columns is the number of columns that runs can be sorted by.
const Columns = 9

// thin keeps n values of a history, each the largest of those it stands for.
func thin(v []float64, n int) []float64 {
	if len(v) <= n {
		return v
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
		for _, x := range v[i*len(v)/n : (i+1)*len(v)/n] {
			if !math.IsNaN(x) && !(out[i] >= x) {
				out[i] = x
			}
		}
	}
	return out
}

// ledger is the runs as a list, filtered and in order; rows are its runs.
func ledger(d *Data, st *State, th *theme.Theme) (*table.List, []*Run) {
	cols := columns(d, th)
	var rows []*Run
	q := table.ParseQuery(st.Runs.Filter, []string{"ttft", "itl", "tok", "errors"})
	for i := range d.Runs {
		r := &d.Runs[i]
		text := strings.Join([]string{r.Name, r.Dir, r.Model, r.Endpoint, r.Host, r.Load, r.Verdict, r.Origin}, " ")
		if q.Match(text, r.number) {
			rows = append(rows, r)
		}
	}
	o := st.Runs.Order
	rows = table.Sort(cols, rows, o)
	l := table.NewList(cols, rows, o)
	l.Select = st.Pane == Runs
	l.Empty = "no run is found by /" + st.Runs.Filter
	return l, rows
}

func (r *Run) number(name string) float64 {
	switch name {
	case "ttft":
		return r.TTFT50
	case "itl":
		return r.ITL50
	case "tok":
		return r.TokSec
	case "errors":
		if r.Errors >= 0 {
			return float64(r.Errors)
		}
	}
	return math.NaN()
}

// At is the run under the cursor, nil without one.
func (st *State) At(d *Data, th *theme.Theme) *Run {
	_, rows := ledger(d, st, th)
	if i := st.Runs.At; i >= 0 && i < len(rows) {
		return rows[i]
	}
	return nil
}

// ProfileAt is the profile under the cursor, nil without one.
func (st *State) ProfileAt(d *Data) *Profile {
	rows := profilesOf(d, st)
	if i := st.Profiles.At; i >= 0 && i < len(rows) {
		return rows[i]
	}
	return nil
}

func profilesOf(d *Data, st *State) []*Profile {
	q := table.ParseQuery(st.Profiles.Filter, nil)
	var rows []*Profile
	for i := range d.Profiles {
		if p := &d.Profiles[i]; q.Match(p.Name+" "+p.Path+" "+p.Summary, nil) {
			rows = append(rows, p)
		}
	}
	return rows
}
