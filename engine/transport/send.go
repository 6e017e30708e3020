package transport

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// lent is the caller's body while net/http may read it. At the end of the
// request it is taken back. Who has begun to read it is waited for, so that its
// writes are all stamped; who has not, and may never, reads nothing any more.
type lent struct {
	mu      sync.Mutex
	changed sync.Cond
	readers int // bodies that were begun and not closed
	over    bool
}

func newLent() *lent {
	l := &lent{}
	l.changed.L = &l.mu
	return l
}

// takeBack returns when nobody reads the body.
func (l *lent) takeBack() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.over = true; l.readers > 0; {
		l.changed.Wait()
	}
}

var errBodyGone = errors.New("the request is over")

// requestBody lets net/http read the body and notes how much of it was taken. A
// retry reads a second one.
type requestBody struct {
	rest  []byte
	taken atomic.Int64
	done  atomic.Bool // all was taken

	lent          *lent
	begun, closed bool // guarded by lent.mu
}

// newRequestBody makes body, which is not empty, the one that x sends.
func newRequestBody(body []byte, x *exchange, l *lent) *requestBody {
	r := &requestBody{rest: body, lent: l}
	x.body.Store(r)
	return r
}

func (r *requestBody) Read(b []byte) (int, error) {
	r.lent.mu.Lock()
	defer r.lent.mu.Unlock()
	switch {
	case r.closed, r.lent.over && !r.begun:
		return 0, errBodyGone
	case len(r.rest) == 0:
		return 0, io.EOF
	case !r.begun:
		r.begun = true
		r.lent.readers++
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	r.taken.Add(int64(n))
	if len(r.rest) == 0 {
		r.done.Store(true)
	}
	return n, nil
}

// Close is called by net/http, perhaps more than once and after the response. When
// an answer was there before the request it may not be called at all.
func (r *requestBody) Close() error {
	r.lent.mu.Lock()
	defer r.lent.mu.Unlock()
	if r.begun && !r.closed {
		r.lent.readers--
		r.lent.changed.Signal()
	}
	r.closed = true
	return nil
}

// sender is the writing side of a connection. It belongs to the goroutine of
// net/http that writes to it.
type sender struct {
	serves *exchange // whose head is held
	head   []byte
}

// send writes plain text of x. A write that begins when all of the body has been
// taken carries the last bytes, because net/http flushes its buffer whole.
//
// net/http flushes the head before a body of a type that it does not know, such
// as ours. The body follows at once, so the head waits here and leaves with it:
// one segment and one wake-up of the server fewer. On a connection that has
// closed meanwhile it is refused: net/http sends a request again only while none
// of it seems to be written.
func (c *Conn) send(x *exchange, b []byte, write func([]byte) (int, error)) (int, error) {
	body := x.body.Load()
	last := body == nil || body.done.Load()
	if !last && c.serves != x && body.taken.Load() == 0 {
		if c.closed.Load() {
			return 0, net.ErrClosed
		}
		c.serves, c.head = x, bytes.Clone(b)
		return len(b), nil
	}
	held := 0
	if c.serves == x && len(c.head) > 0 {
		held = len(c.head)
		b = append(c.head, b...)
		c.head = nil
	}
	n, err := write(b)
	if last && err == nil && !x.sent.Swap(true) && x.onSent != nil {
		x.onSent(x.wroteEnd.Load())
	}
	return max(n-held, 0), err
}
