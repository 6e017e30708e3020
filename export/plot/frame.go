package plot

import (
	"image/color"
	"math"
)

// frame is a picture to make: a title, what it is about, a legend and the data
// in their axes, which begin at 0.
type frame struct {
	title, about   string
	xLabel, yLabel string
	marks          []mark
	legend         []entry
	// right is the label of a second scale from 0 to 100 at the right edge.
	right string
	// xMax is how far the time or number goes at least.
	xMax float64
}

// mark is something drawn from data.
type mark interface {
	// reach is how far it goes to the right and up; 0 does not matter.
	reach() (x, y float64)
	draw(c *canvas, f *fonts, a *axes)
}

// entry is one word of the legend.
type entry struct {
	name  string
	color color.Color
	kind  entryKind
}

type entryKind uint8

const (
	entryLine entryKind = iota
	entryDot
	entryArea
)

const margin = 48

// encode draws the picture.
func (f *frame) encode(th *Theme) ([]byte, error) {
	fonts, err := newFonts()
	if err != nil {
		return nil, err
	}
	c := newCanvas(th)
	top := f.head(c, fonts)
	a := f.axes(c, fonts, top)
	a.drawGrid(c)
	for _, m := range f.marks {
		m.draw(c, fonts, a)
	}
	a.drawScales(c, fonts, f)
	return c.png()
}

// axes finds where the data are.
func (f *frame) axes(c *canvas, fonts *fonts, top float64) *axes {
	a := &axes{xMax: f.xMax, top: top, bottom: Height - 112, right: Width - margin}
	for _, m := range f.marks {
		x, y := m.reach()
		a.xMax, a.yMax = max(a.xMax, x), max(a.yMax, y)
	}
	if !(a.xMax > 0) || math.IsInf(a.xMax, 0) {
		a.xMax = 1
	}
	if !(a.yMax > 0) || math.IsInf(a.yMax, 0) {
		a.yMax = 1
	}
	a.yMax *= 1.06
	a.xTicks, a.yTicks = ticks(a.xMax, 12), ticks(a.yMax, 8)
	wide := 0.0
	for _, t := range a.yTicks {
		wide = max(wide, c.width(fonts.tick, t.text))
	}
	a.left = margin + 46 + wide + 16
	if f.right != "" {
		a.right -= 104
	}
	return a
}

// head draws what is above the data and returns where they begin.
func (f *frame) head(c *canvas, fonts *fonts) float64 {
	c.write(fonts.title, c.theme.text, f.title, margin, 64, 0, 0)
	c.write(fonts.text, c.theme.dim, c.fit(fonts.text, f.about, Width-2*margin), margin, 106, 0, 0)
	const mark, gap, row = 44, 52, 38
	x, y := float64(margin), 150.0
	for _, e := range f.legend {
		name := c.fit(fonts.text, e.name, Width/2)
		wide := mark + 12 + c.width(fonts.text, name)
		if x > margin && x+wide > Width-margin {
			x, y = margin, y+row
		}
		mid := y - 8
		switch e.kind {
		case entryDot:
			c.SetColor(e.color)
			c.DrawCircle(x+mark/2, mid, 8)
			c.Fill()
		case entryArea:
			c.box(e.color, x, mid-10, x+mark, mid+10)
		default:
			c.stroke(e.color, 4, nil, [2]float64{x, mid}, [2]float64{x + mark, mid})
		}
		c.write(fonts.text, c.theme.text, name, x+mark+12, y, 0, 0)
		x += wide + gap
	}
	if len(f.legend) == 0 {
		return y
	}
	return y + 30
}
