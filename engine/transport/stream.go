package transport

import (
	"io"
	"slices"
)

// stream hands the events of one response to the handler.
type stream struct {
	k       *call
	p       *Parser
	e       Event
	counted contentCount
	shard   *shard
	failed  error // that the handler or the parser ended the request with
	last    bool  // the event that completes the answer is here
}

// take takes in bytes of the body that arrived at one time.
func (s *stream) take(b []byte, a *arrival) error {
	t := &s.k.resp.Trace
	if t.FirstBodyNS == 0 {
		t.FirstBodyNS = a.kernel
	}
	t.LastBodyNS = a.kernel
	t.BytesReceived += int64(len(b))
	s.e.AtNS, s.e.UserNS, s.e.Kernel = a.kernel, a.user, a.stamped
	if s.p.Whole(b, &s.e) {
		return s.hand()
	}
	for len(b) > 0 {
		n := copy(s.p.Space(), b)
		s.p.Advance(n)
		b = b[n:]
		if err := s.events(); err != nil {
			return err
		}
	}
	return nil
}

// events hands out the complete ones.
func (s *stream) events() error {
	for {
		ok, err := s.p.Next(&s.e)
		if err != nil {
			return err
		}
		if !ok {
			return nil
		}
		if err := s.hand(); err != nil {
			return err
		}
	}
}

func (s *stream) hand() error {
	s.k.resp.Events++
	if err := s.k.h.Event(&s.e); err != nil {
		return handlerError(err)
	}
	if s.e.Content {
		s.counted.add(s.e.AtNS)
	}
	if s.e.Last {
		s.ending()
	}
	return nil
}

// tap puts a tap on the connection if the body is one that a tap can read: plain
// chunking on a connection that net/http reads without a layer between.
func (k *call) tap(s *stream, encodings []string) *tap {
	x := k.x
	if !x.plain || k.packed || !slices.Equal(encodings, []string{"chunked"}) {
		return nil
	}
	t := k.c.taps.Get().(*tap)
	t.begin(s, arrival{x.kernel.Load(), x.user.Load(), x.stamped.Load()}, k.c.opts.Clock == Precise)
	x.conn.tap = t
	return t
}

// readTapped reads a body that has a tap, and what the tap leaves of it. It
// returns io.EOF when the body was read to its end.
func (k *call) readTapped(body io.Reader, s *stream, t *tap) error {
	var b [256]byte
	n, err := body.Read(b[:])
	if endOfTrailer(err) {
		err = io.EOF
	}
	if !t.ran { // net/http knew better than to read: the connection closes
		k.x.conn.tap = nil
	}
	t.s = nil
	k.c.taps.Put(t)
	if s.failed != nil {
		return s.failed
	}
	if n > 0 {
		if failed := s.take(b[:n], k.x.arrival()); failed != nil {
			return failed
		}
	}
	return err
}
