package panel

import (
	"strconv"

	"tacho/views/cells"
	"tacho/views/theme"
)

// Key is one entry of the key table that drives the input, as footer and help
// show it.
type Key struct {
	Keys  string // "tab", "1-5"
	Short string // one word for the footer; empty keeps it to the help page
	Help  string
	// Foot stands for Keys in the footer, where one entry covers two rows.
	Foot string
	// Off is why the key does nothing now; empty when it works.
	Off string
}

// Tab is one page as the footer shows it.
type Tab struct {
	Key, Name    string
	Short, Least string // where there is less room
}

func (k Key) foot() string {
	if k.Foot != "" {
		return k.Foot
	}
	return k.Keys
}

// Footer draws the pages and the keys that work, as many as fit. The first
// keys of the table and the last two are kept longest.
func Footer(g *cells.Grid, x, y, width int, tabs []Tab, current string, keys []Key, th *theme.Theme) {
	var use []Key
	for _, k := range keys {
		if k.Short != "" && k.Off == "" {
			use = append(use, k)
		}
	}
	style := tabStyle(tabs, width-keysWidth(use[max(0, len(use)-2):])-2)
	at := x + 1
	for _, t := range tabs {
		at = drawTab(g, at, y, x+width-at, t, style, t.Key == current, th)
	}
	if len(tabs) > 0 {
		at++
	}
	for len(use) > 2 && keysWidth(use) > x+width-at {
		use = append(use[:len(use)-3], use[len(use)-2:]...)
	}
	words := keysWidth(use) <= x+width-at
	for _, k := range use {
		at = g.Text(at, y, x+width-at, k.foot(), th.Style(theme.Accent).With(cells.Bold))
		if words {
			at = g.Text(at+1, y, x+width-at-1, k.Short, th.Style(theme.Label)) + 1
		}
		at++
	}
}

func keysWidth(keys []Key) int {
	n := 0
	for _, k := range keys {
		n += cells.Width(k.foot()) + cells.Width(k.Short) + 3
	}
	return max(0, n-2)
}

// How much of a tab is written.
const (
	tabSpaced = iota // "1 overview  2 latency"
	tabShort         // "1over 2latency"
	tabLeast         // "1ov 2lat"
	tabKey           // "1 2"
)

func tabText(t Tab, style int) string {
	switch style {
	case tabSpaced:
		return t.Key + " " + t.Name + " "
	case tabShort:
		return t.Key + t.Short
	case tabLeast:
		return t.Key + t.Least
	}
	return t.Key
}

func tabStyle(tabs []Tab, width int) int {
	for style := range tabKey {
		n := 0
		for _, t := range tabs {
			n += cells.Width(tabText(t, style)) + 1
		}
		if n <= width {
			return style
		}
	}
	return tabKey
}

func drawTab(g *cells.Grid, x, y, width int, t Tab, style int, current bool, th *theme.Theme) int {
	text := tabText(t, style)
	if current {
		if style == tabSpaced {
			return g.Text(x-1, y, width+1, " "+text, th.Style(theme.Badge))
		}
		return g.Text(x, y, width, text, th.Style(theme.Badge)) + 1
	}
	end := g.Text(x, y, width, t.Key, th.Style(theme.Accent).With(cells.Bold))
	end = g.Text(end, y, x+width-end, text[len(t.Key):], th.Style(theme.Label))
	if style == tabSpaced {
		return end
	}
	return end + 1
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

// Help draws the key table over the screen from row top on, in two columns
// where there is room, and returns top brought into range.
func Help(g *cells.Grid, keys []Key, top int, note string, th *theme.Theme) int {
	gw, gh := g.Size()
	keyW, textW := 0, 0
	for _, k := range keys {
		keyW = max(keyW, cells.Width(k.Keys))
		textW = max(textW, cells.Width(helpText(k)))
	}
	colW := keyW + textW + 5
	cols := 1
	if len(keys) > gh-6 && 2*colW+2 <= gw {
		cols = 2
	}
	lines := (len(keys) + cols - 1) / cols
	in := Overlay(g, cols*colW+2, lines+4, "Keys", th)
	rows := max(1, in.H-2)
	top = max(0, min(top, lines-rows))
	for i := range min(rows, lines-top) {
		for c := range cols {
			j := c*lines + top + i
			if j >= len(keys) {
				continue
			}
			k, x := keys[j], in.X+1+c*colW
			role := theme.Text
			if k.Off != "" {
				role = theme.Dim
			}
			g.Text(x, in.Y+i, keyW, k.Keys, th.Style(theme.Accent).With(cells.Bold))
			g.Text(x+keyW+2, in.Y+i, min(colW-keyW-2, in.X+in.W-x-keyW-2), helpText(k), th.Style(role))
		}
	}
	foot := "any other key closes this page"
	if lines > rows {
		foot = strconv.Itoa(top+1) + "-" + strconv.Itoa(min(lines, top+rows)) + " of " + strconv.Itoa(lines) + ", up and down scroll, " + foot
	}
	Line(g, in.X+1, in.Y+in.H-1, in.W-2, []Seg{{Text: foot, Role: theme.Dim}, {Text: note, Role: theme.Dim, Drop: 1}}, th)
	return top
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
