package simserver

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"time"

	"tacho/engine/transport"
)

const (
	maxHead = 1 << 20   // bytes of a request head
	maxBody = 256 << 20 // bytes of a request body
)

// headLimit bounds what may be read until the head of a request is complete.
type headLimit struct {
	r    io.Reader
	left int64
}

func (h *headLimit) Read(b []byte) (int, error) {
	if h.left <= 0 {
		return 0, errors.New("request head too large")
	}
	if int64(len(b)) > h.left {
		b = b[:h.left]
	}
	n, err := h.r.Read(b)
	h.left -= int64(n)
	return n, err
}

// serveConn answers the requests of one connection, one after the other, and
// closes it. A fault of the connection comes before anything is read.
func (s *Server) serveConn(ctx context.Context, c net.Conn, table []route, secure *tls.Config, fault *Fault) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// The only way out of a blocked read or write is closing the socket.
	raw := c
	defer context.AfterFunc(ctx, func() { _ = raw.Close() })()
	defer func() { _ = c.Close() }()
	tune(c)
	w := newWire(c)
	if fault != nil {
		fault.conn(s, w)
		return
	}
	if secure != nil {
		t := tls.Server(c, secure)
		if t.HandshakeContext(ctx) != nil {
			return
		}
		c = t
		w = newWire(t)
	}
	head := &headLimit{r: c}
	arrived := now
	if secure == nil {
		if stamped, err := transport.Stamp(raw); err == nil {
			head.r, arrived = stamped, stamped.Arrived
		}
	}
	br := bufio.NewReader(head)
	for {
		head.left = maxHead
		req, err := http.ReadRequest(br)
		if err != nil {
			if _, network := errors.AsType[net.Error](err); !network && !errors.Is(err, io.EOF) {
				_, _ = c.Write([]byte("HTTP/1.1 400 Bad Request\r\nServer: " + serverName + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
			}
			return
		}
		x := &exchange{srv: s, wire: w, req: req, headersNS: now(), closing: req.Close}
		head.left = math.MaxInt64
		if req.Header.Get("Expect") == "100-continue" {
			_, _ = c.Write([]byte("HTTP/1.1 100 Continue\r\n\r\n"))
		}
		x.body, err = io.ReadAll(io.LimitReader(req.Body, maxBody+1))
		x.arrivalNS = arrived()
		if err != nil {
			return
		}
		x.ctx, x.cancel = context.WithCancel(ctx)
		stop := watch(c, br, cancel)
		x.serve(table)
		x.cancel()
		if !stop() || x.closing || ctx.Err() != nil {
			return
		}
	}
}

// watch calls gone when the client leaves while its request is being answered.
// The returned function ends the watch and reports whether the connection can
// be used further; bytes of a next request stay in br.
func watch(c net.Conn, br *bufio.Reader, gone func()) (stop func() bool) {
	done := make(chan struct{})
	var err error
	go func() {
		defer close(done)
		if _, err = br.Peek(1); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			gone()
		}
	}()
	return func() bool {
		_ = c.SetReadDeadline(time.Unix(1, 0)) // ends the Peek
		<-done
		_ = c.SetReadDeadline(time.Time{})
		return err == nil || errors.Is(err, os.ErrDeadlineExceeded)
	}
}
