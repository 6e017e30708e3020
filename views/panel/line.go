package panel

import (
	"tacho/views/cells"
	"tacho/views/theme"
)

// Seg is one piece of a line.
type Seg struct {
	Text string
	Role theme.Role
	// Mark is drawn before the text in a style of its own; 0 is none.
	Mark     rune
	MarkRole theme.Role
	// Drop orders what goes first when the line is too short: the highest
	// number first, 0 never.
	Drop int
}

// Line draws pieces from the left, two cells apart, without those that do not
// fit, and returns the cell after the last one.
func Line(g *cells.Grid, x, y, width int, segs []Seg, th *theme.Theme) int {
	segs = Fit(segs, width)
	end := x + width
	for i, s := range segs {
		if i > 0 {
			x += 2
		}
		if s.Mark != 0 && x+1 < end {
			g.Rune(x, y, s.Mark, th.Style(s.MarkRole))
			x += 2
		}
		x = g.Text(x, y, end-x, s.Text, th.Style(s.Role))
	}
	return x
}

// LineRight draws pieces so that the last ends before column end, and returns
// the column of the first.
func LineRight(g *cells.Grid, end, y, width int, segs []Seg, th *theme.Theme) int {
	segs = Fit(segs, width)
	x := end - min(width, measure(segs))
	Line(g, x, y, end-x, segs, th)
	return x
}

// Fit leaves out empty pieces, and the most droppable ones until the rest fits
// into width.
func Fit(segs []Seg, width int) []Seg {
	kept := make([]Seg, 0, len(segs))
	for _, s := range segs {
		if s.Text != "" {
			kept = append(kept, s)
		}
	}
	for measure(kept) > width {
		worst := -1
		for i, s := range kept {
			if s.Drop > 0 && (worst < 0 || s.Drop >= kept[worst].Drop) {
				worst = i
			}
		}
		if worst < 0 {
			break
		}
		kept = append(kept[:worst], kept[worst+1:]...)
	}
	return kept
}

func measure(segs []Seg) int {
	w := 0
	for i, s := range segs {
		if i > 0 {
			w += 2
		}
		w += cells.Width(s.Text)
		if s.Mark != 0 {
			w += 2
		}
	}
	return w
}

// Box draws a frame with a title on its upper left and a note on its upper
// right, and returns the inside.
func Box(g *cells.Grid, r cells.Rect, title string, note []Seg, th *theme.Theme) cells.Rect {
	if r.W < 4 || r.H < 2 {
		return cells.Rect{X: r.X, Y: r.Y}
	}
	gl, frame := th.Glyphs, th.Style(theme.Frame)
	for x := r.X + 1; x < r.X+r.W-1; x++ {
		g.Rune(x, r.Y, gl.H, frame)
		g.Rune(x, r.Y+r.H-1, gl.H, frame)
	}
	for y := r.Y + 1; y < r.Y+r.H-1; y++ {
		g.Rune(r.X, y, gl.V, frame)
		g.Rune(r.X+r.W-1, y, gl.V, frame)
	}
	g.Rune(r.X, r.Y, gl.TL, frame)
	g.Rune(r.X+r.W-1, r.Y, gl.TR, frame)
	g.Rune(r.X, r.Y+r.H-1, gl.BL, frame)
	g.Rune(r.X+r.W-1, r.Y+r.H-1, gl.BR, frame)
	Caption(g, r.X+1, r.Y, r.W-2, title, note, th)
	return r.Inset(1, 1)
}

// Note is a caption's note in plain words; empty is none.
func Note(text string) []Seg {
	return []Seg{{Text: text, Role: theme.Dim, Drop: 1}}
}

// Caption draws a title and a note into a ruled line.
func Caption(g *cells.Grid, x, y, width int, title string, note []Seg, th *theme.Theme) {
	used := 0
	if title != "" && width > 6 {
		g.Rune(x, y, ' ', th.Style(theme.Frame))
		end := g.Text(x+1, y, width-2, title, th.Style(theme.Title))
		g.Rune(end, y, ' ', th.Style(theme.Frame))
		used = end + 1 - x
	}
	note = Fit(note, width-used-3)
	if n := measure(note); n > 0 && used+n+3 <= width {
		at := x + width - n - 2
		g.Fill(cells.Rect{X: at, Y: y, W: n + 2, H: 1}, ' ', th.Style(theme.Frame))
		Line(g, at+1, y, n, note, th)
	}
}
