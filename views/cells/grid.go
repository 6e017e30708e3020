package cells

// Rect is a part of a grid in cells; X and Y are its upper left corner.
type Rect struct{ X, Y, W, H int }

// Inset returns the rectangle without dx cells left and right and dy cells
// above and below; its sizes do not go below 0.
func (r Rect) Inset(dx, dy int) Rect {
	return Rect{r.X + dx, r.Y + dy, max(0, r.W-2*dx), max(0, r.H-2*dy)}
}

// Cell is one place on the screen.
type Cell struct {
	// R is the character; 0 is a blank that was never drawn, negative is an
	// entry of the grid's Clusters.
	R rune
	Style
	// W is the width in cells, 1 or 2. It is 0 in an undrawn cell and in the
	// right half of a wide character.
	W uint8
}

// Blank reports whether the cell shows nothing but its background.
func (c Cell) Blank() bool { return c.W <= 1 && (c.R == ' ' || c.R == 0) }

// same reports whether two cells look the same: the text colour of a blank is
// not seen unless it is reversed or lined.
func same(a, b Cell) bool {
	if a == b {
		return true
	}
	return a.Blank() && b.Blank() && a.isPlain() && b.isPlain() && a.BG == b.BG && !a.half() && !b.half()
}

func (c Cell) isPlain() bool { return c.Attr&(Reverse|Underline|Strike) == 0 }

// half reports the right half of a wide character.
func (c Cell) half() bool { return c.R == halfRune && c.W == 0 }

// halfRune marks the right half of a wide character.
const halfRune rune = 0x10FFFF

// Grid is a screen of W×H cells.
type Grid struct {
	w, h     int
	cells    []Cell
	clusters *Clusters
	// ASCII makes Text write nothing but ASCII: '?' for other characters and
	// '~' where text was cut.
	ASCII bool
}

// New returns a blank grid. Negative sizes count as 0.
func New(w, h int) *Grid {
	return NewShared(w, h, new(Clusters))
}

// NewShared returns a blank grid that keeps its clusters in c, so that cells
// of several grids can be compared.
func NewShared(w, h int, c *Clusters) *Grid {
	w, h = max(0, w), max(0, h)
	return &Grid{w: w, h: h, cells: make([]Cell, w*h), clusters: c}
}

// Size returns the width and height in cells.
func (g *Grid) Size() (w, h int) { return g.w, g.h }

// Bounds is the whole grid.
func (g *Grid) Bounds() Rect { return Rect{0, 0, g.w, g.h} }

// Clear makes every cell blank.
func (g *Grid) Clear() { clear(g.cells) }

// At returns a cell, the zero Cell outside the grid.
func (g *Grid) At(x, y int) Cell {
	if !g.inside(x, y) {
		return Cell{}
	}
	return g.cells[y*g.w+x]
}

// Same reports whether the two grids, which must share their clusters, look
// the same at x, y.
func (g *Grid) Same(o *Grid, x, y int) bool { return same(g.At(x, y), o.At(x, y)) }

// CopyFrom makes g a copy of o, which must be of the same size.
func (g *Grid) CopyFrom(o *Grid) { copy(g.cells, o.cells) }

// Resize changes the size and keeps what still fits.
func (g *Grid) Resize(w, h int) {
	w, h = max(0, w), max(0, h)
	n := make([]Cell, w*h)
	for y := range min(h, g.h) {
		copy(n[y*w:(y+1)*w], g.cells[y*g.w:(y+1)*g.w])
		if w > 0 && w < g.w && n[y*w+w-1].W == 2 { // its right half is cut off
			n[y*w+w-1] = Cell{}
		}
	}
	g.w, g.h, g.cells = w, h, n
}

// ScrollUp moves all lines up by one; the last becomes blank.
func (g *Grid) ScrollUp() {
	if g.h == 0 {
		return
	}
	copy(g.cells, g.cells[g.w:])
	clear(g.cells[(g.h-1)*g.w:])
}

func (g *Grid) inside(x, y int) bool { return x >= 0 && x < g.w && y >= 0 && y < g.h }

// Put draws a character of the given width; what lies outside the grid or does
// not fit into the line is dropped.
func (g *Grid) Put(x, y int, r rune, width int, st Style) {
	if !g.inside(x, y) || (width == 2 && x+1 >= g.w) {
		return
	}
	i := y*g.w + x
	g.free(i, x)
	g.cells[i] = Cell{R: r, Style: st, W: uint8(width)}
	if width == 2 {
		g.free(i+1, x+1)
		g.cells[i+1] = Cell{R: halfRune, Style: st}
	}
}

// Rune draws a character that is one cell wide.
func (g *Grid) Rune(x, y int, r rune, st Style) { g.Put(x, y, r, 1, st) }

// free blanks the other half of a wide character that is about to lose one.
func (g *Grid) free(i, x int) {
	switch c := g.cells[i]; {
	case c.half() && x > 0:
		g.cells[i-1] = Cell{R: ' ', W: 1, Style: Style{BG: c.BG}}
	case c.W == 2 && x+1 < g.w:
		g.cells[i+1] = Cell{R: ' ', W: 1, Style: Style{BG: c.BG}}
	}
}

// Fill draws the same one-cell character over a rectangle.
func (g *Grid) Fill(r Rect, ch rune, st Style) {
	for y := max(0, r.Y); y < min(g.h, r.Y+r.H); y++ {
		for x := max(0, r.X); x < min(g.w, r.X+r.W); x++ {
			g.Put(x, y, ch, 1, st)
		}
	}
}

// Tint changes the style of a rectangle and leaves its characters.
func (g *Grid) Tint(r Rect, change func(Style) Style) {
	for y := max(0, r.Y); y < min(g.h, r.Y+r.H); y++ {
		for x := max(0, r.X); x < min(g.w, r.X+r.W); x++ {
			c := &g.cells[y*g.w+x]
			if c.R == 0 {
				c.R, c.W = ' ', 1
			}
			c.Style = change(c.Style)
		}
	}
}

// AppendCell appends the character of a cell as text; nothing for the right
// half of a wide one.
func (g *Grid) AppendCell(dst []byte, c Cell) []byte {
	switch {
	case c.half():
		return dst
	case c.R == 0:
		return append(dst, ' ')
	case c.R < 0:
		return append(dst, g.clusters.text(c.R)...)
	case c.R < 0x80:
		return append(dst, byte(c.R))
	}
	return append(dst, string(c.R)...)
}

// Row returns the characters of one line without colours.
func (g *Grid) Row(y int) string {
	var b []byte
	for x := range g.w {
		b = g.AppendCell(b, g.At(x, y))
	}
	return string(b)
}

// String returns the screen as text: H lines of exactly W cells, each ending
// in plain style, with a colour sequence only where the style changes.
func (g *Grid) String() string {
	b := make([]byte, 0, g.w*g.h*2)
	for y := range g.h {
		if y > 0 {
			b = append(b, '\n')
		}
		var cur Style
		for _, c := range g.cells[y*g.w : (y+1)*g.w] {
			st := c.Style
			if c.Blank() && c.isPlain() { // the text colour of a blank is not seen
				st.FG, st.Attr = cur.FG, cur.Attr
				if cur.Attr&(Reverse|Underline|Strike) != 0 {
					st.Attr = 0
				}
			}
			b = AppendSGR(b, cur, st)
			cur = st
			b = g.AppendCell(b, c)
		}
		b = AppendSGR(b, cur, Style{})
	}
	return string(b)
}
