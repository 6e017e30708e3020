package stats

import (
	"container/heap"
	"math"

	"tacho/engine/metric"
)

// A sweep walks backward over the moments at which any request starts, gets
// content or ends, and keeps what runs at that time. As in AIPerf, a request
// counts at t when start <= t < end.

// sums are what is added up over the requests that run.
const (
	sumRunning  = iota // start to end
	sumDecoding        // first token to end
	sumPrefill         // start to first token
	sumDecodeRate
	sumPrefillRate
	sumTotalRate
	sumTokens
	numSums
)

// curve is a time-weighted metric as a function of the sums.
type curve struct {
	tag   metric.Tag
	scale float64 // to display units; rates are summed per ns
	sum   int
	per   int // per request in this sum, 0 where there is none; -1 is not
	while int // only as long as there are requests in this sum; -1 is always
}

var curves = [...]curve{
	{metric.EffectiveConcurrency, 1, sumRunning, -1, -1},
	{metric.EffectiveDecodeThroughput, 1e9, sumDecodeRate, -1, -1},
	{metric.EffectivePrefillThroughput, 1e9, sumPrefillRate, -1, -1},
	{metric.EffectiveDecodeConcurrency, 1, sumDecoding, -1, -1},
	{metric.EffectivePrefillConcurrency, 1, sumPrefill, -1, -1},
	{metric.EffectiveTotalThroughput, 1e9, sumTotalRate, -1, -1},
	{metric.EffectiveDecodeThroughputPerUser, 1e9, sumDecodeRate, sumDecoding, -1},
	{metric.EffectivePrefillThroughputPerUser, 1e9, sumPrefillRate, sumPrefill, -1},
	{metric.TokensInFlight, 1, sumTokens, -1, -1},
	{metric.ActiveDecodeThroughput, 1e9, sumDecodeRate, -1, sumDecoding},
	{metric.ActivePrefillThroughput, 1e9, sumPrefillRate, -1, sumPrefill},
	{metric.ActiveDecodeThroughputPerUser, 1e9, sumDecodeRate, sumDecoding, sumDecoding},
	{metric.ActivePrefillThroughputPerUser, 1e9, sumPrefillRate, sumPrefill, sumPrefill},
	{metric.ActiveTotalThroughput, 1e9, sumTotalRate, -1, sumRunning},
}

// touches is the set of sums that a curve is made of.
func (c *curve) touches() uint {
	set := uint(1) << c.sum
	for _, i := range []int{c.per, c.while} {
		if i >= 0 {
			set |= 1 << i
		}
	}
	return set
}

// of is the value of the curve, NaN for none.
func (c *curve) of(v *[numSums]float64) float64 {
	if c.while >= 0 && !(v[c.while] > 0) {
		return math.NaN()
	}
	if c.per < 0 {
		return v[c.sum]
	}
	if n := v[c.per]; n > 0 {
		return v[c.sum] / n
	}
	return 0
}

// runningSum is a sum over requests that is exactly 0 when there are none.
type runningSum struct {
	k kahan
	n int
}

func (r *runningSum) add(v float64, n int) {
	r.k.add(v)
	if r.n += n; r.n == 0 {
		r.k = kahan{}
	}
}

// sweep is the state of a walk.
type sweep struct {
	sums    [numSums]runningSum
	now     [numSums]float64 // the values of sums as of the last update
	changed uint             // the set of sums that have changed since
	uses    [len(curves)]uint
	active  activeHeap
	free    []*active
	// byChunk says that the tokens of a request come at its chunks. AIPerf does
	// so when any request has gaps; then one without has no decode rate.
	byChunk bool

	value [len(curves)]float64
	since [len(curves)]float64
	// piece gets what the curves are made of: curve i was v from a to b, in
	// Unix ns and by descending time. v may be NaN.
	piece func(i int, v, a, b float64)
}

// sweep calls piece for the pieces of all curves between the last of cuts and
// to. cuts are descending times at which no piece may go on; cut is called at
// each, when all pieces after it have been seen.
func (a *Accumulator) sweep(to float64, cuts []float64, piece func(i int, v, a, b float64), cut func(i int)) error {
	from := cuts[len(cuts)-1]
	src := newIntervals(a, from, to)
	w := &sweep{byChunk: a.store.gapRows > 0, piece: piece}
	for i := range curves {
		w.value[i], w.uses[i] = curves[i].of(&w.now), curves[i].touches()
		w.since[i] = to
	}
	done := 0
	var iv interval
	more, err := src.next(&iv)
	for err == nil && (more || len(w.active) > 0) {
		// The last chunk may come a rounding after the end.
		if more && (len(w.active) == 0 || iv.end+1024 >= w.active[0].at) {
			w.begin(&iv)
			more, err = src.next(&iv)
			continue
		}
		at := w.active[0].at
		if at <= from {
			break
		}
		w.undo(at)
		for ; at <= cuts[done]; done++ {
			w.flush(cuts[done])
			cut(done)
		}
		// Moments after the window count, but are not seen.
		w.update(min(at, to))
	}
	for ; done < len(cuts) && err == nil; done++ {
		w.flush(cuts[done])
		cut(done)
	}
	return err
}

// add changes a sum by v, and the number of requests in it by n.
func (w *sweep) add(i int, v float64, n int) {
	w.sums[i].add(v, n)
	w.changed |= 1 << i
}

// update closes the pieces of the curves that change at a time.
func (w *sweep) update(at float64) {
	for i := range w.sums {
		if w.changed&(1<<i) != 0 {
			w.now[i] = w.sums[i].k.value()
		}
	}
	for i := range curves {
		if w.uses[i]&w.changed == 0 {
			continue
		}
		n := curves[i].of(&w.now)
		if n == w.value[i] || n != n && w.value[i] != w.value[i] {
			continue
		}
		if at < w.since[i] {
			w.piece(i, w.value[i], at, w.since[i])
		}
		w.value[i], w.since[i] = n, at
	}
	w.changed = 0
}

func (w *sweep) flush(at float64) {
	for i := range curves {
		if at < w.since[i] {
			w.piece(i, w.value[i], at, w.since[i])
			w.since[i] = at
		}
	}
}

// undo takes back everything that happened at a time.
func (w *sweep) undo(at float64) {
	for len(w.active) > 0 && w.active[0].at >= at {
		if r := w.active[0]; !r.step(w) {
			heap.Pop(&w.active)
			w.free = append(w.free, r)
			continue
		}
		w.active.down()
	}
}

func (w *sweep) begin(iv *interval) {
	var r *active
	if n := len(w.free); n > 0 {
		r, w.free = w.free[n-1], w.free[:n-1]
	} else {
		r = new(active)
	}
	r.reset(iv, w.byChunk)
	heap.Push(&w.active, r)
}
