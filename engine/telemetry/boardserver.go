package telemetry

import (
	"time"

	"tacho/engine/record"
	"tacho/engine/snap"
)

// nowSpan is what "over the last seconds" means.
const nowSpan = 5 * time.Second

// boardServer is one server's page on a Board.
type boardServer struct {
	state   snap.ServerState
	reader  roleReader
	history history[snap.ServerPoint]
	atNS    int64
	place   int // among the servers that are shown

	// last is the roles of the last scrape as the page told them; offset is what
	// was counted before counters started anew.
	last, offset roles
	any          bool
	// recent are the scrapes of the last seconds, their counts with offset;
	// start is where the phase began to count.
	recent []roleStep
	start  roleStep
	phase  *record.Phase
	shape  *Shape
}

type roleStep struct {
	ns int64
	v  roles
}

func newBoardServer(url string) *boardServer {
	return &boardServer{state: snap.ServerState{Name: SourceName(url)}, history: history[snap.ServerPoint]{limit: snap.HistoryPoints}}
}

// scrape takes in a page.
func (b *boardServer) scrape(s *Scrape, at time.Duration) {
	r := b.reader.sample(s)
	b.add(&r, at)
	if s.Shape != b.shape {
		b.shape = s.Shape
		b.state.Catalog = catalog(s.Shape)
	}
}

// add takes in what a page said.
func (b *boardServer) add(s *ServerRoles, at time.Duration) {
	v := roles(s.Values)
	for i := range v {
		if !role(i).cumulative() {
			continue
		}
		if b.any && v[i] < b.last[i] {
			b.offset[i] += b.last[i] // the server started anew
		}
		if v[i] == v[i] {
			b.last[i] = v[i]
		}
		v[i] += b.offset[i]
	}
	step := roleStep{s.AtNS, v}
	if !b.any {
		b.any, b.start, b.last = true, step, v
	}
	if p := s.Phase; p != nil && (b.phase == nil || p.Index > b.phase.Index) {
		// Counts begin with the last scrape before the phase. The last one of a
		// phase may come when the next has begun.
		b.phase = p
		if n := len(b.recent); n > 0 {
			b.start = b.recent[n-1]
		}
	}
	b.start.fill(&v)
	b.recent = append(b.recent, step)
	for len(b.recent) > 2 && b.recent[1].ns <= s.AtNS-int64(nowSpan) {
		b.recent = b.recent[1:]
	}
	b.atNS = s.AtNS
	b.show(s, &step, at)
}

// fill takes the first value of a role for one that was absent at the start.
func (s *roleStep) fill(v *roles) {
	for i := range s.v {
		if s.v[i] != s.v[i] {
			s.v[i] = v[i]
		}
	}
}

// show makes the state of a step.
func (b *boardServer) show(s *ServerRoles, now *roleStep, at time.Duration) {
	st, v := &b.state, &now.v
	first := &b.recent[0]
	st.Kind, st.At, st.ScrapeLatency = s.Make, at, time.Duration(s.LatencyNS)
	st.Running, st.Waiting, st.KVUse = v[roleRunning], v[roleWaiting], v[roleKVUse]
	st.HitRate, st.HitRatePhase = share(first, now, roleHits, roleQueries), share(&b.start, now, roleHits, roleQueries)
	if v[roleHits] != v[roleHits] {
		st.HitRate, st.HitRatePhase = v[roleHitRate], v[roleHitRate]
	}
	st.Preemptions, st.Finished = grown(&b.start, now, rolePreemptions), grown(&b.start, now, roleFinished)
	st.PromptTokSec, st.GenTokSec = perSec(first, now, rolePromptTokens), perSec(first, now, roleGenTokens)
	const ms = 1000
	st.TTFT = ms * share(&b.start, now, roleTTFTSum, roleTTFTCount)
	st.ITL = ms * share(&b.start, now, roleITLSum, roleITLCount)
	st.Latency = ms * share(&b.start, now, roleLatencySum, roleLatencyCount)
	st.Queue = ms * share(&b.start, now, roleQueueSum, roleQueueCount)
	st.TTFTNow = ms * share(first, now, roleTTFTSum, roleTTFTCount)
	st.ITLNow = ms * share(first, now, roleITLSum, roleITLCount)
	st.Series, st.Dropped = s.Series, s.Dropped
	b.history.add(snap.ServerPoint{
		At: at, Running: float32(st.Running), Waiting: float32(st.Waiting), KVUse: float32(st.KVUse), GenTokSec: float32(st.GenTokSec),
	})
}

// grown is by how much a role grew.
func grown(from, to *roleStep, r role) float64 { return to.v[r] - from.v[r] }

// share is the growth of one role over that of another; NaN when nothing grew.
func share(from, to *roleStep, of, over role) float64 {
	n := grown(from, to, over)
	if !(n > 0) {
		return nan
	}
	return grown(from, to, of) / n
}

// perSec is the growth of a role per second; NaN for a single step.
func perSec(from, to *roleStep, r role) float64 {
	sec := float64(to.ns-from.ns) / 1e9
	if sec <= 0 {
		return nan
	}
	return grown(from, to, r) / sec
}

// catalog lists the series of a shape.
func catalog(shape *Shape) []snap.SeriesName {
	out := make([]snap.SeriesName, 0, shape.series)
	for i := range shape.Families {
		f := &shape.Families[i]
		unit := UnitOf(f.Name, f.Help)
		for j := range f.Series {
			out = append(out, snap.SeriesName{Key: seriesKey(f.Name, f.Series[j].Labels), Kind: string(f.Kind), Unit: unit, Help: f.Help})
		}
	}
	return out
}
