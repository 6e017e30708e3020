package panel

import (
	"strconv"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/theme"
)

// Errors lists failures by cause, the most frequent first as they come.
func Errors(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme) {
	if len(s.ErrorGroups) == 0 {
		text := "none so far"
		if s.Final != nil {
			text = "none"
		}
		if s.Errors > 0 {
			text = figure.Count(s.Errors) + " not sorted yet"
		}
		g.Text(r.X+1, r.Y, r.W-2, text, th.Style(theme.Dim))
		return
	}
	y, bottom := r.Y, r.Y+r.H
	for i, e := range s.ErrorGroups {
		if y >= bottom {
			return
		}
		if left := len(s.ErrorGroups) - i; left > 1 && y == bottom-1 {
			g.Text(r.X+1, y, r.W-2, strconv.Itoa(left)+" more kinds", th.Style(theme.Dim))
			return
		}
		head := e.Kind
		if e.Code != 0 {
			head += " " + strconv.Itoa(e.Code)
		}
		g.Right(r.X+7, y, 6, figure.Count(e.Count), th.Style(theme.Warn))
		end := g.Text(r.X+8, y, r.W-9, head, th.Style(theme.Text))
		note := "last " + figure.Clock(e.LastAt)
		if end+2+len(note) < r.X+r.W {
			g.Right(r.X+r.W-1, y, len(note), note, th.Style(theme.Dim))
		}
		y++
		if e.Message != "" && y < bottom && (bottom-y > len(s.ErrorGroups)-i-1) {
			g.Text(r.X+8, y, r.W-9, e.Message, th.Style(theme.Dim))
			y++
		}
	}
}

// Events lists notices, newest first.
func Events(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme) {
	if len(s.Notices) == 0 && r.H > 0 {
		text := "no events yet"
		if s.Final != nil {
			text = "no events"
		}
		g.Text(r.X+1, r.Y, r.W-2, text, th.Style(theme.Dim))
	}
	for i := range min(r.H, len(s.Notices)) {
		event(g, r.X+1, r.Y+i, r.W-2, s.Notices[len(s.Notices)-1-i], th)
	}
}

// LastEvent draws the newest notice or failure in one line, or the GPU sentence
// when there is neither.
func LastEvent(g *cells.Grid, x, y, width int, s *snap.Snapshot, th *theme.Theme) {
	n := len(s.Notices)
	for _, e := range s.ErrorGroups {
		if n > 0 && e.LastAt < s.Notices[n-1].At {
			continue
		}
		event(g, x+1, y, width-2, snap.Notice{At: e.LastAt, Warn: true, Text: e.Kind + ": " + e.Message}, th)
		return
	}
	if n > 0 {
		event(g, x+1, y, width-2, s.Notices[n-1], th)
		return
	}
	g.Text(x+1, y, width-2, NoGPUs(s), th.Style(theme.Dim))
}

func event(g *cells.Grid, x, y, width int, n snap.Notice, th *theme.Theme) {
	end := g.Text(x, y, width, figure.Clock(n.At), th.Style(theme.Dim))
	role := theme.Label
	if n.Warn {
		role = theme.Warn
		end = g.Text(end+1, y, x+width-end-1, th.Glyphs.Warn, th.Style(role))
	}
	g.Text(end+1, y, x+width-end-1, n.Text, th.Style(role))
}

// Files lists the artifacts written so far under their directory.
func Files(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme) {
	if r.H < 1 {
		return
	}
	y := r.Y
	if s.Run.Dir != "" {
		g.Text(r.X+1, y, r.W-2, s.Run.Dir, th.Style(theme.Strong))
		y++
	}
	if len(s.Files) == 0 {
		g.Text(r.X+1, y, r.W-2, "nothing written yet", th.Style(theme.Dim))
		return
	}
	const size = 10
	cols := max(1, (r.W-1)/46)
	width := (r.W - 1) / cols
	room := (r.Y + r.H - y) * cols
	for i, f := range s.Files {
		if i >= room {
			return
		}
		x := r.X + 1 + i%cols*width
		if i == room-1 && len(s.Files) > room {
			g.Text(x, y+i/cols, width-2, strconv.Itoa(len(s.Files)-i)+" more", th.Style(theme.Dim))
			return
		}
		g.Text(x, y+i/cols, width-size-2, f.Name, th.Style(theme.Label))
		g.Right(x+width-2, y+i/cols, size, figure.Bytes(f.Bytes), th.Style(theme.Text))
	}
}
