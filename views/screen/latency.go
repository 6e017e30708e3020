package screen

import (
	"strconv"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/chart"
	"tacho/views/panel"
	"tacho/views/theme"
)

// LatencyCharts is the number of charts on the latency page: TTFT, ITL and
// latency, the first of plots.
const LatencyCharts = 3

// LatencyChart is the one of the latency, which also answers in one piece have.
const LatencyChart = 2

// leastPlot is the height from which a chart with its caption says anything.
const leastPlot = 4

// latency stacks the charts of times over one time axis, each with its
// distribution at the right edge on the same value axis.
func latency(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	if st.Why {
		whyPage(g, r, s, th, st)
		return
	}
	show := []int{0, 1, 2}
	if n := min(LatencyCharts, max(1, (r.H-2)/leastPlot)); st.Zoom || n < LatencyCharts {
		if st.Zoom {
			n = 1
		}
		first := min(st.LatencyFocus, LatencyCharts-n)
		show = show[first : first+n]
	}
	r.H -= 2 // the time axis
	y := r.Y
	for i, which := range show {
		h := r.H / len(show)
		if i < r.H%len(show) {
			h++
		}
		last := i == len(show)-1
		if last {
			h += 2
		}
		timesChart(g, cells.Rect{X: r.X, Y: y, W: r.W, H: h}, s, th, st, which, last)
		y += h
	}
}

// timesChart draws one chart of times; the last has the time axis.
func timesChart(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State, which int, last bool) {
	c, title, legend := plots[which].build(s, st, th)
	c.Log, c.NoTime = !st.Linear, !last
	if !last {
		quiet(c)
	}
	d := density(s, which)
	if st.Felt && plots[which].felt != nil {
		d = nil // distributions are of times as served
	}
	c.Hist = d
	if st.Heat {
		if c.Heat = d; d == nil {
			c.Lines, c.Empty = nil, "no distribution of "+plots[which].title+" in this run yet"
			if st.Felt && plots[which].felt != nil {
				c.Empty = "distributions are of times as served: c"
			}
		}
		legend = heatLegend(th)
	}
	if st.Heat && plots[which].tag == metric.ITL {
		title += ", every gap"
	}
	if c.Log {
		title += " (log)"
	}
	if which == st.LatencyFocus {
		title = th.Glyphs.Bullet + " " + title
	}
	rule(g, r, title, legend, th)
	c.Draw(g, cells.Rect{X: r.X, Y: r.Y + 1, W: r.W - 1, H: r.H - 1}, th)
}

// density is the distribution of a chart of times, nil when not known.
func density(s *snap.Snapshot, which int) *chart.Density {
	h := [...]*snap.Heat{s.TTFTHeat, s.ITLHeat, s.LatencyHeat}[which]
	if h == nil {
		return nil
	}
	return (*chart.Density)(h)
}

// heatLegend says from which share of its column a cell has which shade.
func heatLegend(th *theme.Theme) []panel.Seg {
	segs := []panel.Seg{{Text: "share of each moment", Role: theme.Dim, Drop: 1}}
	for i, share := range chart.HeatShares {
		shade := th.Glyphs.Shade[i]
		if chart.Halves(th) {
			shade = th.Glyphs.Shade[theme.HeatSteps-1] // the colour alone differs
		}
		text := "any"
		if i > 0 {
			text = strconv.Itoa(int(share*100)) + "%"
		}
		segs = append(segs, panel.Seg{Mark: shade, MarkRole: theme.Heat1 + theme.Role(i), Text: text, Role: theme.Dim})
	}
	return segs
}
