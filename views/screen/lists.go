package screen

import (
	"hash/fnv"
	"strings"

	"tacho/views/cells"
	"tacho/views/panel"
	"tacho/views/table"
	"tacho/views/theme"
)

// settle puts the cursor back on the row it was on, wherever that is now.
// key names a row; it is never 0.
func (l *ListState) settle(n int, key func(int) uint64) {
	if l.Key == 0 {
		return
	}
	for i := range n {
		if key(i) == l.Key {
			l.Top += i - l.At
			l.At = i
			return
		}
	}
	l.Key = 0
}

// hold remembers the row the cursor is on. On the first row it stays first:
// whoever has not moved wants to see what comes.
func (l *ListState) hold(n int, key func(int) uint64) {
	l.Key = 0
	if l.At > 0 && l.At < n {
		l.Key = key(l.At)
	}
}

// skip moves the cursor off a row that only separates others, onward in the
// direction it came from. Above the first row that can be pointed at, all of
// them stay in sight.
func (l *ListState) skip(n int, rule func(int) bool) {
	l.At = max(0, min(l.At, n-1))
	step := 1
	if l.Up {
		step = -1
	}
	for range 2 {
		i := l.At
		for i >= 0 && i < n && rule(i) {
			i += step
		}
		if i >= 0 && i < n {
			l.At = i
			break
		}
		step = -step
	}
	for i := range min(l.At, n) {
		if !rule(i) {
			return
		}
	}
	l.Top = 0
}

// drawList draws a caption and a list that scrolls.
func drawList(g *cells.Grid, r cells.Rect, title string, notes []string, l *table.List, ls *ListState, key func(int) uint64, th *theme.Theme) {
	if key != nil {
		ls.settle(l.Len, key)
	}
	in := cells.Rect{X: r.X, Y: r.Y + 1, W: r.W, H: r.H - 1}
	notes = append(notes, ls.Span(l.Len, table.Rows(in.H)))
	rule(g, r, title, segs(notes), th)
	ls.Cursor = l.Draw(g, in, ls.Cursor, th)
	if key != nil {
		ls.hold(l.Len, key)
	}
}

// DrawList draws a caption with notes and a list that scrolls, and brings the
// cursor into range.
func DrawList(g *cells.Grid, r cells.Rect, title string, notes []string, l *table.List, ls *ListState, th *theme.Theme) {
	drawList(g, r, title, notes, l, ls, nil, th)
}

// segs are notes in plain words; the first ones go first.
func segs(notes []string) []panel.Seg {
	var out []panel.Seg
	for i, n := range notes {
		if n != "" {
			out = append(out, panel.Seg{Text: n, Role: theme.Dim, Drop: len(notes) - i})
		}
	}
	return out
}

// hash names a row by what it says.
func hash(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p)) // never fails
		_, _ = h.Write([]byte{0})
	}
	return max(1, h.Sum64())
}

// filterNote says what a filter let through.
func filterNote(filter string, found, all int) string {
	if filter == "" {
		return ""
	}
	return "/" + filter + "  " + countOf(found, all)
}

// lineCount is how many lines texts take in a width.
func lineCount(paragraphs []string, w int) int {
	n := 0
	for _, p := range paragraphs {
		for part := range strings.SplitSeq(p, "\n") {
			n += len(cells.Wrap(part, w))
		}
	}
	return n
}

// detail draws wrapped text under a caption, from a line on, and returns that
// line brought into range.
func detail(g *cells.Grid, r cells.Rect, title string, paragraphs []string, top int, th *theme.Theme) int {
	if r.H < 2 {
		return top
	}
	var lines []string
	for _, p := range paragraphs {
		for part := range strings.SplitSeq(p, "\n") {
			lines = append(lines, cells.Wrap(part, r.W-2)...)
		}
	}
	room := r.H - 1
	top = max(0, min(top, len(lines)-room))
	rule(g, r, title, segs([]string{table.Cursor{At: top, Top: top}.Span(len(lines), room)}), th)
	for i := range min(room, len(lines)-top) {
		g.Text(r.X+1, r.Y+1+i, r.W-2, lines[top+i], th.Style(theme.Text))
	}
	return top
}
