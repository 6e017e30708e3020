package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
)

// userSource is the clock where no kernel stamps are, sharedSource where none can
// be told apart.
const (
	userSource   = "user time after read"
	sharedSource = "user time after read (HTTP/2)"
)

// Client sends requests. It is safe for concurrent use; each Do reads its own
// response in its caller's goroutine.
type Client struct {
	opts   Options
	tls    *tls.Config
	proxy  func(*http.Request) (*url.URL, error)
	dialer *net.Dialer
	addrs  addressCache
	stamps io.Closer // nil where the kernel gives no stamps
	life   context.Context
	end    context.CancelFunc
	pool   *http.Transport // for all but Sticky
	sticky stickyPool
	tally  tally
	shared atomic.Bool // some connection spoke HTTP/2
	bufs   sync.Pool   // of *Parser
	taps   sync.Pool   // of *tap

	mu   sync.Mutex // dials and closes only, nothing per request
	open map[*Conn]struct{}
}

// New returns a client. It fails on a CA file or proxy that cannot be used.
func New(o Options) (*Client, error) {
	o = o.withDefaults()
	c := &Client{opts: o, open: map[*Conn]struct{}{}, dialer: newDialer(&o), addrs: addressCache{ttl: o.DNSCache}}
	var err error
	if c.tls, err = tlsConfig(&o); err != nil {
		return nil, err
	}
	if c.proxy, err = proxyFunc(o.Proxy); err != nil {
		return nil, err
	}
	c.life, c.end = context.WithCancel(context.Background())
	c.bufs.New = func() any { return NewParser(o.Clock.bodyBuffer(), o.MaxEvent) }
	c.taps.New = func() any { return &tap{buf: make([]byte, o.Clock.tapBuffer())} }
	c.pool = c.newTransport()
	c.sticky.byKey = map[string]*http.Transport{}
	if held, err := holdStamps(); err == nil {
		c.stamps = held
	}
	return c, nil
}

// Close ends dials under way and closes all connections. Requests under way
// fail, so wait for them first.
func (c *Client) Close() {
	c.end()
	c.pool.CloseIdleConnections()
	c.sticky.closeAll()
	c.mu.Lock()
	open := c.open
	c.open = nil
	c.mu.Unlock()
	for conn := range open {
		conn.Close()
	}
	if c.stamps != nil {
		c.stamps.Close()
		c.stamps = nil
	}
}

// ClockSource says in words which clock stamps arrivals. A kernel that takes the
// option but stamps nothing is found out by the first reads.
func (c *Client) ClockSource() string {
	if c.shared.Load() {
		return sharedSource
	}
	if c.stamps == nil {
		return userSource
	}
	if n := c.tally.sum(); n.Reads > 0 && n.Unstamped == n.Reads {
		return userSource
	}
	return stampSource
}

// Counters returns what was counted so far. It costs a few microseconds and
// takes no lock.
func (c *Client) Counters() Counters {
	n := c.tally.sum()
	n.WallSteps = clock.steps.Load()
	return n
}

// track lists a connection until it closes. A dial that ends after the client
// has nothing to be listed in: its connection closes at once.
func (c *Client) track(conn *Conn) {
	conn.onClose = c.untrack
	c.tally.openNow.Add(1)
	c.mu.Lock()
	closed := c.open == nil
	if !closed {
		c.open[conn] = struct{}{}
	}
	c.mu.Unlock()
	if closed {
		conn.Close()
	}
}

func (c *Client) untrack(conn *Conn) {
	c.tally.openNow.Add(-1)
	c.mu.Lock()
	delete(c.open, conn)
	c.mu.Unlock()
}

// newTransport returns one pool of connections.
func (c *Client) newTransport() *http.Transport {
	t := &http.Transport{
		Proxy:               c.proxy,
		DialContext:         c.dial,
		DialTLSContext:      c.dialTLS,
		TLSClientConfig:     c.tls, // used through a proxy, where net/http does the handshake
		DisableCompression:  true,
		DisableKeepAlives:   c.opts.Reuse == Never,
		MaxIdleConnsPerHost: c.opts.MaxIdle,
		MaxConnsPerHost:     c.opts.MaxConns,
		IdleConnTimeout:     c.opts.IdleTimeout,
		ReadBufferSize:      c.opts.Clock.readBuffer(),
		WriteBufferSize:     16 << 10, // head and body of an ordinary request leave in one write
	}
	if c.opts.HTTP2 {
		t.Protocols = new(http.Protocols)
		t.Protocols.SetHTTP1(true)
		t.Protocols.SetHTTP2(true)
	}
	return t
}

// protocols are those that are offered to a server.
func protocols(http2 bool) []string {
	if http2 {
		return []string{"h2", "http/1.1"}
	}
	return []string{"http/1.1"}
}

func tlsConfig(o *Options) (*tls.Config, error) {
	cfg := &tls.Config{
		ServerName:         o.ServerName,
		InsecureSkipVerify: o.Insecure,
		NextProtos:         protocols(o.HTTP2),
		// A prompt leaves in few writes; small first records help readers of
		// web pages, which a server of models is not.
		DynamicRecordSizingDisabled: true,
	}
	if o.CAFile == "" {
		return cfg, nil
	}
	pem, err := os.ReadFile(o.CAFile)
	if err != nil {
		return nil, fmt.Errorf("read CA file: %w", err)
	}
	if cfg.RootCAs, err = x509.SystemCertPool(); err != nil {
		cfg.RootCAs = x509.NewCertPool()
	}
	if !cfg.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("CA file %s: no certificate in PEM form", o.CAFile)
	}
	return cfg, nil
}

func proxyFunc(proxy string) (func(*http.Request) (*url.URL, error), error) {
	switch proxy {
	case "":
		return nil, nil
	case "env":
		return http.ProxyFromEnvironment, nil
	}
	u, err := url.Parse(proxy)
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	if u.Host == "" {
		return nil, fmt.Errorf("proxy %q: must be a URL with a host", proxy)
	}
	return http.ProxyURL(u), nil
}
