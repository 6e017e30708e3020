package panel

import (
	"math"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/figure"
	"tacho/views/theme"
)

// pair is a median and a 99th percentile, or one "–" when neither is known.
func pair(p50, p99 float64) string {
	if math.IsNaN(p50) && math.IsNaN(p99) {
		return figure.Unknown
	}
	return figure.Num(p50) + " / " + figure.Num(p99)
}

func megabytes(n int64) string {
	if n <= 0 {
		return figure.Unknown
	}
	return figure.Bytes(n)
}

// ClientLine draws how this process is doing in one line.
func ClientLine(g *cells.Grid, x, y, width int, c snap.Client, th *theme.Theme) {
	var segs []Seg
	if c.Verdict != "OK" && c.Reason != "" {
		_, role := Verdict(c.Verdict, th)
		segs = append(segs, Seg{Text: c.Reason, Role: role})
	}
	segs = append(segs,
		Seg{Text: "client lag ms", Role: theme.Dim, Drop: 1},
		Seg{Text: "send " + pair(c.SendLagP50, c.SendLagP99), Role: theme.Label, Drop: 2},
		Seg{Text: "read " + pair(c.ReadLagP50, c.ReadLagP99), Role: theme.Label, Drop: 3},
		Seg{Text: "same stamp " + percent(c.EqualStamps), Role: theme.Label, Drop: 6},
		Seg{Text: "cpu " + percent(c.CPU), Role: theme.Label, Drop: 4},
		Seg{Text: megabytes(c.RSSBytes), Role: theme.Label, Drop: 5},
	)
	Line(g, x+1, y, width-2, segs, th)
}

func percent(v float64) string {
	s := figure.Share(v)
	if s == figure.Unknown {
		return s
	}
	return s + " %"
}

// Client fills a panel with how this process is doing.
func Client(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme) {
	c := s.Client
	y, bottom := r.Y, r.Y+r.H
	put := func(head, value, note string, role theme.Role) {
		if y >= bottom {
			return
		}
		g.Text(r.X+1, y, 13, head, th.Style(theme.Label))
		end := g.Text(r.X+15, y, r.W-16, value, th.Style(role))
		if note != "" && end+1+cells.Width(note) < r.X+r.W {
			g.Text(end+1, y, r.X+r.W-1-end-1, note, th.Style(theme.Dim))
		}
		y++
	}
	if c.Verdict != "OK" && c.Reason != "" && y < bottom {
		_, role := Verdict(c.Verdict, th)
		g.Text(r.X+1, y, r.W-2, c.Reason, th.Style(role))
		y++
	}
	put("send lag ms", pair(c.SendLagP50, c.SendLagP99), maxNote(c.SendLagMax), theme.Text)
	put("read lag ms", pair(c.ReadLagP50, c.ReadLagP99), maxNote(c.ReadLagMax), theme.Text)
	put("same stamp", percent(c.EqualStamps), "of chunks", theme.Text)
	put("cpu / memory", percent(c.CPU)+" / "+megabytes(c.RSSBytes), "", theme.Text)
	gc := figure.Num(c.GCPauseMax)
	if gc != figure.Unknown {
		gc += " ms"
	}
	put("GC pause max", gc, "", theme.Text)
	if c.CountBacklog > 0 {
		put("to count", figure.Count(c.CountBacklog)+" answers", "", theme.Text)
	}
	if c.ClockSteps > 0 {
		put("clock steps", figure.Count(c.ClockSteps), "", theme.Warn)
	}
	if s.Run.Clock != "" {
		put("stamps", s.Run.Clock, "", theme.Text)
	}
	if y < bottom && len(s.Servers) == 0 { // else the panel of the sensors says it
		g.Text(r.X+1, bottom-1, r.W-2, NoGPUs(s), th.Style(theme.Dim))
	}
}

func maxNote(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return "max " + figure.Num(v)
}
