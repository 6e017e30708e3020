package stats

import (
	"cmp"
	"math"
	"slices"
	"time"

	"tacho/engine/metric"
)

// LiveOptions of a Live. Zero values stand for those in brackets.
type LiveOptions struct {
	// OriginNS is the Unix time that points and slices count from [the first
	// tick or row].
	OriginNS int64
	// Window is how far back Now and the rates look [10 s].
	Window time.Duration
	// PointWidth is the width of a point of the series at first [1 s]; Points
	// is how many there may be before neighbours are joined [300].
	PointWidth time.Duration
	Points     int
	// SliceWidth is the length of a time slice [none].
	SliceWidth time.Duration
	// Metrics are those to watch [the usual latencies, rates and lengths that
	// apply, and those with an SLO].
	Metrics []metric.Tag
}

// watched are the metrics on a screen by default.
var watched = []metric.Tag{
	metric.TTFT, metric.TTST, metric.TTFO, metric.RequestLatency, metric.ITL, metric.ICL,
	metric.OutputTokenThroughputPerUser, metric.E2EOutputTokenThroughput, metric.OSL, metric.ISL,
}

// Live is what a screen shows of a phase under way: sketches, rates over the
// last seconds, a history and the slices so far. Adding a row costs about a
// microsecond, and memory does not grow with the number of rows. Requests count
// when they end, with all their tokens.
//
// All methods are for one goroutine; what they return is a copy.
type Live struct {
	opts    LiveOptions
	plan    *metric.Plan
	metrics []*liveMetric
	origin  int64
	began   bool
	now     int64

	total  tallies
	ring   ring
	series series
	slices liveSlices

	osl, isl, ttft, itl, latency, good int // index in Row.Vals, -1 if not in the registry
}

// tallies count requests and tokens.
type tallies struct {
	valid, failed, good int64
	out, in             float64
}

func (t *tallies) add(o *tallies) {
	t.valid += o.valid
	t.failed += o.failed
	t.good += o.good
	t.out += o.out
	t.in += o.in
}

// NewLive returns a Live of a phase that begins.
func NewLive(reg *metric.Registry, ctx *metric.Context, o LiveOptions) *Live {
	o.Window = cmp.Or(o.Window, 10*time.Second)
	o.PointWidth = cmp.Or(o.PointWidth, time.Second)
	o.Points = cmp.Or(o.Points, 300)
	l := &Live{opts: o, plan: reg.Plan(ctx), origin: o.OriginNS, began: o.OriginNS != 0}
	tags := o.Metrics
	if tags == nil {
		tags = slices.Clone(watched)
		for _, s := range ctx.SLOs {
			if !slices.Contains(tags, s.Tag) {
				tags = append(tags, s.Tag)
			}
		}
	}
	for _, tag := range tags {
		if d, ok := reg.Lookup(tag); ok && l.plan.Applies(d) {
			l.metrics = append(l.metrics, newLiveMetric(d, ctx.SLOs))
		}
	}
	slices.SortStableFunc(l.metrics, func(a, b *liveMetric) int { return cmp.Compare(order(a.def), order(b.def)) })
	index := func(tag metric.Tag) int {
		if d, ok := reg.Lookup(tag); ok {
			return int(d.ID)
		}
		return -1
	}
	l.osl, l.isl, l.good = index(metric.OSL), index(metric.ISL), index(metric.GoodRequestCount)
	l.ttft, l.itl, l.latency = index(metric.TTFT), index(metric.ITL), index(metric.RequestLatency)
	l.ring.init(o.Window, len(l.metrics))
	l.series.init(o.PointWidth, o.Points)
	l.slices.width = int64(o.SliceWidth)
	return l
}

// Add takes a finished request in.
func (l *Live) Add(row *metric.Row) {
	l.begin(row.StartNS)
	t := l.tally(row)
	l.total.add(&t)
	cell := l.ring.cell(row.EndNS)
	if cell != nil {
		cell.tallies.add(&t)
	}
	if row.Err == nil {
		for i, m := range l.metrics {
			m.add(row, cell, i)
		}
	}
	x := liveValues{tallies: t, ttft: at(row, l.ttft), itl: at(row, l.itl), latency: at(row, l.latency), late: Felt(row)}
	l.series.add(row.EndNS-l.origin, &x)
	l.slices.add(row.StartNS-l.origin, &x)
}

// liveValues is what points and slices take of a row.
type liveValues struct {
	tallies
	ttft, itl, latency float64
	late               float64 // from due to start
}

func at(row *metric.Row, i int) float64 {
	if i < 0 || i >= len(row.Vals) {
		return math.NaN()
	}
	return row.Vals[i]
}

func (l *Live) tally(row *metric.Row) tallies {
	if row.Err != nil {
		return tallies{failed: 1}
	}
	t := tallies{valid: 1}
	if v := at(row, l.osl); v > 0 {
		t.out = v
	}
	if v := at(row, l.isl); v > 0 {
		t.in = v
	}
	if v := at(row, l.good); v > 0 || v != v && l.plan.Good(row) {
		t.good = 1
	}
	return t
}

// begin sets the origin at the first sign of life.
func (l *Live) begin(ns int64) {
	if !l.began {
		l.origin, l.began = ns, true
	}
}

// Tick says what time it is and how many requests are in flight. It is to be
// called several times per second.
func (l *Live) Tick(nowNS, inFlight int64) {
	l.begin(nowNS)
	if nowNS <= l.now {
		return
	}
	from := max(l.now, l.origin)
	second := l.now/1e9 != nowNS/1e9
	l.now = nowNS
	l.ring.advance(nowNS)
	l.series.inFlight(from-l.origin, nowNS-l.origin, inFlight)
	l.slices.now = nowNS - l.origin
	for i, m := range l.metrics {
		m.now = l.ring.median(i)
		if second {
			if len(m.trend) == trendPoints {
				m.trend = append(m.trend[:0], m.trend[1:]...)
			}
			m.trend = append(m.trend, m.now)
		}
	}
}

// Settled says that every request that started before ns has been added, so that
// slices which end by then will not change any more.
func (l *Live) Settled(ns int64) { l.slices.settled = max(l.slices.settled, ns-l.origin) }

// Valid counts the requests so far that succeeded.
func (l *Live) Valid() int64 { return l.total.valid }

// Failed counts the requests so far that failed.
func (l *Live) Failed() int64 { return l.total.failed }

// Good counts the requests that met every SLO; 0 when there are none.
func (l *Live) Good() int64 { return l.total.good }
