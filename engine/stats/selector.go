package stats

import (
	"math"
	"slices"
)

// keepPairs is how many different values a selector holds before it turns to
// counting in bins.
const keepPairs = 1 << 16

// selector finds exact weighted order statistics of numbers that it sees several
// times over, in bounded memory. In the first pass it keeps all numbers, equal
// ones merged. If they are too many, each further pass counts them in bins of
// the ranges that hold the targets and narrows the ranges, until what is left
// in these can be kept: a radix search on the bits of the floats.
type selector struct {
	cap     int
	pairs   []pair
	over    bool // the pairs did not fit: they are gone
	targets []target
	spans   []binSpan // ascending; none in the first pass
	collect bool      // this pass keeps what lies in the spans
}

type pair struct{ v, w float64 }

// target is the smallest value up to which the weights sum to share of whole.
type target struct {
	share, whole float64
	out          float64
	done         bool
	span         int // where it lies, once there are spans
}

func (t *target) reached(sum float64) bool { return sum/t.whole >= t.share }

// binSpan is a range of keys that holds targets.
type binSpan struct {
	lo, hi uint64  // inclusive
	below  float64 // weight under lo
	count  int     // values in the range, as counted in the pass before
	shift  uint
	bins   []bin
	pairs  []pair
}

type bin struct {
	weight float64
	count  int
}

// sortKey maps floats to integers of the same order.
func sortKey(v float64) uint64 {
	b := math.Float64bits(v)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

func keyValue(k uint64) float64 {
	if k>>63 != 0 {
		return math.Float64frombits(k &^ (1 << 63))
	}
	return math.Float64frombits(^k)
}

// add shows the selector one number in the current pass.
func (s *selector) add(v, w float64) {
	if len(s.spans) > 0 {
		s.bin(v, w)
		return
	}
	if s.over {
		return
	}
	if len(s.pairs) == s.cap {
		s.pairs = merge(s.pairs)
		if s.over = len(s.pairs) > s.cap/2; s.over {
			s.pairs = nil
			return
		}
	}
	s.pairs = append(s.pairs, pair{v, w})
}

// merge sorts pairs and adds up the weights of equal values.
func merge(p []pair) []pair {
	slices.SortFunc(p, func(a, b pair) int {
		switch {
		case a.v < b.v:
			return -1
		case a.v > b.v:
			return 1
		}
		return 0
	})
	out := p[:0]
	for _, x := range p {
		if n := len(out); n > 0 && out[n-1].v == x.v {
			out[n-1].w += x.w
		} else {
			out = append(out, x)
		}
	}
	return out
}

// first ends the first pass: the targets are now known, and so are the least
// and the largest value. It reports whether another pass is needed.
func (s *selector) first(targets []target, least, largest float64) (more bool) {
	s.targets = targets
	if !s.over {
		s.pairs = merge(s.pairs)
		for i := range s.targets {
			s.targets[i].resolve(s.pairs, 0)
		}
		s.pairs = nil
		return false
	}
	s.narrow([]binSpan{{lo: sortKey(least), hi: sortKey(largest)}})
	return true
}

// resolve walks over sorted pairs that have below under them.
func (t *target) resolve(p []pair, below float64) {
	for _, x := range p {
		below += x.w
		if t.out = x.v; t.reached(below) {
			break
		}
	}
	t.done = true
}

// binsPerPass is how many bins the spans of one pass share.
const binsPerPass = 1 << 15

// narrow begins a counting pass over spans.
func (s *selector) narrow(spans []binSpan) {
	for i := range spans {
		b := &spans[i]
		for (b.hi-b.lo)>>b.shift >= binsPerPass/uint64(len(spans)) {
			b.shift++
		}
		b.bins = make([]bin, (b.hi-b.lo)>>b.shift+1)
	}
	s.spans = spans
}

func (s *selector) bin(v, w float64) {
	k := sortKey(v)
	if k < s.spans[0].lo || k > s.spans[len(s.spans)-1].hi {
		return
	}
	i := 0
	for k > s.spans[i].hi {
		i++
	}
	b := &s.spans[i]
	switch {
	case k < b.lo:
	case s.collect:
		b.pairs = append(b.pairs, pair{v, w})
	default:
		n := &b.bins[(k-b.lo)>>b.shift]
		n.weight += w
		n.count++
	}
}

// next ends a later pass and reports whether another is needed.
func (s *selector) next() (more bool) {
	if s.collect {
		for i := range s.spans {
			b := &s.spans[i]
			b.pairs = merge(b.pairs)
			for j := range s.targets {
				if t := &s.targets[j]; t.span == i && !t.done {
					t.resolve(b.pairs, b.below)
				}
			}
		}
		s.spans = nil
		return false
	}
	var spans []binSpan
	kept := 0
	for j := range s.targets {
		t := &s.targets[j]
		if t.done {
			continue
		}
		n := s.spans[t.span].find(t)
		if n.lo == n.hi {
			t.out, t.done = keyValue(n.lo), true
			continue
		}
		// Targets come in ascending order, so do their spans.
		if len(spans) == 0 || spans[len(spans)-1].lo != n.lo {
			spans = append(spans, n)
			kept += n.count
		}
		t.span = len(spans) - 1
	}
	switch {
	case len(spans) == 0:
		s.spans = nil
		return false
	case kept <= s.cap:
		s.spans, s.collect = spans, true
	default:
		s.narrow(spans)
	}
	return true
}

// find returns the bin that holds a target. Sums of weights may round otherwise
// than they did in the pass before: then it is the first or last one in use.
func (b *binSpan) find(t *target) binSpan {
	sum, at, before := b.below, -1, b.below
	for i, n := range b.bins {
		if n.count == 0 {
			continue
		}
		at, before = i, sum
		if sum += n.weight; t.reached(sum) {
			break
		}
	}
	lo := b.lo + uint64(at)<<b.shift
	return binSpan{lo: lo, hi: min(b.hi, lo+(1<<b.shift-1)), below: before, count: b.bins[at].count}
}
