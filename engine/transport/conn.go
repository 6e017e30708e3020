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
	records *records    // limits reads to TLS records, nil for plain text
	floor   int64       // start of the last read that emptied the queue
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

// Read reads and stamps.
func (c *Conn) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if c.shared.Load() {
		return c.Conn.Read(b)
	}
	if c.records != nil {
		b = b[:c.records.limit(len(b))]
	}
	start := record.Now()
	n, wall, err := c.recv(b)
	now := time.Now() // both clocks in one reading, before anything else
	if err != nil {
		return 0, err
	}
	user := record.At(now)
	kernel, stamped := user, false
	if wall == 0 {
		c.shard.unstamped.Add(1)
	} else if kernel, stamped = c.axis.place(wall, now, user, c.floor); stamped {
		c.shard.late[bucketOf(user-kernel)].Add(1)
	} else {
		c.shard.refused.Add(1)
	}
	if n < len(b) {
		c.floor = start
	}
	if c.records != nil {
		c.records.seen(b[:n])
	}
	if x := c.ex.Load(); x != nil {
		x.read(kernel, user, stamped)
	}
	return n, nil
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
