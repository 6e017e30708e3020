package telemetry

import "time"

// histSteps walks a histogram through scrapes in order.
type histSteps struct {
	cursors []cursor
}

func (s *seriesTape) steps() *histSteps {
	h := &histSteps{cursors: make([]cursor, len(s.columns))}
	for i := range s.columns {
		h.cursors[i].c = &s.columns[i]
	}
	return h
}

// at is the histogram at a scrape: cumulative buckets, sum and count.
func (h *histSteps) at(i int) histStep {
	n := len(h.cursors) - 2
	st := histStep{buckets: make([]float64, n)}
	total := 0.0
	for j := range n {
		total += h.cursors[j].value(i)
		st.buckets[j] = total
	}
	st.sum, st.count = h.cursors[n].value(i), h.cursors[n+1].value(i)
	return st
}

// growth is by how much the cumulative buckets grew; nil when one shrank, as
// after a restart of the server.
func (s *seriesTape) growth(from, to *histStep) []BucketCount {
	out := make([]BucketCount, len(s.bounds))
	for i, b := range s.bounds {
		d := to.buckets[i] - from.buckets[i]
		if d < 0 {
			return nil
		}
		out[i] = BucketCount{b, int64(d)}
	}
	return out
}

func (p *pageTape) histogram(out *SeriesStats, s *seriesTape, sp *span, slice time.Duration) {
	at := sp.all()
	times := p.timesOf(at)
	start, end := p.times[sp.at[0]], times[len(times)-1]
	var windows []cutting
	if slice > 0 && len(at) > 1 {
		windows = cut(start, max(end, start+1), slice)
	}
	edges := newEdges(windows, times)
	walk, learn := s.steps(), newLearner(len(s.bounds))
	var first, last histStep
	for i, k := range at {
		last = walk.at(k)
		if i == 0 {
			first = last
		}
		learn.add(last)
		edges.pass(i, last)
	}
	st := &out.Stats
	total, n := max(last.sum-first.sum, 0), max(int64(last.count-first.count), 0)
	out.Buckets = s.growth(&first, &last)
	st.Count = n
	if n == 0 {
		return
	}
	st.Sum, st.Avg = total, total/float64(n)
	if ns := end - times[0]; ns > 0 {
		sec := float64(ns) / 1e9
		st.CountRate, st.SumRate = float64(n)/sec, total/sec
	}
	if len(out.Buckets) > 0 {
		var bounds, growth []float64
		for _, b := range out.Buckets {
			bounds, growth = append(bounds, boundOf(b.Bound)), append(growth, float64(b.Count))
		}
		if est, ok := estimate(bounds, growth, learn.stats, total, n); ok {
			st.P = est
		}
	}
	for i, w := range windows {
		from, to := edges.step(i, false), edges.step(i, true)
		sum, count := to.sum-from.sum, to.count-from.count
		if sum < 0 || count < 0 {
			continue // a restart
		}
		x := w.slice()
		x.Count, x.Sum, x.Avg = int64(count), sum, 0
		if count > 0 {
			x.Avg = sum / count
		}
		x.Buckets = s.growth(from, to)
		out.Slices = append(out.Slices, x)
	}
}

// edges keeps the histogram at the starts and ends of slices.
type edges struct {
	starts, ends []int // samples
	kept         map[int]*histStep
}

func newEdges(windows []cutting, times []int64) *edges {
	e := &edges{kept: map[int]*histStep{}}
	for _, w := range windows {
		a, b := upTo(times, w.start), upTo(times, w.end)
		e.starts, e.ends = append(e.starts, a), append(e.ends, b)
		e.kept[a], e.kept[b] = nil, nil
	}
	return e
}

// pass shows sample i.
func (e *edges) pass(i int, s histStep) {
	if _, wanted := e.kept[i]; wanted {
		e.kept[i] = &s
	}
}

// step is the histogram at the start or end of a slice.
func (e *edges) step(slice int, end bool) *histStep {
	if end {
		return e.kept[e.ends[slice]]
	}
	return e.kept[e.starts[slice]]
}
