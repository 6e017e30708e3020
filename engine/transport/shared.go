package transport

import (
	"net/http/httptrace"

	"tacho/engine/record"
)

// Over HTTP/2 many exchanges share a connection, and neither its reads nor its
// writes belong to one of them. What net/http tells of a stream is stamped
// instead, with this process's clock: when a head was written, when a body was,
// and what a read of a body brought, after the read.

// wroteHeaders notes the departure of the head.
func (x *exchange) wroteHeaders() {
	if x.shared.Load() {
		now := record.Now()
		x.wroteFirst.CompareAndSwap(0, now)
		x.wroteLast.Store(now)
		x.wroteEnd.Store(now)
		x.writes.Add(1)
	}
}

// wroteRequest notes the departure of the last byte.
func (x *exchange) wroteRequest(i httptrace.WroteRequestInfo) {
	if !x.shared.Load() || i.Err != nil || x.sent.Swap(true) {
		return
	}
	now := record.Now()
	x.wroteEnd.Store(now)
	if x.onSent != nil {
		x.onSent(now)
	}
}

// gotFirstByte notes the arrival of the first byte of the answer.
func (x *exchange) gotFirstByte() {
	if x.shared.Load() {
		x.firstByte.CompareAndSwap(0, record.Now())
	}
}

// before keeps a departure before the arrival of the answer: its hook may have run
// after that.
func (x *exchange) before(departure int64) int64 {
	if first := x.firstByte.Load(); first != 0 && x.shared.Load() {
		return min(departure, first)
	}
	return departure
}

// stampShared stamps a read with the time after it, and reports whether the
// exchange needs that.
func (x *exchange) stampShared() bool {
	if !x.shared.Load() {
		return false
	}
	now := record.Now()
	x.unstamped.Add(1)
	x.kernel.Store(now)
	x.user.Store(now)
	return true
}
