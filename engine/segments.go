package engine

import (
	"math"
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/engine/stats"
)

// maxMarks bounds the marks of a phase; the oldest go first.
const maxMarks = 500

// segments are the stretches of a phase under one load. A request belongs to
// the one it started in. The collector's goroutine owns them.
type segments struct{ list []*segment }

type segment struct {
	from          time.Duration
	load          string
	valid, failed int64
	good          int64
	tokens        float64
	ttft, itl     *stats.Sketch
	ttftID, itlID int
	oslID         int
}

// sketchBits gives percentiles to 0.4 %.
const sketchBits = 7

// cut begins a segment under another load, or goes on with one that has just
// begun.
func (s *segments) cut(at time.Duration, load string, l *requestLog) {
	if n := len(s.list); n > 1 && snap.SameStep(s.list[n-1].from, at) {
		s.list[n-1].load = load
		return
	}
	s.list = append(s.list, &segment{
		from: at, load: load, ttft: stats.NewSketch(sketchBits), itl: stats.NewSketch(sketchBits),
		ttftID: l.reader.TTFT, itlID: l.reader.ITL, oslID: l.reader.OSL,
	})
}

// add counts a row in the segment it started in.
func (s *segments) add(row *metric.Row, start time.Duration, good bool) {
	for i := len(s.list) - 1; i >= 0; i-- {
		g := s.list[i]
		if start < g.from && i > 0 {
			continue
		}
		if row.Err != nil {
			g.failed++
			return
		}
		g.valid++
		if good {
			g.good++
		}
		val := func(id int) float64 {
			if id < 0 {
				return math.NaN()
			}
			return row.Vals[id]
		}
		g.ttft.Add(val(g.ttftID))
		g.itl.Add(val(g.itlID))
		if v := val(g.oslID); v > 0 {
			g.tokens += v
		}
		return
	}
}

// draw lists the segments at a time since the phase's start; nil while the load
// was never changed.
func (s *segments) draw(now time.Duration, ended bool) []snap.Segment {
	if len(s.list) < 2 {
		return nil
	}
	out := make([]snap.Segment, len(s.list))
	for i, g := range s.list {
		to, until := time.Duration(-1), now
		if i+1 < len(s.list) {
			to, until = s.list[i+1].from, s.list[i+1].from
		} else if ended {
			to = now
		}
		o := snap.Segment{
			From: g.from, To: to, Load: g.load, Requests: g.valid, Errors: g.failed,
			TTFT50: g.ttft.Quantile(0.5), TTFT99: g.ttft.Quantile(0.99), ITL50: g.itl.Quantile(0.5),
			RequestsPerSec: math.NaN(), TokSec: math.NaN(), GoodShare: math.NaN(),
		}
		if sec := (until - g.from).Seconds(); sec > 0 {
			o.RequestsPerSec, o.TokSec = float64(g.valid)/sec, g.tokens/sec
		}
		if n := g.valid + g.failed; n > 0 {
			o.GoodShare = float64(g.good) / float64(n)
		}
		out[i] = o
	}
	return out
}
