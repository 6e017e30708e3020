package home

import (
	"strconv"

	"tacho/views/cells"
	"tacho/views/panel"
	"tacho/views/screen"
	"tacho/views/table"
	"tacho/views/theme"
)

// sideW is the width of the closer look beside the ledger, wideW the screen
// width from which there is room for both.
const (
	sideW = 52
	wideW = 150
)

// Draw draws the start screen into a cleared grid, and returns the state with
// its cursors brought into what there is to point at.
func Draw(g *cells.Grid, d *Data, th *theme.Theme, st State, keys []panel.Key) State {
	w, h := g.Size()
	if w < screen.MinW || h < screen.MinH {
		g.Text(0, 0, w, strconv.Itoa(len(d.Runs))+" runs", th.Style(theme.Text))
		if h > 1 {
			g.Text(0, 1, w, "needs "+strconv.Itoa(screen.MinW)+"x"+strconv.Itoa(screen.MinH), th.Style(theme.Dim))
		}
		return st
	}
	head(g, w, d, th)
	switch {
	case st.Flash != "":
		role := theme.Accent
		if st.FlashWarn {
			role = theme.Warn
		}
		g.Text(1, 1, w-2, st.Flash, th.Style(role))
	case d.Notice != "":
		g.Text(1, 1, w-2, th.Glyphs.Warn+" "+d.Notice, th.Style(theme.Warn))
	}
	body := cells.Rect{X: 0, Y: 2, W: w, H: h - 3}
	switch {
	case len(d.Runs) == 0 && len(d.Profiles) == 0:
		welcome(g, body, d, th)
	case w >= wideW:
		left, right := body, body
		left.W = w - sideW - 1
		right.X, right.W = left.W+1, sideW
		_, rows := ledger(d, &st, th)
		if list, below := screen.Under(left, len(rows)+2); below.H > 0 {
			left = list
			among(g, below, d, rows, th, &st)
		}
		runs(g, left, d, th, &st)
		profileH := min(max(4, len(d.Profiles)+2), right.H/3)
		top, bottom := cells.Rect{X: right.X, Y: right.Y, W: right.W, H: right.H - profileH}, cells.Rect{X: right.X, Y: right.Y + right.H - profileH, W: right.W, H: profileH}
		if len(d.Runs) == 0 { // there is nothing but profiles to look at
			top, bottom = screen.Under(right, len(d.Profiles)+2)
			top, bottom = bottom, top
		}
		look(g, top, d, th, &st)
		profiles(g, bottom, d, th, &st)
	case h >= 18:
		low := min(max(9, body.H*2/5), 18)
		top, bottom := body, body
		top.H = min(body.H-low, max(len(d.Runs), 3)+2) // what it does not need is for the closer look
		low = body.H - top.H
		bottom.Y, bottom.H = body.Y+top.H, low
		runs(g, top, d, th, &st)
		if st.Pane == Profiles {
			profiles(g, bottom, d, th, &st)
		} else {
			look(g, bottom, d, th, &st)
		}
	case st.Pane == Profiles:
		profiles(g, body, d, th, &st)
	default:
		runs(g, body, d, th, &st)
	}
	if p := st.Prompt; p.Label != "" {
		panel.Prompt(g, 0, h-1, w, p.Label, p.Text, p.At, p.Hint, th)
	} else {
		panel.Footer(g, 0, h-1, w, nil, "", keys, th)
	}
	if st.Help {
		st.HelpTop = panel.Help(g, keys, st.HelpTop, "", th)
	}
	return st
}

func head(g *cells.Grid, w int, d *Data, th *theme.Theme) {
	text := strconv.Itoa(len(d.Runs)) + " runs"
	if len(d.Runs) == 1 {
		text = "1 run"
	}
	start := panel.LineRight(g, w-1, 0, w/2, []panel.Seg{{Text: text, Role: theme.Strong}}, th)
	end := g.Text(0, 0, 7, " tacho ", th.Style(theme.Badge))
	g.Text(end+1, 0, start-end-3, d.Root, th.Style(theme.Label))
}

// welcome is the screen before the first run.
func welcome(g *cells.Grid, r cells.Rect, d *Data, th *theme.Theme) {
	type line struct{ key, text string }
	lines := []line{
		{"d", "a demo: half a minute against a server simulated in this program"},
		{"n", "a new run against your own server"},
		{"o", "open the files of a run, of this program or of AIPerf"},
		{"?", "all keys"},
	}
	text := "No runs yet."
	if d.Root != "" {
		text = "No runs in " + d.Root + " yet."
	}
	y := r.Y + max(0, (r.H-len(lines)-2)/3)
	x := r.X + max(2, (r.W-72)/2)
	g.Text(x, y, r.X+r.W-x-1, text, th.Style(theme.Strong))
	for i, l := range lines {
		if y+2+i >= r.Y+r.H {
			return
		}
		g.Text(x, y+2+i, 1, l.key, th.Style(theme.Accent).With(cells.Bold))
		g.Text(x+3, y+2+i, r.X+r.W-x-4, l.text, th.Style(theme.Text))
	}
}

func runs(g *cells.Grid, r cells.Rect, d *Data, th *theme.Theme, st *State) {
	l, rows := ledger(d, st, th)
	if len(d.Runs) == 0 {
		l.Empty = "no runs yet: d makes one in half a minute, n asks for your server"
	}
	by := "newest first"
	switch {
	case st.Runs.By > 0:
		by = "by " + panelTitle(l.Columns, st.Runs.By)
	case st.Runs.Flip:
		by = "oldest first"
	}
	screen.DrawList(g, r, pointed("Runs", st.Pane == Runs, th), []string{found(st.Runs.Filter, len(rows), len(d.Runs)), by}, l, &st.Runs, th)
}

// panelTitle names a column, those of percentiles with their metric.
func panelTitle(cols []table.Column, by int) string {
	if name := cols[by-1].Head; name != "p99" {
		return name
	}
	return "TTFT p99"
}

// pointed marks the pane that has the keys.
func pointed(title string, on bool, th *theme.Theme) string {
	if on {
		return th.Glyphs.Bullet + " " + title
	}
	return title
}

func found(filter string, n, all int) string {
	if filter == "" {
		return ""
	}
	return "/" + filter + "  " + strconv.Itoa(n) + " of " + strconv.Itoa(all)
}

func profiles(g *cells.Grid, r cells.Rect, d *Data, th *theme.Theme, st *State) {
	rows := profilesOf(d, st)
	l := &table.List{Len: len(rows), Sort: -1, Select: st.Pane == Profiles, Empty: "none is saved yet: n makes a run, s in its form saves the profile",
		Columns: []table.Column{{Head: "name", Width: 20, Left: true}, {Head: "what", Width: 12, Left: true, Grow: true, Drop: 1}}}
	l.Cell = func(row, col int) table.Cell {
		if col == 0 {
			return table.Cell{Text: rows[row].Name, Role: theme.Text}
		}
		return table.Cell{Text: rows[row].Summary, Role: theme.Label}
	}
	screen.DrawList(g, r, pointed("Profiles", st.Pane == Profiles, th), []string{found(st.Profiles.Filter, len(rows), len(d.Profiles))}, l, &st.Profiles, th)
}
