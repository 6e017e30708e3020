package home

import (
	"math"

	"tacho/views/cells"
	"tacho/views/chart"
	"tacho/views/screen"
	"tacho/views/theme"
)

// among shows where the run under the cursor lies among those of the ledger.
func among(g *cells.Grid, r cells.Rect, d *Data, rows []*Run, th *theme.Theme, st *State) {
	if len(d.Runs) == 0 {
		welcome(g, r, d, th)
		return
	}
	here := st.At(d, th)
	time, name := func(r *Run) float64 { return r.TTFT50 }, "TTFT p50 ms"
	if here != nil && math.IsNaN(here.TTFT50) { // answers in one piece have their latency alone
		time, name = func(r *Run) float64 { return r.Latency50 }, "latency p50 ms"
	}
	gain, unit := func(r *Run) float64 { return r.TokSec }, "tok/s"
	if here != nil && math.IsNaN(here.TokSec) {
		gain, unit = func(r *Run) float64 { return r.ReqSec }, "req/s"
	}
	p := chart.Plane{LogX: true, LogY: true, XName: unit, Limit: math.NaN(), Empty: "none of these runs has both"}
	for _, run := range rows {
		glyph, role := shape(run, th)
		p.Dots = append(p.Dots, chart.Dot{X: gain(run), Y: time(run), Glyph: glyph, Role: role, Label: run.title(), Here: run == here})
	}
	screen.Rule(g, r, "These runs: "+name+" by "+unit, nil, th)
	p.Draw(g, cells.Rect{X: r.X, Y: r.Y + 1, W: r.W - 1, H: r.H - 1}, th)
}

// shape stands for the verdict on a run.
func shape(r *Run, th *theme.Theme) (rune, theme.Role) {
	text, role := verdict(r, th)
	switch r.Verdict {
	case "PASS", "FAIL", "SATURATED", "WARN":
		return []rune(text)[0], role
	}
	return []rune(th.Glyphs.Off)[0], theme.Label
}
