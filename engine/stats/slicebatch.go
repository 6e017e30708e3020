package stats

import (
	"math"

	"tacho/engine/metric"
)

// sliceWork is one slice of a batch.
type sliceWork struct {
	Slice
	valid, failed      int64
	spanStart, spanEnd float64
	from, to           float64
	totals             totals
	out                map[metric.ID]Stat
}

func (g *grid) batch(list []int) ([]Slice, error) {
	work := make([]*sliceWork, len(list))
	place := make(map[int]int, len(list))
	for i, n := range list {
		place[n] = i
		from, to := g.edge(n), g.edge(n+1)
		w := &sliceWork{from: from, out: make(map[metric.ID]Stat), spanStart: math.Inf(1), spanEnd: math.Inf(-1)}
		w.Complete = to <= g.last
		w.to = min(to, g.last)
		w.StartNS, w.EndNS = int64(w.from), int64(w.to)
		work[i] = w
	}
	b := &sliceBatchRun{grid: g, work: work, place: place, places: make(map[int][]int8), from: g.edge(list[0]), to: g.edge(list[len(list)-1] + 1)}
	if err := b.rows(); err != nil {
		return nil, err
	}
	if err := b.sweeps(); err != nil {
		return nil, err
	}
	out := make([]Slice, len(work))
	for i, w := range work {
		w.totals.window = float64(w.EndNS-w.StartNS) * secPerNS
		if d := w.spanEnd - w.spanStart; d > 0 && !math.IsInf(d, 0) {
			w.totals.span = d * secPerNS
		}
		g.a.derive(&w.totals, w.out)
		w.Stats = g.a.inOrder(w.out)
		out[i] = w.Slice
	}
	return out, nil
}

// sliceBatchRun works on neighbouring slices together.
type sliceBatchRun struct {
	*grid
	work     []*sliceWork
	place    map[int]int // slice number to index in work
	from, to float64     // Unix ns
	places   map[int][]int8
}

// none is the place of a row that is not in the batch.
const none = -1

// chunks calls f with the chunks in which a request of the batch may have
// started, and the place in the batch of each of their rows.
func (b *sliceBatchRun) chunks(f func(chunk int, at []int8) error) error {
	for i, c := range b.a.store.chunks {
		if b.a.unix(c.maxStart) < b.from || b.a.unix(c.minStart) >= b.to {
			continue
		}
		at, err := b.placesOf(i)
		if err != nil {
			return err
		}
		if err := f(i, at); err != nil {
			return err
		}
	}
	return nil
}

// placesOf is remembered: all columns ask for it, several times.
func (b *sliceBatchRun) placesOf(chunk int) ([]int8, error) {
	if at, ok := b.places[chunk]; ok {
		return at, nil
	}
	starts, err := b.a.store.chunk(b.starts, chunk, &b.rd[0])
	if err != nil {
		return nil, err
	}
	at := make([]int8, len(starts))
	for j, rel := range starts {
		at[j] = none
		if k, ok := b.place[b.at(rel)]; ok {
			at[j] = int8(k)
		}
	}
	b.places[chunk] = at
	return at, nil
}

// column calls f with the values of a column that lie in the batch.
func (b *sliceBatchRun) column(c *column, f func(at int, v float64)) error {
	return b.chunks(func(i int, at []int8) error {
		vals, err := b.a.store.chunk(c, i, &b.rd[1])
		if err != nil {
			return err
		}
		for j, k := range at {
			if v := vals[j]; k >= 0 && v == v {
				f(int(k), v)
			}
		}
		return nil
	})
}

// gaps is column for the chunk gaps.
func (b *sliceBatchRun) gaps(f func(at int, v float64)) error {
	s := b.a.store
	rd := gapReader{s: s}
	var buf []float64
	return b.chunks(func(i int, at []int8) error {
		counts, err := s.chunk(s.extra[colGaps], i, &b.rd[1])
		if err != nil {
			return err
		}
		from := s.chunks[i].gapFrom
		for j, k := range at {
			to := from + int64(counts[j])
			if k >= 0 && to > from {
				if buf, err = rd.append(buf[:0], from, to); err != nil {
					return err
				}
				for _, v := range buf {
					f(int(k), v)
				}
			}
			from = to
		}
		return nil
	})
}

// rows does the metrics that rows hold.
func (b *sliceBatchRun) rows() error {
	if err := b.counts(); err != nil {
		return err
	}
	adjusted, network := b.a.adjustedBy(), b.a.lessRTT()
	for id, c := range b.a.store.cols {
		if c == nil {
			continue
		}
		d := b.a.reg.Defs()[id]
		each := func(f func(int, float64)) error { return b.column(c, f) }
		if d.Kind == metric.Aggregate {
			if err := b.sums(d, each); err != nil {
				return err
			}
			continue
		}
		if err := b.dists(each, func(dist *dist, w *sliceWork) { b.a.put(d, dist, adjusted[d.Tag], w.failed, &w.totals, w.out) }); err != nil {
			return err
		}
		if n := network[d.Tag]; n != nil {
			less := func(f func(int, float64)) error {
				return each(func(at int, v float64) { f(at, b.a.less(v)) })
			}
			if err := b.dists(less, func(dist *dist, w *sliceWork) { putLess(n, dist, w.out) }); err != nil {
				return err
			}
		}
	}
	for _, w := range b.work {
		b.a.rttStat(w.out)
	}
	if d := b.a.listDef(); d != nil && b.a.store.gapRows > 0 {
		return b.dists(b.gaps, func(dist *dist, w *sliceWork) { b.a.put(d, dist, nil, w.failed, &w.totals, w.out) })
	}
	return nil
}

// counts finds how many requests each slice has and what time they span.
func (b *sliceBatchRun) counts() error {
	err := b.column(b.a.store.extra[colFailed], func(at int, v float64) {
		if v != 0 {
			b.work[at].failed++
		} else {
			b.work[at].valid++
		}
	})
	if err != nil || b.a.latency == nil || int(b.a.latency.ID) >= len(b.a.store.cols) {
		return err
	}
	latency := b.a.store.cols[b.a.latency.ID]
	var rd reader
	return b.chunks(func(i int, at []int8) error {
		lat, err := b.a.store.chunk(latency, i, &rd)
		if err != nil {
			return err
		}
		failed, err := b.a.store.chunk(b.a.store.extra[colFailed], i, &b.rd[1])
		if err != nil {
			return err
		}
		starts, err := b.a.store.chunk(b.starts, i, &b.rd[0])
		if err != nil {
			return err
		}
		for j, k := range at {
			if k < 0 || failed[j] != 0 {
				continue
			}
			w, start := b.work[k], b.a.store.base+int64(starts[j])
			w.spanStart = min(w.spanStart, float64(start))
			if v := lat[j]; v == v {
				w.spanEnd = max(w.spanEnd, float64(start+nanoseconds(v)))
			}
		}
		return nil
	})
}

func (b *sliceBatchRun) sums(d *metric.Def, each func(func(int, float64)) error) error {
	sum, n := make([]float64, len(b.work)), make([]int64, len(b.work))
	if err := each(func(at int, v float64) { sum[at] += v; n[at]++ }); err != nil {
		return err
	}
	for i, w := range b.work {
		if n[i] > 0 {
			w.totals.set(d.Tag, sum[i])
			w.out[d.ID] = single(d, sum[i])
		}
	}
	return nil
}

// dists makes the distribution of each slice and hands it over.
func (b *sliceBatchRun) dists(each func(func(int, float64)) error, put func(*dist, *sliceWork)) error {
	dists := make([]*dist, len(b.work))
	for i := range dists {
		dists[i] = newDist(b.a.keepRow / 8) // a batch has many of them
	}
	for more := true; more; {
		if err := each(func(at int, v float64) { dists[at].add(v, 1) }); err != nil {
			return err
		}
		more = false
		for i, x := range dists {
			if x.end(func() []target { return x.ranks(b.work[i].failed) }) {
				more = true
			}
		}
	}
	for i, w := range b.work {
		if dists[i].count > 0 {
			put(dists[i], w)
		}
	}
	return nil
}

// sweeps does the time-weighted metrics. A slice in which a curve has more
// pieces than can be kept is walked over again, alone.
func (b *sliceBatchRun) sweeps() error {
	cuts := make([]float64, 0, 2*len(b.work))
	at := make([]int, 0, 2*len(b.work)) // the slice above a cut, -1 for none
	for i := len(b.work) - 1; i >= 0; i-- {
		if n := len(cuts); n > 0 && cuts[n-1] > b.work[i].to {
			cuts, at = append(cuts, b.work[i].to), append(at, -1)
		}
		cuts, at = append(cuts, b.work[i].from), append(at, i)
	}
	current, dists := 0, b.a.newSweepDists()
	var again []int
	err := b.a.sweep(b.work[len(b.work)-1].to, cuts, func(i int, v, lo, hi float64) {
		if at[current] >= 0 {
			dists.piece(i, v, lo, hi)
		}
	}, func(n int) {
		if k := at[n]; k >= 0 {
			if dists.end() {
				again = append(again, k)
			} else {
				b.a.putSweep(dists, b.work[k].out)
			}
			dists = b.a.newSweepDists()
		}
		current = n + 1
	})
	if err != nil {
		return err
	}
	for _, k := range again {
		if err := b.a.sweepStats(b.work[k].from, b.work[k].to, b.work[k].out); err != nil {
			return err
		}
	}
	return nil
}
