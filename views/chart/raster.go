package chart

import (
	"math"

	"github.com/NimbleMarkets/ntcharts/canvas"
	"github.com/NimbleMarkets/ntcharts/canvas/graph"
	"github.com/NimbleMarkets/ntcharts/canvas/runes"

	"tacho/views/cells"
	"tacho/views/theme"
)

// drawBraille draws each line on a braille grid of its own, 2x4 dots a cell,
// and lays them over each other. A cell has one colour: that of the topmost
// line with a dot in it.
func drawBraille(g *cells.Grid, plot cells.Rect, c *Chart, a Axis, when timeline, th *theme.Theme) {
	if plot.W < 1 || plot.H < 1 {
		return
	}
	w, h := plot.W*2, plot.H*4
	seen := make([]rune, plot.W*plot.H)
	for _, l := range c.Lines {
		dots := graph.NewBrailleGrid(plot.W, plot.H, 0, float64(w-1), 0, 1)
		point := func(s spot) canvas.Point {
			return canvas.Point{X: s.x, Y: h - 1 - int(math.Round(a.At(s.v)*float64(h-1)))}
		}
		spots := reduce(c.own(l), when, w)
		for i, s := range spots {
			p := point(s)
			switch {
			case l.Mark == Points:
				dots.Set(p)
				if len(spots) < plot.W { // one dot alone is easily overlooked
					dots.Set(canvas.Point{X: p.X, Y: p.Y + 1 - 2*(p.Y&1)})
				}
			case i > 0 && s.joined:
				for _, q := range graph.GetLinePoints(point(spots[i-1]), p) {
					if l.Mark == Solid || l.Mark == Dashed && q.X&3 != 3 || l.Mark == Dotted && q.X&3 == 0 {
						dots.Set(q)
					}
				}
			default:
				dots.Set(p)
			}
		}
		st := th.Style(l.Role)
		for y, row := range dots.BraillePatterns() {
			for x, r := range row {
				if r == runes.BrailleBlockOffset || x >= plot.W || y >= plot.H {
					continue
				}
				if o := seen[y*plot.W+x]; o != 0 {
					r = runes.CombineBraillePatterns(o, r)
				}
				seen[y*plot.W+x] = r
				g.Rune(plot.X+x, plot.Y+y, r, st)
			}
		}
	}
}

// drawCells draws with one character per cell, for terminals without braille.
func drawCells(g *cells.Grid, plot cells.Rect, c *Chart, a Axis, when timeline, th *theme.Theme) {
	for _, l := range c.Lines {
		glyph := [...]rune{Solid: th.Glyphs.P50, Dashed: th.Glyphs.P90, Points: th.Glyphs.P99, Dotted: th.Glyphs.Ghost}[l.Mark]
		st := th.Style(l.Role)
		spots := reduce(c.own(l), when, plot.W)
		for i, s := range spots {
			y := rowOf(plot, a, s.v)
			if i > 0 && s.joined && l.Mark != Points { // bridge empty columns level with the last spot
				for x := spots[i-1].x + 1; x < s.x; x++ {
					g.Rune(plot.X+x, plot.Y+rowOf(plot, a, spots[i-1].v)-plot.Y, glyph, st)
				}
			}
			g.Rune(plot.X+s.x, y, glyph, st)
		}
	}
}
