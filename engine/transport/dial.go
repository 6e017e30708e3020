package transport

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"tacho/engine/record"
)

// dialTimes is when a connection was made. A time of 0 did not happen.
type dialTimes struct {
	dnsStartNS, dnsDoneNS         int64
	connectStartNS, connectDoneNS int64
	tlsStartNS, tlsDoneNS         int64
	secure                        bool
}

type stage uint8

const (
	stageConnect stage = iota
	stageTLS
)

// dialError is a connection that was not made, and when that was tried.
type dialError struct {
	stage stage
	times dialTimes
	err   error
}

func (e *dialError) Error() string { return e.err.Error() }
func (e *dialError) Unwrap() error { return e.err }

// dial opens a stamped TCP connection. net/http lets a dial go on when its
// request has ended or has got another connection: then it ends here, in the
// pool, or when the client closes.
func (c *Client) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	conn, err := c.dialTCP(ctx, addr)
	if err != nil {
		return nil, err // not a nil *Conn in an interface
	}
	return conn, nil
}

// dialTLS opens a TLS connection over a stamped one.
func (c *Client) dialTLS(ctx context.Context, _, addr string) (net.Conn, error) {
	ctx, cancel := c.dialContext(ctx)
	defer cancel()
	raw, err := c.dialTCP(ctx, addr)
	if err != nil {
		return nil, err
	}
	t, err := startTLS(ctx, raw, c.tls, addr, c.opts.Clock == Precise)
	if err != nil {
		c.tally.dialErrors.Add(1)
		return nil, err
	}
	if t.ConnectionState().NegotiatedProtocol == "h2" {
		// net/http must see the TLS connection to speak HTTP/2.
		raw.shared.Store(true)
		c.shared.Store(true)
		return t.Conn, nil
	}
	return t, nil
}

func (c *Client) dialTCP(ctx context.Context, addr string) (_ *Conn, err error) {
	c.tally.dials.Add(1)
	c.tally.dialsNow.Add(1)
	defer func() {
		c.tally.dialsNow.Add(-1)
		if err != nil {
			c.tally.dialErrors.Add(1)
		}
	}()
	ctx, cancel := c.dialContext(ctx)
	defer cancel()

	conn, t, err := c.connect(ctx, addr)
	if err != nil {
		return nil, &dialError{stage: stageConnect, times: t, err: err}
	}
	stamped, err := wrap(conn, clock, c.tally.deal())
	if err != nil {
		conn.Close()
		return nil, &dialError{stage: stageConnect, times: t, err: err}
	}
	stamped.dial = t
	c.track(stamped)
	return stamped, nil
}

// connect makes the TCP connection, to an address that the name resolved to
// earlier or to whichever of its addresses answers first.
func (c *Client) connect(ctx context.Context, addr string) (_ *net.TCPConn, t dialTimes, err error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, t, err
	}
	ips := c.addrs.get(host, time.Now())
	known := len(ips) > 0
	if !known {
		if ips, err = c.resolve(ctx, host, &t); err != nil {
			if _, unresolved := errors.AsType[*net.DNSError](err); !unresolved {
				t.connectStartNS = record.Now()
				t.connectDoneNS = t.connectStartNS
			}
			return nil, t, &net.OpError{Op: "dial", Net: c.opts.IPVersion.network(), Err: err}
		}
	}
	t.connectStartNS = record.Now()
	won := race(ctx, ips, stagger, func(ctx context.Context, ip net.IPAddr) (net.Conn, error) {
		return c.dialer.DialContext(ctx, c.opts.IPVersion.network(), net.JoinHostPort(ip.String(), port))
	})
	t.connectDoneNS = record.Now()
	if won.err != nil {
		if known && ctx.Err() == nil {
			c.addrs.drop(host)
		}
		return nil, t, won.err
	}
	tcp := won.conn.(*net.TCPConn)
	if len(won.slow) == 0 { // else the wait for the others is part of it
		t.refine(tcp)
	}
	if t.dnsStartNS != 0 {
		c.addrs.put(host, ips, won.ip.IP, time.Now())
	}
	c.addrs.avoid(host, won.slow)
	return tcp, t, nil
}

// resolve returns the addresses of a host, of the family that is wanted. Nothing
// is looked up, and no time noted, for an address.
func (c *Client) resolve(ctx context.Context, host string, t *dialTimes) ([]net.IPAddr, error) {
	literal := false
	if _, err := netip.ParseAddr(host); err == nil {
		literal = true
	} else {
		t.dnsStartNS = record.Now()
	}
	all, err := net.DefaultResolver.LookupIPAddr(ctx, host)
	if !literal {
		t.dnsDoneNS = record.Now()
	}
	if err != nil {
		return nil, err
	}
	var ips []net.IPAddr
	for _, ip := range all {
		four := ip.IP.To4() != nil
		if v := c.opts.IPVersion; v == 4 && four || v == 6 && !four || v != 4 && v != 6 {
			ips = append(ips, ip)
		}
	}
	if len(ips) == 0 {
		return nil, &net.AddrError{Err: "no suitable address found", Addr: host}
	}
	return alternating(ips), nil
}

// refine puts the end of the connect where the kernel had it: the time that this
// process took to notice is its own lateness and no part of the set-up.
func (t *dialTimes) refine(tcp *net.TCPConn) {
	if rtt, ok := handshake(tcp); ok {
		t.connectDoneNS = min(t.connectDoneNS, t.connectStartNS+int64(rtt))
	}
}

// dialContext ends a dial when the client closes.
func (c *Client) dialContext(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(c.life, cancel)
	return ctx, func() { stop(); cancel() }
}

// newDialer keeps idle connections alive as AIPerf does: one probe, first after
// 60 s. TCP_NODELAY is Go's default.
func newDialer(o *Options) *net.Dialer {
	return &net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 60 * time.Second, Interval: 30 * time.Second, Count: 1},
		Control:         control(o),
	}
}
