package table

import (
	"fmt"
	"math"
	"slices"
	"time"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/chart"
	"tacho/views/figure"
	"tacho/views/theme"
)

// sliceLine is a row of the table of slices: a slice, or what happened in it.
type sliceLine struct {
	*snap.SliceRow
	rule string
	// sensed is what GPUs and servers did in the slice.
	sensed snap.SensorPoint
	trend  string // of TTFT within the slice
}

// sensor is a column of what was measured beside the requests.
func sensor(head string, width, drop int, v func(*snap.SensorPoint) float32, write func(float64) string) Field[sliceLine] {
	return Field[sliceLine]{Column{Head: head, Width: width, Drop: drop},
		func(l sliceLine) Cell { return l.cell(write(float64(v(&l.sensed)))) },
		func(l sliceLine) float64 { return float64(v(&l.sensed)) }}
}

func count(head string, width, drop int, n func(*snap.SliceRow) int64) Field[sliceLine] {
	return Field[sliceLine]{Column{Head: head, Width: width, Drop: drop},
		func(l sliceLine) Cell { return l.cell(figure.Count(n(l.SliceRow))) },
		func(l sliceLine) float64 { return float64(n(l.SliceRow)) }}
}

func number(head string, width, drop int, v func(*snap.SliceRow) float64) Field[sliceLine] {
	return Field[sliceLine]{Column{Head: head, Width: width, Drop: drop},
		func(l sliceLine) Cell { return l.cell(figure.Num(v(l.SliceRow))) },
		func(l sliceLine) float64 { return v(l.SliceRow) }}
}

// cell is a value of the slice: dim while its requests have not all ended.
func (l sliceLine) cell(text string) Cell {
	if l.Open {
		return Cell{text, theme.Dim}
	}
	return Cell{text, theme.Text}
}

// sliceFields are the columns of the table of slices; times are in ms.
var sliceFields = func() []Field[sliceLine] {
	from := count("from", 8, 0, func(r *snap.SliceRow) int64 { return int64(r.At) })
	from.Cell = func(l sliceLine) Cell { return l.cell(figure.Clock(l.At)) }
	errs := count("errors", 7, 2, func(r *snap.SliceRow) int64 { return r.Errors })
	errs.Cell = func(l sliceLine) Cell {
		c := l.cell(figure.Count(l.Errors))
		if l.Errors > 0 {
			c.Role = theme.Warn
		}
		return c
	}
	good := number("good %", 8, 9, func(r *snap.SliceRow) float64 { return r.GoodShare })
	good.Cell = func(l sliceLine) Cell { return l.cell(figure.Share(l.GoodShare)) }
	open := Field[sliceLine]{Column: Column{Width: 6, Left: true, Drop: 10}, Cell: func(l sliceLine) Cell {
		if l.Open {
			return Cell{" open", theme.Dim}
		}
		return Cell{}
	}}
	return []Field[sliceLine]{
		from,
		count("reqs", 7, 0, func(r *snap.SliceRow) int64 { return r.Requests }),
		errs,
		number("TTFT p50", 10, 0, func(r *snap.SliceRow) float64 { return r.TTFT50 }),
		number("p90", 7, 6, func(r *snap.SliceRow) float64 { return r.TTFT90 }),
		number("p99", 7, 1, func(r *snap.SliceRow) float64 { return r.TTFT99 }),
		number("ITL p50", 9, 3, func(r *snap.SliceRow) float64 { return r.ITL50 }),
		number("p90", 7, 8, func(r *snap.SliceRow) float64 { return r.ITL90 }),
		number("p99", 7, 4, func(r *snap.SliceRow) float64 { return r.ITL99 }),
		number("latency p50", 13, 7, func(r *snap.SliceRow) float64 { return r.Latency50 }),
		number("tok/s", 8, 5, func(r *snap.SliceRow) float64 { return r.OutputTokensPerSec }),
		good,
		sensor("GPU %", 7, 5, func(p *snap.SensorPoint) float32 { return p.GPUUtil }, func(v float64) string { return figure.Whole(v / 100) }),
		sensor("KV %", 6, 6, func(p *snap.SensorPoint) float32 { return p.KVUse }, figure.Whole),
		sensor("waiting", 9, 11, func(p *snap.SensorPoint) float32 { return p.Waiting }, figure.Num),
		sensor("GPU W", 8, 11, func(p *snap.SensorPoint) float32 { return p.GPUPower }, figure.Num),
		open,
	}
}()

// The course of a slice takes so many cells, and at least so many points of the
// history.
const (
	courseWidth = 8
	leastCourse = 3
)

// courseField is the course of TTFT within a slice; it goes first and cannot be
// sorted by.
var courseField = Field[sliceLine]{Column: Column{Head: "  TTFT", Width: courseWidth + 4, Left: true, Drop: 12},
	Cell: func(l sliceLine) Cell { return Cell{"  " + l.trend, theme.Accent} }}

// courseOf is the history of TTFT within the slice that begins at a time.
func courseOf(s *snap.Snapshot, from time.Duration) []float64 {
	var out []float64
	for i := range s.Series {
		if p := &s.Series[i]; p.At >= from && p.At < from+s.SliceWidth {
			out = append(out, p.TTFT50)
		}
	}
	return out
}

// sensorColumns is how many columns before the last are of what was measured
// beside the requests.
const sensorColumns = 4

// SliceColumns is the number of columns that slices can be sorted by.
var SliceColumns = len(sliceFields) - 1

// SliceList is the time slices as a list, the newest first unless sorted
// otherwise. Only in the order of time do marks and segments stand between
// them. th draws the course of TTFT within each slice; nil leaves that out. At
// gives the slice of a row, nil for a row that separates.
func SliceList(s *snap.Snapshot, o Order, th *theme.Theme) (l *List, at []*snap.SliceRow) {
	n := len(sliceFields)
	fields, sensors, last := sliceFields[:n-2-sensorColumns], sliceFields[n-1-sensorColumns:n-1], sliceFields[n-1:]
	if slices.ContainsFunc(s.Slices, func(r snap.SliceRow) bool { return !math.IsNaN(r.GoodShare) }) {
		fields = sliceFields[:n-1-sensorColumns]
	}
	if len(s.Sensors) == 0 {
		sensors = nil
	}
	var course []Field[sliceLine]
	if th != nil && s.SeriesWidth > 0 && s.SeriesWidth*leastCourse <= s.SliceWidth {
		course = []Field[sliceLine]{courseField}
	}
	fields = slices.Concat(fields, sensors, course, last)
	lines := make([]sliceLine, 0, len(s.Slices))
	for i := range s.Slices {
		line := sliceLine{SliceRow: &s.Slices[len(s.Slices)-1-i]}
		if sensors != nil {
			line.sensed, _ = snap.Sensed(s.Sensors, s.SensorWidth, line.At, line.At+s.SliceWidth)
		}
		if course != nil {
			line.trend = chart.SparkText(courseOf(s, line.At), courseWidth, th)
		}
		lines = append(lines, line)
	}
	if o.By == 1 { // the same as the usual order
		o = Order{Flip: o.Flip}
	}
	lines = Sort(fields, lines, o)
	if o.By == 0 {
		lines = withRules(lines, s, o.Flip)
	}
	l = NewList(fields, lines, o)
	l.Empty = emptySlices(s)
	l.Rule = func(row int) (string, bool) { return lines[row].rule, lines[row].rule != "" }
	at = make([]*snap.SliceRow, len(lines))
	for i := range lines {
		at[i] = lines[i].SliceRow
	}
	return l, at
}

func emptySlices(s *snap.Snapshot) string {
	if s.SliceWidth <= 0 {
		return "no time slices in this run: --slice-duration SECONDS asks for them"
	}
	return "the first slice closes when its requests have ended"
}

// withRules puts what happened between the slices: above the slice it happened
// in, as time goes up the table, or below when it goes down.
func withRules(lines []sliceLine, s *snap.Snapshot, up bool) []sliceLine {
	type event struct {
		at   time.Duration
		text string
	}
	var events []event
	for _, m := range s.Marks {
		if m.Kind == snap.MarkStall || m.Kind == snap.MarkError {
			continue // those are in the numbers
		}
		if m.Kind == snap.MarkLoad && len(s.Segments) > 1 {
			continue // the segment says so
		}
		events = append(events, event{m.At, figure.Clock(m.At) + " " + m.Text})
	}
	if len(s.Segments) > 1 {
		for i := range s.Segments {
			if g := &s.Segments[i]; g.Requests == 0 && g.To >= 0 {
				continue // passed through on the way to another load
			}
			events = append(events, event{s.Segments[i].From, SegmentText(&s.Segments[i])})
		}
	}
	slices.SortStableFunc(events, func(a, b event) int { return int((a.at - b.at) / time.Millisecond) })
	var out []sliceLine
	if up { // oldest first: an event stands above the first slice that begins after it
		for _, l := range lines {
			for len(events) > 0 && events[0].at <= l.At {
				out, events = append(out, sliceLine{rule: events[0].text}), events[1:]
			}
			out = append(out, l)
		}
		for _, e := range events {
			out = append(out, sliceLine{rule: e.text})
		}
		return out
	}
	for _, l := range lines { // newest first: it stands below the last slice that begins after it
		for n := len(events); n > 0 && events[n-1].at > l.At; n = len(events) {
			out, events = append(out, sliceLine{rule: events[n-1].text}), events[:n-1]
		}
		out = append(out, l)
	}
	for i := len(events) - 1; i >= 0; i-- {
		out = append(out, sliceLine{rule: events[i].text})
	}
	return out
}

// SegmentText says what a segment of a steered run was like in one line.
func SegmentText(g *snap.Segment) string {
	t := figure.Clock(g.From) + "-"
	if g.To >= 0 {
		t += figure.Clock(g.To)
	}
	t += fmt.Sprintf(" %s: %s", g.Load, figure.Counted(g.Requests, "request"))
	if g.Errors > 0 {
		t += ", " + figure.Counted(g.Errors, "error")
	}
	t += fmt.Sprintf(", TTFT %s / %s, ITL %s ms, %s tok/s", figure.Num(g.TTFT50), figure.Num(g.TTFT99), figure.Num(g.ITL50), figure.Num(g.TokSec))
	if !math.IsNaN(g.GoodShare) {
		t += ", " + figure.Share(g.GoodShare) + "% good"
	}
	return t
}

// Slices draws the newest time slices for a panel; times are in milliseconds.
func Slices(g *cells.Grid, r cells.Rect, s *snap.Snapshot, th *theme.Theme, selected time.Duration) {
	if r.H < 1 || r.W < 24 {
		return
	}
	bare := *s // in a few lines the slices matter most
	bare.Marks, bare.Segments = nil, nil
	l, at := SliceList(&bare, Order{}, nil)
	cur := Cursor{}
	l.Select = false
	if i := SliceIndex(at, selected); selected >= 0 && i >= 0 {
		l.Select, cur.At = true, i
	}
	l.Draw(g, r, cur, th)
}

// SliceIndex is the row of the slice that begins at a time, -1 without one.
func SliceIndex(at []*snap.SliceRow, begin time.Duration) int {
	return slices.IndexFunc(at, func(r *snap.SliceRow) bool { return r != nil && r.At == begin })
}
