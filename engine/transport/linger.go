package transport

import (
	"errors"
	"os"
	"time"
)

// Some servers and proxies keep an answer open for a minute after the event that
// says it is complete. Waiting for its end would hold a slot of the load as long;
// so it is given a short time, and then the connection is closed.

// ending begins that time. On a connection that others share nothing can be timed.
func (s *stream) ending() {
	if c := s.k.x.conn; c != nil && !c.shared.Load() && !s.last {
		s.last = true
		c.SetReadDeadline(time.Now().Add(s.k.c.opts.AfterLast))
	}
}

// ended takes the limit off. The connection may serve another request already,
// which then only lacks a limit of its own.
func (s *stream) ended() {
	if s.last {
		s.k.x.conn.SetReadDeadline(time.Time{})
	}
}

// leftOpen reports whether a read failed because that time is over.
func (s *stream) leftOpen(err error) bool {
	s.k.resp.LeftOpen = s.last && errors.Is(err, os.ErrDeadlineExceeded)
	return s.k.resp.LeftOpen
}
