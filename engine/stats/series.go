package stats

import (
	"math"
	"time"
)

// LivePoint is one step of the history of a phase. NaN where nothing came. Times
// are in ms, to 0.8 %.
type LivePoint struct {
	At                     time.Duration // of its start, since the origin
	TTFT50, TTFT90, TTFT99 float64
	ITL50, ITL90, ITL99    float64
	Latency50, Latency99   float64
	Requests, OutputTokens float64 // per second
	InFlight               float64 // mean
	Errors                 int64
	// Felt times count from the moment that the schedule wanted a request, not
	// from its start: they include how late this client was.
	FeltTTFT50, FeltTTFT90, FeltTTFT99 float64
	FeltLatency50, FeltLatency99       float64
}

// series is the history in points of equal width. When there are too many, two
// neighbours become one.
type series struct {
	width  int64
	limit  int
	points []point
	now    int64 // since the origin
}

type point struct {
	tallies
	times            *timeSketches // nil while no request has come
	felt             *FeltSketches // nil while none had a due time
	inFlight, inSecs float64       // integral, and over what time
}

// timeSketches are those of a point or a slice.
type timeSketches struct{ ttft, itl, latency Sketch }

// seriesBits gives the percentiles of the history to 0.8 %.
const seriesBits = 6

func newTimeSketches() *timeSketches {
	return &timeSketches{*NewSketch(seriesBits), *NewSketch(seriesBits), *NewSketch(seriesBits)}
}

func (t *timeSketches) add(x *liveValues) {
	t.ttft.Add(x.ttft)
	t.itl.Add(x.itl)
	t.latency.Add(x.latency)
}

func (s *series) init(width time.Duration, limit int) {
	s.width, s.limit = int64(width), max(limit, 2)
}

// at returns the point of a time since the origin.
func (s *series) at(ns int64) *point {
	ns = max(ns, 0)
	for ns/s.width >= int64(s.limit) {
		s.join()
	}
	i := int(ns / s.width)
	for i >= len(s.points) {
		s.points = append(s.points, point{})
	}
	return &s.points[i]
}

func (s *series) join() {
	s.width *= 2
	n := (len(s.points) + 1) / 2
	for i := range n {
		p := s.points[2*i]
		if 2*i+1 < len(s.points) {
			p.merge(&s.points[2*i+1])
		}
		s.points[i] = p
	}
	clear(s.points[n:])
	s.points = s.points[:n]
}

func (p *point) merge(o *point) {
	p.tallies.add(&o.tallies)
	p.inFlight += o.inFlight
	p.inSecs += o.inSecs
	switch {
	case p.times == nil:
		p.times = o.times
	case o.times != nil:
		p.times.ttft.Merge(&o.times.ttft)
		p.times.itl.Merge(&o.times.itl)
		p.times.latency.Merge(&o.times.latency)
	}
	if p.felt == nil {
		p.felt = o.felt
	} else {
		p.felt.Merge(o.felt)
	}
}

func (s *series) add(ns int64, x *liveValues) {
	p := s.at(ns)
	p.tallies.add(&x.tallies)
	if x.valid > 0 {
		if p.times == nil {
			p.times = newTimeSketches()
		}
		p.times.add(x)
		if !math.IsNaN(x.late) {
			if p.felt == nil {
				p.felt = NewFeltSketches()
			}
			p.felt.Add(x.ttft, x.latency, x.late)
		}
	}
	s.now = max(s.now, ns)
}

// inFlight says that n requests were in flight from one time to another.
func (s *series) inFlight(from, to, n int64) {
	s.at(to) // joins first, if it must
	for from = max(from, 0); from < to; {
		end := min(to, (from/s.width+1)*s.width)
		p, sec := s.at(from), float64(end-from)/1e9
		p.inFlight += float64(n) * sec
		p.inSecs += sec
		from = end
	}
	s.now = max(s.now, to)
}

// Series returns the history of the phase, oldest first, and the width of its
// points, which doubles when they become too many. The last one is not over yet:
// its rates are over what has passed of it, and absent until that is half.
func (l *Live) Series() ([]LivePoint, time.Duration) {
	s := &l.series
	out := make([]LivePoint, len(s.points))
	for i := range s.points {
		p := &s.points[i]
		start := int64(i) * s.width
		o := LivePoint{At: time.Duration(start), Errors: p.failed, InFlight: p.inFlight / p.inSecs}
		sec := float64(min(s.width, s.now-start)) / 1e9
		o.Requests, o.OutputTokens = float64(p.valid)/sec, p.out/sec
		if sec <= 0 || i > 0 && Young(time.Duration(s.now-start), time.Duration(s.width)) {
			o.Requests, o.OutputTokens = math.NaN(), math.NaN()
		}
		o.TTFT50, o.TTFT90, o.TTFT99 = p.times.of(func(t *timeSketches) *Sketch { return &t.ttft })
		o.ITL50, o.ITL90, o.ITL99 = p.times.of(func(t *timeSketches) *Sketch { return &t.itl })
		o.Latency50, _, o.Latency99 = p.times.of(func(t *timeSketches) *Sketch { return &t.latency })
		p.felt.Put(&o)
		out[i] = o
	}
	return out, time.Duration(s.width)
}

// Young reports whether so little of a point has passed that its rates would say
// more of when answers happen to end than of the load: they drop to nothing at the
// edge of a chart.
func Young(passed, width time.Duration) bool { return 2*passed < width }

// of returns the p50, p90 and p99 of one sketch.
func (t *timeSketches) of(which func(*timeSketches) *Sketch) (p50, p90, p99 float64) {
	if t == nil {
		return math.NaN(), math.NaN(), math.NaN()
	}
	var q [3]float64
	which(t).Quantiles(q[:], 0.5, 0.9, 0.99)
	return q[0], q[1], q[2]
}
