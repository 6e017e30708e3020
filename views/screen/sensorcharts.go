package screen

import (
	"cmp"
	"math"
	"time"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/chart"
	"tacho/views/figure"
	"tacho/views/panel"
	"tacho/views/theme"
)

// sensorPlot is a chart of what was measured beside the requests.
type sensorPlot struct {
	title  string
	many   string  // the title where several servers are added up; empty for the same
	factor float64 // of the values to the unit of the title
	lines  []sensorSeries
	empty  string
}

type sensorSeries struct {
	name string
	mark chart.Mark
	role theme.Role
	of   func(*snap.SensorPoint) float32
}

var (
	utilPlot = sensorPlot{"utilisation %, mean", "", 1, []sensorSeries{{"", chart.Solid, theme.Accent, func(p *snap.SensorPoint) float32 { return p.GPUUtil }}},
		"no utilisation is known"}
	powerPlot = sensorPlot{"power W, all", "", 1, []sensorSeries{{"", chart.Solid, theme.Accent, func(p *snap.SensorPoint) float32 { return p.GPUPower }}},
		"no power is known"}
	queuePlot = sensorPlot{"requests in the server", "requests in all servers", 1, []sensorSeries{
		{"waiting", chart.Dashed, theme.Second, func(p *snap.SensorPoint) float32 { return p.Waiting }},
		{"running", chart.Solid, theme.Accent, func(p *snap.SensorPoint) float32 { return p.Running }},
	}, "the page does not tell"}
	kvPlot = sensorPlot{"KV cache %", "KV cache %, the fullest", 100, []sensorSeries{{"", chart.Solid, theme.Accent, func(p *snap.SensorPoint) float32 { return p.KVUse }}},
		"the page does not tell the use of a KV cache"}
)

// draw draws the chart in a rectangle under a ruled caption.
func (p *sensorPlot) draw(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	c := &chart.Chart{Step: s.SensorWidth, Limit: math.NaN(), Scale: figure.Scale{Factor: 1}, Empty: p.empty}
	if len(s.Sensors) == 0 {
		c.Empty = "the first figures are on their way"
	}
	var legend []panel.Seg
	for _, l := range p.lines {
		vals := make([]float64, len(s.Sensors))
		for i := range s.Sensors {
			vals[i] = float64(l.of(&s.Sensors[i])) * p.factor
		}
		c.Lines = append(c.Lines, chart.Line{Values: steady(s, vals), Mark: l.mark, Role: l.role})
		if l.name != "" {
			mark := th.Glyphs.P50
			if l.mark == chart.Dashed {
				mark = th.Glyphs.P90
			}
			legend = append(legend, panel.Seg{Text: l.name + " " + string(mark), Role: l.role, Drop: 1})
		}
	}
	c.Marks, c.Sweep = marks(s), st.Sweep
	quiet(c)
	if s.Phase.Planned > 0 && s.At > 0 {
		c.Planned = s.Phase.Planned
	}
	if r := pickedSlice(s, st); r != nil {
		c.From, c.To = r.At, r.At+s.SliceWidth
	}
	title := p.title
	if len(s.Servers) > 1 {
		title = cmp.Or(p.many, title)
	}
	rule(g, r, title, legend, th)
	c.Draw(g, cells.Rect{X: r.X, Y: r.Y + 1, W: r.W - 1, H: r.H - 1}, th)
}

// steady puts values at their steps: a step without figures has none.
func steady(s *snap.Snapshot, vals []float64) []float64 {
	n := len(s.Sensors)
	if n == 0 || s.SensorWidth <= 0 {
		return vals
	}
	last := int(s.Sensors[n-1].At / s.SensorWidth)
	out := make([]float64, last+1)
	for i := range out {
		out[i] = math.NaN()
	}
	for i := range vals {
		if at := int(s.Sensors[i].At / s.SensorWidth); at >= 0 {
			out[at] = vals[i]
		}
	}
	return out
}

// pairOfPlots draws two charts side by side where there is room, else the first.
func pairOfPlots(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State, a, b *sensorPlot) {
	switch {
	case r.H < leastPlot:
	case r.W >= 76:
		half := r.W / 2
		a.draw(g, cells.Rect{X: r.X, Y: r.Y, W: half, H: r.H}, s, th, st)
		b.draw(g, cells.Rect{X: r.X + half, Y: r.Y, W: r.W - half, H: r.H}, s, th, st)
	default:
		a.draw(g, r, s, th, st)
	}
}

// mean is the mean of what was measured beside the requests between two times.
func mean(s *snap.Snapshot, from, to time.Duration) (snap.SensorPoint, bool) {
	return snap.Sensed(s.Sensors, s.SensorWidth, from, to)
}

// thinned brings a history to at most n values, each the mean of those it stands
// for.
func thinned(n, length int, of func(int) float32) []float64 {
	n = min(n, length)
	out := make([]float64, n)
	for i := range out {
		from, to := i*length/n, (i+1)*length/n
		sum, k := 0.0, 0
		for j := from; j < to; j++ {
			if v := of(j); v == v {
				sum += float64(v)
				k++
			}
		}
		out[i] = sum / float64(k) // NaN without any
	}
	return out
}

// evened puts points that are not evenly spaced onto even steps of time.
func evened(points []snap.SeriesPoint) (start, step time.Duration, lines []chart.Line) {
	var known []snap.SeriesPoint
	for _, p := range points {
		if p.At >= 0 {
			known = append(known, p)
		}
	}
	if len(known) < 2 {
		return 0, 0, nil
	}
	first, last := known[0].At, known[len(known)-1].At
	n := len(known)
	step = max((last-first)/time.Duration(n-1), time.Millisecond)
	vals := make([]float64, n)
	for i := range vals {
		vals[i] = math.NaN()
	}
	for _, p := range known {
		vals[min(n-1, int((p.At-first+step/2)/step))] = p.Value
	}
	return first, step, []chart.Line{{Values: vals, Mark: chart.Solid, Role: theme.Accent}}
}
