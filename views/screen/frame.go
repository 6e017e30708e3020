package screen

import (
	"strconv"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/panel"
	"tacho/views/theme"
)

// Size is the size of a screen in cells.
type Size struct{ W, H int }

// MinW and MinH are the smallest screen with room for the numbers.
const (
	MinW = 40
	MinH = 10
)

// tallH is the height from which the sentence about the state has a line of its
// own.
const tallH = 16

// Text draws a frame as text: exactly size.H lines of size.W cells.
func Text(s *snap.Snapshot, size Size, th *theme.Theme, st State, keys Keys) string {
	g := cells.New(size.W, size.H)
	g.ASCII = th.Glyphs.ASCII
	Draw(g, s, th, st, keys)
	return g.String()
}

// Draw draws the page in front into a cleared grid, and returns the state with
// its cursors brought into what there is to point at. A nil snapshot is a run
// that has not begun.
func Draw(g *cells.Grid, s *snap.Snapshot, th *theme.Theme, st State, keys Keys) State {
	w, h := g.Size()
	if s == nil {
		s = &nothing
	}
	if st.Page == 0 {
		st.Page = PageOverview
	}
	replay := st.Replay.Timeline != nil
	if w < MinW || h < MinH {
		tiny(g, s, replay, th)
		return st
	}
	panel.Title(g, 0, 0, w, s, replay, th)
	panel.Progress(g, 0, 1, w, s, th)
	panel.Load(g, 0, 2, w, s, th)
	body := cells.Rect{X: 0, Y: 3, W: w, H: h - 4}
	if replay && h >= 12 {
		body.H--
		panel.Tape(g, 0, h-2, w, st.Replay.Timeline, st.Replay.Head, st.Replay.Playing, st.Replay.Speed, th)
	}
	if h >= tallH {
		banner(g, cells.Rect{Y: 3, W: w, H: 1}, s, th, st)
		body.Y, body.H = 4, body.H-1
	} else if bannerText(s, st) != "" { // it is worth the third line
		g.Fill(cells.Rect{Y: 2, W: w, H: 1}, ' ', cells.Style{})
		banner(g, cells.Rect{Y: 2, W: w, H: 1}, s, th, st)
	}
	draw := pages[st.Page]
	if draw == nil {
		draw = overview
	}
	draw(g, body, s, th, &st)
	if p := st.Prompt; p.Label != "" {
		panel.Prompt(g, 0, h-1, w, p.Label, p.Text, p.At, p.Hint, th)
	} else {
		panel.Footer(g, 0, h-1, w, tabs(s), st.Page.key(), keys.Table, th)
	}
	overlays(g, s, th, &st, keys)
	return st
}

// pages draw what is between header and footer.
var pages = map[Page]func(*cells.Grid, cells.Rect, *snap.Snapshot, *theme.Theme, *State){
	PageOverview: overview,
	PageLatency:  latency,
	PageSlices:   slicesPage,
	PageGPUs:     gpusPage,
	PageServer:   serverPage,
	PageRequests: requestsPage,
	PageErrors:   errorsPage,
	PageLog:      logPage,
	PageConfig:   configPage,
	PageRuns:     runsPage,
}

// overlays draws what lies over a page: help, or a question.
func overlays(g *cells.Grid, s *snap.Snapshot, th *theme.Theme, st *State, keys Keys) {
	switch {
	case st.Help:
		note := ""
		if st.Traffic > 0 {
			note = "this screen: " + strconv.FormatFloat(float64(st.Traffic)/1000, 'f', 1, 64) + " kB/s"
		}
		st.HelpTop = panel.Help(g, keys.Table, st.HelpTop, note, th)
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
func tiny(g *cells.Grid, s *snap.Snapshot, replay bool, th *theme.Theme) {
	w, h := g.Size()
	if h < 1 {
		return
	}
	line := panel.StateWord(s) + "  " + strconv.FormatInt(s.Done, 10) + " done  errors " + strconv.FormatInt(s.Errors, 10)
	if s.Run.Simulated {
		line = panel.Simulated + "  " + line
	}
	if replay {
		line = panel.Replayed + "  " + line
	}
	g.Text(0, 0, w, line, th.Style(theme.Text))
	if h > 1 {
		g.Text(0, 1, w, "needs "+strconv.Itoa(MinW)+"x"+strconv.Itoa(MinH), th.Style(theme.Dim))
	}
}

// Rule draws a line with a title and notes.
func Rule(g *cells.Grid, r cells.Rect, title string, note []panel.Seg, th *theme.Theme) {
	rule(g, r, title, note, th)
}

func rule(g *cells.Grid, r cells.Rect, title string, note []panel.Seg, th *theme.Theme) {
	for x := r.X; x < r.X+r.W; x++ {
		g.Rune(x, r.Y, th.Glyphs.H, th.Style(theme.Frame))
	}
	panel.Caption(g, r.X, r.Y, r.W, title, note, th)
}
