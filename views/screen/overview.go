package screen

import (
	"strconv"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/panel"
	"tacho/views/table"
	"tacho/views/theme"
)

// Size is the size of a screen in cells.
type Size struct{ W, H int }

// MinW and MinH are the smallest screen with room for the numbers.
const (
	MinW = 40
	MinH = 10
)

// wideW and wideH are the smallest screen on which boxes beside each other are
// easier to read than one column.
const (
	wideW = 116
	wideH = 30
)

// Overview draws the first screen: is the run healthy, is the service good,
// where does it go. The text has exactly size.H lines of size.W cells.
func Overview(s *snap.Snapshot, size Size, th *theme.Theme, st State, keys Keys) string {
	g := cells.New(size.W, size.H)
	g.ASCII = th.Glyphs.ASCII
	Draw(g, s, th, st, keys)
	return g.String()
}

// Draw draws the overview into a cleared grid. A nil snapshot is a run that
// has not begun.
func Draw(g *cells.Grid, s *snap.Snapshot, th *theme.Theme, st State, keys Keys) {
	w, h := g.Size()
	if s == nil {
		s = &nothing
	}
	if w < MinW || h < MinH {
		tiny(g, s, th)
		return
	}
	panel.Title(g, 0, 0, w, s, th)
	panel.Progress(g, 0, 1, w, s, th)
	panel.Load(g, 0, 2, w, s, th)
	body := cells.Rect{X: 0, Y: 3, W: w, H: h - 4}
	if h >= 16 {
		banner(g, cells.Rect{Y: 3, W: w, H: 1}, s, th, st)
		body.Y, body.H = 4, h-5
	} else if bannerText(s, st) != "" { // it is worth the third line
		g.Fill(cells.Rect{Y: 2, W: w, H: 1}, ' ', cells.Style{})
		banner(g, cells.Rect{Y: 2, W: w, H: 1}, s, th, st)
	}
	switch {
	case st.Zoom:
		drawPlot(g, body, s, th, st, st.Focus, true)
	case w >= wideW && h >= wideH:
		wide(g, body, s, th, st)
	default:
		compact(g, body, s, th, st)
	}
	panel.Footer(g, 0, h-1, w, keys.Table, th)
	switch {
	case st.Help:
		panel.Help(g, keys.Table, th)
	case st.Ask == AskQuit:
		panel.Question(g, "Stop the run?", []string{
			strconv.FormatInt(s.InFlight, 10) + " requests are in flight.",
			"What was measured is saved either way.",
		}, keys.Quit, th)
	case st.Ask == AskSuspend:
		panel.Question(g, "Suspend tacho?", []string{
			"A suspended process sends nothing:",
			"the run has a gap from here on.",
		}, keys.Suspend, th)
	}
}

var nothing = snap.Snapshot{State: snap.Starting, Doing: "starting"}

// tiny says how much room is needed and whether the run is well.
func tiny(g *cells.Grid, s *snap.Snapshot, th *theme.Theme) {
	w, h := g.Size()
	if h < 1 {
		return
	}
	line := panel.StateWord(s) + "  " + strconv.FormatInt(s.Done, 10) + " done  errors " + strconv.FormatInt(s.Errors, 10)
	if s.Run.Simulated {
		line = panel.Simulated + "  " + line
	}
	g.Text(0, 0, w, line, th.Style(theme.Text))
	if h > 1 {
		g.Text(0, 1, w, "needs "+strconv.Itoa(MinW)+"x"+strconv.Itoa(MinH), th.Style(theme.Dim))
	}
}

// compact is one column: the table, one line of rates, charts as there is
// room, the client and the last event.
func compact(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st State) {
	y, bottom := r.Y, r.Y+r.H
	tail := min(2, max(0, r.H-5)) // client line and last event
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
			why(g, room, s, th)
		} else {
			plotArea(g, room, s, th, st)
		}
	}
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

// why tells all of a verdict that does not fit into the banner.
func why(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme) {
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

func rule(g *cells.Grid, r cells.Rect, title string, note []panel.Seg, th *theme.Theme) {
	for x := r.X; x < r.X+r.W; x++ {
		g.Rune(x, r.Y, th.Glyphs.H, th.Style(theme.Frame))
	}
	panel.Caption(g, r.X, r.Y, r.W, title, note, th)
}

// plotArea fills a rectangle with as many charts as it holds.
func plotArea(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st State) {
	next := (st.Focus + 1) % len(plots)
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
func drawPlot(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st State, i int, zoom bool) {
	c, title, legend := plots[i].build(s, th)
	title = strconv.Itoa(i+1) + " " + title
	if zoom && c.Log {
		title += " (log)"
	}
	rule(g, r, title, legend, th)
	c.Draw(g, cells.Rect{X: r.X, Y: r.Y + 1, W: r.W - 1, H: r.H - 1}, th)
}
