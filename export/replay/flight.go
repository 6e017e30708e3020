package replay

import (
	"math"
	"time"
)

// blockRows is how many requests, by start, share an entry in track.blocks.
const blockRows = 512

// indexEnds makes it quick to find who is in flight.
func (k *track) indexEnds() {
	k.blocks = make([]int64, (len(k.byStart)+blockRows-1)/blockRows)
	for i, row := range k.byStart {
		b := &k.blocks[i/blockRows]
		*b = max(*b, k.m.tape.end[row])
	}
}

// eachInFlight calls f with the requests in flight at a time, by start, until
// it returns false.
func (k *track) eachInFlight(at time.Duration, f func(row int) bool) {
	ns, n := k.origin+int64(at), k.started(at)
	for b, last := range k.blocks {
		if b*blockRows >= n {
			return
		}
		if last <= ns {
			continue
		}
		for _, row := range k.byStart[b*blockRows : min((b+1)*blockRows, n)] {
			if k.m.tape.end[row] > ns && !f(int(row)) {
				return
			}
		}
	}
}

// settled is the start of the oldest request in flight, or the time itself:
// what started before will not change any more.
func (k *track) settled(at time.Duration) time.Duration {
	k.eachInFlight(at, func(row int) bool {
		at = time.Duration(k.m.tape.start[row] - k.origin)
		return false
	})
	return at
}

// pending are the times that are past in one sorted list and not in the other.
func pending(wanted, met []int64, ns int64) int64 {
	return int64(max(0, after(wanted, ns)-after(met, ns)))
}

// flow says how many requests are in flight over time.
type flow struct{ starts, ends []int64 }

// mean is the mean number in flight over a stretch, Unix ns.
func (f flow) mean(from, to int64) float64 {
	if to <= from {
		return math.NaN()
	}
	s0, e0 := after(f.starts, from), after(f.ends, from)
	s1, e1 := after(f.starts, to), after(f.ends, to)
	area := float64(s0-e0) * float64(to-from)
	for _, s := range f.starts[s0:s1] {
		area += float64(to - s)
	}
	for _, e := range f.ends[e0:e1] {
		area -= float64(to - e)
	}
	return area / float64(to-from)
}

// tokenWindow is how far back the token rate looks.
const tokenWindow = 3 * time.Second

// tokenRate is output tokens per second just now: content chunks over the last
// seconds, times the tokens per chunk of the requests so far. A live run counts
// the chunks as they come; here those of requests in flight are known.
func (k *track) tokenRate(at time.Duration, s *totals) float64 {
	window := min(at, tokenWindow)
	if window < tokenWindow/6 || s.pieces == 0 || k.m.ttft < 0 {
		return math.NaN()
	}
	from, to := k.origin+int64(at-window), k.origin+int64(at)
	n := 0
	count := func(row int) bool {
		n += k.chunks(row, from, to)
		return true
	}
	ends := k.m.tape.end
	for row := k.lo + k.ended(at-window); row < k.hi && ends[row] <= to; row++ {
		count(row)
	}
	k.eachInFlight(at, count)
	if n == 0 {
		return math.NaN()
	}
	return float64(n) / window.Seconds() * s.pieceOut / s.pieces
}

// chunks counts the content chunks of a request in (from, to], Unix ns.
func (k *track) chunks(row int, from, to int64) (n int) {
	t := k.m.tape
	first := t.value(k.m.ttft, row)
	if !(first >= 0) {
		return 0
	}
	now := float64(t.start[row]-from) + first*1e6
	limit := float64(to - from)
	if now > 0 && now <= limit {
		n++
	}
	for _, c := range k.gaps.read(t.gapRef[row], t.gapN[row]) {
		if now += gapOf(c) * 1e6; now > limit {
			break
		}
		if now > 0 {
			n++
		}
	}
	return n
}
