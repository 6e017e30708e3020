package panel

import (
	"tacho/views/cells"
	"tacho/views/theme"
)

// Key is one entry of the key table that drives the input, as footer and help
// show it.
type Key struct {
	Keys  string // "tab", "1-5"
	Short string // one word for the footer; empty keeps it to the help page
	Help  string
	// Off is why the key does nothing now; empty when it works.
	Off string
}

// Footer draws the keys that work, as many as fit; the last two in the table
// matter most and are kept longest.
func Footer(g *cells.Grid, x, y, width int, keys []Key, th *theme.Theme) {
	var use []Key
	for _, k := range keys {
		if k.Short != "" && k.Off == "" {
			use = append(use, k)
		}
	}
	need := func() int {
		n := 1
		for _, k := range use {
			n += cells.Width(k.Keys) + cells.Width(k.Short) + 4
		}
		return n
	}
	for len(use) > 2 && need() > width {
		use = append(use[:len(use)-3], use[len(use)-2:]...)
	}
	at := x + 1
	for _, k := range use {
		at = g.Text(at, y, x+width-at, k.Keys, th.Style(theme.Accent).With(cells.Bold))
		at = g.Text(at+1, y, x+width-at-1, k.Short, th.Style(theme.Label))
		at += 3
	}
}

// Overlay clears a centred box, frames it and returns its inside. The first
// line of the screen stays in sight.
func Overlay(g *cells.Grid, width, height int, title string, th *theme.Theme) cells.Rect {
	w, h := g.Size()
	r := cells.Rect{W: min(width, w), H: min(height, h-1)}
	r.X, r.Y = (w-r.W)/2, max(1, (h-r.H)/2)
	g.Fill(r, ' ', th.Style(theme.Text))
	return Box(g, r, title, nil, th)
}

// Help draws the whole key table over the screen.
func Help(g *cells.Grid, keys []Key, th *theme.Theme) {
	keyW, textW := 0, 0
	for _, k := range keys {
		keyW = max(keyW, cells.Width(k.Keys))
		textW = max(textW, cells.Width(helpText(k)))
	}
	in := Overlay(g, keyW+textW+7, len(keys)+4, "Keys", th)
	for i, k := range keys {
		if i >= in.H-1 {
			break
		}
		role := theme.Text
		if k.Off != "" {
			role = theme.Dim
		}
		g.Text(in.X+1, in.Y+i, keyW, k.Keys, th.Style(theme.Accent).With(cells.Bold))
		g.Text(in.X+keyW+3, in.Y+i, in.W-keyW-4, helpText(k), th.Style(role))
	}
	g.Text(in.X+1, in.Y+in.H-1, in.W-2, "any key closes this page", th.Style(theme.Dim))
}

func helpText(k Key) string {
	if k.Off != "" {
		return k.Help + " (" + k.Off + ")"
	}
	return k.Help
}

// Question draws a question and its answers over the screen.
func Question(g *cells.Grid, title string, text []string, answers []Key, th *theme.Theme) {
	width := cells.Width(title) + 6
	for _, t := range text {
		width = max(width, cells.Width(t)+4)
	}
	for _, a := range answers {
		width = max(width, cells.Width(a.Keys)+cells.Width(a.Help)+8)
	}
	in := Overlay(g, width, len(text)+len(answers)+3, title, th)
	for i, t := range text {
		g.Text(in.X+1, in.Y+i, in.W-2, t, th.Style(theme.Text))
	}
	y := in.Y + len(text) + 1
	if in.H < len(text)+len(answers)+1 {
		y--
	}
	for i, a := range answers {
		end := g.Text(in.X+2, y+i, in.W-3, a.Keys, th.Style(theme.Accent).With(cells.Bold))
		g.Text(end+2, y+i, in.X+in.W-end-3, a.Help, th.Style(theme.Text))
	}
}
