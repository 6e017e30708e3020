package telemetry

import "math"

// bucketStats is what scrapes taught about the values in one bucket of a
// histogram. Between two scrapes in which only that bucket grew, the growth of
// the sum over that of the count is the mean of values in it.
type bucketStats struct {
	count    int64
	weighted float64 // sum of mean * count
	means    []float64
}

// minVarianceMeans is from how many means on their variance is trusted.
const minVarianceMeans = 3

func (b *bucketStats) mean() (float64, bool) {
	if b == nil || b.count == 0 {
		return 0, false
	}
	return b.weighted / float64(b.count), true
}

// variance of the means, with n-1 below; 0 when there are too few.
func (b *bucketStats) variance() float64 {
	if b == nil || len(b.means) < minVarianceMeans {
		return 0
	}
	m := mean(b.means)
	d := make([]float64, len(b.means))
	for i, x := range b.means {
		d[i] = (x - m) * (x - m)
	}
	return sum(d) / float64(len(d)-1)
}

// histStep is one scrape of a histogram: cumulative buckets in the order of
// their bounds.
type histStep struct {
	buckets    []float64
	sum, count float64
}

// learner collects bucketStats from scrapes in order of time.
type learner struct {
	stats []bucketStats // indexed as the buckets
	last  histStep
	any   bool
}

func newLearner(buckets int) *learner { return &learner{stats: make([]bucketStats, buckets)} }

func (l *learner) add(s histStep) {
	last, any := l.last, l.any
	l.last, l.any = s, true
	if !any {
		return
	}
	n := int64(s.count - last.count)
	if n <= 0 {
		return
	}
	active, hits, below := -1, 0, 0.0
	for i := range s.buckets {
		grown := max(s.buckets[i]-last.buckets[i], 0)
		if max(grown-below, 0) > 0 {
			active, hits = i, hits+1
		}
		below = grown
	}
	if hits != 1 {
		return
	}
	b := &l.stats[active]
	m := (s.sum - last.sum) / float64(n)
	b.count += n
	b.weighted += float64(m * float64(n))
	b.means = append(b.means, m)
	if len(b.means) > maxMeans {
		b.thin()
	}
}

// maxMeans bounds what is kept of a bucket in a run of many hours.
const maxMeans = 1 << 16

// thin keeps every second mean: their variance hardly changes.
func (b *bucketStats) thin() {
	n := 0
	for i := 0; i < len(b.means); i += 2 {
		b.means[n] = b.means[i]
		n++
	}
	b.means = b.means[:n]
}

// boundOf is a bucket's upper bound as a number.
func boundOf(text string) float64 {
	v, ok := number([]byte(text))
	if !ok {
		return math.Inf(1)
	}
	return v
}
