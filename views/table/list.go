package table

import (
	"strconv"
	"strings"
	"unicode"

	"tacho/views/cells"
	"tacho/views/theme"
)

// Column is one column of a List.
type Column struct {
	Head string
	// Width is in cells, with the gap before it.
	Width int
	// Drop is when the column goes if room is short: the highest first, 0 never.
	Drop int
	// Left is for words, which begin at the left; numbers end at the right.
	Left bool
	// Grow takes the room that is left over.
	Grow bool
}

func (c Column) room() (width, drop int) { return c.Width, c.Drop }

// Cell is one value of a List.
type Cell struct {
	Text string
	Role theme.Role
}

// List is a table that scrolls. It draws only the rows in sight.
type List struct {
	Columns []Column
	Len     int
	Cell    func(row, col int) Cell
	// Rule is the text of a row that separates others; ok is false for an
	// ordinary row. Nil: there are none.
	Rule func(row int) (text string, ok bool)
	// Sort is the column that the rows are ordered by, -1 none.
	Sort int
	Desc bool
	// Select shows which row the cursor is on.
	Select bool
	// Empty is what to say without rows.
	Empty string
}

// Cursor is a place in a list: the row it is on and the first one in sight.
type Cursor struct{ At, Top int }

// Fit brings the cursor into a list of n rows of which h are in sight.
func (c Cursor) Fit(n, h int) Cursor {
	c.At = max(0, min(c.At, n-1))
	h = max(1, h)
	c.Top = max(c.At-h+1, min(c.Top, c.At))
	c.Top = max(0, min(c.Top, n-h))
	return c
}

// Span says which rows are in sight: "13-40 of 360"; empty when all are.
func (c Cursor) Span(n, h int) string {
	if n <= h || h < 1 {
		return ""
	}
	c = c.Fit(n, h)
	return strconv.Itoa(c.Top+1) + "-" + strconv.Itoa(min(n, c.Top+h)) + " of " + strconv.Itoa(n)
}

// shownColumn is a column that has room, by its index in the list.
type shownColumn struct {
	Column
	i int
}

// columns chooses what fits into a width.
func (l *List) columns(width int) []shownColumn {
	cols := make([]shownColumn, len(l.Columns))
	for i, c := range l.Columns {
		cols[i] = shownColumn{c, i}
	}
	cols = fit(cols, width)
	total := 0
	for _, c := range cols {
		total += c.Width
	}
	grow := 0
	for _, c := range cols {
		if c.Grow {
			grow++
		}
	}
	for i := range cols {
		if cols[i].Grow && total < width {
			more := (width - total) / grow
			cols[i].Width += more
			total += more
			grow--
		}
	}
	return cols
}

// Rows is how many rows of a list have room in a height.
func Rows(height int) int { return max(0, height-1) }

// Draw draws the head and the rows in sight, and returns the cursor brought
// into range.
func (l *List) Draw(g *cells.Grid, r cells.Rect, cur Cursor, th *theme.Theme) Cursor {
	h := Rows(r.H)
	cur = cur.Fit(l.Len, h)
	if r.H < 1 || r.W < 8 {
		return cur
	}
	if l.Len == 0 {
		for i, line := range cells.Wrap(l.Empty, r.W-2) {
			if i < r.H {
				g.Text(r.X+1, r.Y+i, r.W-2, line, th.Style(theme.Dim))
			}
		}
		return cur
	}
	cols := l.columns(r.W - 2)
	x := r.X + 1
	total := 0
	for i, c := range cols { // what cannot be dropped may still be too much
		if total += c.Width; total > r.W-1 {
			cols = cols[:i]
			break
		}
	}
	for _, c := range cols {
		head, role := c.Head, theme.Dim
		if c.i == l.Sort {
			arrow := th.Glyphs.Up
			if l.Desc {
				arrow = th.Glyphs.Down
			}
			head, role = string(arrow)+head, theme.Strong
		}
		put(g, x, r.Y, c.Column, head, th.Style(role))
		x += c.Width
	}
	l.rows(g, cells.Rect{X: r.X, Y: r.Y + 1, W: r.W, H: h}, cur, cols, th)
	return cur
}

// Bare draws the rows in sight without a head, and returns the cursor brought
// into range.
func (l *List) Bare(g *cells.Grid, r cells.Rect, cur Cursor, th *theme.Theme) Cursor {
	cur = cur.Fit(l.Len, r.H)
	l.rows(g, r, cur, l.columns(r.W-2), th)
	return cur
}

// rows draws as many rows as a rectangle holds.
func (l *List) rows(g *cells.Grid, r cells.Rect, cur Cursor, cols []shownColumn, th *theme.Theme) {
	for i := range min(r.H, l.Len-cur.Top) {
		l.row(g, r, r.Y+i, cur.Top+i, cols, th)
		if l.Select && cur.Top+i == cur.At {
			g.Tint(cells.Rect{X: r.X, Y: r.Y + i, W: r.W, H: 1}, func(s cells.Style) cells.Style { return s.With(cells.Reverse) })
		}
	}
}

func (l *List) row(g *cells.Grid, r cells.Rect, y, row int, cols []shownColumn, th *theme.Theme) {
	if l.Rule != nil {
		if text, ok := l.Rule(row); ok {
			for x := r.X + 1; x < r.X+r.W-1; x++ {
				g.Rune(x, y, th.Glyphs.H, th.Style(theme.Frame))
			}
			text = " " + text + " "
			g.Text(r.X+3, y, r.W-6, text, th.Style(theme.Title))
			return
		}
	}
	x := r.X + 1
	for _, c := range cols {
		cell := l.Cell(row, c.i)
		put(g, x, y, c.Column, cell.Text, th.Style(cell.Role))
		x += c.Width
	}
}

// put writes into a column: words with the gap behind them, numbers with the
// gap before.
func put(g *cells.Grid, x, y int, c Column, text string, st cells.Style) {
	if c.Left {
		g.Text(x, y, c.Width-1, text, st)
		return
	}
	g.Right(x+c.Width, y, c.Width-1, text, st)
}

// Markdown writes all columns of all rows as a Markdown table, lined up, which
// reads well as plain text too.
func (l *List) Markdown() string {
	rows := [][]string{make([]string, len(l.Columns))}
	for i, c := range l.Columns {
		rows[0][i] = strings.TrimSpace(c.Head)
	}
	for row := range l.Len {
		if l.Rule != nil {
			if _, ok := l.Rule(row); ok {
				continue
			}
		}
		line := make([]string, len(l.Columns))
		for i := range l.Columns {
			line[i] = strings.TrimSpace(escapeMarkdown(l.Cell(row, i).Text))
		}
		rows = append(rows, line)
	}
	return lineUp(rows, func(i int) bool { return l.Columns[i].Left })
}

// escapeMarkdown keeps a value inside its column and on its line, and what a
// server sent from controlling anything where it is pasted.
func escapeMarkdown(s string) string {
	s = strings.Map(func(r rune) rune {
		if r != ' ' && !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	return strings.ReplaceAll(s, "|", `\|`)
}

func lineUp(rows [][]string, left func(col int) bool) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, s := range row {
			widths[i] = max(widths[i], cells.Width(s), 3)
		}
	}
	var b strings.Builder
	for n, row := range rows {
		for i, s := range row {
			pad := strings.Repeat(" ", widths[i]-cells.Width(s))
			if left(i) {
				b.WriteString("| " + s + pad + " ")
			} else {
				b.WriteString("| " + pad + s + " ")
			}
		}
		b.WriteString("|\n")
		if n == 0 {
			for i, w := range widths {
				if left(i) {
					b.WriteString("|" + strings.Repeat("-", w+2))
				} else {
					b.WriteString("|" + strings.Repeat("-", w+1) + ":")
				}
			}
			b.WriteString("|\n")
		}
	}
	return b.String()
}
