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
	of    func(v *[numSums]float64) float64
}

func plain(i int) func(*[numSums]float64) float64 {
	return func(v *[numSums]float64) float64 { return v[i] }
}

// per is one sum per request in another, 0 where there is none.
func per(i, n int) func(*[numSums]float64) float64 {
	return func(v *[numSums]float64) float64 {
		if v[n] > 0 {
			return v[i] / v[n]
		}
		return 0
	}
}

// while is f as long as there are requests in n, and no value otherwise.
func while(n int, f func(*[numSums]float64) float64) func(*[numSums]float64) float64 {
	return func(v *[numSums]float64) float64 {
		if v[n] > 0 {
			return f(v)
		}
		return math.NaN()
	}
}

var curves = [...]curve{
	{metric.EffectiveConcurrency, 1, plain(sumRunning)},
	{metric.EffectiveDecodeThroughput, 1e9, plain(sumDecodeRate)},
	{metric.EffectivePrefillThroughput, 1e9, plain(sumPrefillRate)},
	{metric.EffectiveDecodeConcurrency, 1, plain(sumDecoding)},
	{metric.EffectivePrefillConcurrency, 1, plain(sumPrefill)},
	{metric.EffectiveTotalThroughput, 1e9, plain(sumTotalRate)},
	{metric.EffectiveDecodeThroughputPerUser, 1e9, per(sumDecodeRate, sumDecoding)},
	{metric.EffectivePrefillThroughputPerUser, 1e9, per(sumPrefillRate, sumPrefill)},
	{metric.TokensInFlight, 1, plain(sumTokens)},
	{metric.ActiveDecodeThroughput, 1e9, while(sumDecoding, plain(sumDecodeRate))},
	{metric.ActivePrefillThroughput, 1e9, while(sumPrefill, plain(sumPrefillRate))},
	{metric.ActiveDecodeThroughputPerUser, 1e9, while(sumDecoding, per(sumDecodeRate, sumDecoding))},
	{metric.ActivePrefillThroughputPerUser, 1e9, while(sumPrefill, per(sumPrefillRate, sumPrefill))},
	{metric.ActiveTotalThroughput, 1e9, while(sumRunning, plain(sumTotalRate))},
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
	sums   [numSums]runningSum
	active activeHeap
	free   []*active
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
		w.value[i] = curves[i].of(new([numSums]float64))
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

// update closes the pieces of the curves that change at a time.
func (w *sweep) update(at float64) {
	var v [numSums]float64
	for i := range v {
		v[i] = w.sums[i].k.value()
	}
	for i := range curves {
		n := curves[i].of(&v)
		if n == w.value[i] || n != n && w.value[i] != w.value[i] {
			continue
		}
		if at < w.since[i] {
			w.piece(i, w.value[i], at, w.since[i])
		}
		w.value[i], w.since[i] = n, at
	}
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
