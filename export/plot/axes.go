package plot

import (
	"math"
	"strconv"
)

// axes are where the data are on the picture, and what they go up to.
type axes struct {
	left, right, top, bottom float64
	xMax, yMax               float64
	xTicks, yTicks           []tick
}

// x is where a value is.
func (a *axes) x(v float64) float64 { return a.left + v/a.xMax*(a.right-a.left) }

// y is where a value is; what is below 0 is on the axis.
func (a *axes) y(v float64) float64 { return a.bottom - max(v, 0)/a.yMax*(a.bottom-a.top) }

// tick is a number on an axis.
type tick struct {
	at   float64
	text string
}

// ticks are those from 0 to a value, about so many, at steps of 1, 2 or 5.
func ticks(limit float64, about int) []tick {
	raw := limit / float64(about)
	unit := math.Pow(10, math.Floor(math.Log10(raw)))
	step := 10 * unit
	for _, k := range []float64{5, 2, 1} {
		if k*unit >= raw*0.999 {
			step = k * unit
		}
	}
	decimals := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	var out []tick
	for i := 0.0; i*step <= limit*(1+1e-9); i++ {
		out = append(out, tick{i * step, strconv.FormatFloat(i*step, 'f', decimals, 64)})
	}
	return out
}

// drawGrid draws what is behind the data.
func (a *axes) drawGrid(c *canvas) {
	for _, t := range a.xTicks {
		c.stroke(c.theme.grid, 2, nil, [2]float64{a.x(t.at), a.top}, [2]float64{a.x(t.at), a.bottom})
	}
	for _, t := range a.yTicks {
		c.stroke(c.theme.grid, 2, nil, [2]float64{a.left, a.y(t.at)}, [2]float64{a.right, a.y(t.at)})
	}
}

// drawScales draws the axes with their numbers and labels.
func (a *axes) drawScales(c *canvas, fonts *fonts, f *frame) {
	th := c.theme
	c.stroke(th.dim, 2, nil, [2]float64{a.left, a.top}, [2]float64{a.left, a.bottom}, [2]float64{a.right, a.bottom})
	for _, t := range a.xTicks {
		c.write(fonts.tick, th.text, t.text, a.x(t.at), a.bottom+34, 0.5, 0)
	}
	for _, t := range a.yTicks {
		c.write(fonts.tick, th.text, t.text, a.left-16, a.y(t.at), 1, 0.4)
	}
	c.write(fonts.label, th.text, f.xLabel, (a.left+a.right)/2, Height-30, 0.5, 0)
	c.upright(fonts.label, th.text, f.yLabel, margin+4, (a.top+a.bottom)/2)
	if f.right == "" {
		return
	}
	c.stroke(th.dim, 2, nil, [2]float64{a.right, a.top}, [2]float64{a.right, a.bottom})
	for _, t := range ticks(percent, 10) {
		y := a.percent(t.at)
		c.stroke(th.dim, 2, nil, [2]float64{a.right, y}, [2]float64{a.right + 10, y})
		c.write(fonts.tick, th.text, t.text, a.right+18, y, 0, 0.4)
	}
	c.upright(fonts.label, th.text, f.right, Width-margin+8, (a.top+a.bottom)/2)
}

// percent is the end of the right scale.
const percent = 100

// percent is where a value of the right scale is.
func (a *axes) percent(v float64) float64 {
	return a.bottom - min(max(v, 0), percent)/percent*(a.bottom-a.top)
}
