package screen

import (
	"math"
	"slices"
	"time"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/chart"
	"tacho/views/figure"
	"tacho/views/theme"
)

// Widths of a strip: its head, and what stands behind it.
const (
	stripHead = 10
	stripTail = 24
)

// strip places the times of one request on columns.
type strip struct {
	x, w     int
	from, to time.Duration
}

func newStrip(r cells.Rect, q *snap.Request) strip {
	s := strip{x: r.X + stripHead, w: r.W - stripHead - 2, from: q.Due, to: q.End}
	if r.W >= 100 {
		s.w -= stripTail
	}
	for _, t := range []time.Duration{q.Picked, q.Start, q.Wire} {
		if s.from < 0 && t >= 0 {
			s.from = t
		}
	}
	for _, m := range momentsOf(q) {
		s.to = max(s.to, m.at)
	}
	s.to = max(s.to, s.from+time.Millisecond)
	return s
}

// column is where a time stands, brought into the strip.
func (s strip) column(t time.Duration) int {
	return s.x + min(s.w-1, max(0, int(float64(t-s.from)/float64(s.to-s.from)*float64(s.w))))
}

// stage is a stretch of a request: what it waits for, or gets.
type stage struct {
	from, to time.Duration
	glyph    rune
	role     theme.Role
	name     string
}

// stagesOf cuts a request into its stages. A missing moment makes the one
// before it longer.
func stagesOf(q *snap.Request, th *theme.Theme) []stage {
	gl := th.Glyphs
	names := []stage{
		{glyph: gl.Limit, role: theme.Warn, name: "waits here"},
		{glyph: gl.Shade[1], role: theme.Second, name: "connects"},
		{glyph: gl.AxisX, role: theme.Dim, name: "waits for the server"},
		{glyph: gl.Shade[2], role: theme.Heat2, name: "reasons"},
		{glyph: gl.Shade[3], role: theme.Accent, name: "answers"},
	}
	begin := func(t time.Duration, i int) stage { s := names[i]; s.from = t; return s }
	stages := []stage{begin(first(q.Due, q.Picked, q.Start, q.Wire), 0)}
	if q.Wire >= 0 {
		if q.Connect > 0 {
			stages = append(stages, begin(q.Wire-q.Connect, 1))
		}
		stages = append(stages, begin(q.Wire, 2))
	}
	if q.First >= 0 {
		if q.FirstOutput > q.First {
			stages = append(stages, begin(q.First, 3), begin(q.FirstOutput, 4))
		} else {
			stages = append(stages, begin(q.First, 4))
		}
	}
	for i := range stages {
		stages[i].to = q.End
		if i+1 < len(stages) {
			stages[i].to = stages[i+1].from
		}
	}
	return stages
}

// first is the first time that is known.
func first(ts ...time.Duration) time.Duration {
	for _, t := range ts {
		if t >= 0 {
			return t
		}
	}
	return 0
}

// bar draws the stages of a request on one line.
func (s strip) bar(g *cells.Grid, y int, q *snap.Request, th *theme.Theme) {
	for _, st := range stagesOf(q, th) {
		if st.to < s.from || st.from > s.to {
			continue
		}
		for x := s.column(st.from); x <= s.column(st.to); x++ {
			g.Rune(x, y, st.glyph, th.Style(st.role))
		}
	}
	if q.Err != nil && q.End >= s.from && q.End <= s.to {
		g.Rune(s.column(q.End), y, 'x', th.Style(theme.Fail))
	}
}

// draw draws the strip with its chunks, gaps and axis into at most h lines and
// returns how many it used.
func (s strip) draw(g *cells.Grid, y, h int, q *snap.Request, th *theme.Theme) int {
	if h < 2 || s.w < 8 {
		return 0
	}
	used := 0
	head := func(name string) { g.Right(s.x-1, y+used, stripHead-2, name, th.Style(theme.Label)) }
	head("request")
	s.bar(g, y, q, th)
	used++
	if counts, longest := s.chunks(q); counts != nil && h >= 5 {
		head("chunks")
		chart.Spark(g, s.x, y+used, s.w, counts, th, theme.Accent)
		used++
		head("gaps")
		chart.Spark(g, s.x, y+used, s.w, longest, th, theme.Third)
		used++
	}
	if h-used >= 2 {
		s.axis(g, y+used, th)
		used += 2
	}
	if h-used >= 4 {
		s.legend(g, y+used, q, th)
		used++
	}
	return used
}

// chunks are, for each column, how many chunks came and the longest gap that
// ended in it; nil when no chunk times are at hand. A thinned list of gaps is
// spread evenly, since the times between them are gone.
func (s strip) chunks(q *snap.Request) (counts, longest []float64) {
	if len(q.Gaps) == 0 || q.First < 0 {
		return nil, nil
	}
	counts, longest = make([]float64, s.w), make([]float64, s.w)
	for i := range counts {
		counts[i], longest[i] = math.NaN(), math.NaN()
	}
	sum := 0.0
	for _, gap := range q.Gaps {
		sum += float64(gap)
	}
	span := float64(q.End-q.First) / 1e6
	even := len(q.Gaps) >= snap.MaxGaps || sum > span*1.1
	at := 0.0
	put := func(ms, gap float64) {
		x := s.column(q.First+time.Duration(ms*1e6)) - s.x
		if math.IsNaN(counts[x]) {
			counts[x] = 0
		}
		counts[x]++
		if !math.IsNaN(gap) && !(longest[x] >= gap) {
			longest[x] = gap
		}
	}
	put(0, math.NaN())
	for i, gap := range q.Gaps {
		if at += float64(gap); even {
			at = span * float64(i+1) / float64(len(q.Gaps))
		}
		put(at, float64(gap))
	}
	return counts, longest
}

// axis draws the time since the request was due.
func (s strip) axis(g *cells.Grid, y int, th *theme.Theme) {
	dim := th.Style(theme.Dim)
	for x := s.x; x < s.x+s.w; x++ {
		g.Rune(x, y, th.Glyphs.AxisX, dim)
	}
	span := float64(s.to-s.from) / 1e6
	step := niceStep(span, max(1, s.w/11))
	for v := 0.0; v <= span; v += step {
		x := s.column(s.from + time.Duration(v*1e6))
		g.Rune(x, y, th.Glyphs.TickX, dim)
		text := figure.Short(v)
		if v == 0 {
			text = "0 ms"
		}
		at := min(x-cells.Width(text)/2, s.x+s.w-cells.Width(text))
		g.Text(max(at, s.x-1), y+1, cells.Width(text), text, dim)
	}
}

// niceStep is a round step that cuts a span into at most n parts.
func niceStep(span float64, n int) float64 {
	least := span / float64(n)
	e := math.Pow(10, math.Floor(math.Log10(math.Max(least, 1e-6))))
	for _, m := range []float64{1, 2, 5, 10} {
		if m*e >= least {
			return m * e
		}
	}
	return 10 * e
}

// legend names the stages that the request has.
func (s strip) legend(g *cells.Grid, y int, q *snap.Request, th *theme.Theme) {
	x, end := s.x, s.x+s.w
	for _, st := range stagesOf(q, th) {
		text := string(st.glyph) + " " + st.name
		if x+cells.Width(text) > end {
			return
		}
		x = g.Text(x, y, end-x, string(st.glyph), th.Style(st.role)) + 1
		x = g.Text(x, y, end-x, st.name, th.Style(theme.Dim)) + 2
	}
}

// sortByWire orders requests by when they were sent.
func sortByWire(list []*snap.Request) {
	slices.SortFunc(list, func(a, b *snap.Request) int {
		switch {
		case a.Wire < b.Wire:
			return -1
		case a.Wire > b.Wire:
			return 1
		}
		return int(a.Num - b.Num)
	})
}
