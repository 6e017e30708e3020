package chart

import (
	"math"

	"tacho/views/cells"
	"tacho/views/theme"
)

// Spark draws the last width values as one row of bars, right-aligned. The
// scale is that of the values shown: a steady series is low and level, and
// its bumps can be seen. NaN leaves a blank.
func Spark(g *cells.Grid, x, y, width int, values []float64, th *theme.Theme, role theme.Role) {
	if width <= 0 {
		return
	}
	if len(values) > width {
		values = values[len(values)-width:]
	}
	x += width - len(values)
	for i, level := range levels(values) {
		if level >= 0 {
			g.Rune(x+i, y, th.Glyphs.Spark[level], th.Style(role))
		}
	}
}

// SparkText is the last width values as text, for a cell of a list.
func SparkText(values []float64, width int, th *theme.Theme) string {
	if len(values) > width {
		values = values[len(values)-width:]
	}
	out := make([]rune, len(values))
	for i := range out {
		out[i] = ' '
	}
	for i, level := range levels(values) {
		if level >= 0 {
			out[i] = th.Glyphs.Spark[level]
		}
	}
	return string(out)
}

// levels are the heights of bars, 0 to 7; -1 is none.
func levels(values []float64) []int {
	out := make([]int, len(values))
	lo, hi := math.Inf(1), math.Inf(-1)
	for i, v := range values {
		out[i] = -1
		if finite(v) {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	if hi < lo {
		return out
	}
	// At least a range of half the level, so that noise does not look like news.
	lo, hi = lo-math.Abs(lo)*0.15, math.Max(hi, lo+math.Abs(lo)*0.5)
	if hi <= lo {
		hi = lo + 1
	}
	for i, v := range values {
		if finite(v) {
			out[i] = min(max(int((v-lo)/(hi-lo)*7.999), 0), 7)
		}
	}
	return out
}

// Bar draws a thin bar filled to a share of 0..1; NaN is not known and draws
// an empty one.
func Bar(g *cells.Grid, x, y, width int, share float64, th *theme.Theme) {
	if width <= 0 {
		return
	}
	if !finite(share) {
		share = 0
	}
	halves := int(math.Min(1, math.Max(0, share)) * float64(width) * 2)
	for i := range width {
		switch {
		case i < halves/2:
			g.Rune(x+i, y, th.Glyphs.BarOn, th.Style(theme.Accent))
		case i == halves/2 && halves%2 == 1:
			g.Rune(x+i, y, th.Glyphs.BarEdge, th.Style(theme.Accent))
		default:
			g.Rune(x+i, y, th.Glyphs.BarOff, th.Style(theme.Frame))
		}
	}
}
