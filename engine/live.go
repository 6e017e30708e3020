package engine

import (
	"math"
	"slices"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/engine/stats"
)

// live holds the figures on the screen: those of the phase under way, and a
// token rate that does not wait for requests to end. The collector's goroutine
// owns it.
type live struct {
	plan    *Plan
	startNS int64 // of the run, on the axis of package record
	phase   int
	stats   *stats.Live // nil before the first phase
	ticks   int
	points  []snap.Point
	width   time.Duration
	slices  []snap.SliceRow

	log      *requestLog
	heats    [3]*heatMap // indexed by heatTTFT and so on
	requests *snap.Requests
	marks    []snap.Mark
	segments segments
	whatIf   whatIf
	shown    []snap.Live // the metrics on the screen
	maps     [3]*snap.Heat

	chunks []mark // recent readings of the workers' chunk counts
	osl    metric.ID
	out    float64 // tokens and chunks of finished requests, for their ratio
	pieces float64
	// tokens and goodTokens are the output tokens of the phase, and those of
	// requests that met all objectives.
	tokens, goodTokens float64
	goods              map[int]float64 // goodTokens by the index of the phase
}

// mark is one reading of a running count.
type mark struct{ ns, n int64 }

// chunkWindow is how far back the token rate looks, in ticks: 3 s.
const chunkWindow = 30

func newLive(p *Plan, startNS int64) *live {
	l := &live{plan: p, startNS: startNS, phase: -1, osl: -1, goods: map[int]float64{}}
	if d, ok := p.Registry.Lookup(metric.OSL); ok {
		l.osl = d.ID
	}
	return l
}

// begin starts over for a phase: warm-up figures must not mix with measured
// ones. Times count from the phase's start.
func (l *live) begin(ph *phase) {
	l.phase = ph.index
	l.points, l.slices = nil, nil
	l.tokens, l.goodTokens = 0, 0
	l.marks, l.segments, l.whatIf = nil, segments{}, whatIf{limits: l.whatIf.limits}
	l.log = newRequestLog(l.plan, record.Wall(ph.startNS))
	l.segments.cut(0, ph.load(), l.log)
	l.heats = [3]*heatMap{{}, {}, {}}
	l.stats = stats.NewLive(l.plan.Registry, l.plan.Context, stats.LiveOptions{
		OriginNS: record.Wall(ph.startNS), SliceWidth: l.plan.SliceWidth,
	})
}

// add takes in a row of the phase under way; a straggler of an earlier one is
// left out.
func (l *live) add(row *metric.Row) {
	if l.stats == nil || row.Phase.Index != l.phase {
		return
	}
	l.stats.Add(row)
	good := l.log.add(row)
	l.segments.add(row, time.Duration(row.StartNS-l.log.origin), good)
	if l.whatIf.defs == nil {
		l.shown = l.stats.Metrics()
	}
	l.whatIf.add(row, l.shown)
	if row.Err == nil {
		l.heat(row)
	}
	if row.Err == nil && l.osl >= 0 {
		if v := row.Vals[l.osl]; v > 0 {
			l.out += v
			l.tokens += v
			if good {
				l.goodTokens += v
				l.goods[l.phase] = l.goodTokens
			}
			l.pieces += float64(len(row.Gaps) + 1)
		}
	}
}

// The heat maps.
const (
	heatTTFT = iota
	heatITL
	heatLatency
)

// heat puts a request's times where they happened: TTFT at the first token,
// latency at the end, every gap at its own moment.
func (l *live) heat(row *metric.Row) {
	start := time.Duration(row.StartNS - l.log.origin)
	at := func(ms float64) time.Duration { return start + time.Duration(ms*1e6) }
	latency := row.Vals[l.log.reader.Latency]
	l.heats[heatLatency].add(at(latency), latency)
	if l.log.reader.TTFT < 0 || math.IsNaN(row.Vals[l.log.reader.TTFT]) {
		return
	}
	now := row.Vals[l.log.reader.TTFT]
	l.heats[heatTTFT].add(at(now), now)
	for _, g := range row.Gaps {
		now += g
		l.heats[heatITL].add(at(now), g)
	}
}

// tick closes the current tenth of a second. settled is the start of the oldest
// request in flight.
func (l *live) tick(nowNS, chunks, settled int64, ph *phase) {
	l.ticks++
	if l.stats == nil {
		return
	}
	l.stats.Tick(record.Wall(nowNS), ph.inFlight.Load())
	l.stats.Settled(record.Wall(settled))
	l.chunks = append(l.chunks, mark{nowNS, chunks})
	if len(l.chunks) > chunkWindow {
		l.chunks = append(l.chunks[:0], l.chunks[1:]...)
	}
}

// mark takes in a step of the user's, whose time is still on the axis of package
// record.
func (l *live) mark(m snap.Mark, ph *phase) {
	origin := l.startNS
	if ph != nil {
		origin = ph.startNS
	}
	m.At -= time.Duration(origin)
	// A new list: the old one belongs to snapshots already published.
	l.marks = append(slices.Clone(l.marks[max(0, len(l.marks)-maxMarks+1):]), m)
	if m.Kind == snap.MarkLoad && ph != nil && l.log != nil {
		l.segments.cut(m.At, ph.load(), l.log)
	}
}

// tokenRate is output tokens per second just now: content chunks, times the
// tokens per chunk of the requests that have ended.
func (l *live) tokenRate() float64 {
	if len(l.chunks) < 5 || !l.plan.Context.Streaming || l.pieces == 0 {
		return math.NaN()
	}
	a, b := l.chunks[0], l.chunks[len(l.chunks)-1]
	return float64(b.n-a.n) / (float64(b.ns-a.ns) / 1e9) * l.out / l.pieces
}

// historyEvery is how many ticks pass between two looks at the history, which
// is long and moves slowly.
const historyEvery = 5

// draw fills in the live part of a snapshot.
func (l *live) draw(s *snap.Snapshot) {
	if l.stats == nil {
		return
	}
	s.Good = l.stats.Good()
	s.Rates, s.Totals = l.stats.Rates(), l.stats.Totals()
	if r := l.tokenRate(); !math.IsNaN(r) {
		s.Rates.OutputTokens = r
	}
	s.Live = l.stats.Metrics()
	if l.ticks%historyEvery == 0 || l.points == nil {
		// New lists: the old ones belong to snapshots already published.
		l.points, l.width = l.stats.Series()
		l.slices = l.stats.Slices()
		l.requests = l.log.draw()
		for i, h := range l.heats {
			l.maps[i] = h.draw()
		}
	}
	s.Series, s.SeriesWidth, s.Slices = l.points, l.width, l.slices
	s.Marks = l.marks
	l.whatIf.draw(s, l.stats)
	s.Requests, s.TTFTHeat, s.ITLHeat, s.LatencyHeat = l.requests, l.maps[heatTTFT], l.maps[heatITL], l.maps[heatLatency]
}
