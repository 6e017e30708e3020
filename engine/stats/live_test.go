package stats

import (
	"math"
	"testing"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
)

// play adds rows to a Live as an engine would, with a tick every 100 ms.
func play(l *Live, rows []*metric.Row) (now int64) {
	now = rows[0].StartNS
	for _, r := range rows {
		for ; now < r.EndNS; now += 100e6 {
			l.Tick(now, 7)
		}
		l.Add(r)
	}
	l.Tick(now, 7)
	return now
}

func near(got, want, share float64) bool { return math.Abs(got-want) <= share*math.Abs(want)+1e-12 }

func TestLiveEqualsSummary(t *testing.T) {
	reg, ctx := metric.Builtin(), runContext()
	rows := makeRows(reg, ctx, newLoad(21, 50, 6), 20_000)
	a := NewAccumulator(reg, ctx, Options{})
	defer a.Close()
	l := NewLive(reg, ctx, LiveOptions{})
	for _, r := range rows {
		a.Add(r)
	}
	play(l, rows)
	sum, err := a.Summary(0, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	if l.Valid() != a.Valid() || l.Failed() != a.Failed() {
		t.Errorf("%d valid, %d failed; want %d, %d", l.Valid(), l.Failed(), a.Valid(), a.Failed())
	}
	metrics := l.Metrics()
	for i, m := range metrics {
		want, ok := sum.Get(m.Def.Tag)
		if !ok {
			t.Errorf("%s is not in the summary", m.Def.Tag)
			continue
		}
		if !near(m.Avg, want.Avg, 1e-9) || m.Min != want.Min || m.Max != want.Max || m.Count != want.Count {
			t.Errorf("%s: %+v, want %+v", m.Def.Tag, m, want)
		}
		// 0.1 % of the sketch, and a little for the place between two ranks.
		if !near(m.P50, want.P[4], 0.0015) || !near(m.P90, want.P[6], 0.0015) || !near(m.P99, want.P[8], 0.005) {
			t.Errorf("%s: percentiles %v, %v, %v; want %v, %v, %v", m.Def.Tag, m.P50, m.P90, m.P99, want.P[4], want.P[6], want.P[8])
		}
		if !near(m.Now, want.P[4], 0.2) {
			t.Errorf("%s: now %v, the median is %v", m.Def.Tag, m.Now, want.P[4])
		}
		if i > 0 && order(m.Def) < order(metrics[i-1].Def) {
			t.Errorf("%s is out of order", m.Def.Tag)
		}
		if len(m.Trend) == 0 {
			t.Errorf("%s has no trend", m.Def.Tag)
		}
	}
	good, _ := sum.Get(metric.GoodRequestCount)
	if m := metrics[0]; m.Def.Tag != metric.TTFT || m.SLO != 60 || !near(m.Within, good.Avg/float64(a.Valid()), 1e-12) {
		t.Errorf("the first metric is %s with SLO %v, within %v", m.Def.Tag, m.SLO, m.Within)
	}
	tot := l.Totals()
	rate, _ := sum.Get(metric.RequestThroughput)
	out, _ := sum.Get(metric.OutputTokenThroughput)
	if !near(tot.Requests, rate.Avg, 0.01) || !near(tot.OutputTokens, out.Avg, 0.01) {
		t.Errorf("totals %+v, want %v and %v", tot, rate.Avg, out.Avg)
	}
	if r := l.Rates(); !near(r.Requests, rate.Avg, 0.1) || !near(r.OutputTokens, out.Avg, 0.1) || !near(r.GoodShare, tot.GoodShare, 0.1) {
		t.Errorf("rates over the last seconds are %+v, over all %+v", r, tot)
	}
}

func TestSeriesKeepsCounts(t *testing.T) {
	reg, ctx := metric.Builtin(), runContext()
	rows := makeRows(reg, ctx, newLoad(22, 50, 6), 10_000)
	l := NewLive(reg, ctx, LiveOptions{OriginNS: rows[0].StartNS, PointWidth: 20 * time.Millisecond, Points: 50})
	now := play(l, rows)
	points, width := l.Series()
	if len(points) > 50 || width < time.Duration(now-rows[0].StartNS)/50 {
		t.Fatalf("%d points of %v over %v", len(points), width, time.Duration(now-rows[0].StartNS))
	}
	var requests, errors float64
	for i, p := range points {
		if p.At != time.Duration(i)*width {
			t.Errorf("point %d is at %v", i, p.At)
		}
		sec := min(width, time.Duration(now-rows[0].StartNS)-p.At).Seconds()
		requests += p.Requests * sec
		errors += float64(p.Errors)
		if !near(p.InFlight, 7, 1e-9) {
			t.Errorf("point %d has %v in flight", i, p.InFlight)
		}
		if !(p.TTFT50 <= p.TTFT90 && p.TTFT90 <= p.TTFT99 && p.ITL50 > 1 && p.Latency50 < p.Latency99) {
			t.Errorf("point %d: %+v", i, p)
		}
	}
	if !near(requests, float64(l.Valid()), 1e-6) || errors != float64(l.Failed()) {
		t.Errorf("points hold %v requests and %v errors, want %d and %d", requests, errors, l.Valid(), l.Failed())
	}
}

func TestLiveSlicesEqualSlices(t *testing.T) {
	reg, ctx := metric.Builtin(), runContext()
	rows := makeRows(reg, ctx, newLoad(23, 50, 6), 6000)
	first := rows[0].StartNS
	a := NewAccumulator(reg, ctx, Options{SliceWidth: 500 * time.Millisecond})
	defer a.Close()
	for _, r := range rows {
		a.Add(r)
		first = min(first, r.StartNS)
	}
	l := NewLive(reg, ctx, LiveOptions{OriginNS: first, SliceWidth: 500 * time.Millisecond})
	now := play(l, rows)
	want, err := a.Slices()
	if err != nil {
		t.Fatal(err)
	}
	got := l.Slices()
	if len(got) != len(want) {
		t.Fatalf("%d slices, want %d", len(got), len(want))
	}
	for i, w := range want {
		n, _ := w.Get(metric.RequestCount)
		ttft, _ := w.Get(metric.TTFT)
		good, _ := w.Get(metric.GoodRequestFraction)
		g := got[i]
		if float64(g.Requests) != n.Avg || !near(g.TTFT50, ttft.P[4], 0.02) || !near(g.GoodShare, good.Avg, 1e-9) {
			t.Errorf("slice %d is %+v, want %v requests, TTFT %v, good %v", i, g, n.Avg, ttft.P[4], good.Avg)
		}
		if last := i == len(want)-1; g.Open && !last {
			t.Errorf("slice %d of %d is open", i, len(want))
		}
	}
	l.Settled(first + int64(700*time.Millisecond))
	for i, g := range l.Slices() {
		if g.Open != (i > 0) {
			t.Errorf("slice %d: open is %v while requests of slice 1 are out", i, g.Open)
		}
	}
	l.Settled(now + int64(time.Second))
	for i, g := range l.Slices() {
		if g.Open {
			t.Errorf("slice %d is open when all is settled", i)
		}
	}
}

func TestLiveOfNothing(t *testing.T) {
	l := NewLive(metric.Builtin(), runContext(), LiveOptions{SliceWidth: time.Second})
	if r := l.Rates(); !math.IsNaN(r.Requests) || !math.IsNaN(r.GoodShare) {
		t.Errorf("rates before the first tick are %+v", r)
	}
	l.Tick(5e9, 3)
	l.Tick(7e9, 3)
	if p, _ := l.Series(); len(p) != 3 || p[1].InFlight != 3 || !math.IsNaN(p[0].TTFT50) || p[0].Requests != 0 {
		t.Errorf("series of an idle phase is %+v", p)
	}
	if r := l.Rates(); r.Requests != 0 || r.Errors != 0 {
		t.Errorf("rates of an idle phase are %+v", r)
	}
	for _, m := range l.Metrics() {
		if m.Count != 0 || !math.IsNaN(m.Now) || !math.IsNaN(m.P50) || !math.IsNaN(m.Within) && m.Def.Tag != metric.TTFT {
			t.Errorf("%s of nothing is %+v", m.Def.Tag, m)
		}
	}
	if len(l.Slices()) != 0 {
		t.Error("slices of nothing")
	}
}

func TestLiveForgetsOldWindow(t *testing.T) {
	reg, ctx := metric.Builtin(), runContext()
	l := NewLive(reg, ctx, LiveOptions{})
	rows := makeRows(reg, ctx, newLoad(24, 5, 4), 200)
	now := play(l, rows)
	l.Tick(now+60e9, 0)
	if r := l.Rates(); r.Requests != 0 || r.OutputTokens != 0 {
		t.Errorf("rates after a minute of silence are %+v", r)
	}
	m := l.Metrics()[0]
	if !math.IsNaN(m.Now) || m.Count == 0 || math.IsNaN(m.P50) {
		t.Errorf("after a minute of silence %s is %+v", m.Def.Tag, m)
	}
	// A row that comes late is counted, but is not news.
	late := *rows[0]
	l.Add(&late)
	if r := l.Rates(); r.Requests != 0 || l.Valid()+l.Failed() != 201 {
		t.Errorf("a late row changes the rates to %+v", r)
	}
}

func TestLiveIsBounded(t *testing.T) {
	reg, ctx := metric.Builtin(), runContext()
	l := NewLive(reg, ctx, LiveOptions{SliceWidth: time.Second, OriginNS: 1e18})
	row := reg.Row(ctx, newLoad(1, 1, 3).next())
	row.Err = nil
	for i := range 100_000 { // more than a day, at irregular times
		row.StartNS = 1e18 + int64(i)*1e9
		row.EndNS = row.StartNS + int64(i%7)*300e6
		l.Add(row)
		l.Tick(row.EndNS, int64(i%5))
	}
	points, width := l.Series()
	if len(points) > 300 || width < 5*time.Minute {
		t.Errorf("%d points of %v", len(points), width)
	}
	if n := len(l.Slices()); n < maxLiveSlices || n > maxLiveSlices*12/10 {
		t.Errorf("%d slices", n)
	}
	for _, m := range l.Metrics() {
		if len(m.Trend) != trendPoints {
			t.Errorf("%s: %d points of trend", m.Def.Tag, len(m.Trend))
		}
	}
	// A clock that jumps must not take the memory with it.
	row.StartNS, row.EndNS = 1e18+1e17, 1e18+1e17
	l.Add(row)
	if n := len(l.Slices()); n != 1 {
		t.Errorf("%d slices after a jump of three years", n)
	}
	row.Err = &record.Failure{Type: "TimeoutError"}
	row.StartNS, row.EndNS = 1, 2
	l.Add(row)
	if p, _ := l.Series(); len(p) > 300 || l.Failed() != 1 {
		t.Errorf("%d points, %d failed", len(p), l.Failed())
	}
}

// The rates of a point that has hardly begun are absent: they would fall to nothing
// at the edge of every chart.
func TestYoungPointHasNoRates(t *testing.T) {
	reg, ctx := metric.Builtin(), runContext()
	const origin = int64(5e9)
	l := NewLive(reg, ctx, LiveOptions{OriginNS: origin, PointWidth: time.Second})
	for _, c := range []struct {
		at   time.Duration
		rate bool
	}{{100 * time.Millisecond, true}, {1400 * time.Millisecond, false}, {1500 * time.Millisecond, true}} {
		l.Tick(origin+int64(c.at), 1)
		points, _ := l.Series()
		if p := points[len(points)-1]; math.IsNaN(p.Requests) == c.rate || math.IsNaN(p.OutputTokens) == c.rate || math.IsNaN(p.InFlight) {
			t.Errorf("after %v: %+v", c.at, p)
		}
	}
}
