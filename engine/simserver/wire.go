package simserver

import (
	"io"
	"net"
	"syscall"
	"time"
)

// wire is the write side of a connection. Only one goroutine writes at a time.
type wire struct {
	net.Conn
	// raw is set where a write can be tried without waiting: plain TCP.
	raw syscall.RawConn
	buf []byte
	n   int
	err error
	try func(fd uintptr) bool
}

// newWire wraps c. A TLS or in-memory connection has no raw side, and its
// streams write from their own goroutines.
func newWire(c net.Conn) *wire {
	w := &wire{Conn: c}
	if t, ok := c.(*net.TCPConn); ok && canTry {
		if raw, err := t.SyscallConn(); err == nil {
			w.raw = raw
			// Made once: a closure per write would allocate.
			w.try = func(fd uintptr) bool {
				w.n, w.err = tryWrite(fd, w.buf)
				return true
			}
		}
	}
	return w
}

// tryNow makes one write call that never waits. n < len(b) with a nil error
// means that the socket's buffer is full. Only valid when raw is set.
func (w *wire) tryNow(b []byte) (n int, err error) {
	w.buf, w.n, w.err = b, 0, nil
	err = w.raw.Write(w.try)
	w.buf = nil
	if err != nil {
		return 0, err
	}
	return w.n, w.err
}

// hangUp sends FIN, takes what the client may still send for a moment, so that
// it does not turn the close into a reset, and closes.
func (w *wire) hangUp() {
	if t, ok := w.Conn.(*net.TCPConn); ok {
		_ = t.CloseWrite()
		_ = t.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		_, _ = io.Copy(io.Discard, t)
	}
	_ = w.Close()
}

// reset makes the close that follows send RST instead of FIN. On TLS it drops
// the connection underneath, without a close_notify.
func (w *wire) reset() {
	c := w.Conn
	if t, ok := c.(interface{ NetConn() net.Conn }); ok {
		c = t.NetConn()
	}
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}
