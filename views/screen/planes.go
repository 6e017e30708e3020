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

// planes show how several runs lie to each other: what a load costs in time, and
// what it brings. At is the run under the cursor.
func planes(g *cells.Grid, r cells.Rect, m *snap.Several, at int, th *theme.Theme) {
	if r.H < leastRoom || m == nil {
		return
	}
	time, name := func(c *snap.SeveralCell) float64 { return c.TTFT99 }, "TTFT p99 ms"
	if !anyKnown(m, time) { // answers in one piece
		time, name = func(c *snap.SeveralCell) float64 { return c.Latency99 }, "latency p99 ms"
	}
	tokens, tokenName := func(c *snap.SeveralCell) float64 { return c.TokSec }, "tok/s"
	if !anyKnown(m, tokens) {
		tokens, tokenName = func(c *snap.SeveralCell) float64 { return c.RequestsPerSec }, "req/s"
	}
	left, right := r, r
	load, ok := loads(m)
	if ok && r.W >= 76 {
		left.W = r.W / 2
		right.X, right.W = r.X+left.W, r.W-left.W
	}
	if ok {
		plane(g, left, name+" by "+m.Names[0], m, at, chart.Plane{LogX: true, LogY: true, XName: m.Names[0]}, func(i int) (x, y float64) {
			return load[i], time(&m.Cells[i])
		}, th)
	}
	if !ok || r.W >= 76 {
		plane(g, right, name+" by "+tokenName, m, at, chart.Plane{LogY: true, XName: tokenName}, func(i int) (x, y float64) {
			return tokens(&m.Cells[i]), time(&m.Cells[i])
		}, th)
	}
}

// plane draws a dot for each run that has both values.
func plane(g *cells.Grid, r cells.Rect, title string, m *snap.Several, at int, p chart.Plane, of func(i int) (x, y float64), th *theme.Theme) {
	p.Limit, p.Empty = math.NaN(), "waiting for the first run to end"
	for i := range m.Cells {
		x, y := of(i)
		glyph, role := cellMark(&m.Cells[i], th)
		p.Dots = append(p.Dots, chart.Dot{X: x, Y: y, Glyph: glyph, Role: role, Label: strings.Join(m.Cells[i].Values, " "), Here: i == at})
	}
	rule(g, r, title, nil, th)
	p.Draw(g, cells.Rect{X: r.X, Y: r.Y + 1, W: r.W - 1, H: r.H - 1}, th)
}

// cellMark is the shape of a run among several: whether it met what was asked
// where that is known, else whether it ended well.
func cellMark(c *snap.SeveralCell, th *theme.Theme) (rune, theme.Role) {
	switch c.State {
	case snap.CellFailed:
		return []rune(th.Glyphs.Fail)[0], theme.Fail
	case snap.CellCut, snap.CellRunning:
		return []rune(th.Glyphs.Off)[0], theme.Label
	}
	return []rune(th.Glyphs.On)[0], theme.Accent
}

func anyKnown(m *snap.Several, of func(*snap.SeveralCell) float64) bool {
	for i := range m.Cells {
		if v := of(&m.Cells[i]); v == v {
			return true
		}
	}
	return false
}

// loads are the first settings that differ, as numbers; ok is false where they
// are words.
func loads(m *snap.Several) (out []float64, ok bool) {
	if len(m.Names) == 0 {
		return nil, false
	}
	for i := range m.Cells {
		v := math.NaN()
		if len(m.Cells[i].Values) > 0 {
			n, err := strconv.ParseFloat(m.Cells[i].Values[0], 64)
			if err != nil || n <= 0 {
				return nil, false
			}
			v = n
		}
		out = append(out, v)
	}
	return out, len(out) > 0
}
