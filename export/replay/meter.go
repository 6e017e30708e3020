package replay

import (
	"cmp"
	"math"
	"slices"
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/engine/stats"
)

// watch is one metric on the screen.
type watch struct {
	def    *metric.Def
	col    int // in tape.vals; -1 for the list of gaps
	slo    metric.SLO
	hasSLO bool
}

// meter knows where on a tape the figures of the screen are.
type meter struct {
	tape    *tape
	watches []watch // in console order
	slos    []metric.SLO
	// Columns of the tape, -1 if there is none.
	ttft, itl, latency, osl, isl int
}

// newMeter finds the metrics that a run of this context shows.
func newMeter(t *tape, reg *metric.Registry, ctx *metric.Context) *meter {
	m := &meter{tape: t, slos: ctx.SLOs}
	plan := reg.Plan(ctx)
	for _, tag := range append([]metric.Tag{metric.ICL}, t.tags...) {
		d, ok := reg.Lookup(tag)
		if !ok || !plan.Applies(d) {
			continue
		}
		w := watch{def: d, col: slices.Index(t.tags, tag)}
		for _, s := range ctx.SLOs {
			if s.Tag == tag {
				w.slo, w.hasSLO = s, true
			}
		}
		m.watches = append(m.watches, w)
	}
	slices.SortStableFunc(m.watches, func(a, b watch) int {
		return cmp.Or(cmp.Compare(consoleOrder(a.def), consoleOrder(b.def)), cmp.Compare(a.def.ID, b.def.ID))
	})
	col := func(tag metric.Tag) int { return slices.Index(t.tags, tag) }
	m.ttft, m.itl, m.latency = col(metric.TTFT), col(metric.ITL), col(metric.RequestLatency)
	m.osl, m.isl = col(metric.OSL), col(metric.ISL)
	return m
}

// consoleOrder puts what has no place on the console last.
func consoleOrder(d *metric.Def) int {
	if d.Order == 0 {
		return math.MaxInt
	}
	return d.Order
}

// sketchBits gives percentiles to 0.1 %, as in a live run.
const sketchBits = 9

// totals are the figures of a phase up to some request, in order of end.
type totals struct {
	valid, failed, good int64
	out, in             float64 // tokens
	goodOut             float64 // those of out that good requests made
	// pieces are the chunks of requests that made pieceOut tokens.
	pieces, pieceOut float64
	sketches         []*stats.Sketch // by watch
	within           []int64         // by watch
	ttft, itl        snap.HeatMap
	latency          snap.HeatMap
	slowest          []uint32 // slowest first
	segments         []segmentTotals
}

func (m *meter) newTotals(segments int) *totals {
	s := &totals{within: make([]int64, len(m.watches)), segments: make([]segmentTotals, segments)}
	for range m.watches {
		s.sketches = append(s.sketches, stats.NewSketch(sketchBits))
	}
	for i := range s.segments {
		s.segments[i] = newSegmentTotals()
	}
	return s
}

// add takes in a request. Times count from the origin.
func (m *meter) add(s *totals, row int, origin int64, cuts []cut, gaps *gapReader) {
	t := m.tape
	flags := t.flags[row]
	seg := segmentOf(cuts, time.Duration(t.start[row]-origin))
	if flags&rowFailed != 0 {
		s.failed++
		if seg >= 0 {
			s.segments[seg].failed++
		}
		return
	}
	s.valid++
	if flags&rowGood != 0 {
		s.good++
	}
	osl := t.value(m.osl, row)
	codes := gaps.read(t.gapRef[row], t.gapN[row])
	if osl > 0 {
		s.out += osl
		if flags&rowGood != 0 {
			s.goodOut += osl
		}
		s.pieceOut += osl
		s.pieces += float64(t.gapN[row]) + 1
	}
	if v := t.value(m.isl, row); v > 0 {
		s.in += v
	}
	for i := range m.watches {
		w := &m.watches[i]
		if w.col < 0 {
			for _, c := range codes {
				s.sketches[i].Add(gapOf(c))
			}
			continue
		}
		v := float64(t.vals[w.col][row])
		if w.hasSLO && w.slo.Met(w.def, v) {
			s.within[i]++
		}
		s.sketches[i].Add(v)
	}
	if seg >= 0 {
		s.segments[seg].add(m, row)
	}
	m.heat(s, row, time.Duration(t.start[row]-origin), codes)
	s.slow(t.vals[m.latency], uint32(row))
}

// heat puts a request's times where they happened: TTFT at the first token,
// latency at the end, every gap at its own moment.
func (m *meter) heat(s *totals, row int, start time.Duration, codes []uint16) {
	t := m.tape
	at := func(ms float64) time.Duration { return start + time.Duration(ms*1e6) }
	if v := t.value(m.latency, row); v >= 0 {
		s.latency.Add(at(v), snap.HeatRow(v))
	}
	v := t.value(m.ttft, row)
	if !(v >= 0) {
		return
	}
	s.ttft.Add(at(v), snap.HeatRow(v))
	now := v
	var col []uint32
	until := time.Duration(-1)
	for _, c := range codes {
		now += gapOf(c)
		when := at(now)
		if when < 0 {
			continue
		}
		if when >= until || col == nil {
			col = s.itl.Column(when)
			until = (when/s.itl.Width() + 1) * s.itl.Width()
		}
		col[gapRows[c]]++
	}
}

// slow keeps a request if it is among the slowest.
func (s *totals) slow(latency []float32, row uint32) {
	v := latency[row]
	if !(v >= 0) {
		return
	}
	n := len(s.slowest)
	if n == snap.KeepSlowest && !(v > latency[s.slowest[n-1]]) {
		return
	}
	at, _ := slices.BinarySearchFunc(s.slowest, v, func(a uint32, v float32) int { return cmp.Compare(v, latency[a]) })
	if n == snap.KeepSlowest {
		s.slowest = s.slowest[:n-1]
	}
	s.slowest = slices.Insert(s.slowest, at, row)
}

// merge adds other totals, of requests that ended later.
func (s *totals) merge(o *totals, latency []float32) {
	s.valid += o.valid
	s.failed += o.failed
	s.good += o.good
	s.out += o.out
	s.goodOut += o.goodOut
	s.in += o.in
	s.pieces += o.pieces
	s.pieceOut += o.pieceOut
	for i := range s.sketches {
		s.sketches[i].Merge(o.sketches[i])
		s.within[i] += o.within[i]
	}
	s.ttft.Merge(&o.ttft)
	s.itl.Merge(&o.itl)
	s.latency.Merge(&o.latency)
	for _, row := range o.slowest {
		s.slow(latency, row)
	}
	for i := range s.segments {
		s.segments[i].merge(&o.segments[i])
	}
}

// reset empties the totals and keeps the memory of the sketches.
func (s *totals) reset() {
	*s = totals{sketches: s.sketches, within: s.within, slowest: s.slowest[:0], segments: s.segments}
	clear(s.within)
	for _, k := range s.sketches {
		k.Reset()
	}
	for i := range s.segments {
		s.segments[i].reset()
	}
}
