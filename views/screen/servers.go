package screen

import (
	"math"
	"strconv"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/chart"
	"tacho/views/figure"
	"tacho/views/panel"
	"tacho/views/table"
	"tacho/views/theme"
)

// Charted is a series of a server's page that the user chose to see as a chart.
type Charted struct {
	Server string
	snap.SeriesName
	Points []snap.SeriesPoint
}

// serverPage is what the metrics page of a server says, beside what was
// measured here.
func serverPage(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	if len(s.Servers) == 0 {
		noServers(g, r, s, th, st)
		return
	}
	st.Server = max(0, min(st.Server, len(s.Servers)-1))
	v := &s.Servers[st.Server]
	y, bottom := r.Y, r.Y+r.H
	title := v.Name
	if v.Kind != "" {
		title = v.Kind + "  " + title
	}
	notes := []string{strconv.Itoa(v.Series) + " series", "read in " + unit(float64(v.ScrapeLatency)/1e6)}
	if n := len(s.Servers); n > 1 {
		notes = append(notes, "server "+strconv.Itoa(st.Server+1)+" of "+strconv.Itoa(n))
	}
	rule(g, r, title, segs(notes), th)
	y++
	if v.Stale > 0 {
		y = says(g, r, y, "not read for "+figure.Clock(v.Stale)+": what follows is as it was then", theme.Warn, th)
	}
	if v.Dropped > 0 {
		y = says(g, r, y, figure.Count(int64(v.Dropped))+" series of the page are too many and left out", theme.Warn, th)
	}
	if v.Kind == "" {
		y = says(g, r, y, "a page of no known make: / finds any of its series, enter draws it", theme.Dim, th)
	} else {
		y += serverFigures(g, cells.Rect{X: r.X, Y: y, W: r.W, H: bottom - y}, v, th)
		y += versusServer(g, cells.Rect{X: r.X, Y: y, W: r.W, H: bottom - y}, s, v, th)
	}
	below := cells.Rect{X: r.X, Y: y, W: r.W, H: bottom - y}
	switch {
	case st.Series.Filter != "" || v.Kind == "" && st.Charted == nil:
		list, rest := under(below, max(3, len(seriesRows(v, st.Series.Filter))+2))
		seriesList(g, list, v, th, st)
		if v.Kind == "" {
			without(g, rest, s, th, st)
		} else if rest.H > 0 {
			pairOfPlots(g, rest, s, th, st, &queuePlot, &kvPlot)
		}
	case st.Charted != nil && st.Charted.Server == v.Name:
		seriesChart(g, below, s, th, st)
	default:
		pairOfPlots(g, below, s, th, st, &queuePlot, &kvPlot)
	}
}

// noServers says how to get server metrics.
func noServers(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	rule(g, r, "Server", nil, th)
	y := r.Y + 1
	if st.Replay.Timeline != nil {
		y = says(g, r, y, "this recording has no metrics pages of a server: they are in server_metrics_export.jsonl or server_states.jsonl", theme.Text, th)
	} else {
		y = says(g, r, y, "no metrics page of a server has answered in this run", theme.Text, th)
		y = says(g, r, y+1, "/metrics of each --url is read by itself; vLLM, SGLang, TGI, TensorRT-LLM, NIM, Dynamo and llama.cpp are known", theme.Dim, th)
		y = says(g, r, y, "--server-metrics http://HOST:PORT/metrics reads any other Prometheus page", theme.Dim, th)
	}
	without(g, cells.Rect{X: r.X, Y: y + 1, W: r.W, H: r.Y + r.H - y - 1}, s, th, st)
}

// without shows what is known of a load where nothing was measured beside it.
func without(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	if r.H >= leastRoom {
		plotGrid(g, r, s, th, st, stretch{}, plotInFlight, plotTokens, plotTTFT, plotRequests)
	}
}

// says writes a sentence, and returns the line after it.
func says(g *cells.Grid, r cells.Rect, y int, text string, role theme.Role, th *theme.Theme) int {
	for _, l := range cells.Wrap(text, r.W-2) {
		if y < r.Y+r.H {
			g.Text(r.X+1, y, r.W-2, l, th.Style(role))
			y++
		}
	}
	return y
}

// serverFigures draws what a server of a known make does, and returns the lines
// it took.
func serverFigures(g *cells.Grid, r cells.Rect, v *snap.ServerState, th *theme.Theme) int {
	course := func(of func(*snap.ServerPoint) float32) string {
		return chart.SparkText(thinned(24, len(v.History), func(i int) float32 { return of(&v.History[i]) }), 24, th)
	}
	lines := [][]panel.Seg{
		{gauge("running", panel.Whole(v.Running)), {Text: course(func(p *snap.ServerPoint) float32 { return p.Running }), Role: theme.Accent, Drop: 2},
			gauge("waiting", panel.Whole(v.Waiting)), {Text: course(func(p *snap.ServerPoint) float32 { return p.Waiting }), Role: theme.Accent, Drop: 1}},
		{gauge("KV cache", figure.Whole(v.KVUse)+"% "+panel.BarText(v.KVUse, 8, th)), gauge("prefix hits", figure.Share(v.HitRate)+"% now, "+figure.Share(v.HitRatePhase)+"% in all"),
			preempted(v)},
		{gauge("prompt", figure.Num(v.PromptTokSec)+" tok/s"), gauge("generation", figure.Num(v.GenTokSec)+" tok/s"),
			{Text: course(func(p *snap.ServerPoint) float32 { return p.GenTokSec }), Role: theme.Accent, Drop: 2}, drop(gauge("finished", panel.Whole(v.Finished)), 1)},
	}
	n := 0
	for _, l := range lines {
		if n < r.H {
			panel.Line(g, r.X+1, r.Y+n, r.W-2, l, th)
			n++
		}
	}
	return n
}

// preempted warns of requests that the server threw out of its cache.
func preempted(v *snap.ServerState) panel.Seg {
	s := gauge("preemptions", panel.Whole(v.Preemptions))
	if v.Preemptions > 0 {
		s.Role = theme.Warn
	}
	return s
}

// versusServer draws the server's own times beside ours with the difference and
// what it means, and returns the lines it took.
func versusServer(g *cells.Grid, r cells.Rect, s *snap.Snapshot, v *snap.ServerState, th *theme.Theme) int {
	rows := pairsOf(s, v)
	if len(rows) == 0 || r.H < len(rows)+2 {
		return 0
	}
	rule(g, r, "Their times and ours", segs([]string{"means in ms"}), th)
	y := r.Y + 1
	for i, head := range []string{"server", "here", "more here"} {
		g.Right(r.X+12+(i+1)*11, y, 10, head, th.Style(theme.Dim))
	}
	y++
	for _, x := range rows {
		if y >= r.Y+r.H {
			break
		}
		g.Text(r.X+1, y, 11, x.name, th.Style(theme.Label))
		for i, n := range []float64{x.server, x.here, x.here - x.server} {
			g.Right(r.X+12+(i+1)*11, y, 10, figure.Num(n), th.Style(theme.Text))
		}
		g.Text(r.X+48, y, r.W-49, x.meaning, th.Style(x.role))
		y++
	}
	return y - r.Y
}

// timePair is a time as the server and as we measure it, in ms.
type timePair struct {
	name         string
	server, here float64
	meaning      string
	role         theme.Role
}

// pairsOf are the times that the server tells.
func pairsOf(s *snap.Snapshot, v *snap.ServerState) []timePair {
	var out []timePair
	here := func(tag metric.Tag) float64 {
		for i := range s.Live {
			if l := &s.Live[i]; l.Def != nil && l.Def.Tag == tag {
				return l.Avg
			}
		}
		return math.NaN()
	}
	add := func(name string, server float64, tag metric.Tag) {
		if math.IsNaN(server) {
			return
		}
		p := timePair{name: name, server: server, here: math.NaN()}
		if tag != "" {
			p.here = here(tag)
			p.meaning, p.role = meaning(s, p.here-server, server)
		} else {
			p.meaning, p.role = "waits for a place in the batch", theme.Dim
		}
		out = append(out, p)
	}
	add("TTFT", v.TTFT, metric.TTFT)
	add("ITL", v.ITL, metric.ITL)
	add("latency", v.Latency, metric.RequestLatency)
	add("queue", v.Queue, "")
	return out
}

// meaning says where a difference between our time and the server's comes from.
func meaning(s *snap.Snapshot, more, server float64) (string, theme.Role) {
	near := math.Max(0.5, 0.03*server)
	switch {
	case math.IsNaN(more):
		return "", theme.Dim
	case s.Final == nil && float64(s.InFlight) > 0.1*float64(s.Done):
		return figure.Count(s.InFlight) + " in flight count only there", theme.Dim
	case math.Abs(more) <= near:
		return "agree: nothing lost on the way", theme.Good
	case more < 0:
		return "other requests are in its mean", theme.Dim
	case s.Client.Verdict != "" && s.Client.Verdict != "OK":
		return "this client is late: CLIENT", theme.Warn
	}
	switch {
	case !(s.RTT > 0):
		return "network or front end", theme.Text
	case more <= 1.5*s.RTT:
		return "the network: a trip is " + figure.Num(s.RTT), theme.Text
	}
	return "front end; network " + figure.Num(s.RTT), theme.Text
}

// seriesList is the list of a page's series that the filter lets through.
func seriesList(g *cells.Grid, r cells.Rect, v *snap.ServerState, th *theme.Theme, st *State) {
	if r.H < 3 {
		return
	}
	rows := seriesRows(v, st.Series.Filter)
	l := &table.List{Len: len(rows), Sort: -1, Select: true, Empty: "no series is found by /" + st.Series.Filter, Columns: []table.Column{
		{Head: "series", Width: 30, Left: true, Grow: true}, {Head: "kind", Width: 11, Left: true, Drop: 1}, {Head: "unit", Width: 12, Left: true, Drop: 2},
	}}
	l.Cell = func(row, col int) table.Cell {
		x := &v.Catalog[rows[row]]
		return table.Cell{Text: [...]string{x.Key, x.Kind, x.Unit}[col], Role: theme.Text}
	}
	drawList(g, r, "Series", []string{filterNote(st.Series.Filter, len(rows), len(v.Catalog)), "enter draws one"}, l, &st.Series, nil, th)
}

// seriesRows are the indexes of the series that a filter lets through.
func seriesRows(v *snap.ServerState, filter string) []int {
	q := table.ParseQuery(filter, nil)
	var out []int
	for i := range v.Catalog {
		if x := &v.Catalog[i]; q.Empty() || q.Match(x.Key+" "+x.Kind+" "+x.Help, nil) {
			out = append(out, i)
		}
	}
	return out
}

// SeriesAt is the series under the cursor and its server; false without one.
func (st *State) SeriesAt(s *snap.Snapshot) (server string, name snap.SeriesName, ok bool) {
	if s == nil || len(s.Servers) == 0 {
		return "", name, false
	}
	v := &s.Servers[max(0, min(st.Server, len(s.Servers)-1))]
	if st.Series.Filter == "" && (v.Kind != "" || st.Charted != nil) {
		return "", name, false // the list is not shown
	}
	rows := seriesRows(v, st.Series.Filter)
	if st.Series.At >= len(rows) {
		return "", name, false
	}
	return v.Name, v.Catalog[rows[st.Series.At]], true
}

// seriesChart draws the chosen series.
func seriesChart(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	if r.H < leastPlot {
		return
	}
	x := st.Charted
	note := x.Unit
	switch x.Kind {
	case "counter":
		note += " per second"
	case "histogram":
		note = "mean, " + note
	}
	c := &chart.Chart{Limit: math.NaN(), Scale: figure.Scale{Factor: 1}, Empty: "no values yet"}
	c.Start, c.Step, c.Lines = evened(x.Points)
	c.Marks, c.Sweep = marks(s), st.Sweep
	quiet(c)
	rule(g, r, x.Key, segs([]string{note}), th)
	c.Draw(g, cells.Rect{X: r.X, Y: r.Y + 1, W: r.W - 1, H: r.H - 1}, th)
}
