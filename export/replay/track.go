package replay

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tacho/engine/record"
	"tacho/engine/snap"
)

// track is one phase as it is played. All its times count from its origin.
type track struct {
	*span
	m      *meter
	origin int64 // Unix ns
	// offset is from the start of the run to that of the phase; length is until
	// its last request had ended.
	offset, length time.Duration
	plan           plan
	sliceWidth     time.Duration // 0 is none
	marks          []snap.Mark   // what was done to it, in order of time
	cuts           []cut         // two or more when the load was changed

	checkpoints []*totals // after so many times checkRows requests
	trends      [][]float32
	blocks      []int64 // the last end among blockRows requests, by start
	levels      map[int]*level
	closed      map[int]closedSlice

	cur    *totals // of the first curN requests
	curN   int
	gaps   gapReader
	stalls []stall
}

// checkRows is how many requests lie between two checkpoints: adding half as
// many takes a few milliseconds.
const checkRows = 8192

// prepare works out what makes any moment quick to show, on all cores.
func (k *track) prepare() {
	k.gaps = gapReader{store: &k.m.tape.gaps}
	k.levels, k.closed = map[int]*level{}, map[int]closedSlice{}
	if len(k.cuts) < 2 {
		k.cuts = nil
	}
	k.cur = k.m.newTotals(len(k.cuts))
	k.indexEnds()
	parts := make([]*totals, (k.hi-k.lo)/checkRows)
	k.trends = make([][]float32, len(k.m.watches))
	var jobs []func(*gapReader)
	for w := pointWidth; ; w *= 2 {
		l := k.levelOf(w)
		jobs = append(jobs, func(*gapReader) { k.fill(l) })
		if w >= widthAt(k.length) {
			break
		}
	}
	for i, w := range k.m.watches {
		jobs = append(jobs, func(gaps *gapReader) { k.trends[i] = k.trend(w, gaps) })
	}
	jobs = append(jobs, func(*gapReader) { k.slices(k.length) })
	for i := range parts {
		jobs = append(jobs, func(gaps *gapReader) { parts[i] = k.stretch(i, gaps) })
	}
	parallel(len(jobs), func() func(int) {
		gaps := gapReader{store: &k.m.tape.gaps}
		return func(i int) { jobs[i](&gaps) }
	})
	k.checkpoints = []*totals{k.m.newTotals(len(k.cuts))}
	for i, p := range parts {
		s := k.m.newTotals(len(k.cuts))
		s.merge(k.checkpoints[i], k.latencies())
		s.merge(p, k.latencies())
		k.checkpoints = append(k.checkpoints, s)
		parts[i] = nil
	}
}

// stretch is the totals of the requests between two checkpoints.
func (k *track) stretch(i int, gaps *gapReader) *totals {
	s := k.m.newTotals(len(k.cuts))
	for row := k.lo + i*checkRows; row < k.lo+(i+1)*checkRows; row++ {
		k.m.add(s, row, k.origin, k.cuts, gaps)
	}
	return s
}

func (k *track) latencies() []float32 { return k.m.tape.vals[k.m.latency] }

// parallel calls f of each goroutine for the numbers below n. setup makes an f.
func parallel(n int, setup func() func(int)) {
	var (
		wg   sync.WaitGroup
		next atomic.Int64
	)
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(func() {
			f := setup()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}

// ended is how many requests had ended by a time.
func (k *track) ended(at time.Duration) int {
	return after(k.m.tape.end[k.lo:k.hi], k.origin+int64(at))
}

// started is how many requests had started by a time.
func (k *track) started(at time.Duration) int { return after(k.starts, k.origin+int64(at)) }

// after is how many of the sorted times are not after ns.
func after(sorted []int64, ns int64) int {
	i, _ := slices.BinarySearch(sorted, ns+1)
	return i
}

// totals are the figures of the first n requests to end. They are valid until
// the next call.
func (k *track) totals(n int) *totals {
	from := n / checkRows
	if n < k.curN || from*checkRows > k.curN {
		k.cur.reset()
		k.cur.merge(k.checkpoints[from], k.latencies())
		k.curN = from * checkRows
	}
	for ; k.curN < n; k.curN++ {
		k.m.add(k.cur, k.lo+k.curN, k.origin, k.cuts, &k.gaps)
	}
	return k.cur
}

// warm reports a phase that does not count in the result.
func (k *track) warm() bool { return k.Kind == record.Warmup }
