package stats

// bin counts the numbers in a range of keys.
type bin struct {
	weight float64
	count  int
}

func (b *bin) add(w float64, n int) {
	b.weight += w
	b.count += n
}

// page is the bins of the numbers within a factor of two, and pageShift leaves
// the bits that choose page and bin: sign, exponent and 12 of the mantissa.
type page [1 << 12]bin

const pageShift = 64 - 24

// eachPage yields the bins in use and the least key of each.
func (s *selector) eachPage(yield func(lo uint64, b bin) bool) {
	for i, p := range s.pages {
		if p == nil {
			continue
		}
		for j, b := range p {
			if b.count > 0 && !yield((uint64(i)<<12|uint64(j))<<pageShift, b) {
				return
			}
		}
	}
}

// span is a range of keys that holds targets.
type span struct {
	lo, hi uint64  // inclusive
	below  float64 // weight under lo
	count  int     // numbers in the range, as of the pass before
	shift  uint    // of the bins, if this pass counts
	bins   []bin
	tally  tally
}

// binsPerPass is how many bins the spans of one pass share.
const binsPerPass = 1 << 15

func (b *span) makeBins(spans int) {
	for (b.hi-b.lo)>>b.shift >= uint64(binsPerPass/spans) {
		b.shift++
	}
	b.bins = make([]bin, (b.hi-b.lo)>>b.shift+1)
}

func (b *span) each(yield func(lo uint64, n bin) bool) {
	for i, n := range b.bins {
		if n.count > 0 && !yield(b.lo+uint64(i)<<b.shift, n) {
			return
		}
	}
}

// find returns the bin that holds a target, among bins of 1<<shift keys that
// have below under them. Sums of weights may round otherwise than they did in
// the pass before: then it is the first or the last one.
func find(t *target, below float64, shift uint, bins func(func(lo uint64, b bin) bool)) span {
	var out span
	sum := below
	bins(func(lo uint64, b bin) bool {
		out = span{lo: lo, hi: lo + (1<<shift - 1), below: sum, count: b.count}
		sum += b.weight
		return !t.reached(sum)
	})
	return out
}
