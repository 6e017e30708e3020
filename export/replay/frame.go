package replay

import (
	"cmp"
	"math"
	"slices"
	"time"

	"tacho/engine/snap"
)

// frame is the picture at a time of the run: what a live run would have shown
// then.
func (p *Player) frame(at time.Duration) *snap.Snapshot {
	s := &snap.Snapshot{
		Seq: p.seq, At: at, State: snap.Running, Run: p.info, Client: p.client, Settings: p.settings,
		SliceWidth: time.Duration(p.dir.Config.SliceNS), Notices: p.noticesAt(at),
	}
	p.seq++
	if len(p.tracks) == 0 {
		p.frameOfSummary(s)
		return s
	}
	i := p.trackAt(at)
	k := p.tracks[i]
	local := min(at-k.offset, k.length)
	n := k.ended(local)
	t := k.totals(n)
	started := k.started(local)
	s.Done, s.Errors, s.Good = t.valid, t.failed, t.good
	s.Sent, s.InFlight = int64(started), int64(started-n)
	if started == k.hi-k.lo {
		s.State = snap.Draining
	}
	s.Run.Load, s.InFlightTarget, s.RateTarget = k.loadAt(local)
	s.Held = k.heldAt(local)
	if k.plan.open && k.plan.limit > 0 {
		s.Queued = pending(p.tape.due, p.tape.picked, k.origin+int64(local))
	}
	s.Phase = snap.Phase{
		Name: k.Name, Kind: string(k.Kind), Index: i, Count: len(p.tracks), Elapsed: local,
		Planned: k.plan.planned, Target: k.plan.target,
	}
	s.Phase.Progress, s.Phase.ETA = k.plan.progress(local, s.Done+s.Errors)

	s.Live = k.live(t, local)
	s.Rates, s.Totals = k.rates(local), k.m.rates(t.tallies(), local)
	if r := k.tokenRate(local, t); !math.IsNaN(r) {
		s.Rates.OutputTokens = r
	}
	s.Series, s.SeriesWidth = k.series(local)
	s.Slices = k.slices(local)
	s.ErrorGroups = k.errorGroups(n)
	s.Requests = p.lib.requests(k, n, t.slowest)
	s.TTFTHeat, s.ITLHeat, s.LatencyHeat = t.ttft.Draw(), t.itl.Draw(), t.latency.Draw()
	s.Marks = k.marksAt(local)
	s.GPUNote = p.gpuNote
	p.sensors.draw(s, k, local)
	p.cost(s, t)
	over := at >= p.head.length
	s.Segments = drawSegments(k.cuts, t.segments, local, over)
	p.whatIf.draw(s, k, n)
	if over {
		p.finish(s)
	}
	return s
}

// trackAt is the phase that is shown at a time.
func (p *Player) trackAt(at time.Duration) int {
	i := 0
	for j, k := range p.tracks {
		if k.offset <= at {
			i = j
		}
	}
	return i
}

// finish makes a picture that of the end.
func (p *Player) finish(s *snap.Snapshot) {
	s.State, s.InFlight, s.Queued = snap.Done, 0, 0
	s.Files, s.Final = p.files, p.final
	// The result is over all phases that count, where there are several.
	var valid, failed int64
	for _, k := range p.tracks {
		if k.warm() {
			continue
		}
		f := int64(len(p.tape.failedIn(k.lo, k.hi)))
		valid, failed = valid+int64(k.hi-k.lo)-f, failed+f
	}
	if valid+failed > 0 {
		s.Done, s.Errors = valid, failed
	}
	var bad bool
	if s.Verdict, bad = p.dir.outcome(s.Done, s.Errors); bad {
		s.State = snap.Failed
	}
}

// live are the metrics on the screen.
func (k *track) live(t *totals, at time.Duration) []snap.Live {
	out := make([]snap.Live, len(k.m.watches))
	for i, w := range k.m.watches {
		sk := t.sketches[i]
		var q [3]float64
		sk.Quantiles(q[:], 0.5, 0.9, 0.99)
		out[i] = snap.Live{
			Def: w.def, Now: k.now(w, at), Avg: sk.Mean(), P50: q[0], P90: q[1], P99: q[2],
			Min: sk.Min(), Max: sk.Max(), Count: sk.Count(), SLO: nan, Within: nan, Trend: k.trendAt(i, at),
		}
		if w.hasSLO {
			out[i].SLO = w.slo.Limit
			out[i].Within = float64(t.within[i]) / float64(t.valid)
		}
	}
	return out
}

// tallies count requests and tokens.
type tallies struct {
	valid, failed, good int64
	out, in             float64
}

func (t *totals) tallies() tallies { return tallies{t.valid, t.failed, t.good, t.out, t.in} }

// rates are over the window up to a time.
func (k *track) rates(at time.Duration) snap.Rates {
	t := k.m.tape
	ns := k.origin + int64(at)
	first, length := k.windowAt(at)
	var sum tallies
	for row := k.lo + first; row < k.hi && t.end[row] <= ns; row++ {
		if t.flags[row]&rowFailed != 0 {
			sum.failed++
			continue
		}
		sum.valid++
		if t.flags[row]&rowGood != 0 {
			sum.good++
		}
		sum.out += max(0, orZero(t.value(k.m.osl, row)))
		sum.in += max(0, orZero(t.value(k.m.isl, row)))
	}
	return k.m.rates(sum, length)
}

// windowAt is the first request to end in the window that rates look at, and how
// long that is.
func (k *track) windowAt(at time.Duration) (first int, length time.Duration) {
	ns := k.origin + int64(at)
	from := windowFrom(ns)
	return after(k.m.tape.end[k.lo:k.hi], from-1), min(at, time.Duration(ns-from))
}

func orZero(v float64) float64 {
	if v != v {
		return 0
	}
	return v
}

// rates are per second over some time.
func (m *meter) rates(t tallies, over time.Duration) snap.Rates {
	r := snap.Rates{Requests: nan, OutputTokens: nan, InputTokens: nan, Errors: nan, Goodput: nan, GoodShare: nan}
	judged := len(m.slos) > 0
	if sec := over.Seconds(); sec > 0 {
		r.Requests, r.Errors = float64(t.valid)/sec, float64(t.failed)/sec
		r.OutputTokens, r.InputTokens = t.out/sec, t.in/sec
		if judged {
			r.Goodput = float64(t.good) / sec
		}
	}
	if n := t.valid + t.failed; n > 0 && judged {
		r.GoodShare = float64(t.good) / float64(n)
	}
	return r
}

// maxMarks bounds the marks of a phase; the oldest go first.
const maxMarks = 500

// marksAt are what was done to the phase, and its stalls, up to a time.
func (k *track) marksAt(at time.Duration) []snap.Mark {
	var out []snap.Mark
	for _, m := range k.marks {
		if m.At <= at {
			out = append(out, m)
		}
	}
	n := len(out)
	for _, s := range k.stalls {
		if s.at+s.length <= at { // it is known when it is over
			out = append(out, snap.Mark{At: s.at, Kind: snap.MarkStall, Text: s.String()})
		}
	}
	if len(out) > n {
		slices.SortStableFunc(out, func(a, b snap.Mark) int { return cmp.Compare(a.At, b.At) })
	}
	return out[max(0, len(out)-maxMarks):]
}

// frameOfSummary shows a directory without records: its result, and nothing of
// how it came about.
func (p *Player) frameOfSummary(s *snap.Snapshot) {
	sum := p.dir.Run.Summary
	s.Phase = snap.Phase{Name: "profiling", Kind: "profiling", Count: 1, Elapsed: p.head.length, Progress: 1}
	s.Run.Load = planOf(p.profile, profilingPhase).load
	s.Rates = snap.Rates{Requests: nan, OutputTokens: nan, InputTokens: nan, Errors: nan, Goodput: nan, GoodShare: nan}
	s.Totals = summaryRates(sum)
	s.Done, s.Errors = counts(p.dir.Run)
	s.Live = summaryLive(sum, p.dir.Context.SLOs)
	s.Slices = p.slicesOf
	for i := range p.dir.Run.Errors {
		if i == maxShown {
			break
		}
		s.ErrorGroups = append(s.ErrorGroups, errorGroup(&p.dir.Run.Errors[i].Failure, p.dir.Run.Errors[i].Count))
	}
	p.finish(s)
}
