package telemetry

import (
	"math"
	"slices"
)

// Percentiles of a histogram are estimated as AIPerf does: values are spread
// inside each bucket around the mean that scrapes taught, or the middle, then
// moved until their sum is the true one; those above the last bound share what
// is left of the sum. The percentiles are those of the values made so.

// maxObservations bounds the values made; more are scaled down.
const maxObservations = 100_000

// bucket is one bucket with a finite bound.
type bucket struct {
	lower, upper, count float64
	stats               *bucketStats
}

func (b *bucket) middle() float64 { return (b.lower + b.upper) / 2 }

// learned is the taught mean, if it lies inside.
func (b *bucket) learned() (float64, bool) {
	m, ok := b.stats.mean()
	return m, ok && b.lower < m && m < b.upper
}

// estimate returns the percentiles of a histogram over a window: growth is by
// how much each cumulative bucket grew, in the order of bounds; stats may be
// nil. It reports false when there is nothing to estimate from.
func estimate(bounds []float64, growth []float64, stats []bucketStats, total float64, count int64) (p [len(Percentiles)]float64, ok bool) {
	if count <= 0 || len(bounds) == 0 || !isFinite(total) || total < 0 {
		return p, false
	}
	if total == 0 {
		return p, true // all values are 0
	}
	finite, above, top := split(bounds, growth, stats)
	if len(finite) == 0 {
		return p, false
	}
	all := above
	for i := range finite {
		all += finite[i].count
	}
	if all > maxObservations {
		ratio := maxObservations / all
		for i := range finite {
			finite[i].count *= ratio
		}
		above *= ratio
		total *= ratio
	}
	expected := 0.0
	for i := range finite {
		b := &finite[i]
		if b.count <= 0 {
			continue
		}
		m, ok := b.learned()
		if !ok {
			m = b.middle()
		}
		expected += float64(b.count * m)
	}
	tail := placeAbove(total, expected, int(math.Ceil(max(above, 0))), top)
	left := total
	if len(tail) > 0 {
		left -= sum(tail)
	}
	values := append(placeInside(finite, left), tail...)
	if len(values) == 0 {
		return p, false
	}
	return percentiles(values), true
}

// split turns cumulative growth into buckets, those with a finite bound in
// order, and what is above the last of these.
func split(bounds, growth []float64, stats []bucketStats) (finite []bucket, above, top float64) {
	lower, below := 0.0, 0.0
	for i, upper := range bounds {
		if math.IsInf(upper, 1) {
			above = growth[i] - below
			continue
		}
		b := bucket{lower: lower, upper: upper, count: growth[i] - below}
		if i < len(stats) {
			b.stats = &stats[i]
		}
		finite = append(finite, b)
		lower, below, top = upper, growth[i], upper
	}
	return finite, above, top
}

// placeAbove makes the n values above the top bound from what is left of the
// sum.
func placeAbove(total, expected float64, n int, top float64) []float64 {
	if n <= 0 {
		return nil
	}
	avg := top * 1.5
	if left := total - expected; left > 0 && left/float64(n) > top {
		avg = left / float64(n)
	}
	if n == 1 {
		return []float64{avg}
	}
	upper := float64(2*avg) - top
	if upper <= top {
		upper = top * 2
	}
	out := make([]float64, n)
	step := (upper - top) / float64(n-1)
	for i := range out {
		out[i] = float64(float64(i)*step) + top
	}
	out[n-1] = upper
	return out
}

// placeInside makes the values of the finite buckets, of which the sum should
// be target.
func placeInside(buckets []bucket, target float64) []float64 {
	total, most, dominant := 0.0, 0.0, -1
	for i := range buckets {
		total += buckets[i].count
		most = max(most, buckets[i].count)
	}
	avg := 0.0
	if total > 0 {
		avg = target / total
		if most/total >= 0.95 {
			dominant = slices.IndexFunc(buckets, func(b bucket) bool { return b.count == most })
		}
	}
	var out []float64
	var ends []int
	for i := range buckets {
		b := &buckets[i]
		if n := int(b.count); n > 0 {
			center := math.NaN()
			if i == dominant && b.lower < avg && avg < b.upper {
				center = avg
			}
			out = b.place(out, n, center)
		}
		ends = append(ends, len(out))
	}
	if len(out) > 0 {
		fit(out, buckets, ends, target)
	}
	return out
}

// place appends n values inside the bucket. center, unless NaN, is where the
// mean is when scrapes taught no variance.
func (b *bucket) place(dst []float64, n int, center float64) []float64 {
	m, known := b.learned()
	width, middle := b.upper-b.lower, b.middle()
	if variance := b.stats.variance(); known && variance > 0 {
		std := math.Sqrt(variance)
		switch cover := 4 * std / width; {
		case cover < 0.01:
			return b.twoPoints(dst, n, m, variance)
		case cover < 0.2 && math.Abs(m-middle)/width < 0.3:
			for i := range n {
				f := (float64(i) + 0.5) / float64(n)
				even := b.clip(b.lower + float64(width*f) + (m - middle))
				dst = append(dst, b.clip(float64(0.5*even)+float64(0.5*b.around(f, m, std))))
			}
			return dst
		default:
			for i := range n {
				dst = append(dst, b.around((float64(i)+0.5)/float64(n), m, std))
			}
			return dst
		}
	}
	if center != center {
		if center = middle; known {
			center = m
		}
	}
	for i := range n {
		f := (float64(i) + 0.5) / float64(n)
		dst = append(dst, b.clip(b.lower+float64(width*f)+(center-middle)))
	}
	return dst
}

// twoPoints puts the values on two points that have the mean and variance.
func (b *bucket) twoPoints(dst []float64, n int, m, variance float64) []float64 {
	away := m - b.lower // above 0: m lies inside
	high := b.clip(m + variance/away)
	low := int(float64(n) * min(variance/(variance+float64(away*away)), 1))
	for i := range n {
		if i < low {
			dst = append(dst, b.lower)
		} else {
			dst = append(dst, high)
		}
	}
	return dst
}

// around spreads values about the mean, at most three deviations away.
func (b *bucket) around(f, m, std float64) float64 {
	if f < 0.5 {
		k := min((m-b.lower)/std, 3)
		return b.clip(m - float64(k*std*(1-2*f)))
	}
	k := min((b.upper-m)/std, 3)
	return b.clip(m + float64(k*std*(2*f-1)))
}

func (b *bucket) clip(v float64) float64 { return min(max(v, b.lower), b.upper) }

// fit moves the values of each bucket towards the true sum, each by its share
// of the sum, at most 0.4 of the width.
func fit(values []float64, buckets []bucket, ends []int, target float64) {
	made := sum(values)
	if made <= 0 || target <= 0 || math.Abs(target-made)/target < 0.001 {
		return
	}
	missing, start := target-made, 0
	for i, end := range ends {
		b, part := &buckets[i], values[start:end]
		start = end
		if len(part) == 0 {
			continue
		}
		limit := (b.upper - b.lower) * 0.4
		shift := missing * (sum(part) / made) / float64(len(part))
		shift = min(max(shift, -limit), limit)
		for j := range part {
			part[j] = b.clip(part[j] + shift)
		}
	}
}
