package chart

import (
	"math"
	"slices"
	"time"

	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/theme"
)

// Mark is how a line is drawn, so that lines differ without colour.
type Mark uint8

// The marks.
const (
	Solid Mark = iota
	Dashed
	Points // not joined
	Dotted // an earlier run
)

// Line is one series of a chart.
type Line struct {
	// Values are of equally wide steps of time, oldest first; NaN where
	// nothing came.
	Values []float64
	Mark   Mark
	// Peak keeps the largest value where several share a column; otherwise it
	// is their median. A high percentile must be a Peak: a stall must not be
	// averaged away.
	Peak bool
	Role theme.Role
	// Start and Step are the line's own where Step is above 0, else the chart's.
	Start, Step time.Duration
	// Behind is an earlier run: it does not make the time axis longer.
	Behind bool
}

// Event is a moment on the time axis, with a word about it where there is room.
type Event struct {
	At   time.Duration
	Text string
	Role theme.Role
}

// Chart is a set of lines over time.
type Chart struct {
	// Lines are drawn in order, the last on top.
	Lines []Line
	// Start is the time of the first value, Step the width of each.
	Start, Step time.Duration
	// Planned is the expected length of the run, 0 unknown.
	Planned time.Duration
	Log     bool
	// Scale writes the labels of the value axis.
	Scale figure.Scale
	// Limit is an objective to draw across, NaN without one.
	Limit float64
	// Marks are events on the time axis.
	Marks []Event
	// From and To point at a stretch of time; none when To is not after From.
	From, To time.Duration
	// Age is how far the run has come, for charts whose history is behind.
	Age time.Duration
	// Sweep shows the newest part like an oscilloscope.
	Sweep bool
	// Heat is drawn in place of the lines.
	Heat *Density
	// Hist is drawn at the right edge, over the same value axis; nil is none.
	Hist *Density
	// NoTime leaves the time axis to the chart below.
	NoTime bool
	// Empty is what to say while there is nothing to draw.
	Empty string
}

// MinW and MinH are the smallest size at which a chart says anything.
const (
	MinW = 16
	MinH = 3
)

// gutter is the width of the value labels and their axis.
const gutter = 6

// Draw draws the chart into r; too small a rectangle stays as it is.
func (c *Chart) Draw(g *cells.Grid, r cells.Rect, th *theme.Theme) {
	if r.W < MinW || r.H < MinH && !c.NoTime || r.H < 1 {
		return
	}
	lo, hi := c.bounds()
	if hi < lo || c.Step <= 0 {
		c.nothing(g, r, th)
		return
	}
	if finite(c.Limit) && c.Limit > 0 && c.Limit > lo/2 && c.Limit < hi*2 {
		lo, hi = math.Min(lo, c.Limit), math.Max(hi, c.Limit)
	}
	if c.Hist != nil && c.Heat == nil { // the distribution beside the lines must fit as well
		if from, to := c.Hist.core(); from <= to && finite(to) {
			lo, hi = math.Min(lo, from), math.Max(hi, to)
		}
	}
	axis := NewAxis(lo, hi, c.Log)
	plot := cells.Rect{X: r.X + gutter, Y: r.Y, W: r.W - gutter, H: r.H}
	labels := r.H >= 5 && !c.NoTime
	switch {
	case labels:
		plot.H -= 2
	case !c.NoTime:
		plot.H--
	}
	if w := HistWidth(r.W); c.Hist != nil && w > 0 {
		plot.W -= w
		c.drawHist(g, cells.Rect{X: plot.X + plot.W, Y: plot.Y, W: w, H: plot.H}, axis, th)
	}
	when := c.timeline(plot.W)
	c.drawValueAxis(g, plot, axis, th)
	var places []place
	if !c.NoTime {
		places = c.drawTimeAxis(g, plot, when, labels, th)
	}
	if finite(c.Limit) && c.Limit >= axis.Lo && c.Limit <= axis.Hi {
		y := rowOf(plot, axis, c.Limit)
		for x := plot.X; x < plot.X+plot.W; x++ {
			g.Rune(x, y, th.Glyphs.Limit, th.Style(theme.Limit))
		}
	}
	switch {
	case c.Heat != nil:
		c.drawHeat(g, plot, axis, when, th)
	case th.Glyphs.Plot == theme.PlotBraille:
		drawBraille(g, plot, c, axis, when, th)
	default:
		drawCells(g, plot, c, axis, when, th)
	}
	c.drawMarkTexts(g, plot, when, places, th)
}

// bounds are the least and the largest value to draw; hi < lo without any.
func (c *Chart) bounds() (lo, hi float64) {
	if c.Heat != nil {
		return c.Heat.bounds()
	}
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, l := range c.Lines {
		for _, v := range l.Values {
			if !finite(v) || (c.Log && v <= 0) {
				continue
			}
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	return lo, hi
}

// nothing says why the chart is empty.
func (c *Chart) nothing(g *cells.Grid, r cells.Rect, th *theme.Theme) {
	w := min(cells.Width(c.Empty), r.W-2)
	g.Text(r.X+(r.W-w)/2, r.Y+(r.H-1)/2, w, c.Empty, th.Style(theme.Dim))
}

// rowOf is the row of the plot that a value falls into.
func rowOf(plot cells.Rect, a Axis, v float64) int {
	return plot.Y + plot.H - 1 - int(math.Round(a.At(v)*float64(plot.H-1)))
}

// drawValueAxis draws the labels, round numbers first, none closer than two
// rows to the next.
func (c *Chart) drawValueAxis(g *cells.Grid, plot cells.Rect, a Axis, th *theme.Theme) {
	dim, x := th.Style(theme.Dim), plot.X-1
	for y := plot.Y; y < plot.Y+plot.H; y++ {
		g.Rune(x, y, th.Glyphs.V, dim)
	}
	var rows []int
	ticks := slices.Clone(a.Ticks)
	slices.SortStableFunc(ticks, func(p, q float64) int { return roundness(q, a) - roundness(p, a) })
	for _, v := range ticks {
		y := rowOf(plot, a, v)
		if slices.ContainsFunc(rows, func(o int) bool { return o-y < 2 && y-o < 2 }) {
			continue
		}
		rows = append(rows, y)
		g.Rune(x, y, th.Glyphs.TickY, dim)
		g.Right(x, y, gutter-1, figure.Short(v*c.Scale.Factor), dim)
	}
}

// roundness orders labels of a log axis: decades, then 2 and 5, then the others.
func roundness(v float64, a Axis) int {
	if v == 0 || !a.Log {
		return 3 // evenly spaced: from the bottom up
	}
	m := v / math.Pow(10, math.Floor(math.Log10(v)*(1+1e-12)))
	switch {
	case m < 1.01 || m > 9.99:
		return 2
	case math.Abs(m-5) < .01 || math.Abs(m-2) < .01:
		return 1
	}
	return 0
}
