package transport

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"

	"tacho/engine/record"
)

// tlsConn is a TLS connection over a stamped one. net/http sees no *tls.Conn in
// it, so it speaks HTTP/1.1 and leaves Response.TLS empty.
type tlsConn struct {
	*tls.Conn
	raw *Conn
}

// Write is the unit in which net/http writes: the records it becomes are
// stamped below, by the raw connection.
func (t *tlsConn) Write(b []byte) (int, error) {
	x := t.raw.ex.Load()
	if x == nil {
		return t.Conn.Write(b)
	}
	return t.raw.send(x, b, t.Conn.Write)
}

// startTLS does the handshake and keeps its times in the raw connection.
func startTLS(ctx context.Context, raw *Conn, cfg *tls.Config, addr string, byRecord bool) (*tlsConn, error) {
	if cfg.ServerName == "" {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		cfg = cfg.Clone()
		cfg.ServerName = host
	}
	raw.dial.secure = true
	if byRecord {
		raw.records = new(records)
	}
	raw.dial.tlsStartNS = record.Now()
	t := tls.Client(raw, cfg)
	err := t.HandshakeContext(ctx)
	raw.dial.tlsDoneNS = record.Now()
	if err != nil {
		raw.Close()
		return nil, &dialError{stage: stageTLS, times: raw.dial, err: fmt.Errorf("tls handshake with %s: %w", addr, err)}
	}
	return &tlsConn{t, raw}, nil
}

// records follows the record headers of a TLS stream, so that a raw read never
// passes the end of a record: then whatever the TLS layer hands out was in the
// latest raw read, and has its stamp.
type records struct {
	head [5]byte
	have int // header bytes seen
	left int // payload bytes to come
}

// limit returns how many of n bytes one read may take.
func (r *records) limit(n int) int {
	if r.left > 0 {
		return min(n, r.left)
	}
	return min(n, len(r.head)-r.have)
}

// seen takes what a read within the limit brought.
func (r *records) seen(b []byte) {
	if r.left > 0 {
		r.left -= len(b)
		return
	}
	r.have += copy(r.head[r.have:], b)
	if r.have == len(r.head) {
		r.left, r.have = int(r.head[3])<<8|int(r.head[4]), 0
	}
}

// stampedConn finds the stamped connection in what net/http works with: a
// *Conn, our TLS over one, or, through a proxy, net/http's own TLS over one.
func (c *Client) stampedConn(conn net.Conn) *Conn {
	raw := rawConn(conn)
	if t, ok := conn.(*tls.Conn); ok && raw != nil && t.ConnectionState().NegotiatedProtocol == "h2" {
		raw.shared.Store(true) // through a proxy it is net/http that does the handshake
		c.shared.Store(true)
	}
	return raw
}

func rawConn(c net.Conn) *Conn {
	switch c := c.(type) {
	case *Conn:
		return c
	case *tlsConn:
		return c.raw
	case *tls.Conn:
		raw, _ := c.NetConn().(*Conn)
		return raw
	}
	return nil
}
