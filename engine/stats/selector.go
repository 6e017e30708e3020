package stats

import "math"

// selector finds exact weighted order statistics of numbers that it sees several
// times over, in bounded memory. In the first pass it keeps all numbers, equal
// ones merged; if they become too many, it counts them in bins instead. Further
// passes look at the bins that hold the targets alone, and count in narrower
// ones or, once few enough are left, keep them: a radix search on the bits of
// the floats.
type selector struct {
	cap     int // different values to keep at most
	tally   tally
	pages   []*page // by the top 12 bits of the key; nil while the tally does
	targets []target
	spans   []span // ascending; none in the first pass
	collect bool   // this pass keeps what lies in the spans
}

// target is the smallest value up to which the weights sum to share of whole.
type target struct {
	share, whole float64
	out          float64
	done         bool
	span         int // where it lies, once there are spans
}

func (t *target) reached(sum float64) bool { return sum/t.whole >= t.share }

// add shows the selector one number in the current pass.
func (s *selector) add(v, w float64) {
	switch {
	case len(s.spans) > 0:
		s.later(v, w)
	case s.pages != nil:
		s.count(v, w, 1)
	default:
		if s.tally.add(v, w); s.tally.used > s.cap {
			s.overflow()
		}
	}
}

// overflow turns from a tally to bins.
func (s *selector) overflow() {
	s.pages = make([]*page, 1<<12)
	for _, p := range s.tally.slots {
		if p.n > 0 {
			s.count(p.v, p.w, p.n)
		}
	}
	s.tally = tally{}
}

// count puts a number into the bins of the first pass.
func (s *selector) count(v, w float64, n int) {
	k := sortKey(v) >> pageShift
	p := s.pages[k>>12]
	if p == nil {
		p = new(page)
		s.pages[k>>12] = p
	}
	p[k&(1<<12-1)].add(w, n)
}

func (s *selector) later(v, w float64) {
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
		b.tally.add(v, w)
	default:
		b.bins[(k-b.lo)>>b.shift].add(w, 1)
	}
}

// first ends the first pass, after which the targets can be known, ascending. It
// reports whether another pass is needed.
func (s *selector) first(targets []target) (more bool) {
	s.targets = targets
	if s.pages == nil {
		s.resolve(s.tally.sorted(), 0, 0)
		return false
	}
	more = s.narrow(func(t *target) span { return find(t, 0, pageShift, s.eachPage) })
	s.pages = nil
	return more
}

// next ends a later pass and reports whether another is needed.
func (s *selector) next() (more bool) {
	if s.collect {
		for i := range s.spans {
			s.resolve(s.spans[i].tally.sorted(), s.spans[i].below, i)
		}
		s.spans = nil
		return false
	}
	return s.narrow(func(t *target) span {
		b := &s.spans[t.span]
		n := find(t, b.below, b.shift, b.each)
		n.hi = min(n.hi, b.hi)
		return n
	})
}

// resolve answers the targets of a span by walking over its sorted pairs, which
// have below under them.
func (s *selector) resolve(p []pair, below float64, span int) {
	for i := range s.targets {
		t := &s.targets[i]
		if t.done || t.span != span {
			continue
		}
		sum := below
		for _, x := range p {
			sum += x.w
			if t.out = x.v; t.reached(sum) {
				break
			}
		}
		t.done = true
	}
}

// narrow begins a pass over the bins in which the open targets were found.
func (s *selector) narrow(find func(*target) span) (more bool) {
	var spans []span
	kept := 0
	for i := range s.targets {
		t := &s.targets[i]
		if t.done {
			continue
		}
		n := find(t)
		if n.lo == n.hi {
			t.out, t.done = keyValue(n.lo), true
			continue
		}
		if len(spans) == 0 || spans[len(spans)-1].lo != n.lo {
			spans = append(spans, n)
			kept += n.count
		}
		t.span = len(spans) - 1
	}
	s.spans, s.collect = spans, kept <= s.cap
	if !s.collect {
		for i := range spans {
			spans[i].makeBins(len(spans))
		}
	}
	return len(spans) > 0
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
