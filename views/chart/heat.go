package chart

import (
	"math"
	"time"

	"tacho/views/cells"
	"tacho/views/theme"
)

// Density is the distribution of a value over time: columns of equal width in
// time, the first at time 0, and rows of equal width in the logarithm of the
// value. It has the fields of snap.Heat.
type Density struct {
	Width     time.Duration // of a column
	Low, Step float64       // lower edge of the first row; upper edge over lower edge
	Columns   [][]uint32
}

// HeatShares are the shares of a column from which a cell gets the next denser
// glyph; the lightest stands for any count at all, because one slow request is
// what one looks for.
var HeatShares = [theme.HeatSteps]float64{0, 0.05, 0.2, 0.6}

// valid reports a density that can be drawn.
func (d *Density) valid() bool {
	return d != nil && d.Width > 0 && finite(d.Low) && d.Low > 0 && finite(d.Step) && d.Step > 1+1e-9
}

// edge is the lower edge of row j, the upper edge of row j-1.
func (d *Density) edge(j int) float64 { return d.Low * math.Pow(d.Step, float64(j)) }

// bounds are the edges of the rows that hold anything; hi < lo without any.
func (d *Density) bounds() (lo, hi float64) {
	first, last := -1, -1
	if !d.valid() {
		return 1, 0
	}
	for _, col := range d.Columns {
		for j, n := range col {
			if n == 0 {
				continue
			}
			if first < 0 || j < first {
				first = j
			}
			last = max(last, j)
		}
	}
	if first < 0 {
		return 1, 0
	}
	return d.edge(first), d.edge(last + 1)
}

// core are the edges of the rows that hold all values but a two-hundredth at
// either end; hi < lo without any.
func (d *Density) core() (lo, hi float64) {
	if !d.valid() {
		return 1, 0
	}
	rows := make([]uint64, d.rows())
	var total uint64
	for _, col := range d.Columns {
		for j, n := range col {
			rows[j] += uint64(n)
			total += uint64(n)
		}
	}
	if total == 0 {
		return 1, 0
	}
	tail := total / 200
	first, last := 0, len(rows)-1
	for n := rows[first]; n <= tail; n += rows[first] {
		first++
	}
	for n := rows[last]; n <= tail; n += rows[last] {
		last--
	}
	return d.edge(first), d.edge(last + 1)
}

// portion is the part of a row of the density that falls into a row of the plot.
type portion struct {
	y     int // from the top
	share float64
}

// portions maps each of n rows of the density to h rows of a plot.
func (d *Density) portions(n, h int, a Axis) [][]portion {
	out := make([][]portion, n)
	place := func(v float64) float64 { return (1 - a.At(v)) * float64(h) } // from the top
	for j := range out {
		lo, hi := d.edge(j), d.edge(j+1)
		if !finite(hi) {
			break
		}
		top, bottom := place(hi), place(lo)
		if bottom-top < 1e-9 { // beyond an end of the axis
			out[j] = []portion{{min(h-1, int(top)), 1}}
			continue
		}
		for y := int(top); y < h && float64(y) < bottom; y++ {
			part := math.Min(bottom, float64(y+1)) - math.Max(top, float64(y))
			if part > 1e-9 {
				out[j] = append(out[j], portion{y, part / (bottom - top)})
			}
		}
	}
	return out
}

// rows is the length of the columns.
func (d *Density) rows() int {
	n := 0
	for _, col := range d.Columns {
		n = max(n, len(col))
	}
	return n
}

// drawHeat fills the plot with densities: two rows in a cell where colours can
// tell them apart, shaded cells elsewhere.
func (c *Chart) drawHeat(g *cells.Grid, plot cells.Rect, a Axis, when timeline, th *theme.Theme) {
	if plot.W < 1 || plot.H < 1 {
		return
	}
	halves := Halves(th)
	h := plot.H
	if halves {
		h *= 2
	}
	parts := c.Heat.portions(c.Heat.rows(), h, a)
	mass := make([]float64, h)
	levels := make([]int, h)
	for x := range plot.W {
		if !c.Heat.slice(mass, parts, when, x, plot.W) {
			continue
		}
		for y, m := range mass {
			levels[y] = level(m)
		}
		for y := range plot.H {
			if halves {
				half(g, plot.X+x, plot.Y+y, levels[2*y], levels[2*y+1], th)
			} else if l := levels[y]; l > 0 {
				g.Rune(plot.X+x, plot.Y+y, th.Glyphs.Shade[l-1], th.Style(theme.Heat1+theme.Role(l-1)))
			}
		}
	}
}

// Halves reports that densities differ by colour, with two rows in a cell;
// elsewhere they differ by shade.
func Halves(th *theme.Theme) bool {
	return th.Profile >= theme.ANSI256 && !th.Glyphs.ASCII && th.Style(theme.Heat1).FG != 0
}

// slice sets mass to the shares of the values in one column of the plot, by row
// from the top; false when there is none.
func (d *Density) slice(mass []float64, parts [][]portion, when timeline, x, width int) bool {
	clear(mass)
	from := when.at(x, width)
	to := from + when.span/time.Duration(width)
	if mid := (from + to) / 2; mid > 0 {
		if _, ok := when.column(mid, width); !ok {
			return false
		}
	}
	first := max(0, int(from/d.Width))
	last := max(first, int((to-1)/d.Width))
	total := 0.0
	for i := first; i <= last && i < len(d.Columns); i++ {
		for j, n := range d.Columns[i] {
			if n == 0 {
				continue
			}
			total += float64(n)
			for _, p := range parts[j] {
				mass[p.y] += float64(n) * p.share
			}
		}
	}
	if total == 0 {
		return false
	}
	for y := range mass {
		mass[y] /= total
	}
	return true
}

// level is 0 for nothing and 1 to HeatSteps for ever larger shares.
func level(share float64) int {
	if !(share > 1e-9) {
		return 0
	}
	l := 1
	for l < len(HeatShares) && share >= HeatShares[l] {
		l++
	}
	return l
}

// half draws two densities into one cell.
func half(g *cells.Grid, x, y, upper, lower int, th *theme.Theme) {
	colour := func(l int) cells.Color { return th.Style(theme.Heat1 + theme.Role(l-1)).FG }
	switch {
	case upper == 0 && lower == 0:
	case upper == lower:
		g.Rune(x, y, '█', cells.Style{FG: colour(upper)})
	case lower == 0:
		g.Rune(x, y, '▀', cells.Style{FG: colour(upper)})
	case upper == 0:
		g.Rune(x, y, '▄', cells.Style{FG: colour(lower)})
	default:
		g.Rune(x, y, '▀', cells.Style{FG: colour(upper), BG: colour(lower)})
	}
}
