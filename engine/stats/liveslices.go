package stats

import (
	"math"
	"time"
)

// LiveSlice is one time slice so far: the requests that started in it and have
// ended. NaN where nothing came. Times are in ms, to 0.8 %.
type LiveSlice struct {
	At                            time.Duration // of its start, since the origin
	Requests, Errors              int64
	TTFT50, TTFT90, TTFT99        float64
	ITL50, ITL90, ITL99           float64
	Latency50                     float64
	OutputTokensPerSec, GoodShare float64
	Open                          bool // requests of it may still come
}

const (
	// maxLiveSlices is how many slices are kept; older ones are forgotten.
	maxLiveSlices = 2000
	// maxOpenSlices is how many keep their sketches: of older ones a late
	// request still counts, but does not change the percentiles.
	maxOpenSlices = 200
)

type liveSlices struct {
	width        int64
	now, settled int64 // since the origin
	first        int64 // number of list[0]
	list         []liveSlice
	frozen       int // slices of list without sketches
}

type liveSlice struct {
	tallies
	times *timeSketches
	done  LiveSlice // the percentiles, once times is gone
}

func (s *liveSlices) add(ns int64, x *liveValues) {
	if s.width <= 0 {
		return
	}
	// The origin may be the start of a request that was not the first.
	n := max(ns, 0) / s.width
	if len(s.list) == 0 {
		s.first = n
	}
	for n < s.first && s.frozen == 0 && len(s.list) < maxOpenSlices {
		s.list = append([]liveSlice{{}}, s.list...)
		s.first--
	}
	if n < s.first {
		return
	}
	if n-s.first >= 2*maxLiveSlices { // a long silence: nothing kept is recent
		s.list, s.frozen, s.first = nil, 0, n
	}
	for n-s.first >= int64(len(s.list)) {
		s.list = append(s.list, liveSlice{})
	}
	p := &s.list[n-s.first]
	p.tallies.add(&x.tallies)
	if x.valid > 0 && int(n-s.first) >= s.frozen {
		if p.times == nil {
			p.times = newTimeSketches()
		}
		p.times.add(x)
	}
	s.trim()
}

// trim frees sketches of old slices, and forgets the oldest.
func (s *liveSlices) trim() {
	for s.frozen < len(s.list)-maxOpenSlices {
		p := &s.list[s.frozen]
		p.done = p.view()
		p.times = nil
		s.frozen++
	}
	if drop := len(s.list) - maxLiveSlices; drop > maxLiveSlices/10 {
		s.list = append([]liveSlice(nil), s.list[drop:]...)
		s.first += int64(drop)
		s.frozen -= drop
	}
}

// view fills in the percentiles.
func (p *liveSlice) view() LiveSlice {
	var o LiveSlice
	o.TTFT50, o.TTFT90, o.TTFT99 = p.times.of(func(t *timeSketches) *Sketch { return &t.ttft })
	o.ITL50, o.ITL90, o.ITL99 = p.times.of(func(t *timeSketches) *Sketch { return &t.itl })
	o.Latency50, _, _ = p.times.of(func(t *timeSketches) *Sketch { return &t.latency })
	return o
}

// Slices returns the time slices so far in which a request started, oldest
// first, at most two thousand. The last one is not over: its rate is over what
// has passed of it.
func (l *Live) Slices() []LiveSlice {
	s := &l.slices
	var out []LiveSlice
	for i := range s.list {
		p := &s.list[i]
		if p.valid+p.failed == 0 {
			continue
		}
		o := p.done
		if i >= s.frozen {
			o = p.view()
		}
		start := (s.first + int64(i)) * s.width
		o.At = time.Duration(start)
		o.Requests, o.Errors = p.valid, p.failed
		over := s.settled
		if over <= 0 { // not known: nothing can be said of slices that are past
			over = s.now
		}
		o.Open = start+s.width > over
		o.OutputTokensPerSec, o.GoodShare = math.NaN(), math.NaN()
		if d := min(s.width, s.now-start); d > 0 {
			o.OutputTokensPerSec = p.out / float64(d) * 1e9
		}
		if l.hasSLOs() {
			o.GoodShare = float64(p.good) / float64(p.valid+p.failed)
		}
		out = append(out, o)
	}
	return out
}
