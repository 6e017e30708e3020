package panel

import (
	"tacho/views/cells"
	"tacho/views/theme"
)

// Prompt draws a line that is being typed: what it is for, the text with its
// cursor at a character, and a hint.
func Prompt(g *cells.Grid, x, y, width int, label, text string, at int, hint string, th *theme.Theme) {
	g.Fill(cells.Rect{X: x, Y: y, W: width, H: 1}, ' ', cells.Style{})
	end := x + width
	x = g.Text(x+1, y, width/2, label, th.Style(theme.Accent).With(cells.Bold)) + 1
	room := end - x - 1
	if n := cells.Width(hint); hint != "" && n+cells.Width(text)+4 < room {
		g.Right(end-1, y, n, hint, th.Style(theme.Dim))
		room -= n + 2
	}
	Input(g, x, y, room, text, at, th)
}

// Input draws text that is being typed with its cursor at a character. It moves
// to the left when it is longer than its room.
func Input(g *cells.Grid, x, y, room int, text string, at int, th *theme.Theme) {
	if room < 1 {
		return
	}
	end := x + room
	r := []rune(text)
	at = max(0, min(at, len(r)))
	from := 0
	for from < at && cells.Width(string(r[from:at])) >= room {
		from++
	}
	to := len(r)
	for to > at && cells.Width(string(r[from:to])) >= room {
		to--
	}
	x = g.Text(x, y, room, string(r[from:at]), th.Style(theme.Strong))
	under, rest := " ", ""
	if at < to {
		under, rest = string(r[at]), string(r[at+1:to])
	}
	x = g.Text(x, y, max(1, cells.Width(under)), under, th.Style(theme.Strong).With(cells.Reverse))
	g.Text(x, y, end-x, rest, th.Style(theme.Strong))
}
