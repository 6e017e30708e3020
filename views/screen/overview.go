package screen

import (
	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/panel"
	"tacho/views/table"
	"tacho/views/theme"
)

// wideW and wideH are the smallest screen on which boxes beside each other are
// easier to read than one column.
const (
	wideW = 116
	wideH = 30
)

// overview draws the first page: is the run healthy, is the service good, where
// does it go.
func overview(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	switch {
	case st.Zoom:
		drawPlot(g, r, s, th, st, st.Focus, true)
	case r.W >= wideW && r.H >= wideH-4:
		wide(g, r, s, th, st)
	default:
		compact(g, r, s, th, st)
	}
}

// asides are the lines under the overview that are there only at times: the
// slice pointed at, the stretch under the present load, the earlier run.
func asides(s *snap.Snapshot, st *State) [][]panel.Seg {
	var lines [][]panel.Seg
	if st.Picked {
		if r := pickedSlice(s, st); r != nil {
			lines = append(lines, sliceLine(r, s))
		}
	}
	if n := len(s.Segments); n > 1 {
		lines = append(lines, segmentLine(&s.Segments[n-1]))
	}
	if st.Ghost != nil && st.GhostOn {
		lines = append(lines, versus(st, s))
	}
	return lines
}

// compact is one column: the table, one line of rates, charts as there is
// room, the client and the last event.
func compact(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	y, bottom := r.Y, r.Y+r.H
	more := asides(s, st)
	if line := panel.SensorLine(s, th); len(line) > 0 {
		more = append(more, line)
	}
	more = more[:min(len(more), max(0, r.H-12))]
	tail := min(2, max(0, r.H-5)) + len(more) // client line, last event and asides
	done := s.State == snap.Done || s.State == snap.Failed
	y += table.Metrics(g, cells.Rect{X: r.X, Y: y, W: r.W, H: metricsRoom(r.H, tail, table.RateLines(s))}, s, th)
	left := bottom - tail - y
	if left > 0 {
		y += table.Rates(g, cells.Rect{X: r.X, Y: y, W: r.W, H: min(left, ratesRoom(left))}, s, th)
		left = bottom - tail - y
	}
	if left > 0 && left < 4 {
		left -= lists(g, cells.Rect{X: r.X, Y: y, W: r.W, H: left}, s, th, done)
	}
	if left >= 4 {
		room := cells.Rect{X: r.X, Y: y, W: r.W, H: left}
		if done || (len(s.ErrorGroups) > 0 && left >= 16) {
			h := min(left, listHeight(s, r.W, done))
			if room.H-h < 6 && !done {
				h = left / 2
			}
			if h > 1 {
				list := cells.Rect{X: r.X, Y: bottom - tail - h, W: r.W, H: h}
				lists(g, list, s, th, done)
				room.H -= h
			}
		}
		if s.State == snap.Failed && len(s.Series) == 0 {
			whyFailed(g, room, s, th)
		} else {
			plotArea(g, room, s, th, st)
		}
	}
	for i, l := range more {
		panel.Line(g, r.X+1, bottom-tail+i, r.W-2, l, th)
	}
	tail -= len(more)
	if tail > 0 {
		panel.ClientLine(g, r.X, bottom-tail, r.W, s.Client, th)
	}
	if tail > 1 {
		panel.LastEvent(g, r.X, bottom-1, r.W, s, th)
	}
}

// metricsRoom is the height of the metric table: at least four metrics, then
// as many as leave room for the rates and, on a tall screen, for a chart.
func metricsRoom(height, tail, rates int) int {
	rest := height - tail - rates
	if height >= 19 {
		rest -= 9
	}
	return min(max(5, rest), height-tail)
}

// whyFailed tells all of a verdict that does not fit into the banner.
func whyFailed(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme) {
	if r.H < 2 {
		return
	}
	rule(g, r, "Why it failed", nil, th)
	for i, line := range cells.Wrap(s.Verdict, r.W-2) {
		if i+1 < r.H {
			g.Text(r.X+1, r.Y+1+i, r.W-2, line, th.Style(theme.Text))
		}
	}
}

func ratesRoom(left int) int {
	if left >= 9 || left < 4 {
		return 3
	}
	return left - 3
}

// listHeight is the room that files or errors would like, with their caption.
func listHeight(s *snap.Snapshot, w int, done bool) int {
	if done && len(s.Files) > 0 {
		cols := max(1, (w-1)/46)
		return 2 + (len(s.Files)+cols-1)/cols
	}
	return 1 + min(4, len(s.ErrorGroups))
}

// lists draws the files of a finished run, or the errors of one under way.
func lists(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, done bool) int {
	if r.H < 2 {
		return 0
	}
	in := cells.Rect{X: r.X, Y: r.Y + 1, W: r.W, H: r.H - 1}
	switch {
	case done && len(s.Files) > 0:
		rule(g, r, "Files", nil, th)
		panel.Files(g, in, s, th)
	case len(s.ErrorGroups) > 0:
		rule(g, r, "Errors", nil, th)
		panel.Errors(g, in, s, th)
	default:
		return 0
	}
	return r.H
}

// plotArea fills a rectangle with as many charts as it holds.
func plotArea(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	next := (st.Focus + 1) % Charts()
	switch {
	case r.H < 5:
	case r.W >= 100:
		half := r.W / 2
		drawPlot(g, cells.Rect{X: r.X, Y: r.Y, W: half, H: r.H}, s, th, st, st.Focus, false)
		drawPlot(g, cells.Rect{X: r.X + half, Y: r.Y, W: r.W - half, H: r.H}, s, th, st, next, false)
	case r.H >= 20:
		half := r.H / 2
		drawPlot(g, cells.Rect{X: r.X, Y: r.Y, W: r.W, H: half}, s, th, st, st.Focus, false)
		drawPlot(g, cells.Rect{X: r.X, Y: r.Y + half, W: r.W, H: r.H - half}, s, th, st, next, false)
	default:
		drawPlot(g, r, s, th, st, st.Focus, false)
	}
}

// drawPlot draws one chart under a ruled caption.
func drawPlot(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State, i int, zoom bool) {
	c, title, legend := plots[i].build(s, st, th)
	switch {
	case i != st.Focus:
		quiet(c)
	case !zoom:
		title = th.Glyphs.Bullet + " " + title
	}
	if zoom && c.Log {
		title += " (log)"
	}
	rule(g, r, title, legend, th)
	c.Draw(g, cells.Rect{X: r.X, Y: r.Y + 1, W: r.W - 1, H: r.H - 1}, th)
}
