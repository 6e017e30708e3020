package transport

import (
	"bytes"
	"errors"
)

// tap decodes the chunked body of an event stream below net/http: what net/http
// does per chunk costs as much as all that is done here, and what it reads ahead
// decides which stamp a chunk gets. It runs inside of the connection's Read that
// net/http waits in, in the goroutine that wants the body, and net/http itself
// sees a body without a chunk before the last. The end of the body, trailers,
// and whatever is not plain chunking are left to it from there on.
//
// A read of a Precise client must not pass the end of a queue entry of the
// kernel, which keeps one stamp per entry, but ends are not shown. So a read
// ends in the middle of a chunk: it takes the rest of one chunk and the lead of
// the next, as far as no chunk is likely to be smaller. Then each chunk has a
// read that touched it last, the one that brought its lead, and a chunk that has
// waited for this process costs one system call.
type tap struct {
	s       *stream
	buf     []byte
	from    int // buf[from:to] was read and is not decoded
	to      int
	precise bool

	state tapState
	left  int  // bytes of the chunk to come, its line end not counted
	size  int  // of the chunk with its framing
	last  int  // size of the chunk before
	low   int  // what chunks hardly ever are smaller than
	short bool // the last read emptied the queue
	ran   bool

	now    arrival // of the bytes from edge on
	before arrival // of those before
	edge   int

	late      int64 // as in exchange
	unstamped int32
}

type tapState uint8

const (
	inSize tapState = iota
	inChunk
	afterChunk // CR LF to come
)

// oneSegment is the most that a chunk may have left for its lead to tell its
// stamp: more may come in several segments, and then the last one counts.
const oneSegment = 1200

// maxSizeDigits is what net/http takes.
const maxSizeDigits = 16

var errChunking = errors.New("malformed chunked encoding")

// begin prepares for a body whose head arrived so.
func (t *tap) begin(s *stream, head arrival, precise bool) {
	*t = tap{s: s, buf: t.buf, precise: precise, low: 85, now: head}
}

// stampedReader is the connection, to a tap.
type stampedReader interface {
	// readStamped reads once, at some time after since.
	readStamped(b []byte, since int64) (int, arrival, error)
}

// run reads until the body ends or is not plain, beginning with what came with
// the head. What is left then is for net/http.
func (t *tap) run(c stampedReader, held []byte) (left []byte, err error) {
	t.ran = true
	defer func() { t.s.k.x.reads(t.now, t.late, t.unstamped) }()
	for t.to = copy(t.buf, held); ; {
		plain, err := t.decode()
		t.s.counted.addTo(t.s.shard)
		if err != nil {
			return nil, err
		}
		if !plain {
			return t.buf[t.from:t.to], nil
		}
		t.to = copy(t.buf, t.buf[t.from:t.to])
		t.from = 0
		if err := t.read(c); err != nil {
			return nil, err
		}
	}
}

// read reads once and says which bytes have which stamp.
func (t *tap) read(c stampedReader) error {
	want := t.want()
	n, a, err := c.readStamped(t.buf[t.to:t.to+want], t.now.user)
	if err != nil {
		return err
	}
	t.edge = t.to
	if rest := t.rest(); t.precise && rest > 0 && n > rest {
		t.edge += rest // the chunk's own read was the one before
	}
	t.before, t.now = t.now, a
	t.to += n
	t.short = n < want
	if !a.stamped {
		t.unstamped++
	} else {
		t.late = max(t.late, a.user-a.kernel)
	}
	return nil
}

// rest is how much of a chunk begun is to come, with its line end.
func (t *tap) rest() int {
	switch t.state {
	case inChunk:
		return t.left + 2
	case afterChunk:
		return 2 - (t.to - t.from)
	}
	return 0
}

// want is how much the next read may take.
func (t *tap) want() int {
	room := len(t.buf) - t.to
	if !t.precise {
		return room
	}
	lead := min(max(t.low*3/4, 16), 512)
	rest := t.rest()
	switch {
	case rest == 0:
		return min(max(lead-t.to, 2), room)
	case t.short || rest > oneSegment:
		return min(rest, room)
	}
	return min(rest+lead, room)
}

// decode hands out what has been read. It reports false at what is not a plain
// chunk.
func (t *tap) decode() (plain bool, err error) {
	for t.from < t.to {
		b := t.buf[t.from:t.to]
		switch t.state {
		case inSize:
			n, size, ok := sizeLine(b)
			if !ok {
				return false, nil
			}
			if n == 0 { // goes on, unless there is no room for it
				return t.to-t.from < len(t.buf), nil
			}
			t.from += n
			t.state, t.left, t.size = inChunk, size, n+size+2
			t.s.k.resp.Trace.Chunks++
		case inChunk:
			n := min(t.left, len(b))
			t.from += n
			if t.left -= n; t.left == 0 {
				t.state = afterChunk
			}
			a := &t.now
			if t.from <= t.edge {
				a = &t.before
			}
			if t.s.failed = t.s.take(b[:n], a); t.s.failed != nil {
				return true, t.s.failed
			}
		case afterChunk:
			if len(b) < 2 {
				return true, nil
			}
			if b[0] != '\r' || b[1] != '\n' {
				return true, errChunking
			}
			t.from += 2
			t.state = inSize
			least := min(t.size, t.last) // one large chunk says nothing of the next
			t.low = min(t.low+(least-t.low)/4, least)
			t.last = t.size
		}
	}
	return true, nil
}

// sizeLine reads a chunk size, with an extension, which says nothing to us, or
// without. It returns how many bytes the line takes, 0 if it goes on. It is not ok
// at the last chunk or at anything else, which net/http decides about.
func sizeLine(b []byte) (n, size int, ok bool) {
	for i, c := range b {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		case c == '\r':
			if i+1 == len(b) {
				return 0, 0, true
			}
			return i + 2, size, size > 0 && b[i+1] == '\n'
		case c == ';' && i > 0:
			end := bytes.IndexByte(b, '\n')
			if end < 0 {
				return 0, 0, true
			}
			return end + 1, size, size > 0 && bytes.IndexByte(b, '\r') == end-1
		default:
			return 0, 0, false
		}
		if i == maxSizeDigits || size >= 1<<40 {
			return 0, 0, false
		}
		size = size<<4 | int(c)
	}
	return 0, 0, true
}

// headEnd finds the blank line after a head.
type headEnd struct{ atLineStart bool }

// find returns how much of b belongs to the head, all of it if it goes on.
func (h *headEnd) find(b []byte) int {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\n':
			if h.atLineStart {
				h.atLineStart = false
				return i + 1
			}
			h.atLineStart = true
		case '\r':
		default:
			h.atLineStart = false
			if lf := bytes.IndexByte(b[i:], '\n'); lf > 0 {
				i += lf - 1
			} else {
				return len(b)
			}
		}
	}
	return len(b)
}
