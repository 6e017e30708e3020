package table

import (
	"math"
	"slices"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/chart"
	"tacho/views/figure"
	"tacho/views/theme"
)

// Widths in cells: a row's name and unit, its trend and its objective.
const (
	nameW = 11
	wideW = 15 // a name's width where there is room
	unitW = 5
	spark = 7
	sloW  = 14
)

// numW is the width of a number's column, with the gap before it.
func numW(width int) int {
	if width >= 96 {
		return 8
	}
	return 7
}

// column is one column of the metric table.
type column struct {
	slot
	value func(*row) float64 // nil for trend and objective
}

// row is one metric with what is known of it.
type row struct {
	snap.Live
	name  string
	scale figure.Scale
}

func columnsOf(final, slo bool, numW int) []column {
	now := column{slot{"now", numW, 3}, func(r *row) float64 { return r.Now }}
	if final {
		now = column{slot{"min", numW, 7}, func(r *row) float64 { return r.Min }}
	}
	cols := []column{
		now,
		{slot{"avg", numW, 5}, func(r *row) float64 { return r.Avg }},
		{slot{"p50", numW, 0}, func(r *row) float64 { return r.P50 }},
		{slot{"p90", numW, 4}, func(r *row) float64 { return r.P90 }},
		{slot{"p99", numW, 1}, func(r *row) float64 { return r.P99 }},
		{slot{"max", numW, 9}, func(r *row) float64 { return r.Max }},
		{slot{"trend", spark + 2, 6}, nil},
	}
	if slo {
		cols = append(cols, column{slot{"within SLO", sloW, 8}, nil})
	}
	return cols
}

// sheet is the columns of one table and where they begin.
type sheet struct {
	name int // width of the name
	head int // width of name and unit
	num  int
	cols []column
	slo  bool
}

// newSheet chooses the columns for a width. Room to spare goes to the trend.
func newSheet(s *snap.Snapshot, width int) sheet {
	sh := sheet{name: nameW, num: numW(width)}
	if width >= 96 {
		sh.name = wideW
	}
	sh.head = sh.name + unitW
	for i := range s.Live {
		sh.slo = sh.slo || !math.IsNaN(s.Live[i].SLO)
	}
	sh.cols = fit(columnsOf(s.Final != nil, sh.slo, sh.num), width-2-sh.head)
	spare := width - 2 - sh.head
	for _, c := range sh.cols {
		spare -= c.width
	}
	for i := range sh.cols {
		if sh.cols[i].head == "trend" {
			sh.cols[i].width += max(0, min(spare, 24))
		}
	}
	return sh
}

// each calls f with every column and the cell after its last.
func (sh *sheet) each(x int, f func(c *column, end int)) {
	x += sh.head
	for i := range sh.cols {
		x += sh.cols[i].width
		f(&sh.cols[i], x)
	}
}

// minW is the least width of a table that says anything.
const minW = 28

// Metrics draws the live metrics, and the exact ones once the run has its
// summary. It returns the number of lines it used.
func Metrics(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme) int {
	if r.H < 1 || r.W < minW {
		return 0
	}
	sh := newSheet(s, r.W)
	sh.each(r.X+1, func(c *column, end int) {
		if c.head == "trend" {
			g.Text(end-c.width+2, r.Y, c.width-2, c.head, th.Style(theme.Dim))
			return
		}
		g.Right(end, r.Y, c.width, c.head, th.Style(theme.Dim))
	})
	rows := rowsOf(s)
	rows = rows[:min(len(rows), r.H-1)]
	for i := range rows {
		metricRow(g, r.X+1, r.Y+1+i, &rows[i], sh, th)
	}
	return 1 + len(rows)
}

func metricRow(g *cells.Grid, x, y int, r *row, sh sheet, th *theme.Theme) {
	rowHead(g, x, y, sh.head, r.name, r.scale.Unit, th)
	sh.each(x, func(c *column, end int) {
		switch {
		case c.value != nil:
			v := c.value(r)
			g.Right(end, y, c.width-1, r.scale.Of(v), valueStyle(v, th))
		case c.head == "trend":
			chart.Spark(g, end-c.width+2, y, c.width-2, r.Trend, th, theme.Accent)
		case !math.IsNaN(r.SLO):
			sign := " ≤ "
			if r.Def.Has(metric.LargerIsBetter) {
				sign = " ≥ "
			}
			share := figure.Share(r.Within)
			if !math.IsNaN(r.Within) {
				share += "%"
			}
			g.Right(end, y, c.width-1, share+sign+figure.Short(r.SLO*r.scale.Factor), th.Style(theme.Text))
		}
	})
}

func rowHead(g *cells.Grid, x, y, width int, name, unit string, th *theme.Theme) {
	room := width
	if unit != "" {
		room -= cells.Width(unit) + 1
	}
	g.Text(x, y, room, name, th.Style(theme.Label))
	g.Right(x+width, y, unitW, unit, th.Style(theme.Dim))
}

func valueStyle(v float64, th *theme.Theme) cells.Style {
	if math.IsNaN(v) {
		return th.Style(theme.Dim)
	}
	return th.Style(theme.Text)
}

// first are the metrics that a run is judged by. They come first, whatever the
// console's order, so that a short table still has them.
var first = []metric.Tag{metric.TTFT, metric.ITL, metric.RequestLatency, metric.OutputTokenThroughputPerUser}

// rank is where a metric stands: the first ones, those with an objective, the
// others as they come.
func rank(l snap.Live) int {
	if i := slices.Index(first, l.Def.Tag); i >= 0 {
		return i
	}
	if !math.IsNaN(l.SLO) {
		return len(first)
	}
	return len(first) + 1
}

// rowsOf takes the live metrics and, at the end, their exact statistics.
func rowsOf(s *snap.Snapshot) []row {
	rows := make([]row, 0, len(s.Live))
	for _, l := range s.Live {
		if l.Def == nil {
			continue
		}
		if s.Final != nil {
			if st, ok := s.Final.Get(l.Def.Tag); ok {
				l.Avg, l.Min, l.Max = st.Avg, st.Min, st.Max
				l.P50, l.P90, l.P99 = st.P[4], st.P[6], st.P[8]
			}
		}
		typical := l.P50
		if math.IsNaN(typical) {
			typical = l.Avg
		}
		name := l.Def.Short
		if name == "" {
			name = l.Def.Header
		}
		rows = append(rows, row{Live: l, name: name, scale: figure.ScaleFor(l.Def.Unit, typical)})
	}
	slices.SortStableFunc(rows, func(a, b row) int { return rank(a.Live) - rank(b.Live) })
	return rows
}

// RateLines is the number of lines that Rates has to draw: goodput needs an
// objective.
func RateLines(s *snap.Snapshot) int {
	if !math.IsNaN(s.Totals.Goodput) || len(s.Run.SLOs) > 0 {
		return 3
	}
	return 2
}

// Rates draws requests, tokens and goodput per second, now and over the phase,
// in the columns of the metric table. It returns the number of lines it used.
func Rates(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme) int {
	type line struct {
		name, unit string
		now, all   float64
		trend      []float64
		note       string
	}
	lines := []line{
		{name: "requests", unit: "req/s", now: s.Rates.Requests, all: s.Totals.Requests, trend: tail(s, func(p snap.Point) float64 { return p.Requests })},
		{name: "output", unit: "tok/s", now: s.Rates.OutputTokens, all: s.Totals.OutputTokens, trend: tail(s, func(p snap.Point) float64 { return p.OutputTokens })},
	}
	if v := s.Cost.PerMTok; v > 0 {
		lines[0].note = figure.Num(v) + "/Mtok"
	}
	if v := s.Cost.JoulesPerTok; v > 0 {
		lines[1].note = figure.Num(v) + " J/tok"
	}
	if RateLines(s) > len(lines) {
		note := ""
		if share := s.Totals.GoodShare; !math.IsNaN(share) {
			note = figure.Share(share) + "% good"
		}
		lines = append(lines, line{name: "goodput", unit: "req/s", now: s.Rates.Goodput, all: s.Totals.Goodput, note: note})
	}
	if r.W < minW {
		return 0
	}
	sh := newSheet(s, r.W)
	lines = lines[:max(0, min(len(lines), r.H))]
	for i, l := range lines {
		y := r.Y + i
		rowHead(g, r.X+1, y, sh.head, l.name, l.unit, th)
		sh.each(r.X+1, func(c *column, end int) {
			switch c.head {
			case "now":
				g.Right(end, y, c.width-1, figure.Num(l.now), valueStyle(l.now, th))
			case "avg":
				g.Right(end, y, c.width-1, figure.Num(l.all), valueStyle(l.all, th))
			case "trend":
				chart.Spark(g, end-c.width+2, y, c.width-2, l.trend, th, theme.Accent)
			case "within SLO":
				g.Right(end, y, c.width-1, l.note, th.Style(theme.Text))
			}
		})
	}
	return len(lines)
}

func tail(s *snap.Snapshot, f func(snap.Point) float64) []float64 {
	pts := s.Series[max(0, len(s.Series)-32):]
	v := make([]float64, len(pts))
	for i, p := range pts {
		v[i] = f(p)
	}
	return v
}

// MetricList is all metrics with all their columns, for copying.
func MetricList(s *snap.Snapshot) *List {
	rows := rowsOf(s)
	cols := columnsOf(s.Final != nil, false, 0)
	l := &List{Len: len(rows), Sort: -1, Columns: []Column{{Head: "metric", Left: true}, {Head: "unit", Left: true}}}
	var shown []column
	for _, c := range cols {
		if c.value != nil {
			shown = append(shown, c)
			l.Columns = append(l.Columns, Column{Head: c.head})
		}
	}
	l.Columns = append(l.Columns, Column{Head: "SLO"}, Column{Head: "within %"})
	l.Cell = func(row, col int) Cell {
		r := &rows[row]
		switch {
		case col == 0:
			return Cell{Text: r.name}
		case col == 1:
			return Cell{Text: r.scale.Unit}
		case col < 2+len(shown):
			return Cell{Text: r.scale.Of(shown[col-2].value(r))}
		case math.IsNaN(r.SLO):
			return Cell{}
		case col == 2+len(shown):
			return Cell{Text: figure.Short(r.SLO * r.scale.Factor)}
		}
		return Cell{Text: figure.Share(r.Within)}
	}
	return l
}
