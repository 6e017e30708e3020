package transport

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"tacho/engine/record"
)

// drainBytes is how much of a failed response's body is read beyond what is
// kept, so that its connection can be used again.
const drainBytes = 1 << 20

// read reads the body once. What was read has the stamps at and user.
func (k *call) read(body io.Reader, b []byte) (n int, at, user int64, err error) {
	n, err = body.Read(b)
	if n > 0 && k.x.stampShared() {
		k.x.conn.shard.unstamped.Add(1)
	}
	if endOfTrailer(err) {
		err = io.EOF
	}
	at, user = k.x.kernel.Load(), k.x.user.Load()
	if n > 0 {
		t := &k.resp.Trace
		if t.Chunks++; t.Chunks == 1 {
			t.FirstBodyNS = at
		}
		t.LastBodyNS = at
		t.BytesReceived += int64(n)
	}
	return n, at, user, err
}

// readEvents hands out the events of a stream.
func (k *call) readEvents(resp *http.Response, p *Parser) error {
	s := stream{k: k, p: p, shard: &k.c.tally.shard[0]}
	if k.x.conn != nil {
		s.shard = k.x.conn.shard
	}
	defer func() { s.counted.addTo(s.shard); s.ended() }()
	var err error
	if t := k.tap(&s, resp.TransferEncoding); t != nil {
		err = k.readTapped(resp.Body, &s, t)
	}
	for err == nil {
		var n int
		var at, user int64
		n, at, user, err = k.read(resp.Body, p.Space())
		p.Advance(n)
		if n > 0 {
			s.e.AtNS, s.e.UserNS, s.e.Kernel = at, user, k.x.stamped.Load()
		}
		if failed := s.events(); failed != nil {
			return failed
		}
		s.counted.addTo(s.shard)
	}
	if s.failed != nil {
		return err
	}
	if err != io.EOF && !s.leftOpen(err) {
		return fmt.Errorf("read stream: %w", err)
	}
	if p.Tail(&s.e) {
		return s.hand()
	}
	return nil
}

// contentCount counts content events of one response between two reads.
type contentCount struct{ n, equal, last int64 }

func (c *contentCount) add(at int64) {
	c.n++
	if at == c.last {
		c.equal++
	}
	c.last = at
}

func (c *contentCount) addTo(s *shard) {
	if c.n > 0 {
		s.content.Add(c.n)
		if c.equal > 0 {
			s.equal.Add(c.equal)
		}
		c.n, c.equal = 0, 0
	}
}

// readBody hands out the body in one piece.
func (k *call) readBody(body io.Reader, p *Parser) error {
	b := Body{AtNS: k.x.kernel.Load(), UserNS: k.x.user.Load(), Kernel: k.x.stamped.Load()}
	for {
		n, at, user, err := k.read(body, p.Space())
		p.Advance(n)
		if n > 0 {
			b.AtNS, b.UserNS, b.Kernel = at, user, k.x.stamped.Load()
		}
		if len(p.pending()) > k.c.opts.MaxBody {
			return ErrBodyTooLarge
		}
		if err == io.EOF {
			b.Data = p.pending()
			return handlerError(k.h.Body(&b))
		}
		if err != nil {
			return fmt.Errorf("read body: %w", err)
		}
	}
}

// readError keeps the beginning of a failed response's body.
func (k *call) readError(body io.Reader, p *Parser) error {
	r, kept := k.resp, k.c.opts.ErrorBody
	for len(r.ErrorBody) < kept || r.Trace.BytesReceived < int64(kept+drainBytes) {
		b := p.Space()
		n, _, _, err := k.read(body, b)
		take := min(n, kept-len(r.ErrorBody))
		r.ErrorBody = append(r.ErrorBody, b[:take]...)
		r.ErrorBodyCut = r.ErrorBodyCut || take < n
		if err != nil {
			break // the status is the failure; a cut body adds nothing to it
		}
	}
	return statusError(r)
}

func statusError(r *Response) error {
	return &KindError{record.StatusKind(r.Status), fmt.Errorf("http status %d %s", r.Status, r.Reason)}
}

// putBuffer keeps a buffer for later unless one large response blew it up.
func (c *Client) putBuffer(p *Parser) {
	if len(p.buf) <= 1<<20 {
		c.bufs.Put(p)
	}
}

// eventStream reports whether a content type is text/event-stream, whatever its
// parameters.
func eventStream(contentType string) bool {
	if contentType == "text/event-stream" {
		return true
	}
	t, _, err := mime.ParseMediaType(contentType)
	return (err == nil || errors.Is(err, mime.ErrInvalidMediaParameter)) && t == "text/event-stream"
}
