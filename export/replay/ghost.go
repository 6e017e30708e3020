package replay

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/snap"
)

// Ghost is an earlier run, to be drawn behind another one on the clock of the
// phase. Its methods are safe for use by several goroutines.
type Ghost struct {
	p      *Player
	k      *track
	name   string
	points []snap.Point
	width  time.Duration
}

// OpenGhost reads the run in a directory, ours or AIPerf's. The caller must
// Close it.
func OpenGhost(dir string) (*Ghost, error) {
	p, err := Play(dir, Options{NoCheck: true})
	if err != nil {
		return nil, err
	}
	g := &Ghost{p: p, name: cmp.Or(p.info.Name, filepath.Base(p.info.Dir))}
	for _, k := range p.tracks {
		if !k.warm() && (g.k == nil || k.hi-k.lo > g.k.hi-g.k.lo) {
			g.k = k
		}
	}
	if g.k == nil {
		_ = p.Close()
		return nil, fmt.Errorf("open run %s: %w", dir, errNoRecords)
	}
	g.points, g.width = g.k.series(g.k.length)
	return g, nil
}

// Name is what the run is called: its tag, or its folder.
func (g *Ghost) Name() string { return g.name }

// History is the run's history, as Snapshot.Series, and the width of a point. It
// does not change.
func (g *Ghost) History() ([]snap.Point, time.Duration) { return g.points, g.width }

// Length is how long the phase was.
func (g *Ghost) Length() time.Duration { return g.k.length }

// Totals are the run's figures at an age of its phase, which are those of its
// end beyond it.
func (g *Ghost) Totals(age time.Duration) ([]snap.Live, snap.Rates) {
	g.p.mu.Lock()
	defer g.p.mu.Unlock()
	if g.p.closed {
		return nil, snap.Rates{}
	}
	age = max(0, min(age, g.k.length))
	t := g.k.totals(g.k.ended(age))
	return g.k.live(t, age), g.k.m.rates(t.tallies(), age)
}

// Close frees the run.
func (g *Ghost) Close() error { return g.p.Close() }

// GhostDiff is how one figure differs from that of the earlier run. Changes are
// shares: -0.12 is 12 % less. Low and High bound the change at 99.9 %: there are
// four figures, and one looks at them again and again.
type GhostDiff struct {
	Tag               metric.Tag
	Name              string // for people: "TTFT p50"
	Change, Low, High float64
	// Word is better, worse or "no clear difference".
	Word string
}

// The words on a difference.
const (
	Better  = "better"
	Worse   = "worse"
	Unclear = "no clear difference"
)

// leastChange is the change from which a difference deserves a word.
const leastChange = 0.01

// compared is a figure with its history.
type compared struct {
	tag   metric.Tag
	name  string
	of    func(snap.Point) float64
	more  bool // is better
	total func([]snap.Live, snap.Rates) float64
}

// figures are what is compared, in order.
var figures = []compared{
	{tag: metric.TTFT, name: "TTFT p50", of: func(p snap.Point) float64 { return p.TTFT50 }, total: median(metric.TTFT)},
	{tag: metric.ITL, name: "ITL p50", of: func(p snap.Point) float64 { return p.ITL50 }, total: median(metric.ITL)},
	{tag: metric.RequestLatency, name: "latency p50", of: func(p snap.Point) float64 { return p.Latency50 }, total: median(metric.RequestLatency)},
	{tag: metric.OutputTokenThroughput, name: "tok/s", of: func(p snap.Point) float64 { return p.OutputTokens }, more: true,
		total: func(_ []snap.Live, r snap.Rates) float64 { return r.OutputTokens }},
}

func median(tag metric.Tag) func([]snap.Live, snap.Rates) float64 {
	return func(live []snap.Live, _ snap.Rates) float64 {
		for i := range live {
			if live[i].Def.Tag == tag {
				return live[i].P50
			}
		}
		return nan
	}
}

// Diff compares a run so far with the earlier one at the same age. It is nil
// while too little is known, and during a warm-up.
func (g *Ghost) Diff(s *snap.Snapshot) []GhostDiff {
	if s == nil || s.Phase.Kind == string(record.Warmup) || s.SeriesWidth <= 0 {
		return nil
	}
	live, rates := g.Totals(s.Phase.Elapsed)
	points := g.pointsOf(s.SeriesWidth)
	var out []GhostDiff
	for _, f := range figures {
		change := math.Log(f.total(s.Live, s.Totals) / f.total(live, rates))
		half := halfWidth(s.Series, points, f.of)
		if math.IsNaN(change) || math.IsInf(change, 0) || math.IsNaN(half) {
			continue
		}
		d := GhostDiff{Tag: f.tag, Name: f.name, Change: math.Expm1(change), Low: math.Expm1(change - half), High: math.Expm1(change + half), Word: Unclear}
		if math.Abs(d.Change) >= leastChange && (d.Low > 0 || d.High < 0) {
			d.Word = Worse
			if f.more == (d.Change > 0) {
				d.Word = Better
			}
		}
		out = append(out, d)
	}
	return out
}

// pointsOf is the complete points of a width.
func (g *Ghost) pointsOf(width time.Duration) []snap.Point {
	g.p.mu.Lock()
	defer g.p.mu.Unlock()
	if g.p.closed || width%pointWidth != 0 {
		return nil
	}
	l := g.k.levelOf(width)
	g.k.fill(l)
	return l.points
}

// A comparison takes at least so many points of either run, and joins them into
// at most so many batches, so that neighbours that depend on each other fall
// into one.
const (
	leastPoints = 8
	mostBatches = 20
)

// halfWidth is half the width of the 99.9 % interval of the logarithm of the ratio
// of a figure in two runs: from batch means of that logarithm at the same age.
// NaN when there are too few points.
func halfWidth(a, b []snap.Point, of func(snap.Point) float64) float64 {
	var logs []float64
	for i := range min(len(a)-1, len(b)) { // the last one of a is not over
		if r := math.Log(of(a[i]) / of(b[i])); !math.IsNaN(r) && !math.IsInf(r, 0) {
			logs = append(logs, r)
		}
	}
	if len(logs) < leastPoints {
		return nan
	}
	size := (len(logs) + mostBatches - 1) / mostBatches
	n := len(logs) / size
	sum, squares := 0.0, 0.0
	for i := range n {
		m := 0.0
		for _, v := range logs[i*size : (i+1)*size] {
			m += v / float64(size)
		}
		sum += m
		squares += m * m
	}
	mean := sum / float64(n)
	variance := max(0, squares/float64(n)-mean*mean) * float64(n) / float64(n-1)
	return student(n-1) * math.Sqrt(variance/float64(n))
}

// student is the 99.95 % quantile of Student's distribution of 7 to 19 degrees of
// freedom.
func student(df int) float64 {
	table := [...]float64{5.408, 5.041, 4.781, 4.587, 4.437, 4.318, 4.221, 4.140, 4.073, 4.015, 3.965, 3.922, 3.883}
	return table[max(0, min(df-7, len(table)-1))]
}
