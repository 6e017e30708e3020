package panel

import (
	"math"
	"strconv"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/theme"
)

// NoGPUs says why there are no GPU figures; empty when there are.
func NoGPUs(s *snap.Snapshot) string {
	switch {
	case len(s.GPUs) > 0:
		return ""
	case s.GPUNote != "":
		return s.GPUNote
	}
	return "no GPU telemetry in this run"
}

// GPUSum is a number of GPUs as one; NaN is absent.
type GPUSum struct {
	N, Stale, Throttled, XID int
	Util                     float64 // mean, percent
	MemUsed, MemTotal        float64 // bytes
	Power, PowerLimit        float64 // W
	Temp                     float64 // of the hottest
}

// SumGPUs adds GPUs up. Those whose figures are old are counted and left out.
func SumGPUs(list []snap.GPU) GPUSum {
	nan := math.NaN()
	t := GPUSum{Util: nan, MemUsed: nan, MemTotal: nan, Power: nan, PowerLimit: nan, Temp: nan}
	utils := 0
	for i := range list {
		g := &list[i]
		t.N++
		if g.XID > 0 {
			t.XID++
		}
		if g.Stale > 0 {
			t.Stale++
			continue
		}
		if g.Throttle != "" {
			t.Throttled++
		}
		if g.Util == g.Util {
			utils++
			add(&t.Util, g.Util)
		}
		add(&t.MemUsed, g.MemUsed)
		add(&t.MemTotal, g.MemTotal)
		add(&t.Power, g.Power)
		add(&t.PowerLimit, g.PowerLimit)
		if g.Temp == g.Temp && !(t.Temp >= g.Temp) {
			t.Temp = g.Temp
		}
	}
	t.Util /= math.Max(1, float64(utils))
	return t
}

func add(to *float64, v float64) {
	switch {
	case v != v:
	case *to != *to:
		*to = v
	default:
		*to += v
	}
}

// BarText is a bar filled to a share of 0..1 as text; NaN is an empty one.
func BarText(share float64, width int, th *theme.Theme) string {
	if !(share >= 0) {
		share = 0
	}
	halves := int(math.Min(1, share)*float64(width)*2 + 0.5)
	out := make([]rune, width)
	for i := range out {
		switch {
		case i < halves/2:
			out[i] = th.Glyphs.BarOn
		case i == halves/2 && halves%2 == 1:
			out[i] = th.Glyphs.BarEdge
		default:
			out[i] = th.Glyphs.BarOff
		}
	}
	return string(out)
}

// Of writes a value against its limit in one unit: "61.2/80 GB"; the limit is
// left out when it is not known, and all of it is a dash without the value.
func Of(v, limit, unit float64, name string) string {
	if math.IsNaN(v) {
		return figure.Unknown
	}
	text := figure.Num(v / unit)
	if limit == limit {
		text += "/" + Whole(limit/unit)
	}
	if name != "" {
		text += " " + name
	}
	return text
}

// Whole writes a number without a fraction.
func Whole(v float64) string {
	if math.IsNaN(v) {
		return figure.Unknown
	}
	return figure.Short(math.Round(v))
}

// Watts writes a power against its limit.
func Watts(v, limit float64) string {
	if v >= 10_000 || limit >= 10_000 {
		return Of(v, limit, 1000, "kW")
	}
	return Of(v, limit, 1, "W")
}

const giga = 1e9

// gpuSegs are GPUs in one line.
func gpuSegs(s *snap.Snapshot, th *theme.Theme) []Seg {
	if len(s.GPUs) == 0 {
		return nil
	}
	t := SumGPUs(s.GPUs)
	name := "GPU" + strconv.Itoa(s.GPUs[0].Index)
	if t.N > 1 {
		name = strconv.Itoa(t.N) + " GPUs"
	}
	out := []Seg{
		{Text: name + " " + figure.Whole(t.Util/100) + "% " + BarText(t.Util/100, 8, th), Role: theme.Text},
		{Text: Of(t.MemUsed, t.MemTotal, giga, "GB"), Role: theme.Text, Drop: 4},
		{Text: Watts(t.Power, t.PowerLimit), Role: theme.Text, Drop: 3},
		{Text: Whole(t.Temp) + th.Glyphs.Degree + "C", Role: theme.Text, Drop: 5},
	}
	return append(out, trouble(t))
}

// trouble says what is wrong with GPUs in a word or two.
func trouble(t GPUSum) Seg {
	switch {
	case t.XID > 0:
		return Seg{Text: "XID error", Role: theme.Fail}
	case t.Stale > 0:
		return Seg{Text: strconv.Itoa(t.Stale) + " not read", Role: theme.Warn, Drop: 1}
	case t.Throttled > 0:
		return Seg{Text: strconv.Itoa(t.Throttled) + " throttled", Role: theme.Warn, Drop: 1}
	}
	return Seg{}
}

// serverSegs are the servers in one line.
func serverSegs(s *snap.Snapshot) []Seg {
	if len(s.Servers) == 0 {
		return nil
	}
	nan := math.NaN()
	run, wait, kv, old := nan, nan, nan, 0
	for i := range s.Servers {
		v := &s.Servers[i]
		if v.Stale > 0 {
			old++
			continue
		}
		add(&run, v.Running)
		add(&wait, v.Waiting)
		if v.KVUse == v.KVUse && !(kv >= v.KVUse) {
			kv = v.KVUse
		}
	}
	if old == len(s.Servers) {
		return []Seg{{Text: "server metrics old", Role: theme.Warn}}
	}
	if math.IsNaN(run) && math.IsNaN(wait) && math.IsNaN(kv) {
		return nil // a page of no known make
	}
	return []Seg{
		{Text: "server run " + Whole(run) + " wait " + Whole(wait), Role: theme.Text, Drop: 1},
		{Text: "KV " + figure.Whole(kv) + "%", Role: theme.Text, Drop: 2},
	}
}

// SensorLine is GPUs and servers in one line; nil when nothing is known of
// either.
func SensorLine(s *snap.Snapshot, th *theme.Theme) []Seg {
	return append(gpuSegs(s, th), serverSegs(s)...)
}

// CostSegs are energy and money in pieces of a line; nil when neither is known.
func CostSegs(s *snap.Snapshot) []Seg {
	c := &s.Cost
	var out []Seg
	put := func(v float64, unit string, drop int) {
		if v > 0 {
			out = append(out, Seg{Text: figure.Num(v) + " " + unit, Role: theme.Text, Drop: drop})
		}
	}
	put(c.JoulesPerTok, "J/tok", 2)
	put(c.JoulesPerGoodTok, "J/good tok", 4)
	if c.PerHour > 0 {
		put(c.PerMTok, "per Mtok", 1)
		put(c.PerGoodMTok, "per good Mtok", 3)
	}
	return out
}

// Sensors fills a box with one line per GPU as far as there is room, else their
// sum, then what they cost and the servers. It returns the lines it took.
func Sensors(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme) int {
	y, bottom := r.Y, r.Y+r.H
	put := func(list []Seg) {
		if y < bottom && len(list) > 0 {
			Line(g, r.X+1, y, r.W-2, list, th)
			y++
		}
	}
	cost := CostSegs(s)
	after := 1 // lines after the GPUs
	if len(cost) > 0 {
		after++
	}
	if len(s.GPUs) > 1 {
		after++
	}
	switch {
	case len(s.GPUs) == 0:
		for _, l := range cells.Wrap(NoGPUs(s), r.W-2) {
			put([]Seg{{Text: l, Role: theme.Dim}})
		}
	case len(s.GPUs) <= r.H-after:
		for i := range s.GPUs {
			put(gpuRow(&s.GPUs[i], th))
		}
		if len(s.GPUs) > 1 {
			t := SumGPUs(s.GPUs)
			put([]Seg{{Text: "all", Role: theme.Label}, {Text: Watts(t.Power, t.PowerLimit), Role: theme.Text}, {Text: Of(t.MemUsed, t.MemTotal, giga, "GB"), Role: theme.Text, Drop: 1}, trouble(t)})
		}
	default:
		put(gpuSegs(s, th))
	}
	put(cost)
	put(serverSegs(s))
	return y - r.Y
}

// gpuRow is one GPU in a narrow line.
func gpuRow(d *snap.GPU, th *theme.Theme) []Seg {
	if d.Stale > 0 {
		return []Seg{{Text: strconv.Itoa(d.Index), Role: theme.Label}, {Text: "not read for " + figure.Clock(d.Stale), Role: theme.Warn}}
	}
	out := []Seg{
		{Text: strconv.Itoa(d.Index) + " " + BarText(d.Util/100, 8, th) + " " + pad(figure.Whole(d.Util/100)+"%", 4), Role: theme.Text},
		{Text: pad(Of(d.MemUsed, math.NaN(), giga, "GB"), 7), Role: theme.Text, Drop: 2},
		{Text: pad(Of(d.Power, math.NaN(), 1, "W"), 5), Role: theme.Text, Drop: 1},
		{Text: Whole(d.Temp) + th.Glyphs.Degree + "C", Role: theme.Text, Drop: 3},
	}
	word, role := GPUState(d)
	if role != theme.Dim {
		out = append(out, Seg{Text: word, Role: role, Drop: 4})
	}
	return out
}

// GPUState is what holds a GPU down, in a word or two; a dash when nothing does.
func GPUState(d *snap.GPU) (string, theme.Role) {
	switch {
	case d.Stale > 0:
		return "old " + figure.Clock(d.Stale), theme.Warn
	case d.XID > 0:
		return "XID " + strconv.Itoa(int(d.XID)), theme.Fail
	case d.Throttle != "":
		return d.Throttle, theme.Warn
	case len(d.MIG) > 0:
		return strconv.Itoa(len(d.MIG)) + " MIG", theme.Label
	}
	return "free", theme.Dim
}
