package replay

import (
	"math"
	"time"

	"tacho/engine/snap"
	"tacho/engine/stats"
)

// The history as in a live run: points of a second, of which two become one when
// there are more than so many.
const (
	pointWidth = time.Second
	maxPoints  = 300
)

// level is the points of one width that are complete.
type level struct {
	width  time.Duration
	points []snap.Point
}

// widthAt is the width of the points at a time.
func widthAt(at time.Duration) time.Duration {
	w := pointWidth
	for at/w >= maxPoints {
		w *= 2
	}
	return w
}

// levelOf returns the level of a width.
func (k *track) levelOf(width time.Duration) *level {
	l := k.levels[int(width/pointWidth)]
	if l == nil {
		l = &level{width: width}
		k.levels[int(width/pointWidth)] = l
	}
	return l
}

// fill computes the points of a level that are complete when the run is, or when
// they have become too many.
func (k *track) fill(l *level) {
	for n := min(int(k.length/l.width), maxPoints); len(l.points) < n; {
		l.points = append(l.points, k.point(time.Duration(len(l.points))*l.width, l.width, false))
	}
}

// series is the history up to a time, oldest first. The caller may keep it.
func (k *track) series(at time.Duration) ([]snap.Point, time.Duration) {
	l := k.levelOf(widthAt(at))
	n := min(int(at/l.width), len(l.points))
	out := make([]snap.Point, n, n+1)
	copy(out, l.points)
	passed := at - time.Duration(n)*l.width
	last := k.point(time.Duration(n)*l.width, passed, true)
	if n > 0 && stats.Young(passed, l.width) {
		last.Requests, last.OutputTokens = math.NaN(), math.NaN()
	}
	return append(out, last), l.width
}

// point is what happened in a stretch of the run, its very end included or not.
func (k *track) point(from, width time.Duration, last bool) snap.Point {
	t := k.m.tape
	p := snap.Point{At: from}
	var times timeSketches
	var felt *stats.FeltSketches
	var valid, tokens float64
	ends, until := t.end[k.lo:k.hi], k.origin+int64(from+width)
	if !last {
		until--
	}
	lo, hi := after(ends, k.origin+int64(from)-1), after(ends, until)
	for row := k.lo + lo; row < k.lo+hi; row++ {
		if t.flags[row]&rowFailed != 0 {
			p.Errors++
			continue
		}
		valid++
		if v := t.value(k.m.osl, row); v > 0 {
			tokens += v
		}
		times.add(k.m, row)
		if late := float64(t.late[row]); late == late {
			if felt == nil {
				felt = stats.NewFeltSketches()
			}
			felt.Add(t.value(k.m.ttft, row), t.value(k.m.latency, row), late)
		}
	}
	felt.Put(&p)
	p.TTFT50, p.TTFT90, p.TTFT99 = times.of(0)
	p.ITL50, p.ITL90, p.ITL99 = times.of(1)
	p.Latency50, _, p.Latency99 = times.of(2)
	p.Requests, p.OutputTokens = math.NaN(), math.NaN()
	if sec := width.Seconds(); sec > 0 {
		p.Requests, p.OutputTokens = valid/sec, tokens/sec
	}
	p.InFlight = flow{k.starts, ends}.mean(k.origin+int64(from), k.origin+int64(from+width))
	return p
}

// timeSketches are TTFT, ITL and latency of a point or a slice.
type timeSketches [3]*stats.Sketch

func (s *timeSketches) add(m *meter, row int) {
	for i, col := range [...]int{m.ttft, m.itl, m.latency} {
		v := m.tape.value(col, row)
		if !(v >= 0) {
			continue
		}
		if s[i] == nil {
			const bits = 6 // 0.8 %, as in a live run
			s[i] = stats.NewSketch(bits)
		}
		s[i].Add(v)
	}
}

// of returns the p50, p90 and p99 of one of them.
func (s *timeSketches) of(i int) (p50, p90, p99 float64) {
	if s[i] == nil {
		return math.NaN(), math.NaN(), math.NaN()
	}
	var q [3]float64
	s[i].Quantiles(q[:], 0.5, 0.9, 0.99)
	return q[0], q[1], q[2]
}
