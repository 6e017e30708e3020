package engine

import (
	"cmp"
	"slices"

	"tacho/engine/metric"
	"tacho/engine/snap"
)

// requestLog keeps the last, the slowest and the failed requests of a phase. The
// collector's goroutine owns it.
type requestLog struct {
	reader         *snap.RequestReader
	origin         int64           // Unix ns that times count from
	recent, failed []*snap.Request // oldest first
	slowest        []*snap.Request // slowest first
	drawn          *snap.Requests  // nil when something came since
}

func newRequestLog(p *Plan, origin int64) *requestLog {
	return &requestLog{reader: snap.NewRequestReader(p.Registry, p.Context), origin: origin}
}

// add takes in one row and reports whether it met every SLO.
func (l *requestLog) add(row *metric.Row) (good bool) {
	r := l.reader.Request(row, l.origin)
	l.drawn = nil
	l.recent = keepLast(l.recent, r, snap.KeepRecent)
	if r.Err != nil {
		l.failed = keepLast(l.failed, r, snap.KeepFailed)
		return false
	}
	if len(l.slowest) == snap.KeepSlowest && !(r.Latency > l.slowest[snap.KeepSlowest-1].Latency) {
		return r.Good
	}
	at, _ := slices.BinarySearchFunc(l.slowest, r, func(a, b *snap.Request) int { return cmp.Compare(b.Latency, a.Latency) })
	l.slowest = slices.Insert(slices.Clone(l.slowest[:min(len(l.slowest), snap.KeepSlowest-1)]), min(at, len(l.slowest)), r)
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
		l.drawn = &snap.Requests{Recent: newestFirst(l.recent, snap.KeepRecent), Failed: newestFirst(l.failed, snap.KeepFailed), Slowest: slices.Clone(l.slowest)}
	}
	return l.drawn
}

func newestFirst(list []*snap.Request, n int) []*snap.Request {
	out := slices.Clone(list[max(0, len(list)-n):])
	slices.Reverse(out)
	return out
}
