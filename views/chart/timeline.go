package chart

import (
	"slices"
	"time"

	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/theme"
)

// timeline places times on the columns of a plot. A growing one begins at the
// start of the run and gets longer in steps. A sweeping one is an oscilloscope:
// it shows the last span, each moment at its place in the span, so that a new
// value changes its own column and the gap before it, and nothing else.
type timeline struct {
	start, span time.Duration
	width       int // of the plot in cells
	sweep       bool
	head        time.Duration // the newest time
}

// sweepSteps is how many steps of the history a sweep shows.
const sweepSteps = 120

func (c *Chart) timeline(width int) timeline {
	a := timeline{start: c.Start, width: width, sweep: c.Sweep}
	for _, l := range c.Lines {
		if !l.Behind {
			a.head = max(a.head, time.Duration(len(l.Values))*c.Step)
		}
	}
	if c.Heat != nil {
		a.head = max(a.head, time.Duration(len(c.Heat.Columns))*c.Heat.Width-c.Start)
	}
	a.head = max(a.head, c.Age-c.Start)
	if c.Sweep && c.Step > 0 {
		a.span = sweepSteps * c.Step
	} else {
		a.span, a.sweep = TimeSpan(a.head, c.Planned), false
	}
	a.head += c.Start
	return a
}

// column is where a time falls among n columns; ok is false where it is not
// shown.
func (a timeline) column(t time.Duration, n int) (x int, ok bool) {
	if a.sweep {
		gap := 2 * a.span / time.Duration(max(a.width, 1))
		if t < 0 || t > a.head || t <= a.head-a.span+gap {
			return 0, false
		}
		return min(columnOf(t%a.span, a.span, n), n-1), true
	}
	off := t - a.start
	if off < 0 || off > a.span {
		return 0, false
	}
	return min(columnOf(off, a.span, n), n-1), true
}

// at is the time that column x of n begins with.
func (a timeline) at(x, n int) time.Duration {
	off := time.Duration(float64(a.span) * float64(x) / float64(max(n, 1)))
	if !a.sweep {
		return a.start + off
	}
	t := a.head/a.span*a.span + off
	if t > a.head {
		t -= a.span
	}
	return t
}

// columnOf is the column of width that an offset falls into.
func columnOf(off, span time.Duration, width int) int {
	return int(float64(off) / float64(span) * float64(width))
}

// place is a stretch of a line.
type place struct{ from, to int }

// drawTimeAxis draws the line under the plot, its labels and the event marks,
// and returns where the labels are.
func (c *Chart) drawTimeAxis(g *cells.Grid, plot cells.Rect, a timeline, labels bool, th *theme.Theme) (places []place) {
	dim, y := th.Style(theme.Dim), plot.Y+plot.H
	for x := plot.X; x < plot.X+plot.W; x++ {
		g.Rune(x, y, th.Glyphs.AxisX, dim)
	}
	g.Rune(plot.X-1, y, th.Glyphs.Corner, dim)
	if c.To > c.From {
		from, okFrom := a.column(c.From, plot.W)
		to, okTo := a.column(c.To, plot.W)
		if okFrom && !okTo && !a.sweep {
			to, okTo = plot.W-1, true
		}
		if okFrom && okTo && to >= from {
			for x := from; x <= to; x++ {
				g.Rune(plot.X+x, y, th.Glyphs.BarOn, th.Style(theme.Accent))
			}
		}
	}
	step := tickStep(a.span, plot.W, 11)
	first := (a.start + step - 1) / step * step
	last := a.start + a.span
	if a.sweep {
		first, last = 0, a.span-1
	}
	for t := first; t <= last; t += step {
		x := min(columnOf(t-a.start, a.span, plot.W), plot.W-1)
		show := t
		if a.sweep { // the time that stands there now
			x = columnOf(t, a.span, plot.W)
			if show = a.head/a.span*a.span + t; show > a.head {
				show -= a.span
			}
			if show < 0 {
				continue
			}
		}
		if g.At(plot.X+x, y).R == th.Glyphs.AxisX {
			g.Rune(plot.X+x, y, th.Glyphs.TickX, dim)
		}
		if !labels {
			continue
		}
		text := figure.Clock(show)
		at := max(plot.X-1, min(plot.X+x-len(text)/2, plot.X+plot.W-len(text)))
		places = append(places, place{at, g.Text(at, y+1, len(text), text, dim)})
	}
	for _, m := range c.Marks {
		if x, ok := a.column(m.At, plot.W); ok {
			g.Rune(plot.X+x, y, th.Glyphs.Mark, th.Style(m.Role))
		}
	}
	return places
}

// drawMarkTexts writes what the marks say: into the plot where nothing else
// stands, or else under the axis, in place of the times there. A text without
// room is left to the event list.
func (c *Chart) drawMarkTexts(g *cells.Grid, plot cells.Rect, a timeline, labels []place, th *theme.Theme) {
	under := plot.Y + plot.H + 1
	var used []place
	for i := len(c.Marks) - 1; i >= 0; i-- { // the newest first: it matters most
		m := c.Marks[i]
		x, ok := a.column(m.At, plot.W)
		if !ok || m.Text == "" {
			continue
		}
		text := string(th.Glyphs.Mark) + " " + m.Text
		w := min(cells.Width(text), plot.W)
		at := plot.X + min(x, plot.W-w)
		written := false
		for _, y := range []int{plot.Y + plot.H - 1, plot.Y + plot.H - 2, plot.Y, plot.Y + 1} {
			if y >= plot.Y && y < plot.Y+plot.H && freeCells(g, at-1, y, w+2, plot) {
				g.Text(at, y, w, text, th.Style(m.Role))
				written = true
				break
			}
		}
		mine := place{at - 1, at + w + 1}
		if written || labels == nil || w > plot.W/2 || slices.ContainsFunc(used, mine.meets) {
			continue
		}
		for _, l := range labels {
			if mine.meets(l) {
				g.Fill(cells.Rect{X: l.from, Y: under, W: l.to - l.from, H: 1}, ' ', cells.Style{})
			}
		}
		g.Text(at, under, w, text, th.Style(m.Role))
		used = append(used, mine)
	}
}

func (p place) meets(o place) bool { return p.from < o.to && o.from < p.to }

// freeCells reports that nothing is drawn there.
func freeCells(g *cells.Grid, x, y, w int, plot cells.Rect) bool {
	for i := max(x, plot.X); i < min(x+w, plot.X+plot.W); i++ {
		if c := g.At(i, y); !c.Blank() || c.BG != 0 {
			return false
		}
	}
	return true
}
