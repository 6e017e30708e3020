package transport

import (
	"math/bits"
	"sync/atomic"
)

// buckets is the number of buckets of a Histogram: one below 1.024 µs, four per
// doubling above it up to about 17 s, and one for all that is later.
const buckets = 1 + 4*24 + 1

// Histogram counts latenesses in fixed buckets, four per doubling of the time,
// so that a bucket's bound is at most 25 % above any value in it. It is a plain
// value: copy it, add it, subtract it.
type Histogram [buckets]int64

// bucketOf returns the bucket of a lateness in nanoseconds; bucket i holds
// values of bucketBound(i-1) up to but not including bucketBound(i).
func bucketOf(ns int64) int {
	u := uint64(max(ns, 0)) >> 10
	if u == 0 {
		return 0
	}
	octave := bits.Len64(u) - 1
	sub := int(uint64(ns)>>(octave+8)) & 3
	return min(1+4*octave+sub, buckets-1)
}

// Bound returns the upper bound of bucket i in nanoseconds, exclusive. The last
// bucket has none; it gives its lower bound, about 17 s.
func (h *Histogram) Bound(i int) int64 {
	if i == 0 {
		return 1 << 10
	}
	i = min(i, buckets-2) - 1
	return int64(5+i%4) << (8 + i/4)
}

// Count returns how many values the histogram holds.
func (h *Histogram) Count() int64 {
	var n int64
	for _, c := range h {
		n += c
	}
	return n
}

// Quantile returns an upper bound in nanoseconds for the q-th quantile (0..1),
// 0 when the histogram is empty.
func (h *Histogram) Quantile(q float64) int64 {
	total := h.Count()
	if total == 0 {
		return 0
	}
	want := max(int64(q*float64(total)+0.5), 1)
	for i, c := range h {
		if want -= c; want <= 0 {
			return h.Bound(i)
		}
	}
	return h.Bound(buckets - 1)
}

// histogram is the shared form that readers of connections add to.
type histogram [buckets]atomic.Int64

func (h *histogram) addTo(sum *Histogram) {
	for i := range h {
		sum[i] += h[i].Load()
	}
}
