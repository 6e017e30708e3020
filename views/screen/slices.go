package screen

import (
	"math"
	"slices"
	"time"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/panel"
	"tacho/views/table"
	"tacho/views/theme"
)

// slice is the start of the slice pointed at, -1 without one.
func (st *State) slice() time.Duration {
	if !st.Picked {
		return -1
	}
	return st.Slice
}

// pickedSlice is the slice pointed at, nil without one.
func pickedSlice(s *snap.Snapshot, st *State) *snap.SliceRow {
	if !st.Picked {
		return nil
	}
	for i := range s.Slices {
		if s.Slices[i].At == st.Slice {
			return &s.Slices[i]
		}
	}
	return nil
}

// StepSlice points at the slice before or after the one pointed at. From none
// it goes back to the newest; after the newest it is none again.
func (st *State) StepSlice(s *snap.Snapshot, by int) {
	if s == nil || len(s.Slices) == 0 {
		st.Picked = false
		return
	}
	i := len(s.Slices)
	for j := range s.Slices {
		if st.Picked && s.Slices[j].At == st.Slice {
			i = j
		}
	}
	i = max(0, i+by)
	st.Picked = i < len(s.Slices)
	if st.Picked {
		st.Slice = s.Slices[i].At
	}
}

// sliceLine says what a slice was like in one line.
func sliceLine(r *snap.SliceRow, s *snap.Snapshot) []panel.Seg {
	span := "slice " + figure.Clock(r.At) + "-" + figure.Clock(r.At+s.SliceWidth)
	out := []panel.Seg{
		{Text: span, Role: theme.Accent},
		{Text: figure.Counted(r.Requests, "req"), Role: theme.Text, Drop: 4},
		errorCount(r.Errors),
		{Text: "TTFT " + figure.Num(r.TTFT50) + " / " + figure.Num(r.TTFT99), Role: theme.Text},
		{Text: "ITL " + figure.Num(r.ITL50) + " / " + figure.Num(r.ITL99) + " ms", Role: theme.Text, Drop: 1},
		{Text: figure.Num(r.OutputTokensPerSec) + " tok/s", Role: theme.Text, Drop: 3},
	}
	if r.Open {
		out = append(out, panel.Seg{Text: "not all ended", Role: theme.Dim, Drop: 6})
	}
	return out
}

// errorCount matters most when there are any.
func errorCount(n int64) panel.Seg {
	if n > 0 {
		return panel.Seg{Text: figure.Counted(n, "error"), Role: theme.Warn, Drop: 1}
	}
	return panel.Seg{Text: "0 errors", Role: theme.Text, Drop: 5}
}

// segmentLine says what the run is like under its present load in one line.
func segmentLine(g *snap.Segment) []panel.Seg {
	out := []panel.Seg{
		{Text: g.Load + " since " + figure.Clock(g.From), Role: theme.Accent},
		{Text: figure.Counted(g.Requests, "req"), Role: theme.Text, Drop: 4},
		errorCount(g.Errors),
		{Text: "TTFT " + figure.Num(g.TTFT50) + " / " + figure.Num(g.TTFT99), Role: theme.Text},
		{Text: "ITL " + figure.Num(g.ITL50) + " ms", Role: theme.Text, Drop: 1},
		{Text: figure.Num(g.TokSec) + " tok/s", Role: theme.Text, Drop: 3},
	}
	if !math.IsNaN(g.GoodShare) {
		out = append(out, panel.Seg{Text: figure.Share(g.GoodShare) + "% good", Role: theme.Text, Drop: 2})
	}
	return out
}

// slicesPage is the table of time slices over the whole page.
func slicesPage(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	l, at := table.SliceList(s, st.Slices.Order, th)
	ls := &st.Slices
	if i := table.SliceIndex(at, st.slice()); i >= 0 {
		ls.At = i
	}
	ls.skip(len(at), func(i int) bool { return at[i] == nil })
	title := "Slices"
	if s.SliceWidth > 0 {
		title += " of " + figure.Span(s.SliceWidth)
	}
	way := "newest first"
	switch {
	case ls.By > 0:
		way = table.SliceOrder(ls.Order)
	case ls.Flip:
		way = "oldest first"
	}
	list, below := under(r, l.Len+2)
	drawList(g, list, title, []string{"times in ms", way}, l, ls, nil, th)
	first := slices.IndexFunc(at, func(r *snap.SliceRow) bool { return r != nil })
	if ls.At < len(at) && at[ls.At] != nil && (st.Picked || ls.At > first) {
		st.Picked, st.Slice = true, at[ls.At].At
	} else {
		st.Picked = false
	}
	if below.H == 0 {
		return
	}
	if n := len(s.Slices); n > 1 && !s.Slices[1].Open { // two that are over make a line
		s = bySlices(s)
	}
	plotGrid(g, below, s, th, st, stretch{}, plotTTFT, plotITL, plotTokens, plotLatency)
}
