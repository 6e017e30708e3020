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

// LiveMetric is one metric over the phase so far, from a sketch with an error of
// 0.1 %. NaN is unknown.
type LiveMetric struct {
	Def                *metric.Def
	Now                float64 // median over the window, to 2 %
	Avg, P50, P90, P99 float64
	Min, Max           float64
	Count              int64
	// SLO is the limit, NaN without one; Within is the share 0..1 of the valid
	// requests that meet it.
	SLO, Within float64
	// Trend is Now as it was at each of the last seconds, oldest first.
	Trend []float64
}

// LiveRates are per second, but for GoodShare, the share 0..1 of finished
// requests that met every SLO. NaN is unknown.
type LiveRates struct {
	Requests, OutputTokens, InputTokens, Errors, Goodput, GoodShare float64
}

type liveMetric struct {
	def    *metric.Def
	sketch *Sketch
	slo    metric.SLO
	hasSLO bool
	within int64
	now    float64
	trend  []float64
}

// trendPoints is the length of LiveMetric.Trend.
const trendPoints = 60

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

// order puts what has no place on the console last.
func order(d *metric.Def) int {
	if d.Order == 0 {
		return math.MaxInt
	}
	return d.Order
}

func newLiveMetric(d *metric.Def, slos []metric.SLO) *liveMetric {
	m := &liveMetric{def: d, sketch: NewSketch(9), now: math.NaN()}
	for _, s := range slos {
		if s.Tag == d.Tag {
			m.slo, m.hasSLO = s, true
		}
	}
	return m
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
	x := liveValues{tallies: t, ttft: at(row, l.ttft), itl: at(row, l.itl), latency: at(row, l.latency)}
	l.series.add(row.EndNS-l.origin, &x)
	l.slices.add(row.StartNS-l.origin, &x)
}

// liveValues is what points and slices take of a row.
type liveValues struct {
	tallies
	ttft, itl, latency float64
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

func (m *liveMetric) add(row *metric.Row, cell *cell, i int) {
	if m.def.Kind == metric.PerList {
		for _, v := range row.Gaps {
			m.sketch.Add(v)
			if cell != nil {
				cell.sketches[i].Add(v)
			}
		}
		return
	}
	v := value(row, m.def)
	if m.hasSLO && m.slo.Met(m.def, v) {
		m.within++
	}
	m.sketch.Add(v)
	if cell != nil {
		cell.sketches[i].Add(v)
	}
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

// Metrics returns the watched metrics in console order.
func (l *Live) Metrics() []LiveMetric {
	out := make([]LiveMetric, len(l.metrics))
	for i, m := range l.metrics {
		var q [3]float64
		m.sketch.Quantiles(q[:], 0.5, 0.9, 0.99)
		out[i] = LiveMetric{Def: m.def, Now: m.now, Avg: m.sketch.Mean(), P50: q[0], P90: q[1], P99: q[2],
			Min: m.sketch.Min(), Max: m.sketch.Max(), Count: m.sketch.Count(),
			SLO: math.NaN(), Within: math.NaN(), Trend: slices.Clone(m.trend)}
		if m.hasSLO {
			out[i].SLO = m.slo.Limit
			out[i].Within = float64(m.within) / float64(l.total.valid)
		}
	}
	return out
}

// Valid, Failed and Good are the numbers of requests so far.
func (l *Live) Valid() int64  { return l.total.valid }
func (l *Live) Failed() int64 { return l.total.failed }

// Good counts the requests that met every SLO; 0 when there are none.
func (l *Live) Good() int64 { return l.total.good }

// Rates are over the window up to the last tick.
func (l *Live) Rates() LiveRates {
	t, from := l.ring.total(l.now)
	return l.rates(&t, l.now-max(from, l.origin))
}

// Totals are over the phase up to the last tick.
func (l *Live) Totals() LiveRates { return l.rates(&l.total, l.now-l.origin) }

func (l *Live) rates(t *tallies, ns int64) LiveRates {
	nan := math.NaN()
	r := LiveRates{nan, nan, nan, nan, nan, nan}
	if sec := float64(ns) / 1e9; sec > 0 {
		r.Requests, r.Errors = float64(t.valid)/sec, float64(t.failed)/sec
		r.OutputTokens, r.InputTokens = t.out/sec, t.in/sec
		if l.hasSLOs() {
			r.Goodput = float64(t.good) / sec
		}
	}
	if n := t.valid + t.failed; n > 0 && l.hasSLOs() {
		r.GoodShare = float64(t.good) / float64(n)
	}
	return r
}

func (l *Live) hasSLOs() bool { return len(l.plan.Context().SLOs) > 0 }
