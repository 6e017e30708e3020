package screen

import (
	"math"
	"strconv"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/panel"
	"tacho/views/table"
	"tacho/views/theme"
)

// wide is the layout of large screens: boxes beside each other.
func wide(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	done := s.State == snap.Done || s.State == snap.Failed
	roomy := r.W >= 160
	top := min(max(10, len(s.Live)+6), max(12, r.H*36/100), r.H/2)
	events := 1
	if roomy {
		events = 0 // they have a panel of their own
	}
	more := asides(s, st)
	events += len(more)
	rest := r.H - top - events
	bottom := min(max(7, rest*2/5), 18)
	if roomy {
		bottom = min(max(8, rest/3), 18)
	}
	if need := filesHeight(s); done && need > bottom { // nothing moves any more
		bottom = min(need, rest-8)
	}
	mid := rest - bottom

	topRow(g, cells.Rect{X: r.X, Y: r.Y, W: r.W, H: top}, s, th, roomy)
	charts(g, cells.Rect{X: r.X, Y: r.Y + top, W: r.W, H: mid}, s, th, st)
	bottomRow(g, cells.Rect{X: r.X, Y: r.Y + top + mid, W: r.W, H: bottom}, s, th, st, chartRows(mid), roomy, done)
	for i, l := range more {
		panel.Line(g, r.X+1, r.Y+r.H-events+i, r.W-2, l, th)
	}
	if !roomy {
		panel.LastEvent(g, r.X, r.Y+r.H-1, r.W, s, th)
	}
}

// sideWidth is the width of the narrow boxes on the right.
func sideWidth(w int) int { return min(44, w-80) }

// filesHeight is the room for the errors and all files of a finished run.
func filesHeight(s *snap.Snapshot) int {
	if len(s.Files) == 0 {
		return 0
	}
	h := 3 + len(s.Files)
	if len(s.ErrorGroups) > 0 {
		h += errorsHeight(s)
	}
	return h
}

// errorsHeight is the height of the box of errors beside the files.
func errorsHeight(s *snap.Snapshot) int { return 2 + min(4, 2*len(s.ErrorGroups)) }

func topRow(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, roomy bool) {
	right := sideWidth(r.W)
	left := r.W - right
	if roomy {
		left = min(left, 110)
	}
	title := "Now and so far"
	if s.Final != nil {
		title = "Result"
	}
	in := panel.Box(g, cells.Rect{X: r.X, Y: r.Y, W: left, H: r.H}, title, panel.Note(tokenNote(s)), th)
	room := in
	room.H -= table.RateLines(s)
	used := table.Metrics(g, room, s, th)
	table.Rates(g, cells.Rect{X: in.X, Y: in.Y + used, W: in.W, H: in.H - used}, s, th)
	client := cells.Rect{X: r.X + left, Y: r.Y, W: r.W - left, H: r.H}
	if roomy {
		client.W = 44
		ev := cells.Rect{X: client.X + 44, Y: r.Y, W: r.W - left - 44, H: r.H}
		if ev.W >= 24 {
			if watched(s) {
				ev.H = r.H / 2
				box := cells.Rect{X: ev.X, Y: ev.Y + ev.H, W: ev.W, H: r.H - ev.H}
				panel.Sensors(g, panel.Box(g, box, "GPUs and servers", nil, th), s, th)
			}
			panel.Events(g, panel.Box(g, ev, "Events", panel.Note("newest first"), th), s, th)
		} else {
			client.W = r.W - left
		}
	}
	if watched(s) && !roomy { // the head has the verdict on the client
		in := panel.Box(g, client, "GPUs, servers, this client", nil, th)
		n := panel.Sensors(g, in, s, th)
		panel.Client(g, cells.Rect{X: in.X, Y: in.Y + n, W: in.W, H: in.H - n}, s, th)
		return
	}
	panel.Client(g, panel.Box(g, client, "This client", panel.Note("p50 / p99"), th), s, th)
}

// watched reports whether anything was measured beside the requests.
func watched(s *snap.Snapshot) bool { return len(s.GPUs)+len(s.Servers) > 0 }

// tokenNote says who counts the tokens.
func tokenNote(s *snap.Snapshot) string {
	if s.Run.Tokenizer == "" {
		return ""
	}
	return "tokens by " + s.Run.Tokenizer
}

// chartRows is how many rows of charts a height has room for.
func chartRows(h int) int {
	if h >= 24 {
		return 2
	}
	return 1
}

// charted is the chart at a place of the rows: they begin with the pair that
// holds the one in focus.
func charted(st *State, place int) int { return (st.Focus&^1 + place) % Charts() }

// spare is the chart below rows of others: of the throughput or what follows it,
// whichever is not above already.
func spare(st *State, rows int) int {
	i := plotTokens
	for place := 0; place < min(2*rows, Charts()-1); place++ {
		if charted(st, place) == i {
			i, place = (i+1)%Charts(), -1
		}
	}
	return i
}

// charts puts two charts side by side, in two rows where there is room.
func charts(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	rows := chartRows(r.H)
	h := r.H / rows
	for row := range rows {
		y, height := r.Y+row*h, h
		if row == rows-1 {
			height = r.H - row*h
		}
		left := r.W / 2
		for col, x := range []int{r.X, r.X + left} {
			w := left
			if col == 1 {
				w = r.W - left
			}
			boxed(g, cells.Rect{X: x, Y: y, W: w, H: height}, s, th, st, charted(st, row*2+col))
		}
	}
}

// boxed draws one chart in a frame; the one in focus has a pointer.
func boxed(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State, i int) {
	c, title, legend := plots[i].build(s, st, th)
	if i == st.Focus {
		title = th.Glyphs.Bullet + " " + title
	} else {
		quiet(c)
	}
	in := panel.Box(g, r, title, legend, th)
	c.Draw(g, cells.Rect{X: in.X, Y: in.Y, W: in.W - 1, H: in.H}, th)
}

// bottomRow shows the slices, or the throughput where there are none, beside
// what went wrong or what was written.
func bottomRow(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State, rows int, roomy, done bool) {
	right := sideWidth(r.W)
	if roomy {
		right = r.W - 110
	}
	left := cells.Rect{X: r.X, Y: r.Y, W: r.W - right, H: r.H}
	if s.SliceWidth > 0 {
		in := panel.Box(g, left, "Slices of "+figure.Span(s.SliceWidth), panel.Note("times in ms, newest first"), th)
		table.Slices(g, in, s, th, st.slice())
	} else {
		boxed(g, left, s, th, st, spare(st, rows))
	}
	side := cells.Rect{X: r.X + left.W, Y: r.Y, W: right, H: r.H}
	if done && len(s.Files) > 0 {
		files := side
		if len(s.ErrorGroups) > 0 && side.H >= 8 {
			errs := side
			errs.H = min(side.H/2, errorsHeight(s))
			panel.Errors(g, panel.Box(g, errs, "Errors", panel.Note(errorNote(s)), th), s, th)
			files.Y, files.H = side.Y+errs.H, side.H-errs.H
		}
		panel.Files(g, panel.Box(g, files, "Files", panel.Note(strconv.Itoa(len(s.Files))), th), s, th)
		return
	}
	if h := max(3, errorsHeight(s)); roomy && side.H-h >= leastRoom-2 { // there is room for what took longest
		slow := cells.Rect{X: side.X, Y: side.Y + h, W: side.W, H: side.H - h}
		side.H = h
		slowest(g, slow, s, th, st)
	}
	panel.Errors(g, panel.Box(g, side, "Errors", panel.Note(errorNote(s)), th), s, th)
}

// slowest lists the requests that took longest.
func slowest(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	in := panel.Box(g, r, "Slowest requests", panel.Note("times in ms, 6 opens them"), th)
	l, _ := table.RequestList(requestsOf(s, st, Slowest), table.Order{}, len(s.Run.SLOs) > 0)
	l.Select, l.Empty = false, "no request has ended yet"
	l.Draw(g, in, table.Cursor{}, th)
}

func errorNote(s *snap.Snapshot) string {
	if s.Errors == 0 || s.Done+s.Errors == 0 {
		return ""
	}
	share := float64(s.Errors) / float64(s.Done+s.Errors)
	if math.IsNaN(share) {
		return ""
	}
	return figure.Count(s.Errors) + ", " + figure.Share(share) + " %"
}
