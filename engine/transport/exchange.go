package transport

import (
	"sync/atomic"

	"tacho/engine/record"
)

// exchange collects the times of one request while it is under way. Reads and
// writes of the connection, and net/http's goroutines, store into it, perhaps
// after the request has ended; so it is made anew for each request, never
// reused, and copied into a Trace at the end.
//
// A connection points to the exchange it serves from GotConn on until the
// request ends. All bytes of a response are read before its connection can be
// given to another request, so a stamp never lands in a neighbour's exchange.
type exchange struct {
	kernel, user atomic.Int64 // stamps of the latest read
	stamped      atomic.Bool  // the kernel gave the latest stamp
	firstByte    atomic.Int64 // kernel stamp of the first read
	wroteFirst   atomic.Int64 // start of the first write
	wroteLast    atomic.Int64 // start of the latest write
	wroteEnd     atomic.Int64 // return of the latest write
	writes       atomic.Int32
	lateNS       atomic.Int64 // largest user minus kernel stamp
	unstamped    atomic.Int32 // reads without a good kernel stamp
	body         atomic.Pointer[requestBody]
	sent         atomic.Bool // head and body were written in full
	onSent       func(atNS int64)
	inHead       atomic.Bool  // reads stop at the end of a head
	proxyTLSDone atomic.Int64 // end of a handshake that net/http made, through a proxy
	shared       atomic.Bool  // the connection is one of HTTP/2

	// What follows belongs to the goroutine in Do.
	startNS, getConnNS, gotConnNS int64
	elsewhereNS                   int64 // as in Trace
	reused                        bool
	attempts                      int
	conn                          *Conn
	plain                         bool // net/http reads conn with no layer between
}

// read notes the stamps of one read. Reads of one exchange follow one another, so
// load and store need no swap.
func (x *exchange) read(a arrival) {
	if x.firstByte.Load() == 0 {
		x.firstByte.Store(a.kernel)
	}
	if !a.stamped {
		x.reads(a, 0, 1)
	} else {
		x.reads(a, a.user-a.kernel, 0)
	}
}

// reads notes several reads at once: the stamps of the last, the largest lateness
// and the number of those without a stamp.
func (x *exchange) reads(last arrival, late int64, unstamped int32) {
	if unstamped > 0 {
		x.unstamped.Add(unstamped)
	}
	if late > x.lateNS.Load() {
		x.lateNS.Store(late)
	}
	if x.stamped.Load() != last.stamped {
		x.stamped.Store(last.stamped)
	}
	x.kernel.Store(last.kernel)
	x.user.Store(last.user)
}

// arrival is that of the latest read.
func (x *exchange) arrival() *arrival {
	return &arrival{x.kernel.Load(), x.user.Load(), x.stamped.Load()}
}

// write notes one write on the wire, below TLS. What a closing connection
// still writes after the request is no part of it.
func (x *exchange) write(start, end int64) {
	if x.sent.Load() {
		return
	}
	x.wroteFirst.CompareAndSwap(0, start)
	x.wroteLast.Store(start)
	x.wroteEnd.Store(end)
	x.writes.Add(1)
}

// bind makes a connection serve this exchange; plain says that net/http reads it
// with no layer between. After a retry on a new
// connection the times of the first attempt are gone.
func (x *exchange) bind(c *Conn, plain, reused bool) {
	x.plain = plain && !c.shared.Load()
	x.inHead.Store(x.plain)
	if old := x.conn; old != nil {
		old.ex.CompareAndSwap(x, nil)
	}
	x.firstByte.Store(0)
	x.wroteFirst.Store(0)
	x.writes.Store(0)
	x.sent.Store(false)
	x.lateNS.Store(0)
	x.unstamped.Store(0)
	x.attempts++
	x.conn, x.reused, x.gotConnNS = c, reused, record.Now()
	x.shared.Store(c != nil && c.shared.Load())
	if c != nil && !c.shared.Load() {
		c.ex.Store(x)
	}
}

// release ends the connection's service.
func (x *exchange) release() {
	if x.conn != nil {
		x.conn.ex.CompareAndSwap(x, nil)
	}
}
