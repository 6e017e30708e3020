package screen

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/chart"
	"tacho/views/figure"
	"tacho/views/panel"
	"tacho/views/table"
	"tacho/views/theme"
)

const giga = 1e9

// gpuLine is a row of the table of GPUs: one of them, or all of a host.
type gpuLine struct {
	gpu  *snap.GPU
	host string
	sum  panel.GPUSum // of a host
}

// apart is how many GPUs on several hosts have a row each; of more, hosts do.
const apart = 16

// gpuLines are the rows: each GPU under the name of its host. Of many a host is
// one row, and the opened one shows its GPUs.
func gpuLines(s *snap.Snapshot, st *State) []gpuLine {
	hosts := hostsOf(s)
	var out []gpuLine
	for _, host := range hosts {
		var own []snap.GPU
		for i := range s.GPUs {
			if s.GPUs[i].Host == host {
				own = append(own, s.GPUs[i])
			}
		}
		if len(hosts) > 1 {
			out = append(out, gpuLine{host: host, sum: panel.SumGPUs(own)})
		}
		if len(hosts) == 1 || len(s.GPUs) <= apart || st.Host == hostKey(host) {
			for i := range own {
				out = append(out, gpuLine{gpu: &own[i], host: host})
			}
		}
	}
	return out
}

// hostsOf are the hosts of the GPUs in their order.
func hostsOf(s *snap.Snapshot) []string {
	var out []string
	for i := range s.GPUs {
		if !slices.Contains(out, s.GPUs[i].Host) {
			out = append(out, s.GPUs[i].Host)
		}
	}
	return out
}

// hostKey is a host in State, where none is empty.
func hostKey(host string) string { return "on " + host }

// OpenHost shows the GPUs of the host under the cursor, or hides them again.
func (st *State) OpenHost(s *snap.Snapshot) {
	if s == nil {
		return
	}
	rows := gpuLines(s, st)
	if i := st.GPUs.At; i < len(rows) {
		host := rows[i].host
		if st.Host == hostKey(host) {
			st.Host = ""
		} else {
			st.Host = hostKey(host)
		}
		for j, r := range gpuLines(s, st) {
			if r.gpu == nil && r.host == host {
				st.GPUs.At, st.GPUs.Key = j, 0
			}
		}
	}
}

// Folded reports whether hosts stand for their GPUs.
func Folded(s *snap.Snapshot) bool {
	return s != nil && len(s.GPUs) > apart && len(hostsOf(s)) > 1
}

// gpusPage is a row for each GPU, what they cost together, and their course.
func gpusPage(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	if len(s.GPUs) == 0 {
		noGPUs(g, r, s, th, st)
		return
	}
	y, bottom := r.Y, r.Y+r.H
	t := panel.SumGPUs(s.GPUs)
	note := strconv.Itoa(t.N) + " GPUs"
	if n := len(hostsOf(s)); n > 1 {
		note += " on " + strconv.Itoa(n) + " hosts"
	}
	rule(g, cells.Rect{X: r.X, Y: y, W: r.W, H: 1}, "GPUs", segs([]string{note}), th)
	y++
	total := []panel.Seg{
		{Text: "all " + panel.BarText(t.Util/100, 10, th) + " " + figure.Whole(t.Util/100) + "%", Role: theme.Text},
		{Text: panel.Watts(t.Power, t.PowerLimit), Role: theme.Text, Drop: 1},
		{Text: panel.Of(t.MemUsed, t.MemTotal, giga, "GB"), Role: theme.Text, Drop: 6},
	}
	panel.Line(g, r.X+1, y, r.W-2, append(total, panel.CostSegs(s)...), th)
	y++
	room := bottom - y
	rows := gpuLines(s, st)
	list := min(len(rows)+1, room)
	below := room - list
	switch { // charts and details have room where rows leave it, and a little in any case
	case below >= leastPlot+1:
	case room >= 18:
		list, below = room-9, 9
	default:
		list, below = room, 0
	}
	l := gpuList(rows, s, th, r.W)
	key := func(i int) uint64 {
		if rows[i].gpu == nil {
			return hash(rows[i].host)
		}
		return hash(rows[i].host, rows[i].gpu.UUID, rows[i].gpu.Source)
	}
	st.GPUs.settle(len(rows), key)
	st.GPUs.Cursor = l.Draw(g, cells.Rect{X: r.X, Y: y, W: r.W, H: list}, st.GPUs.Cursor, th)
	st.GPUs.hold(len(rows), key)
	y += list
	if below > leastPlot && st.GPUs.At < len(rows) {
		if d := rows[st.GPUs.At].gpu; d != nil {
			most := 4
			if len(d.Extra) > 0 { // what its user asked for is shown before charts are tall
				most = below
			}
			n := gpuDetail(g, cells.Rect{X: r.X, Y: y, W: r.W, H: min(most, below-leastPlot)}, d, th)
			y, below = y+n, below-n
		}
	}
	pairOfPlots(g, cells.Rect{X: r.X, Y: y, W: r.W, H: below}, s, th, st, &utilPlot, &powerPlot)
}

// noGPUs says why there are none and how to get some.
func noGPUs(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, st *State) {
	rule(g, r, "GPUs", nil, th)
	y := r.Y + 1
	say := func(text string, role theme.Role) {
		for _, l := range cells.Wrap(text, r.W-2) {
			if y < r.Y+r.H {
				g.Text(r.X+1, y, r.W-2, l, th.Style(role))
				y++
			}
		}
	}
	say(panel.NoGPUs(s), theme.Text)
	y++
	say("--gpu-telemetry http://HOST:9400/metrics reads a DCGM exporter, of as many hosts as are named", theme.Dim)
	say("--gpu-telemetry http://HOST:5000/metrics reads AMD's metrics exporter in the same way", theme.Dim)
	say("--gpu-telemetry pynvml asks the NVIDIA driver of this machine", theme.Dim)
	without(g, cells.Rect{X: r.X, Y: y + 1, W: r.W, H: r.Y + r.H - y - 1}, s, th, st)
}

// gpuList is the table of GPUs.
func gpuList(rows []gpuLine, s *snap.Snapshot, th *theme.Theme, w int) *table.List {
	bar, trend := 8, 12
	if w >= 110 {
		bar, trend = 14, 30
	}
	limits := slices.ContainsFunc(s.GPUs, func(d snap.GPU) bool { return d.PowerLimit == d.PowerLimit })
	power, mem := 7, 10
	if limits {
		power = 10
	}
	first := 5
	if hosts := hostsOf(s); len(hosts) > 1 {
		mem = 12 // a host's has four digits on both sides
		for _, h := range hosts {
			first = min(max(first, cells.Width(hostName(h))+6), max(12, w/4))
		}
	}
	l := &table.List{Len: len(rows), Sort: -1, Select: true, Columns: []table.Column{
		{Head: "GPU", Width: first, Left: true}, {Head: "", Width: bar + 1, Left: true, Drop: 2}, {Head: "util %", Width: 7}, {Head: "mem GB", Width: mem},
		{Head: "W", Width: power}, {Head: th.Glyphs.Degree + "C", Width: 5}, {Head: "SM MHz", Width: 8, Drop: 3},
		{Head: " held by", Width: 11, Left: true, Drop: 1}, {Head: " course", Width: trend + 2, Left: true, Drop: 5}, {Head: "model", Width: 18, Left: true, Drop: 6, Grow: true},
	}}
	l.Cell = func(row, col int) table.Cell {
		x := &rows[row]
		if x.gpu == nil {
			return hostCell(x, col, bar, th)
		}
		return gpuCell(x.gpu, col, bar, trend, th)
	}
	return l
}

// gpuCell is one value of a GPU; what is old is not shown as if it were not.
func gpuCell(d *snap.GPU, col, bar, trend int, th *theme.Theme) table.Cell {
	role := theme.Text
	if d.Stale > 0 && col > 0 && col < 7 {
		return table.Cell{Text: figure.Unknown, Role: theme.Dim}
	}
	switch col {
	case 0:
		return table.Cell{Text: "  " + strconv.Itoa(d.Index), Role: theme.Label}
	case 1:
		return table.Cell{Text: panel.BarText(d.Util/100, bar, th), Role: theme.Accent}
	case 2:
		return table.Cell{Text: figure.Whole(d.Util / 100), Role: role}
	case 3:
		return table.Cell{Text: panel.Of(d.MemUsed, d.MemTotal, giga, ""), Role: role}
	case 4:
		return table.Cell{Text: panel.Of(d.Power, d.PowerLimit, 1, ""), Role: role}
	case 5:
		return table.Cell{Text: panel.Whole(d.Temp), Role: role}
	case 6:
		return table.Cell{Text: figure.Num(d.SMClock), Role: role}
	case 7:
		word, role := panel.GPUState(d)
		if word == "free" {
			word = figure.Unknown
		}
		return table.Cell{Text: " " + word, Role: role}
	case 8:
		return table.Cell{Text: " " + chart.SparkText(thinned(trend, len(d.History), func(i int) float32 { return d.History[i].Util }), trend, th), Role: theme.Accent}
	}
	return table.Cell{Text: d.Name, Role: theme.Dim}
}

// hostCell is one value of all GPUs of a host.
func hostCell(x *gpuLine, col, bar int, th *theme.Theme) table.Cell {
	t := &x.sum
	cell := func(text string) table.Cell { return table.Cell{Text: text, Role: theme.Strong} }
	switch col {
	case 0:
		return cell(hostName(x.host) + " " + strconv.Itoa(t.N) + "x")
	case 1:
		return table.Cell{Text: panel.BarText(t.Util/100, bar, th), Role: theme.Accent}
	case 2:
		return cell(figure.Whole(t.Util / 100))
	case 3:
		return cell(panel.Of(t.MemUsed, t.MemTotal, giga, ""))
	case 4:
		return cell(panel.Of(t.Power, math.NaN(), 1, ""))
	case 5:
		return cell(panel.Whole(t.Temp))
	case 7:
		switch {
		case t.XID > 0:
			return table.Cell{Text: " XID on " + strconv.Itoa(t.XID), Role: theme.Fail}
		case t.Stale > 0:
			return table.Cell{Text: " " + strconv.Itoa(t.Stale) + " old", Role: theme.Warn}
		case t.Throttled > 0:
			return table.Cell{Text: " " + strconv.Itoa(t.Throttled) + " held", Role: theme.Warn}
		}
		return table.Cell{Text: " " + figure.Unknown, Role: theme.Dim}
	}
	return table.Cell{}
}

func hostName(host string) string {
	if host == "" {
		return "no host told"
	}
	return host
}

// gpuDetail says what else is known of one GPU, and returns the lines it took.
func gpuDetail(g *cells.Grid, r cells.Rect, d *snap.GPU, th *theme.Theme) int {
	if r.H < 2 {
		return 0
	}
	title := "GPU " + strconv.Itoa(d.Index)
	if d.Host != "" {
		title += " on " + d.Host
	}
	note := d.Source
	if d.Latency > 0 { // files do not tell
		note += ", read in " + unit(float64(d.Latency)/1e6)
	}
	rule(g, r, title, segs([]string{note}), th)
	var words []string
	say := func(name string, v float64, unit string) {
		if v == v {
			words = append(words, name+" "+figure.Num(v)+unit)
		}
	}
	if d.Pod != "" {
		words = append(words, "pod "+strings.TrimPrefix(d.Namespace+"/"+d.Pod, "/"))
	}
	say("SM", d.SMUtil, "%")
	say("memory busy", d.MemUtil, "%")
	say("memory clock", d.MemClock, " MHz")
	say("SM clock at most", d.SMClockMax, " MHz")
	say("PCIe out", d.PCIeTx/giga, " GB/s")
	say("in", d.PCIeRx/giga, " GB/s")
	say("NVLink out", d.NVLinkTx/giga, " GB/s")
	say("in", d.NVLinkRx/giga, " GB/s")
	say("energy", d.Energy, " J in this phase")
	if d.Processes >= 0 && d.ProcessMem == d.ProcessMem {
		words = append(words, "processes "+strconv.Itoa(d.Processes)+" with "+figure.Num(d.ProcessMem/giga)+" GB")
	}
	if d.XID == 0 {
		words = append(words, "no XID error")
	}
	for _, m := range d.MIG {
		text := "MIG " + m.Profile
		if m.Profile == "" {
			text = "MIG " + strconv.Itoa(m.GI) + "/" + strconv.Itoa(m.CI)
		}
		words = append(words, text+" "+panel.Of(m.MemUsed, m.MemTotal, giga, "GB"))
	}
	lines := cells.Wrap(strings.Join(words, "  "), r.W-2)
	n := min(len(lines), r.H-1, 3)
	for i := range n {
		g.Text(r.X+1, r.Y+1+i, r.W-2, lines[i], th.Style(theme.Label))
	}
	n += gpuFigures(g, cells.Rect{X: r.X + 1, Y: r.Y + 1 + n, W: r.W - 2, H: r.H - 1 - n}, d.Extra, th)
	return 1 + n
}
