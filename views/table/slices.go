package table

import (
	"math"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/theme"
)

type sliceColumn struct {
	slot
	text func(*snap.SliceRow) string
}

var sliceColumns = []sliceColumn{
	{slot{"from", 7, 0}, func(r *snap.SliceRow) string { return figure.Clock(r.At) }},
	{slot{"reqs", 7, 0}, func(r *snap.SliceRow) string { return figure.Count(r.Requests) }},
	{slot{"errors", 7, 2}, func(r *snap.SliceRow) string { return figure.Count(r.Errors) }},
	{slot{"TTFT p50", 10, 0}, func(r *snap.SliceRow) string { return figure.Num(r.TTFT50) }},
	{slot{"p90", 7, 6}, func(r *snap.SliceRow) string { return figure.Num(r.TTFT90) }},
	{slot{"p99", 7, 1}, func(r *snap.SliceRow) string { return figure.Num(r.TTFT99) }},
	{slot{"ITL p50", 9, 3}, func(r *snap.SliceRow) string { return figure.Num(r.ITL50) }},
	{slot{"p90", 7, 8}, func(r *snap.SliceRow) string { return figure.Num(r.ITL90) }},
	{slot{"p99", 7, 4}, func(r *snap.SliceRow) string { return figure.Num(r.ITL99) }},
	{slot{"latency p50", 13, 7}, func(r *snap.SliceRow) string { return figure.Num(r.Latency50) }},
	{slot{"tok/s", 8, 5}, func(r *snap.SliceRow) string { return figure.Num(r.OutputTokensPerSec) }},
	{slot{"good %", 8, 9}, func(r *snap.SliceRow) string { return figure.Share(r.GoodShare) }},
}

// Slices draws the time slices, newest first; times are in milliseconds.
func Slices(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme) {
	if r.H < 1 || r.W < 24 {
		return
	}
	if len(s.Slices) == 0 {
		g.Text(r.X+1, r.Y, r.W-2, "the first slice closes when its requests have ended", th.Style(theme.Dim))
		return
	}
	cols := sliceColumns
	good := false
	for i := range s.Slices {
		good = good || !math.IsNaN(s.Slices[i].GoodShare)
	}
	if !good {
		cols = cols[:len(cols)-1]
	}
	cols = fit(cols, r.W-1-len(" open "))
	x := r.X + 1
	for _, c := range cols {
		g.Right(x+c.width, r.Y, c.width-1, c.head, th.Style(theme.Dim))
		x += c.width
	}
	for i := range min(r.H-1, len(s.Slices)) {
		row := &s.Slices[len(s.Slices)-1-i]
		st := th.Style(theme.Text)
		if row.Open {
			st = th.Style(theme.Dim)
		}
		x := r.X + 1
		for _, c := range cols {
			cell := st
			if c.head == "errors" && row.Errors > 0 {
				cell = th.Style(theme.Warn)
			}
			g.Right(x+c.width, r.Y+1+i, c.width-1, c.text(row), cell)
			x += c.width
		}
		if row.Open {
			g.Text(x+1, r.Y+1+i, r.X+r.W-x-2, "open", th.Style(theme.Dim))
		}
	}
}
