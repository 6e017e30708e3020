package transport

import (
	"errors"
	"net"
	"sync/atomic"
	"syscall"
	"time"

	"tacho/engine/record"
)

// Conn is a TCP connection whose reads and writes are stamped. net/http has one
// goroutine at a time read it, and the hand-over between two of them is
// ordered, so what only reads touch needs no lock.
type Conn struct {
	net.Conn // the TCP connection; not embedded as such, or its ReadFrom would write past us
	rc       syscall.RawConn
	axis     *axis
	shard    *shard
	ex       atomic.Pointer[exchange]
	dial     dialTimes
	local    string
	remote   string
	onClose  func(*Conn)
	closed   atomic.Bool

	shared  atomic.Bool // by the streams of HTTP/2: its stamps belong to no request
	hold    []byte      // read and not yet given to net/http
	headEnd headEnd
	headOf  *exchange // whose head headEnd looks at
	tap     *tap      // reads the body in place of net/http
	records *records  // limits reads to TLS records, nil for plain text
	floor   int64     // start of the last read that emptied the queue
	recvState
	sender
}

// wrap makes a stamped connection of a TCP connection.
func wrap(tcp *net.TCPConn, a *axis, s *shard) (*Conn, error) {
	rc, err := tcp.SyscallConn()
	if err != nil {
		return nil, err
	}
	c := &Conn{
		Conn: tcp, rc: rc, axis: a, shard: s,
		local: tcp.LocalAddr().String(), remote: tcp.RemoteAddr().String(),
	}
	c.initRecv()
	return c, nil
}

// arrival is when the bytes of one read came.
type arrival struct {
	kernel, user int64 // the kernel's stamp, or the user time; when they were read
	stamped      bool  // the kernel gave the stamp
}

// Read reads and stamps. A response on a plain connection is given to net/http
// up to the end of its head, so that a tap finds all of the body here.
func (c *Conn) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if c.shared.Load() {
		return c.Conn.Read(b)
	}
	if t := c.tap; t != nil {
		c.tap = nil
		left, err := t.run(c, c.hold)
		c.hold = append(c.hold[:0], left...)
		if err != nil {
			return 0, err
		}
	}
	if len(c.hold) > 0 {
		n := copy(b, c.hold)
		n = c.cut(c.ex.Load(), b[:n], false)
		c.hold = c.hold[n:]
		return n, nil
	}
	n, a, err := c.readStamped(b, record.Now())
	if err != nil {
		return 0, err
	}
	x := c.ex.Load()
	if x == nil {
		return n, nil
	}
	x.read(a)
	return c.cut(x, b[:n], true), nil
}

// cut returns how much of b net/http may have now: what follows a head waits,
// and is kept if keep says so.
func (c *Conn) cut(x *exchange, b []byte, keep bool) int {
	if x == nil || !x.inHead.Load() {
		return len(b)
	}
	if c.headOf != x {
		c.headOf, c.headEnd = x, headEnd{}
	}
	n := c.headEnd.find(b)
	if keep && n < len(b) {
		c.hold = append(c.hold[:0], b[n:]...)
	}
	return n
}

// readStamped reads once, at some time after since.
func (c *Conn) readStamped(b []byte, since int64) (n int, a arrival, err error) {
	if c.records != nil {
		b = b[:c.records.limit(len(b))]
	}
	n, wall, err := c.recv(b)
	now := time.Now() // both clocks in one reading, before anything else
	if err != nil {
		return 0, a, err
	}
	a.user = record.At(now)
	a.kernel = a.user
	if wall == 0 {
		c.shard.unstamped.Add(1)
	} else if a.kernel, a.stamped = c.axis.place(wall, now, a.user, c.floor); a.stamped {
		c.shard.late[bucketOf(a.user-a.kernel)].Add(1)
	} else {
		c.shard.refused.Add(1)
	}
	if n < len(b) {
		c.floor = since
	}
	if c.records != nil {
		c.records.seen(b[:n])
	}
	return n, a, nil
}

// Write writes and stamps the departure.
func (c *Conn) Write(b []byte) (int, error) {
	x := c.ex.Load()
	if x == nil {
		return c.Conn.Write(b)
	}
	if c.dial.secure { // the unit is tlsConn's Write
		return c.writeStamped(x, b)
	}
	return c.send(x, b, func(b []byte) (int, error) { return c.writeStamped(x, b) })
}

func (c *Conn) writeStamped(x *exchange, b []byte) (int, error) {
	start := record.Now()
	n, err := c.Conn.Write(b)
	x.write(start, record.Now())
	return n, err
}

// Close closes the connection. Only the first call does anything.
func (c *Conn) Close() error {
	if c.closed.Swap(true) {
		return nil
	}
	if c.onClose != nil {
		c.onClose(c)
	}
	return c.Conn.Close()
}

// readError gives an error of a raw read the form that net's own reads have.
func (c *Conn) readError(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err
	}
	return &net.OpError{Op: "read", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
}
