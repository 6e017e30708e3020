package stats

import (
	"container/heap"
	"math"
	"slices"

	"tacho/engine/metric"
)

// interval is what time-weighted metrics see of one request. Times are Unix ns
// as AIPerf holds them, in 64-bit floats; NaN is absent.
type interval struct {
	start, first, end float64
	isl, osl          float64
	gaps              []float64 // ns between chunks, whole numbers
}

// intervals reads the rows of a store by descending end. Rows come in about the
// order of their ends, so few chunks are open at a time; a request that ran for
// long lies where it ended. That is why time runs backward here.
type intervals struct {
	a        *Accumulator
	from, to float64 // relative times: rows outside are left out
	chunks   []int   // yet to open, by ascending maxEnd
	rows     rowHeap
	rd       [6]reader
	gaps     gapReader
}

// rowRef is a row of an open chunk.
type rowRef struct {
	end float64
	at  int
	c   *openChunk
}

type openChunk struct {
	start, end, ttft, isl, osl []float64
	gapFrom                    []int64 // of each row, and the end
}

// rowHeap has the latest end on top.
type rowHeap []rowRef

func (h rowHeap) Len() int           { return len(h) }
func (h rowHeap) Less(i, j int) bool { return h[i].end > h[j].end }
func (h rowHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *rowHeap) Push(x any)        { *h = append(*h, x.(rowRef)) }
func (h *rowHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// newIntervals reads the rows that ran at some time in a window of Unix ns.
func newIntervals(a *Accumulator, from, to float64) *intervals {
	base := float64(a.store.base)
	// Rounding to 256 ns on either side: a little more does no harm.
	v := &intervals{a: a, from: from - base - 1024, to: to - base + 1024, gaps: gapReader{s: a.store}}
	for i, c := range a.store.chunks {
		if c.maxEnd >= v.from && c.minStart <= v.to {
			v.chunks = append(v.chunks, i)
		}
	}
	slices.SortStableFunc(v.chunks, func(i, j int) int {
		switch x, y := a.store.chunks[i].maxEnd, a.store.chunks[j].maxEnd; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return v
}

// next fills iv with the next row; false at the end. iv.gaps is reused.
func (v *intervals) next(iv *interval) (bool, error) {
	for n := len(v.chunks); n > 0; n-- {
		i := v.chunks[n-1]
		if len(v.rows) > 0 && v.rows[0].end > v.a.store.chunks[i].maxEnd {
			break
		}
		v.chunks = v.chunks[:n-1]
		if err := v.open(i); err != nil {
			return false, err
		}
	}
	if len(v.rows) == 0 {
		return false, nil
	}
	r := heap.Pop(&v.rows).(rowRef)
	return true, v.fill(iv, r)
}

func (v *intervals) open(i int) error {
	s := v.a.store
	c := &openChunk{}
	for j, col := range []struct {
		col *column
		to  *[]float64
	}{
		{s.extra[colStart], &c.start}, {s.extra[colEnd], &c.end},
		{v.col(metric.TTFT), &c.ttft}, {v.col(metric.ISL), &c.isl}, {v.col(metric.OSL), &c.osl},
	} {
		vals, err := s.chunk(col.col, i, &v.rd[j])
		if err != nil {
			return err
		}
		*col.to = slices.Clone(vals)
	}
	counts, err := s.chunk(s.extra[colGaps], i, &v.rd[5])
	if err != nil {
		return err
	}
	c.gapFrom = make([]int64, 1, len(counts)+1)
	c.gapFrom[0] = s.chunks[i].gapFrom
	for j, n := range counts {
		c.gapFrom = append(c.gapFrom, c.gapFrom[j]+int64(n))
	}
	for j, end := range c.end {
		if end >= v.from && c.start[j] <= v.to {
			heap.Push(&v.rows, rowRef{end, j, c})
		}
	}
	return nil
}

func (v *intervals) col(tag metric.Tag) *column {
	d, ok := v.a.reg.Lookup(tag)
	if !ok || int(d.ID) >= len(v.a.store.cols) {
		return nil
	}
	return v.a.store.cols[d.ID]
}

func (v *intervals) fill(iv *interval, r rowRef) error {
	c, i := r.c, r.at
	base := v.a.store.base
	start := base + int64(c.start[i])
	*iv = interval{
		start: float64(start), first: math.NaN(), end: float64(base + int64(c.end[i])),
		isl: c.isl[i], osl: c.osl[i], gaps: iv.gaps[:0],
	}
	// Clocks that step back would let a request end before it begins.
	iv.end = max(iv.end, iv.start)
	if ttft := c.ttft[i]; ttft == ttft {
		iv.first = min(float64(start+nanoseconds(ttft)), iv.end)
	}
	var err error
	iv.gaps, err = v.gaps.append(iv.gaps, c.gapFrom[i], c.gapFrom[i+1])
	for j, ms := range iv.gaps {
		iv.gaps[j] = math.Round(ms * 1e6)
	}
	return err
}

// gapReader reads pieces of the gaps of a store. Neighbouring rows lie in the
// same blocks, so a few decoded ones are kept.
type gapReader struct {
	s      *store
	cached [8]struct {
		block int
		used  int
		rd    reader
		vals  []float64
	}
	clock int
}

func (g *gapReader) append(dst []float64, from, to int64) ([]float64, error) {
	for from < to {
		vals, err := g.block(int(from / blockRows))
		if err != nil {
			return dst, err
		}
		lo := from % blockRows
		hi := min(lo+to-from, blockRows)
		dst = append(dst, vals[lo:hi]...)
		from += hi - lo
	}
	return dst, nil
}

func (g *gapReader) block(i int) ([]float64, error) {
	g.clock++
	oldest := 0
	for j := range g.cached {
		c := &g.cached[j]
		if c.vals != nil && c.block == i {
			c.used = g.clock
			return c.vals, nil
		}
		if c.used < g.cached[oldest].used {
			oldest = j
		}
	}
	c := &g.cached[oldest]
	vals, err := g.s.gapBlock(i, &c.rd)
	if err != nil {
		return nil, err
	}
	c.block, c.used, c.vals = i, g.clock, vals
	return vals, nil
}
