package stats

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// pair is a value, the sum of its weights and how often it came.
type pair struct {
	v, w float64
	n    int
}

// tally adds up the weights of equal values: a hash table of the values, open
// addressed, at most half full. The zero value is empty.
type tally struct {
	slots []pair // n is 0 where free; their number is a power of two
	used  int
}

func (t *tally) add(v, w float64) {
	if 2*t.used >= len(t.slots) {
		t.grow()
	}
	t.put(v, w, 1)
}

func (t *tally) put(v, w float64, n int) {
	mask := len(t.slots) - 1
	i := int(math.Float64bits(v) * 0x9e3779b97f4a7c15 >> (64 - bits.Len(uint(mask))))
	for t.slots[i].n > 0 && t.slots[i].v != v {
		i = (i + 1) & mask
	}
	s := &t.slots[i]
	if s.n == 0 {
		s.v = v
		t.used++
	}
	s.w += w
	s.n += n
}

func (t *tally) grow() {
	old := t.slots
	t.slots, t.used = make([]pair, max(64, 2*len(old))), 0
	for _, p := range old {
		if p.n > 0 {
			t.put(p.v, p.w, p.n)
		}
	}
}

// sorted returns the values in ascending order, and empties the tally.
func (t *tally) sorted() []pair {
	out := t.slots[:0]
	for _, p := range t.slots {
		if p.n > 0 {
			out = append(out, p)
		}
	}
	*t = tally{}
	slices.SortFunc(out, func(a, b pair) int { return cmp.Compare(a.v, b.v) })
	return out
}
