package screen

import (
	"math"
	"time"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/panel"
	"tacho/views/theme"
)

// leastRoom is the height from which what a list leaves free is worth a panel.
const leastRoom = 8

// under gives a list the height that it asks for, and what it leaves of a
// rectangle to a panel, whose height is 0 where there is no room for one.
func under(r cells.Rect, wanted int) (list, below cells.Rect) {
	list, below = r, r
	list.H = min(r.H, max(wanted, 3))
	below.Y, below.H = r.Y+list.H, r.H-list.H
	if below.H < leastRoom {
		list.H, below.H = r.H, 0
	}
	return list, below
}

// Under is how a list and a panel below it share a rectangle: the panel has no
// height where the list leaves it no room.
func Under(r cells.Rect, wanted int) (list, below cells.Rect) { return under(r, wanted) }

// stretch is a part of the run; the zero value is none.
type stretch struct{ from, to time.Duration }

// momentOf is the step of the history that begins at a time, none below 0.
func momentOf(s *snap.Snapshot, at time.Duration) stretch {
	if at < 0 {
		return stretch{}
	}
	return stretch{at, at + s.SeriesWidth}
}

// tallPlots is the height from which charts stand in two rows.
const tallPlots = 24

// plotGrid fills a rectangle with charts, the first of those named where there
// is room for few. Focus and zoom are those of the overview; here no chart has
// the keys. At is a stretch of time to point at.
func plotGrid(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State, at stretch, which ...int) {
	cols, rows := 1, 1
	if r.W >= 76 {
		cols = 2
	}
	if r.H >= tallPlots && len(which) > cols {
		rows = 2
	}
	which = which[:min(len(which), cols*rows)]
	for i, p := range which {
		row, col := i/cols, i%cols
		x, y := r.X+col*r.W/cols, r.Y+row*r.H/rows
		w := r.X + (col+1)*r.W/cols - x
		if i == len(which)-1 {
			w = r.X + r.W - x // the last one takes what is left of its row
		}
		besides(g, cells.Rect{X: x, Y: y, W: w, H: r.Y + (row+1)*r.H/rows - y}, s, th, st, p, at)
	}
}

// besides draws one chart under a ruled caption.
func besides(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State, i int, at stretch) {
	if r.H < leastPlot {
		return
	}
	c, title, legend := plots[i].build(s, st, th)
	quiet(c)
	if at.to > at.from {
		c.From, c.To = at.from, at.to
	}
	rule(g, r, title, legend, th)
	c.Draw(g, cells.Rect{X: r.X, Y: r.Y + 1, W: r.W - 1, H: r.H - 1}, th)
}

// bySlices is the run with its time slices in place of its history, so that
// charts show what the table of slices says.
func bySlices(s *snap.Snapshot) *snap.Snapshot {
	out := *s
	out.Series, out.SeriesWidth = nil, s.SliceWidth
	if s.SliceWidth <= 0 || len(s.Slices) == 0 {
		return &out
	}
	nan := math.NaN()
	first := s.Slices[0].At
	n := int((s.Slices[len(s.Slices)-1].At-first)/s.SliceWidth) + 1
	out.Series = make([]snap.Point, n)
	for i := range out.Series { // a slice without requests may be missing
		out.Series[i] = snap.Point{
			At: first + time.Duration(i)*s.SliceWidth, TTFT50: nan, TTFT90: nan, TTFT99: nan, ITL50: nan, ITL90: nan, ITL99: nan,
			Latency50: nan, Latency99: nan, Requests: nan, OutputTokens: nan, InFlight: nan,
		}
	}
	for i := range s.Slices {
		r := &s.Slices[i]
		k := int((r.At - first) / s.SliceWidth)
		if r.Open || k < 0 || k >= n {
			continue // half of a slice would look like a fall
		}
		p := &out.Series[k]
		p.TTFT50, p.TTFT90, p.TTFT99, p.ITL50, p.ITL90, p.ITL99 = r.TTFT50, r.TTFT90, r.TTFT99, r.ITL50, r.ITL90, r.ITL99
		p.Latency50, p.OutputTokens = r.Latency50, r.OutputTokensPerSec
		p.Requests, p.Errors = float64(r.Requests)/s.SliceWidth.Seconds(), r.Errors
	}
	return &out
}

// aside draws sentences under a caption, each wrapped, as far as there is room.
func aside(g *cells.Grid, r cells.Rect, title string, note []panel.Seg, lines []panel.Seg, th *theme.Theme) {
	if r.H < 2 {
		return
	}
	rule(g, r, title, note, th)
	y := r.Y + 1
	for _, l := range lines {
		if l.Text != "" {
			y = says(g, r, y, l.Text, l.Role, th)
		}
	}
}
