package replay

import (
	"math"
	"time"

	"tacho/engine/snap"
	"tacho/engine/stats"
)

// cut is where a stretch under one load begins.
type cut struct {
	at   time.Duration // since the start of the phase
	load string
}

// segmentOf is the stretch that a request belongs to, which is the one it
// started in; -1 without cuts.
func segmentOf(cuts []cut, start time.Duration) int {
	i := len(cuts) - 1
	for i > 0 && start < cuts[i].at {
		i--
	}
	return i
}

// segmentTotals are the figures of one stretch.
type segmentTotals struct {
	valid, failed, good int64
	tokens              float64
	ttft, itl           *stats.Sketch
}

func newSegmentTotals() segmentTotals {
	const bits = 7 // 0.4 %, as in a live run
	return segmentTotals{ttft: stats.NewSketch(bits), itl: stats.NewSketch(bits)}
}

// add takes in a request that succeeded.
func (s *segmentTotals) add(m *meter, row int) {
	s.valid++
	if m.tape.flags[row]&rowGood != 0 {
		s.good++
	}
	s.ttft.Add(m.tape.value(m.ttft, row))
	s.itl.Add(m.tape.value(m.itl, row))
	if v := m.tape.value(m.osl, row); v > 0 {
		s.tokens += v
	}
}

func (s *segmentTotals) merge(o *segmentTotals) {
	s.valid += o.valid
	s.failed += o.failed
	s.good += o.good
	s.tokens += o.tokens
	s.ttft.Merge(o.ttft)
	s.itl.Merge(o.itl)
}

func (s *segmentTotals) reset() {
	s.ttft.Reset()
	s.itl.Reset()
	*s = segmentTotals{ttft: s.ttft, itl: s.itl}
}

// drawSegments lists the stretches that have begun; nil while there is one.
func drawSegments(cuts []cut, all []segmentTotals, now time.Duration, ended bool) []snap.Segment {
	n := 0
	for n < len(cuts) && cuts[n].at <= now {
		n++
	}
	if n < 2 {
		return nil
	}
	out := make([]snap.Segment, n)
	for i := range out {
		s := &all[i]
		to, until := time.Duration(-1), now
		if i+1 < n {
			to, until = cuts[i+1].at, cuts[i+1].at
		} else if ended {
			to = now
		}
		o := snap.Segment{
			From: cuts[i].at, To: to, Load: cuts[i].load, Requests: s.valid, Errors: s.failed,
			TTFT50: s.ttft.Quantile(0.5), TTFT99: s.ttft.Quantile(0.99), ITL50: s.itl.Quantile(0.5),
			RequestsPerSec: math.NaN(), TokSec: math.NaN(), GoodShare: math.NaN(),
		}
		if sec := (until - cuts[i].at).Seconds(); sec > 0 {
			o.RequestsPerSec, o.TokSec = float64(s.valid)/sec, s.tokens/sec
		}
		if n := s.valid + s.failed; n > 0 {
			o.GoodShare = float64(s.good) / float64(n)
		}
		out[i] = o
	}
	return out
}
