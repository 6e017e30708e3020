package replay

import (
	"math"
	"math/bits"
	"time"
)

// The window that "now" looks back over, and the cells it is made of, as in a
// live run: cells begin at round half seconds of Unix time.
const (
	nowWindow = 10 * time.Second
	nowCell   = nowWindow / 20
)

// windowFrom is where the window of a moment begins, Unix ns.
func windowFrom(ns int64) int64 { return ns - ns%int64(nowCell) - int64(nowWindow-nowCell) }

// sliding counts numbers of a window in 32 buckets per factor of two, so that
// its median is known to 2 %.
type sliding struct {
	n      int
	coarse [octaves]int32
	fine   [octaves * 32]int32
}

// Octaves from a few ten-millionths on; what is beyond counts as the last.
const (
	octaves     = 68
	lowestPower = -24
)

func slot(v float32) int {
	b := math.Float32bits(v)
	i := int(b>>18) - (127+lowestPower)*32
	return max(0, min(i, octaves*32-1))
}

// add counts a number n times; n may be negative. NaN and negative numbers are
// left out.
func (s *sliding) add(v float32, n int32) {
	if !(v >= 0) {
		return
	}
	i := slot(v)
	s.n += int(n)
	s.coarse[i/32] += n
	s.fine[i] += n
}

// median is NaN without a number.
func (s *sliding) median() float64 {
	if s.n == 0 {
		return math.NaN()
	}
	rank := int32(float64(s.n-1)*0.5 + 0.5)
	for o, n := range s.coarse {
		if rank >= n {
			rank -= n
			continue
		}
		for i := range 32 {
			f := s.fine[o*32+i]
			if rank < f {
				return math.Ldexp(1+(float64(i)+0.5)/32, o+lowestPower)
			}
			rank -= f
		}
	}
	return math.NaN()
}

// count puts a metric of a request into a window, n times.
func (k *track) count(s *sliding, w watch, row int, n int32, gaps *gapReader) {
	t := k.m.tape
	if w.col >= 0 {
		s.add(t.vals[w.col][row], n)
		return
	}
	for _, c := range gaps.read(t.gapRef[row], t.gapN[row]) {
		s.add(float32(gapOf(c)), n)
	}
}

// trendStep is the time between two points of a trend: a second, and more when
// a run is so long that this would be a hundred thousand of them.
func (k *track) trendStep() time.Duration {
	step := time.Second
	if n := uint64(k.length / (100_000 * time.Second)); n > 0 {
		step <<= bits.Len64(n)
	}
	return step
}

// trendStart is the Unix ns of the first point of a trend after the first, which
// is the origin and knows nothing: the first round second.
func (k *track) trendStart() int64 {
	step := int64(k.trendStep())
	return k.origin - k.origin%step + step
}

// trend is the median over the window at every round second.
func (k *track) trend(w watch, gaps *gapReader) []float32 {
	ends := k.m.tape.end
	step := int64(k.trendStep())
	var win sliding
	var out []float32
	from, to := k.lo, k.lo
	for at := k.trendStart(); at <= k.origin+int64(k.length); at += step {
		for ; to < k.hi && ends[to] < at; to++ {
			k.count(&win, w, to, 1, gaps)
		}
		for first := windowFrom(at); from < to && ends[from] < first; from++ {
			k.count(&win, w, from, -1, gaps)
		}
		out = append(out, float32(win.median()))
	}
	return out
}

// trendPoints is the length of a trend on the screen.
const trendPoints = 60

// trendAt is the last points of a trend at a time, oldest first.
func (k *track) trendAt(i int, at time.Duration) []float64 {
	n := 0
	if ns := k.origin + int64(at); ns >= k.trendStart() {
		n = int((ns-k.trendStart())/int64(k.trendStep())) + 1
	}
	all := k.trends[i]
	n = min(n, len(all))
	out := make([]float64, 0, trendPoints)
	if n < trendPoints {
		out = append(out, math.NaN()) // a live run knows nothing at its start
	}
	for _, v := range all[max(0, n-trendPoints):n] {
		out = append(out, float64(v))
	}
	return out
}

// now is the median over the window at a time.
func (k *track) now(w watch, at time.Duration) float64 {
	ns := k.origin + int64(at)
	ends := k.m.tape.end[k.lo:k.hi]
	from, to := after(ends, windowFrom(ns)-1), after(ends, ns)
	var win sliding
	for i := from; i < to; i++ {
		k.count(&win, w, k.lo+i, 1, &k.gaps)
	}
	return win.median()
}
