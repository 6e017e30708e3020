package transport

import (
	"errors"
	"net"
)

// Accepted reads from an accepted TCP connection with the same stamps as a
// Client's reads have: a server that logs when a request truly arrived must not
// log when it got round to reading it.
type Accepted struct {
	conn *Conn
	x    *exchange
}

// Stamp wraps an accepted connection. Writes go on using the connection itself.
// It fails for what is no TCP connection.
func Stamp(c net.Conn) (*Accepted, error) {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return nil, errors.New("stamp a connection: it is no TCP connection")
	}
	conn, err := wrap(tcp, clock, new(shard))
	if err != nil {
		return nil, err
	}
	if err := conn.rc.Control(func(fd uintptr) { err = stampSocket(fd) }); err != nil {
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	a := &Accepted{conn: conn, x: new(exchange)}
	conn.ex.Store(a.x)
	return a, nil
}

// Read reads and keeps the stamp.
func (a *Accepted) Read(b []byte) (int, error) { return a.conn.Read(b) }

// Arrived is the arrival of the latest read's bytes, on the axis of package
// record: the kernel's stamp, or the time after the read where there is none.
func (a *Accepted) Arrived() int64 { return a.x.kernel.Load() }

// HoldStamps keeps the kernel's stamping switched on until the returned function
// is called. A server calls it before its first connection.
func HoldStamps() (release func()) {
	held, err := holdStamps()
	if err != nil {
		return func() {}
	}
	return func() { held.Close() }
}
