package screen

import (
	"math"
	"strconv"
	"strings"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/chart"
	"tacho/views/theme"
)

// value is one number of a run among several; NaN is not known.
type value func(c *snap.SeveralCell) float64

// planes show how several runs lie to each other. A search has one for each of
// the first two limits by the load; others what a load costs in time, and what it
// brings. At is the run under the cursor.
func planes(g *cells.Grid, r cells.Rect, m *snap.Several, at int, th *theme.Theme) {
	if r.H < leastRoom || m == nil {
		return
	}
	load, byLoad := loads(m)
	tokens, tokenName := value(func(c *snap.SeveralCell) float64 { return c.TokSec }), "tok/s"
	if !anyKnown(m, tokens) {
		tokens, tokenName = func(c *snap.SeveralCell) float64 { return c.RequestsPerSec }, "req/s"
	}
	time, name := value(func(c *snap.SeveralCell) float64 { return c.TTFT99 }), "TTFT p99 ms"
	if !anyKnown(m, time) { // answers in one piece
		time, name = func(c *snap.SeveralCell) float64 { return c.Latency99 }, "latency p99 ms"
	}
	var all []plane
	if byLoad {
		for i, l := range m.Limits {
			all = append(all, plane{l.Name, m.Names[0], true, l.Limit, load, atLimit(i)})
		}
		if len(m.Limits) == 0 {
			all = append(all, plane{name, m.Names[0], true, math.NaN(), load, time})
		}
	}
	if all = append(all, plane{name, tokenName, false, math.NaN(), tokens, time}); r.W < 76 {
		all = all[:1]
	}
	all = all[:min(len(all), 2)]
	for i := range all {
		x := r.X + i*r.W/len(all)
		all[i].draw(g, cells.Rect{X: x, Y: r.Y, W: r.X + (i+1)*r.W/len(all) - x, H: r.H}, m, at, th)
	}
}

// plane is a picture of runs by two values, with a limit of the second one, NaN
// without.
type plane struct {
	y, x  string
	logX  bool
	limit float64
	ofX   value
	ofY   value
}

// draw draws a dot for each run that has both values.
func (p *plane) draw(g *cells.Grid, r cells.Rect, m *snap.Several, at int, th *theme.Theme) {
	c := chart.Plane{LogX: p.logX, LogY: true, XName: p.x, Limit: p.limit, Empty: "waiting for the first run to end"}
	for i := range m.Cells {
		cell := &m.Cells[i]
		glyph, role := cellMark(cell, th)
		c.Dots = append(c.Dots, chart.Dot{X: p.ofX(cell), Y: p.ofY(cell), Glyph: glyph, Role: role, Label: strings.Join(cell.Values, " "), Here: i == at})
	}
	rule(g, r, p.y+" by "+p.x, segs([]string{cellLegend(m, th)}), th)
	c.Draw(g, cells.Rect{X: r.X, Y: r.Y + 1, W: r.W - 1, H: r.H - 1}, th)
}

// cellMark is the shape of a run among several: whether it ended well, and in a
// search whether it holds.
func cellMark(c *snap.SeveralCell, th *theme.Theme) (rune, theme.Role) {
	switch c.State {
	case snap.CellFailed:
		return []rune(th.Glyphs.Fail)[0], theme.Fail
	case snap.CellCut, snap.CellRunning, snap.CellWaiting:
		return []rune(th.Glyphs.Off)[0], theme.Label
	}
	return []rune(th.Glyphs.On)[0], theme.Accent
}

// cellLegend says what the shapes of a search mean.
func cellLegend(m *snap.Several, th *theme.Theme) string {
	if len(m.Limits) == 0 {
		return ""
	}
	return th.Glyphs.On + " holds  " + th.Glyphs.Fail + " does not  " + th.Glyphs.Off + " not over"
}

func atLimit(i int) value {
	return func(c *snap.SeveralCell) float64 {
		if i < len(c.AtLimits) {
			return c.AtLimits[i]
		}
		return math.NaN()
	}
}

func anyKnown(m *snap.Several, of value) bool {
	for i := range m.Cells {
		if v := of(&m.Cells[i]); v == v {
			return true
		}
	}
	return false
}

// loads gives the first setting that differs as a number; ok is false where it is
// a word.
func loads(m *snap.Several) (of value, ok bool) {
	of = func(c *snap.SeveralCell) float64 {
		if len(c.Values) == 0 {
			return math.NaN()
		}
		v, err := strconv.ParseFloat(c.Values[0], 64)
		if err != nil || v <= 0 {
			return math.NaN()
		}
		return v
	}
	return of, len(m.Names) > 0 && anyKnown(m, of)
}
