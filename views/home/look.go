package home

import (
	"math"
	"time"

	"tacho/views/cells"
	"tacho/views/chart"
	"tacho/views/figure"
	"tacho/views/panel"
	"tacho/views/screen"
	"tacho/views/theme"
)

// look is the closer look at what the cursor is on.
func look(g *cells.Grid, r cells.Rect, d *Data, th *theme.Theme, st *State) {
	if st.Pane == Profiles || len(d.Runs) == 0 {
		if p := st.ProfileAt(d); p != nil {
			lookProfile(g, r, p, th)
			return
		}
	}
	if run := st.At(d, th); run != nil {
		lookRun(g, r, run, th)
		return
	}
	screen.Rule(g, r, "", nil, th)
}

func lookProfile(g *cells.Grid, r cells.Rect, p *Profile, th *theme.Theme) {
	screen.Rule(g, r, p.Name, nil, th)
	y := r.Y + 1
	for _, text := range []string{p.Summary, p.Path, p.Command} {
		for _, line := range cells.Wrap(text, r.W-2) {
			if y < r.Y+r.H {
				g.Text(r.X+1, y, r.W-2, line, th.Style(theme.Label))
				y++
			}
		}
	}
}

func lookRun(g *cells.Grid, r cells.Rect, run *Run, th *theme.Theme) {
	said, role := verdict(run, th)
	screen.Rule(g, r, run.title(), []panel.Seg{{Text: said, Role: role, Drop: 1}}, th)
	y, bottom := r.Y+1, r.Y+r.H
	put := func(segs ...panel.Seg) {
		if y < bottom {
			panel.Line(g, r.X+1, y, r.W-2, segs, th)
			y++
		}
	}
	text := func(s string, role theme.Role, drop int) panel.Seg {
		return panel.Seg{Text: s, Role: role, Drop: drop}
	}
	if run.Reason != "" {
		put(text(run.Reason, role, 0))
	}
	if run.Simulated {
		put(text("the server was simulated", theme.Warn, 0))
	}
	put(text(run.Model, theme.Strong, 0), text(run.Endpoint, theme.Label, 2), text(run.Host, theme.Label, 1))
	length := ""
	if run.Length >= 0 {
		length = "took " + figure.Clock(run.Length)
	}
	put(text(run.Load, theme.Text, 0), text(length, theme.Label, 1), text(run.Origin, theme.Dim, 2))
	counts := ""
	if run.Requests >= 0 {
		counts = figure.Counted(run.Requests, "request")
	}
	errs := text("", theme.Label, 1)
	if run.Errors >= 0 {
		errs = text(figure.Counted(run.Errors, "error"), theme.Label, 1)
		if run.Errors > 0 {
			errs.Role = theme.Warn
		}
	}
	good := ""
	if !math.IsNaN(run.GoodShare) {
		good = figure.Share(run.GoodShare) + "% good"
	}
	put(text(counts, theme.Text, 0), errs, text(good, theme.Text, 2))
	put(text("TTFT "+figure.Num(run.TTFT50)+" / "+figure.Num(run.TTFT99)+" ms", theme.Text, 0), text("ITL "+figure.Num(run.ITL50)+" ms", theme.Text, 1), text("latency "+figure.Num(run.Latency50)+" ms", theme.Text, 4))
	put(text(figure.Num(run.ReqSec)+" req/s", theme.Text, 0), text(figure.Num(run.TokSec)+" tok/s", theme.Text, 0))
	command := cells.Wrap(run.Command, r.W-2)
	room := bottom - y - len(command)
	if room >= 7 && len(run.Trend) > 1 {
		room-- // for the folder
		trend(g, cells.Rect{X: r.X, Y: y, W: r.W, H: room}, run, th)
		y += room
	}
	for _, line := range command {
		put(text(line, theme.Dim, 0))
	}
	put(text(run.Dir, theme.Dim, 0))
}

// trend draws the TTFT over the run.
func trend(g *cells.Grid, r cells.Rect, run *Run, th *theme.Theme) {
	step := time.Second
	if run.Length > 0 {
		step = run.Length / time.Duration(len(run.Trend))
	}
	screen.Rule(g, r, "TTFT ms", nil, th)
	c := chart.Chart{Lines: []chart.Line{{Values: run.Trend, Role: theme.Accent}}, Step: step, Log: true, Limit: math.NaN(), Scale: figure.Scale{Unit: "ms", Factor: 1}, Planned: run.Length, Empty: "no history"}
	c.Draw(g, cells.Rect{X: r.X, Y: r.Y + 1, W: r.W - 1, H: r.H - 1}, th)
}
