package screen

import (
	"math"
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/views/chart"
	"tacho/views/figure"
	"tacho/views/panel"
	"tacho/views/theme"
)

// plot is one chart of the overview: its name and how to read it from history.
type plot struct {
	title string
	ms    bool // times, on a log axis with percentiles
	lines []series
	tag   metric.Tag // whose objective is drawn
	felt  []series   // the lines of the times as felt; nil where they are the same
}

// shown are the lines that the user wants to see.
func (p *plot) shown(st *State) []series {
	if st.Felt && st.Page == PageLatency && p.felt != nil {
		return p.felt
	}
	return p.lines
}

type series struct {
	mark chart.Mark
	peak bool
	role theme.Role
	of   func(snap.Point) float64
}

func percentiles(p50, p90, p99 func(snap.Point) float64) []series {
	s := []series{{mark: chart.Points, peak: true, role: theme.Third, of: p99}}
	if p90 != nil {
		s = append(s, series{mark: chart.Dashed, peak: true, role: theme.Second, of: p90})
	}
	return append(s, series{mark: chart.Solid, role: theme.Accent, of: p50})
}

// plots are the charts in the order of their number keys.
var plots = []plot{
	{"TTFT", true, percentiles(
		func(p snap.Point) float64 { return p.TTFT50 }, func(p snap.Point) float64 { return p.TTFT90 },
		func(p snap.Point) float64 { return p.TTFT99 }), metric.TTFT, percentiles(
		func(p snap.Point) float64 { return p.FeltTTFT50 }, func(p snap.Point) float64 { return p.FeltTTFT90 },
		func(p snap.Point) float64 { return p.FeltTTFT99 })},
	{"ITL", true, percentiles(
		func(p snap.Point) float64 { return p.ITL50 }, func(p snap.Point) float64 { return p.ITL90 },
		func(p snap.Point) float64 { return p.ITL99 }), metric.ITL, nil},
	{"latency", true, percentiles(
		func(p snap.Point) float64 { return p.Latency50 }, nil,
		func(p snap.Point) float64 { return p.Latency99 }), metric.RequestLatency, percentiles(
		func(p snap.Point) float64 { return p.FeltLatency50 }, nil,
		func(p snap.Point) float64 { return p.FeltLatency99 })},
	{"output tok/s", false, []series{{role: theme.Accent, of: func(p snap.Point) float64 { return p.OutputTokens }}}, "", nil},
	{"in flight", false, []series{{role: theme.Accent, of: func(p snap.Point) float64 { return p.InFlight }}}, "", nil},
	{"requests/s", false, []series{{role: theme.Accent, of: func(p snap.Point) float64 { return p.Requests }}}, "", nil},
	{"failures", false, []series{{role: theme.Accent, peak: true, of: func(p snap.Point) float64 { return float64(p.Errors) }}}, "", nil},
}

// The charts by what they show, indexes into plots.
const (
	plotTTFT = iota
	plotITL
	plotLatency
	plotTokens
	plotInFlight
	plotRequests
	plotFailures // on the page of errors alone
)

// Charts is the number of charts of the overview.
func Charts() int { return plotFailures }

// build makes the chart with its title and legend.
func (p *plot) build(s *snap.Snapshot, st *State, th *theme.Theme) (c *chart.Chart, title string, legend []panel.Seg) {
	c = &chart.Chart{Step: s.SeriesWidth, Log: p.ms, Limit: math.NaN(), Scale: figure.Scale{Factor: 1}, Empty: "waiting for the first answer"}
	if s.State == snap.Done || s.State == snap.Failed {
		c.Empty = "no values in this run"
	}
	if s.Run.Endpoint != "" && !s.Run.Streaming && (p.tag == metric.TTFT || p.tag == metric.ITL) {
		c.Empty = "none: answers come in one piece"
	}
	top := math.NaN()
	lines := p.shown(st)
	felt := len(lines) > 0 && len(p.felt) > 0 && &lines[0] == &p.felt[0]
	for _, l := range lines {
		vals := make([]float64, len(s.Series))
		for i, pt := range s.Series {
			vals[i] = l.of(pt)
			if p.ms && !(vals[i] <= top) {
				top = vals[i]
			}
		}
		c.Lines = append(c.Lines, chart.Line{Values: vals, Mark: l.mark, Peak: l.peak, Role: l.role})
	}
	if len(s.Series) > 0 {
		c.Start = s.Series[0].At.Truncate(time.Second)
	}
	if s.Phase.Planned > 0 && s.At > 0 { // the age at which the phase will end
		c.Planned = s.At - s.Phase.Elapsed + s.Phase.Planned - c.Start
	}
	c.Marks, c.Sweep = marks(s), st.Sweep
	if r := pickedSlice(s, st); r != nil {
		c.From, c.To = r.At, r.At+s.SliceWidth
	}
	title = p.title
	if felt {
		title += " as felt"
		if math.IsNaN(top) && len(s.Series) > 0 {
			c.Empty = "it is not known when these requests were due"
		}
	}
	legend = p.ghost(c, st, th)
	if !p.ms {
		return c, title, legend
	}
	c.Scale = figure.Scale{Unit: "ms", Factor: 1}
	if top >= 10_000 { // "12.5k ms" is no time anyone reads
		c.Scale = figure.Scale{Unit: "s", Factor: 1e-3}
	}
	title += " " + c.Scale.Unit
	for _, l := range s.Live {
		if l.Def != nil && l.Def.Tag == p.tag {
			c.Limit = l.SLO
		}
	}
	return c, title, append(p.legend(c, th), legend...)
}

// legend says how the lines of a chart of times look.
func (p *plot) legend(c *chart.Chart, th *theme.Theme) []panel.Seg {
	gl := th.Glyphs
	legend := []panel.Seg{{Text: "p50 " + string(gl.P50), Role: theme.Accent, Drop: 1}}
	if len(p.lines) == 3 {
		legend = append(legend, panel.Seg{Text: "p90 " + string(gl.P90), Role: theme.Second, Drop: 1})
	}
	legend = append(legend, panel.Seg{Text: "p99 " + string(gl.P99), Role: theme.Third, Drop: 1})
	if !math.IsNaN(c.Limit) {
		legend = append(legend, panel.Seg{Text: "SLO " + string(gl.Limit), Role: theme.Limit, Drop: 2})
	}
	return legend
}

// ghost adds the line of the earlier run behind the others, and its legend.
func (p *plot) ghost(c *chart.Chart, st *State, th *theme.Theme) []panel.Seg {
	if st.Ghost == nil || !st.GhostOn {
		return nil
	}
	points, width := st.Ghost.History()
	if len(points) == 0 || width <= 0 {
		return nil
	}
	lines := p.shown(st)
	of := lines[len(lines)-1].of // the one on top
	vals := make([]float64, len(points))
	for i, pt := range points {
		vals[i] = of(pt)
	}
	line := chart.Line{Values: vals, Mark: chart.Dotted, Role: theme.Ghost, Start: points[0].At, Step: width, Behind: true}
	c.Lines = append([]chart.Line{line}, c.Lines...)
	return []panel.Seg{{Text: st.Ghost.Name() + " " + string(th.Glyphs.Ghost), Role: theme.Ghost, Drop: 3}}
}

// quiet takes the words from the marks: one chart on a page says what they are.
func quiet(c *chart.Chart) {
	for i := range c.Marks {
		c.Marks[i].Text = ""
	}
}

// marks are the moments to show on charts. A run without any has its warnings.
func marks(s *snap.Snapshot) []chart.Event {
	var out []chart.Event
	for _, m := range s.Marks {
		e := chart.Event{At: m.At, Text: m.Text, Role: theme.Strong}
		switch m.Kind {
		case snap.MarkError:
			continue // too many; the lists and the counts have them
		case snap.MarkStall:
			e.Text, e.Role = "", theme.Warn
		case snap.MarkLoad:
			e.Role = theme.Accent
		case snap.MarkPhase:
			e.Role = theme.Dim
		}
		out = append(out, e)
	}
	if len(s.Marks) > 0 {
		return out
	}
	for _, n := range s.Notices {
		if n.Warn {
			out = append(out, chart.Event{At: n.At, Role: theme.Warn})
		}
	}
	return out
}
