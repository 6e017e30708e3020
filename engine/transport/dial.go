package transport

import (
	"context"
	"errors"
	"net"
	"net/http/httptrace"
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
	network := c.opts.IPVersion.network()
	known := c.addrs.get(host, time.Now())
	for _, ip := range known {
		t.connectStartNS = record.Now()
		var conn net.Conn
		conn, err = c.dialer.DialContext(ctx, network, net.JoinHostPort(ip.String(), port))
		t.connectDoneNS = record.Now()
		if err == nil {
			tcp := conn.(*net.TCPConn)
			t.refine(tcp)
			return tcp, t, nil
		}
		if ctx.Err() != nil {
			return nil, t, err
		}
	}
	if len(known) > 0 {
		c.addrs.drop(host)
		return nil, t, err
	}

	var resolved []net.IPAddr
	// The resolver calls these in this goroutine, before it returns, and not
	// at all for an address.
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { t.dnsStartNS = record.Now() },
		DNSDone:  func(i httptrace.DNSDoneInfo) { t.dnsDoneNS, resolved = record.Now(), i.Addrs },
	})
	start := record.Now()
	conn, err := c.dialer.DialContext(ctx, network, addr)
	done := record.Now()
	if _, unresolved := errors.AsType[*net.DNSError](err); !unresolved {
		t.connectStartNS, t.connectDoneNS = max(start, t.dnsDoneNS), done
	}
	if err != nil {
		return nil, t, err
	}
	tcp := conn.(*net.TCPConn)
	t.refine(tcp)
	if t.dnsStartNS != 0 {
		c.addrs.put(host, resolved, tcp.RemoteAddr().(*net.TCPAddr).IP, time.Now())
	}
	return tcp, t, nil
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
