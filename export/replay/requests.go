package replay

import (
	"slices"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/export/aiperf"
)

// keepRead is how many requests are kept once read.
const keepRead = 4096

// library reads single requests back from the record file. One goroutine at a
// time may use it.
type library struct {
	tape     *tape
	reader   *snap.RequestReader
	dec      *aiperf.RecordDecoder
	overhead int // column of the connection set-up, -1 without
	read     map[uint32]*snap.Request
	buf      []byte
	row      metric.Row
}

func newLibrary(t *tape, ctx *metric.Context) *library {
	reg := metric.Builtin() // its own: decoding adds to it
	l := &library{tape: t, reader: snap.NewRequestReader(reg, ctx), dec: aiperf.NewRecordDecoder(reg), read: map[uint32]*snap.Request{}, overhead: -1}
	if d, ok := reg.Lookup(metric.HTTPConnectionOverhead); ok {
		l.overhead = int(d.ID)
	}
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
	r := l.reader.Request(row, origin)
	if row.Client.WireNS == 0 { // AIPerf starts its clock before it connects
		if i := l.overhead; i >= 0 && i < len(row.Vals) && row.Vals[i] > 0 {
			r.Connect = time.Duration(row.Vals[i] * 1e6)
		}
		r.Wire = r.Start + r.Connect
	}
	return r
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
	for i := n - 1; i >= max(0, n-snap.KeepRecent); i-- {
		put(&out.Recent, uint32(k.lo+i))
	}
	for _, row := range slowest {
		put(&out.Slowest, row)
	}
	failed := l.tape.failedIn(k.lo, k.lo+n)
	for i := len(failed) - 1; i >= max(0, len(failed)-snap.KeepFailed); i-- {
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
