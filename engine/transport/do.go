package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"time"

	"tacho/engine/record"
)

// call is one request under way.
type call struct {
	c    *Client
	x    *exchange
	h    Handler
	req  *Request
	resp *Response

	packed bool // the body has a Content-Encoding
}

// Do sends one request and hands its response to h in this goroutine. It
// returns when the response has ended, however it did, and never nil: a failed
// request is data.
func (c *Client) Do(ctx context.Context, req *Request, h Handler) *Response {
	x := &exchange{startNS: record.Now()}
	k := call{c: c, x: x, h: h, req: req, resp: &Response{}}
	r := k.resp

	ctx, cancel := context.WithCancelCause(ctx)
	if c.opts.Timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, c.opts.Timeout)
		defer stop()
	}
	timer := cancelTimer{after: req.CancelAfter, cancel: cancel}
	x.onSent = func(at int64) {
		if req.CancelSent {
			timer.start()
		}
		if req.OnSent != nil {
			req.OnSent(at)
		}
	}

	body := newLent()
	err := k.run(ctx, body)
	r.Trace.EndNS = record.Now()
	timer.stop()
	if err != nil {
		r.Err, r.Kind = err, classify(ctx, err, r.Status != 0)
		r.Planned = r.Kind == record.ErrCancelled && errors.Is(context.Cause(ctx), ErrPlanned)
	}
	cancel(nil)
	body.takeBack() // net/http may still be writing: the cancellation ends that
	x.release()
	x.copyTo(&r.Trace)
	if d, ok := errors.AsType[*dialError](err); ok {
		r.Trace.dialed(&d.times)
	}
	if c.opts.Reuse == Sticky && (req.LastOfKey || err != nil) {
		c.sticky.drop(req.ConnKey)
	}
	return r
}

// run sends the request and reads the response.
func (k *call) run(ctx context.Context, of *lent) error {
	hr, err := k.build(ctx, of)
	if err != nil {
		return err
	}
	pool := k.c.pool
	if k.c.opts.Reuse == Sticky {
		pool = k.c.sticky.get(k.req.ConnKey, k.c.newTransport)
	}
	resp, err := pool.RoundTrip(hr)
	for hops := 1; err == nil; hops++ {
		next := k.follow(resp, hr, of, hops)
		if next == nil {
			break
		}
		hr = next
		resp, err = pool.RoundTrip(hr)
	}
	if err != nil {
		return early(err)
	}
	defer resp.Body.Close()
	k.x.inHead.Store(false)

	r := k.resp
	k.x.stampShared()
	r.Trace.AckNS = k.x.kernel.Load()
	r.Status, r.Header, r.TransferEncoding = resp.StatusCode, resp.Header, resp.TransferEncoding
	_, r.Reason, _ = strings.Cut(resp.Status, " ")
	r.ContentType = resp.Header.Get("Content-Type")
	r.SSE = r.Status/100 == 2 && hr.Method == http.MethodPost && eventStream(r.ContentType)
	r.NotStreamed = k.req.Stream && !r.SSE

	if k.packed, err = unpack(resp); err != nil && r.Status/100 == 2 {
		return err
	}
	p := k.c.bufs.Get().(*Parser)
	p.Reset()
	defer k.c.putBuffer(p)
	switch {
	case r.Status == http.StatusSwitchingProtocols:
		// What follows is no body, and the end of the context does not end a read of it.
		return statusError(r)
	case r.Status/100 != 2:
		return k.readError(resp.Body, p)
	case r.SSE:
		return k.readEvents(resp, p)
	default:
		return k.readBody(resp.Body, p)
	}
}

// build makes net/http's request with hooks that fill the exchange.
func (k *call) build(ctx context.Context, of *lent) (*http.Request, error) {
	u, err := url.Parse(k.req.URL)
	if err != nil {
		return nil, fmt.Errorf("request url: %w", err)
	}
	x := k.x
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { x.getConnNS = record.Now() },
		GotConn: func(i httptrace.GotConnInfo) {
			_, plain := i.Conn.(*Conn)
			x.bind(k.c.stampedConn(i.Conn), plain, i.Reused)
		},
		WroteHeaders:         x.wroteHeaders,
		WroteRequest:         x.wroteRequest,
		GotFirstResponseByte: x.gotFirstByte,
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err == nil {
				x.proxyTLSDone.Store(record.Now())
			}
		},
	})
	hr := (&http.Request{
		Method: k.req.Method, URL: u, Host: u.Host, Header: k.req.Header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}).WithContext(ctx)
	if hr.Method == "" {
		hr.Method = http.MethodPost
	}
	if hr.Header == nil {
		hr.Header = http.Header{}
	}
	if host := hr.Header.Get("Host"); host != "" {
		hr.Host = host
	}
	if body := k.req.Body; len(body) > 0 {
		hr.ContentLength = int64(len(body))
		hr.Body = newRequestBody(body, x, of)
		hr.GetBody = func() (io.ReadCloser, error) { return newRequestBody(body, x, of), nil }
	}
	return hr, nil
}

// cancelTimer starts in a goroutine of net/http, and perhaps after the request
// has ended.
type cancelTimer struct {
	mu     sync.Mutex
	after  time.Duration
	cancel context.CancelCauseFunc
	timer  *time.Timer
	over   bool
}

func (t *cancelTimer) start() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.over && t.timer == nil { // a request that is sent again keeps its first time
		t.timer = time.AfterFunc(t.after, func() { t.cancel(ErrPlanned) })
	}
}

func (t *cancelTimer) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.over = true
	if t.timer != nil {
		t.timer.Stop()
	}
}
