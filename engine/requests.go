package engine

import (
	"cmp"
	"math"
	"slices"
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
)

// How many requests are kept at hand for the screen.
const (
	keepRecent  = 200
	keepSlowest = 50
	keepFailed  = 200
)

// requestLog keeps the last, the slowest and the failed requests of a phase. The
// collector's goroutine owns it.
type requestLog struct {
	plan                                       *metric.Plan
	origin                                     int64           // Unix ns that times count from
	recent, failed                             []*snap.Request // oldest first
	slowest                                    []*snap.Request // slowest first
	ttft, itl, latency, isl, osl, firstOutputs int
	drawn                                      *snap.Requests // nil when something came since
}

func newRequestLog(p *Plan, origin int64) *requestLog {
	at := func(tag metric.Tag) int {
		if d, ok := p.Registry.Lookup(tag); ok {
			return int(d.ID)
		}
		return -1
	}
	return &requestLog{
		plan: p.Registry.Plan(p.Context), origin: origin,
		ttft: at(metric.TTFT), itl: at(metric.ITL), latency: at(metric.RequestLatency),
		isl: at(metric.ISL), osl: at(metric.OSL), firstOutputs: at(metric.TTFO),
	}
}

// add takes in one row and reports whether it met every SLO.
func (l *requestLog) add(row *metric.Row) (good bool) {
	r := l.request(row)
	l.drawn = nil
	l.recent = keepLast(l.recent, r, keepRecent)
	if r.Err != nil {
		l.failed = keepLast(l.failed, r, keepFailed)
		return false
	}
	if len(l.slowest) == keepSlowest && !(r.Latency > l.slowest[keepSlowest-1].Latency) {
		return r.Good
	}
	at, _ := slices.BinarySearchFunc(l.slowest, r, func(a, b *snap.Request) int { return cmp.Compare(b.Latency, a.Latency) })
	l.slowest = slices.Insert(slices.Clone(l.slowest[:min(len(l.slowest), keepSlowest-1)]), min(at, len(l.slowest)), r)
	return r.Good
}

// keepLast appends to a list of at most n without moving it each time.
func keepLast(list []*snap.Request, r *snap.Request, n int) []*snap.Request {
	if len(list) >= 2*n {
		list = append(list[:0], list[len(list)-n+1:]...)
	}
	return append(list, r)
}

// draw returns the lists, newest first, as copies that never change.
func (l *requestLog) draw() *snap.Requests {
	if l.drawn == nil {
		l.drawn = &snap.Requests{Recent: newestFirst(l.recent, keepRecent), Failed: newestFirst(l.failed, keepFailed), Slowest: slices.Clone(l.slowest)}
	}
	return l.drawn
}

func newestFirst(list []*snap.Request, n int) []*snap.Request {
	out := slices.Clone(list[max(0, len(list)-n):])
	slices.Reverse(out)
	return out
}

// request makes a row ready to be looked at.
func (l *requestLog) request(row *metric.Row) *snap.Request {
	since := func(ns int64) time.Duration {
		if ns == 0 {
			return -1
		}
		return time.Duration(ns - l.origin)
	}
	val := func(i int) float64 {
		if i < 0 || i >= len(row.Vals) {
			return math.NaN()
		}
		return row.Vals[i]
	}
	count := func(i int) int {
		if v := val(i); v >= 0 {
			return int(v)
		}
		return -1
	}
	after := func(ms float64) time.Duration {
		if math.IsNaN(ms) {
			return -1
		}
		return time.Duration(row.StartNS - l.origin + int64(ms*1e6))
	}
	r := &snap.Request{
		Num: row.Num, ID: row.RequestID, Conversation: row.ConversationID, Model: row.Model, Turn: row.Turn, Phase: row.Phase.Name,
		Due: since(row.DueNS), Picked: since(row.Client.PickedNS), Wire: since(row.Client.WireNS), Connect: time.Duration(row.Client.ConnectNS),
		Start: since(row.StartNS), Ack: since(row.AckNS), End: since(row.EndNS),
		First: after(val(l.ttft)), FirstOutput: after(val(l.firstOutputs)),
		Gaps: thin(row.Gaps), ISL: count(l.isl), OSL: count(l.osl),
		TTFT: val(l.ttft), ITL: val(l.itl), Latency: val(l.latency),
		Good: row.Err == nil && l.plan.Good(row), ReadLate: time.Duration(row.Client.ReadLateNS), Err: row.Err,
	}
	return r
}

// thin keeps at most MaxGaps gaps: each of the result is the largest of as many
// neighbours as were joined, for a stall must not vanish.
func thin(gaps []float64) []float32 {
	step := (len(gaps) + snap.MaxGaps - 1) / snap.MaxGaps
	if step == 0 {
		return nil
	}
	out := make([]float32, 0, (len(gaps)+step-1)/step)
	for part := range slices.Chunk(gaps, step) {
		out = append(out, float32(slices.Max(part)))
	}
	return out
}
