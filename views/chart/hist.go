package chart

import (
	"math"
	"strconv"

	"tacho/views/cells"
	"tacho/views/theme"
)

// HistWidth is the width of the distribution at the right edge of a chart of a
// given width; 0 where there is no room for one.
func HistWidth(width int) int {
	switch {
	case width < 56:
		return 0
	case width < 100:
		return 13
	}
	return min(28, width/6)
}

// shareW is the room for a percentage beside a bar.
const shareW = 4

// drawHist draws the distribution of all values over the value axis: a bar and
// a percentage for each row. One that stands out from its neighbours, such as
// the second of two bands, is seen at once.
func (c *Chart) drawHist(g *cells.Grid, r cells.Rect, a Axis, th *theme.Theme) {
	d := c.Hist
	if !d.valid() || r.H < 1 || r.W < shareW+4 {
		return
	}
	parts := d.portions(d.rows(), r.H, a)
	mass := make([]float64, r.H)
	total := 0.0
	for _, col := range d.Columns {
		for j, n := range col {
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
		return
	}
	top := 0.0
	for _, m := range mass {
		top = math.Max(top, m)
	}
	x, room := r.X+1, r.W-2-shareW
	for y, m := range mass {
		g.Rune(r.X, r.Y+y, th.Glyphs.V, th.Style(theme.Dim))
		if m <= 0 {
			continue
		}
		eighths := int(math.Round(m / top * float64(room) * 8))
		for i := range room {
			if left := eighths - 8*i; left > 0 {
				g.Rune(x+i, r.Y+y, th.Glyphs.HBar[min(left, 8)-1], th.Style(theme.Accent))
			}
		}
		g.Right(r.X+r.W, r.Y+y, shareW, wholePercent(m/total), th.Style(theme.Dim))
	}
}

// wholePercent writes a share without decimals; none that is there becomes 0.
func wholePercent(v float64) string {
	p := math.Round(v * 100)
	switch {
	case v < 0.005:
		return "<1%"
	case v < 1 && p >= 100:
		return ">99%"
	}
	return strconv.Itoa(int(p)) + "%"
}
