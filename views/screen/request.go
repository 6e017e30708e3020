package screen

import (
	"math"
	"strings"
	"time"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/panel"
	"tacho/views/table"
	"tacho/views/theme"
)

// requestView shows one request closely: a strip on a time axis, its moments,
// its longest gaps, and what else was in flight then.
func requestView(g *cells.Grid, r cells.Rect, s *snap.Snapshot, st *State, q *snap.Request, th *theme.Theme) {
	title := "Request " + figure.Count(q.Num)
	if q.Conversation != "" {
		title += " · " + q.Conversation + " turn " + figure.Count(int64(q.Turn))
	}
	outcome, role := table.Outcome(q, len(s.Run.SLOs) > 0)
	rule(g, r, title, []panel.Seg{{Text: outcome, Role: role, Drop: 1}}, th)
	y, bottom := r.Y+1, r.Y+r.H
	panel.Line(g, r.X+1, y, r.W-2, []panel.Seg{
		gauge("TTFT", unit(q.TTFT)), gauge("ITL", unit(q.ITL)), gauge("latency", unit(q.Latency)),
		drop(gauge("ISL", count(q.ISL)), 2), drop(gauge("OSL", count(q.OSL)), 1),
		drop(gauge("longest gap", unit(table.MaxGap(q))), 3), drop(gauge("phase", q.Phase), 5), drop(gauge("read late", unit(float64(q.ReadLate)/1e6)), 4),
	}, th)
	y++
	if q.Err != nil && y < bottom {
		text := outcome
		if q.Err.Details != "" {
			text += "  " + q.Err.Details
		}
		g.Text(r.X+1, y, r.W-2, text, th.Style(theme.Warn))
		y++
	}
	if line := then(s, q); len(line) > 0 && bottom-y >= 12 {
		panel.Line(g, r.X+1, y, r.W-2, line, th)
		y++
	}
	ax := newStrip(r, q)
	y += ax.draw(g, y, bottom-y, q, th)
	moments := momentsOf(q)
	if room := bottom - y; room >= 3 {
		n := min(len(moments)+1, room)
		if room > n+3 || room >= 8 { // the neighbours need some of it
			n = min(n, room-3)
		}
		drawMoments(g, cells.Rect{X: r.X, Y: y, W: r.W, H: n}, q, moments, th)
		y += n
	}
	if bottom-y >= 3 {
		list := inFlightWith(s, st, q)
		near, below := under(cells.Rect{X: r.X, Y: y, W: r.W, H: bottom - y}, len(list)+1)
		neighbours(g, near, list, q, ax, th)
		if below.H > 0 { // what the run was like then
			plotGrid(g, below, s, th, st, stretch{max(q.Wire, q.Start), q.End}, plotTTFT, plotInFlight, plotITL, plotTokens)
		}
	}
}

// then is what GPUs and servers did in the seconds of a request; nil when that is
// not known.
func then(s *snap.Snapshot, q *snap.Request) []panel.Seg {
	from := max(q.Wire, q.Start)
	if len(s.Sensors) == 0 || from < 0 || q.End < from {
		return nil
	}
	p, ok := mean(s, from, q.End)
	if !ok {
		return nil
	}
	out := []panel.Seg{{Text: "then", Role: theme.Dim}}
	put := func(name string, v float32, text string, order int) {
		if v == v {
			out = append(out, drop(gauge(name, text), order))
		}
	}
	put("GPU", p.GPUUtil, figure.Whole(float64(p.GPUUtil)/100)+"%", 0)
	put("power", p.GPUPower, panel.Watts(float64(p.GPUPower), math.NaN()), 4)
	put("hottest", p.GPUTemp, panel.Whole(float64(p.GPUTemp))+" C", 5)
	put("running", p.Running, figure.Num(float64(p.Running)), 2)
	put("waiting", p.Waiting, figure.Num(float64(p.Waiting)), 1)
	put("KV cache", p.KVUse, figure.Whole(float64(p.KVUse))+"%", 3)
	if len(out) == 1 {
		return nil
	}
	return out
}

func drop(s panel.Seg, order int) panel.Seg { s.Drop = order; return s }

// unit writes milliseconds with their unit.
func unit(ms float64) string {
	if math.IsNaN(ms) {
		return figure.Unknown
	}
	if ms >= 1000 {
		return figure.Num(ms/1000) + " s"
	}
	return figure.Num(ms) + " ms"
}

func count(n int) string { return figure.Count(int64(n)) }

// moment is a named time of a request.
type moment struct {
	name string
	at   time.Duration
	note string
}

// momentsOf are the times that are known, in order of time.
func momentsOf(q *snap.Request) []moment {
	first := moment{"first token", q.First, ""}
	rest := []moment{first}
	if q.FirstOutput > q.First && q.First >= 0 {
		rest = []moment{{"first reasoning", q.First, ""}, {"first answer", q.FirstOutput, ""}}
	}
	wire := moment{"sent", q.Wire, "on the wire"}
	if q.Connect > 0 {
		wire.note = "a new connection took " + unit(float64(q.Connect)/1e6)
	}
	end := moment{"end", q.End, ""}
	if q.Err != nil {
		end.note = "it failed here"
	}
	all := append([]moment{{"due", q.Due, "the schedule's wish"}, {"picked up", q.Picked, "a worker had time for it"}, wire, {"headers", q.Ack, ""}}, rest...)
	var known []moment
	for _, m := range append(all, end) {
		if m.at >= 0 {
			known = append(known, m)
		}
	}
	return known
}

// drawMoments lists the moments: when, how long after the schedule wanted the
// request, and how long after the moment before.
func drawMoments(g *cells.Grid, r cells.Rect, q *snap.Request, ms []moment, th *theme.Theme) {
	if r.H < 2 || len(ms) == 0 {
		return
	}
	rule(g, r, "Moments", segs([]string{"clock, since due, step"}), th)
	var longest time.Duration
	for i := 1; i < len(ms); i++ {
		longest = max(longest, ms[i].at-ms[i-1].at)
	}
	for i, m := range ms[:min(len(ms), r.H-1)] {
		y := r.Y + 1 + i
		g.Text(r.X+1, y, 16, m.name, th.Style(theme.Label))
		g.Right(r.X+28, y, 11, figure.Instant(m.at), th.Style(theme.Text))
		if i == 0 {
			g.Text(r.X+51, y, r.X+r.W-52-r.X, m.note, th.Style(theme.Dim))
			continue
		}
		g.Right(r.X+39, y, 10, "+"+unit(float64(m.at-ms[0].at)/1e6), th.Style(theme.Text))
		step := m.at - ms[i-1].at
		role := theme.Dim
		if step == longest {
			role = theme.Strong
		}
		g.Right(r.X+49, y, 9, unit(float64(step)/1e6), th.Style(role))
		g.Text(r.X+51, y, r.W-52, m.note, th.Style(theme.Dim))
	}
}

// inFlightWith is what else was in flight during a request, of those at hand.
func inFlightWith(s *snap.Snapshot, st *State, q *snap.Request) []*snap.Request {
	var list []*snap.Request
	seen := map[int64]bool{q.Num: true}
	for w := range Which(Whiches) {
		for _, o := range requestsOf(s, st, w) {
			if !seen[o.Num] && o.Wire >= 0 && o.Wire < q.End && o.End > q.Wire {
				seen[o.Num] = true
				list = append(list, o)
			}
		}
	}
	return list
}

// neighbours draws what else was in flight on the axis of the strip.
func neighbours(g *cells.Grid, r cells.Rect, list []*snap.Request, q *snap.Request, ax strip, th *theme.Theme) {
	rule(g, r, "In flight at the same time", segs([]string{countWord(len(list)) + " of those at hand"}), th)
	if len(list) == 0 {
		g.Text(r.X+1, r.Y+1, r.W-2, "none of the requests that are still at hand", th.Style(theme.Dim))
		return
	}
	sortByWire(list)
	// Those nearest to the request say most.
	mid := 0
	for mid < len(list) && list[mid].Wire < q.Wire {
		mid++
	}
	h := r.H - 1
	top := max(0, min(mid-h/2, len(list)-h))
	for i := range min(h, len(list)-top) {
		o, y := list[top+i], r.Y+1+i
		g.Right(r.X+stripHead-1, y, stripHead-2, "#"+figure.Count(o.Num), th.Style(theme.Dim))
		ax.bar(g, y, o, th)
		note := "ISL " + count(o.ISL) + "  TTFT " + unit(o.TTFT)
		if o.Err != nil {
			note = o.Err.Kind.String()
		}
		g.Text(ax.x+ax.w+1, y, r.X+r.W-ax.x-ax.w-2, note, th.Style(theme.Dim))
	}
}

func countWord(n int) string { return strings.TrimSpace(figure.Count(int64(n))) }
