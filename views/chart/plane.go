package chart

import (
	"math"
	"slices"

	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/theme"
)

// Dot is a point of a Plane.
type Dot struct {
	X, Y float64 // NaN leaves the dot out
	// Glyph and Role show what came of it; the glyph alone must tell.
	Glyph rune
	Role  theme.Role
	// Label is written beside the dot where there is room.
	Label string
	// Here points at the dot.
	Here bool
}

// Plane places dots by two values, neither of which is time.
type Plane struct {
	Dots       []Dot
	LogX, LogY bool
	// XName stands under the axis on its right; that of the other axis belongs
	// to the caption.
	XName string
	// Limit is an objective to draw across, NaN without one.
	Limit float64
	// Empty is what to say while there is nothing to draw.
	Empty string
}

// Draw draws the plane into r; too small a rectangle stays as it is.
func (p *Plane) Draw(g *cells.Grid, r cells.Rect, th *theme.Theme) {
	if r.W < MinW+gutter || r.H < MinH+2 {
		return
	}
	dots := p.known()
	plot := Chart{Log: p.LogY, Limit: p.Limit, Scale: figure.Scale{Factor: 1}, Empty: p.Empty}
	if len(dots) == 0 {
		plot.nothing(g, r, th)
		return
	}
	x, y := p.axis(dots, p.LogX, func(d *Dot) float64 { return d.X }, math.NaN()), p.axis(dots, p.LogY, func(d *Dot) float64 { return d.Y }, p.Limit)
	area := cells.Rect{X: r.X + gutter, Y: r.Y, W: r.W - gutter - 1, H: r.H - 2}
	plot.drawValueAxis(g, area, y, th)
	p.drawAcross(g, area, x, th)
	if finite(p.Limit) && p.Limit >= y.Lo && p.Limit <= y.Hi {
		at := rowOf(area, y, p.Limit)
		for i := area.X; i < area.X+area.W; i++ {
			g.Rune(i, at, th.Glyphs.Limit, th.Style(theme.Limit))
		}
	}
	at := func(d *Dot) (int, int) { return columnAt(area, x, d.X), rowOf(area, y, d.Y) }
	for i := range dots {
		col, row := at(&dots[i])
		st := th.Style(dots[i].Role)
		if dots[i].Here {
			st = st.With(cells.Reverse)
		}
		g.Rune(col, row, dots[i].Glyph, st)
	}
	for i := range slices.Backward(dots) { // the one pointed at comes last, and is named first
		col, row := at(&dots[i])
		p.name(g, area, col, row, &dots[i], th)
	}
}

// known are the dots that can be placed, the one pointed at on top.
func (p *Plane) known() []Dot {
	ok := func(v float64, log bool) bool { return finite(v) && (!log || v > 0) }
	var out []Dot
	for _, d := range p.Dots {
		if ok(d.X, p.LogX) && ok(d.Y, p.LogY) {
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b Dot) int {
		switch {
		case a.Here == b.Here:
			return 0
		case b.Here:
			return -1
		}
		return 1
	})
	return out
}

// axis fits the values of the dots, and a limit near them.
func (p *Plane) axis(dots []Dot, log bool, of func(*Dot) float64, limit float64) Axis {
	lo, hi := math.Inf(1), math.Inf(-1)
	for i := range dots {
		v := of(&dots[i])
		lo, hi = math.Min(lo, v), math.Max(hi, v)
	}
	if finite(limit) && limit > 0 && limit > lo/4 && limit < hi*4 {
		lo, hi = math.Min(lo, limit), math.Max(hi, limit)
	}
	return NewAxis(lo, hi, log)
}

func columnAt(area cells.Rect, a Axis, v float64) int {
	return area.X + int(math.Round(a.At(v)*float64(area.W-1)))
}

// drawAcross draws the axis under the plane.
func (p *Plane) drawAcross(g *cells.Grid, area cells.Rect, a Axis, th *theme.Theme) {
	dim, y := th.Style(theme.Dim), area.Y+area.H
	for x := area.X; x < area.X+area.W; x++ {
		g.Rune(x, y, th.Glyphs.AxisX, dim)
	}
	g.Rune(area.X-1, y, th.Glyphs.Corner, dim)
	end := area.X + area.W
	if w := cells.Width(p.XName); w > 0 && w < area.W/2 {
		end -= w + 1
		g.Text(end+1, y+1, w, p.XName, dim)
	}
	var used []place
	ticks := slices.Clone(a.Ticks)
	slices.SortStableFunc(ticks, func(p, q float64) int { return roundness(q, a) - roundness(p, a) })
	for _, v := range ticks {
		x, text := columnAt(area, a, v), figure.Short(v)
		from := max(area.X, x-len(text)/2)
		mine := place{from - 1, from + len(text) + 1}
		if from+len(text) > end || slices.ContainsFunc(used, mine.meets) {
			continue
		}
		used = append(used, mine)
		g.Rune(x, y, th.Glyphs.TickX, dim)
		g.Text(from, y+1, len(text), text, dim)
	}
}

// name writes a dot's label beside it, on the side with room.
func (p *Plane) name(g *cells.Grid, area cells.Rect, x, y int, d *Dot, th *theme.Theme) {
	w := cells.Width(d.Label)
	if w == 0 {
		return
	}
	role := theme.Dim
	if d.Here {
		role = theme.Strong
	}
	for _, at := range []int{x + 2, x - w - 1} {
		if at >= area.X && at+w <= area.X+area.W && freeFor(g, at-1, y, w+2, area, x, th) {
			g.Fill(cells.Rect{X: at, Y: y, W: w, H: 1}, ' ', cells.Style{})
			g.Text(at, y, w, d.Label, th.Style(role))
			return
		}
	}
}

// freeFor reports that there is room for a label: nothing but the line of the
// limit, or the dot itself.
func freeFor(g *cells.Grid, x, y, w int, area cells.Rect, self int, th *theme.Theme) bool {
	for i := max(x, area.X); i < min(x+w, area.X+area.W); i++ {
		if c := g.At(i, y); i != self && !c.Blank() && c.R != th.Glyphs.Limit {
			return false
		}
	}
	return true
}
