package replay

import (
	"math"
	"slices"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/export/aiperf"
)

// How many requests are at hand, as in a live run.
const (
	keepRecent = 200
	keepFailed = 200
	// keepRead is how many are kept once read.
	keepRead = 4096
)

// library reads single requests back from the record file. One goroutine at a
// time may use it.
type library struct {
	tape *tape
	plan *metric.Plan
	dec  *aiperf.RecordDecoder
	cols struct{ ttft, itl, latency, isl, osl, firstOutput, overhead int }
	read map[uint32]*snap.Request
	buf  []byte
	row  metric.Row
}

func newLibrary(t *tape, ctx *metric.Context) *library {
	reg := metric.Builtin() // its own: decoding adds to it
	l := &library{tape: t, plan: reg.Plan(ctx), dec: aiperf.NewRecordDecoder(reg), read: map[uint32]*snap.Request{}}
	at := func(tag metric.Tag) int {
		if d, ok := reg.Lookup(tag); ok {
			return int(d.ID)
		}
		return -1
	}
	c := &l.cols
	c.ttft, c.itl, c.latency = at(metric.TTFT), at(metric.ITL), at(metric.RequestLatency)
	c.isl, c.osl, c.firstOutput, c.overhead = at(metric.ISL), at(metric.OSL), at(metric.TTFO), at(metric.HTTPConnectionOverhead)
	return l
}

// get reads a request whose times count from origin; nil when the file has
// changed or cannot be read.
func (l *library) get(row uint32, origin int64) *snap.Request {
	if r, ok := l.read[row]; ok {
		return r
	}
	t := l.tape
	n := int(t.size[row])
	l.buf = slices.Grow(l.buf[:0], n)[:n]
	if readFull(t.file, l.buf, t.offset[row]) != nil || l.dec.Decode(l.buf, &l.row) != nil {
		return nil
	}
	if len(l.read) >= keepRead {
		clear(l.read)
	}
	r := l.request(&l.row, origin)
	l.read[row] = r
	return r
}

// request makes a row ready to be looked at, as a live run does.
func (l *library) request(row *metric.Row, origin int64) *snap.Request {
	since := func(ns int64) time.Duration {
		if ns == 0 {
			return -1
		}
		return time.Duration(ns - origin)
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
		return time.Duration(row.StartNS - origin + int64(ms*1e6))
	}
	c := &l.cols
	r := &snap.Request{
		Num: row.Num, ID: row.RequestID, Conversation: row.ConversationID, Model: row.Model, Turn: row.Turn, Phase: row.Phase.Name,
		Due: since(row.DueNS), Picked: since(row.Client.PickedNS), Wire: since(row.Client.WireNS), Connect: time.Duration(row.Client.ConnectNS),
		Start: since(row.StartNS), Ack: since(row.AckNS), End: since(row.EndNS),
		First: after(val(c.ttft)), FirstOutput: after(val(c.firstOutput)),
		Gaps: thin(row.Gaps), ISL: count(c.isl), OSL: count(c.osl),
		TTFT: val(c.ttft), ITL: val(c.itl), Latency: val(c.latency),
		Good: row.Err == nil && l.plan.Good(row), ReadLate: time.Duration(row.Client.ReadLateNS), Err: row.Err,
	}
	if row.Client.WireNS == 0 { // AIPerf starts its clock before it connects
		if v := val(c.overhead); v > 0 {
			r.Connect = time.Duration(v * 1e6)
		}
		r.Wire = r.Start + r.Connect
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

// requests are those at hand when n of the phase's requests have ended.
func (l *library) requests(k *track, n int, slowest []uint32) *snap.Requests {
	if n == 0 {
		return nil
	}
	out := &snap.Requests{}
	put := func(list *[]*snap.Request, row uint32) {
		if r := l.get(row, k.origin); r != nil {
			*list = append(*list, r)
		}
	}
	for i := n - 1; i >= max(0, n-keepRecent); i-- {
		put(&out.Recent, uint32(k.lo+i))
	}
	for _, row := range slowest {
		put(&out.Slowest, row)
	}
	failed := l.tape.failedIn(k.lo, k.lo+n)
	for i := len(failed) - 1; i >= max(0, len(failed)-keepFailed); i-- {
		put(&out.Failed, failed[i])
	}
	return out
}

// failedIn are the requests of [lo, hi) that failed.
func (t *tape) failedIn(lo, hi int) []uint32 {
	from, _ := slices.BinarySearch(t.failed, uint32(lo))
	to, _ := slices.BinarySearch(t.failed, uint32(hi))
	return t.failed[from:to]
}

// maxShown bounds what a snapshot says about failures.
const maxShown = 20

// errorGroups counts the failures of a phase's first n requests to end, in order
// of first appearance.
func (k *track) errorGroups(n int) []snap.ErrorGroup {
	t := k.m.tape
	failed := t.failedIn(k.lo, k.lo+n)
	if len(failed) == 0 {
		return nil
	}
	first, _ := slices.BinarySearch(t.failed, uint32(k.lo))
	at := make([]int, len(t.causes)) // 1 + place in out
	var out []snap.ErrorGroup
	for i, row := range failed {
		c := t.cause[first+i]
		if at[c] == 0 {
			if len(out) == maxShown {
				continue
			}
			out = append(out, errorGroup(&t.causes[c], 0))
			at[c] = len(out)
		}
		g := &out[at[c]-1]
		g.Count++
		g.LastAt = time.Duration(t.end[row] - k.origin)
	}
	return out
}

// errorGroup is a cause of failure for the screen.
func errorGroup(f *record.Failure, n int64) snap.ErrorGroup {
	return snap.ErrorGroup{Kind: f.Kind.String(), Code: f.Code, Message: record.OneLine(f.Type, 120), Sample: record.OneLine(f.Message, 500), Count: n}
}
