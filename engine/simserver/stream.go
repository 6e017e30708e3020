package simserver

import (
	"slices"
	"sync"
	"time"
)

// stream writes the pieces of one response, each when its token has been
// produced. On plain TCP the pacer's thread writes; once the socket is full,
// or where writes cannot be tried (TLS), the goroutine in wait does.
type stream struct {
	wire    *wire
	pace    *pacer
	dialect dialect
	head    func(length int) []byte // response head of a kindBody
	chunked bool
	crlf    bool // CRLF line ends in the event stream
	multi   bool // JSON over several data lines
	split   time.Duration

	done chan struct{} // closed when the last piece has been written, or no more will be
	kick chan struct{} // capacity 1: the waiting goroutine has something to do

	qmu   sync.Mutex
	queue []int64 // deadlines of the tokens produced and not yet used
	slow  bool    // the waiting goroutine writes

	mu       sync.Mutex // held while writing
	pieces   []piece
	pos      int
	lastDue  int64
	resumeAt int64 // end of the pause at pos, 0 if it has not begun
	out      []byte
	event    []byte
	held     int  // content events in out that have no write time yet
	backlog  bool // out is the rest of a write that did not fit
	finished bool

	use      usage
	cached   func() int
	log      bool    // keep dueNS and writeNS
	dueNS    []int64 // of each content event
	writeNS  []int64
	tokens   int
	complete bool // every piece was written
}

// produce adds one token with its deadline. It runs on the pacer's thread and
// never waits.
func (s *stream) produce(due int64) {
	s.qmu.Lock()
	s.queue = append(s.queue, due)
	s.qmu.Unlock()
	s.poke()
}

// poke lets whoever writes look for work.
func (s *stream) poke() {
	s.qmu.Lock()
	slow := s.slow
	s.qmu.Unlock()
	if slow {
		s.nudge()
		return
	}
	s.mu.Lock()
	s.run(false)
	s.mu.Unlock()
}

func (s *stream) nudge() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

// wait returns when the stream has ended or stop is closed; after that nothing
// more is written. Slow streams are written from here.
func (s *stream) wait(stop <-chan struct{}) {
	for {
		select {
		case <-s.done:
			return
		case <-stop:
			s.mu.Lock()
			s.end(false)
			s.mu.Unlock()
			return
		case <-s.kick:
			s.mu.Lock()
			s.run(true)
			s.mu.Unlock()
		}
	}
}

// take waits for nothing: it reports whether n tokens are there, and uses them.
func (s *stream) take(n int) bool {
	if n == 0 {
		return true
	}
	s.qmu.Lock()
	defer s.qmu.Unlock()
	if len(s.queue) < n {
		return false
	}
	s.lastDue = s.queue[n-1]
	s.queue = append(s.queue[:0], s.queue[n:]...)
	return true
}

// run does every piece that is due. Called with mu held; block says whether
// the caller may wait for the socket.
func (s *stream) run(block bool) {
	for !s.finished {
		if s.backlog && (!block || !s.flush(true)) {
			return
		}
		if s.pos == len(s.pieces) {
			s.end(true)
			return
		}
		p := &s.pieces[s.pos]
		if p.kind == kindPause {
			if !s.paused(p.pause) {
				return
			}
			continue
		}
		if !s.take(p.ticks) {
			return
		}
		p.ticks = 0
		switch p.kind {
		case kindCut, kindReset:
			if p.kind == kindReset {
				s.wire.reset()
			} else {
				_ = s.wire.Close()
			}
			s.pos++
			s.end(false)
			return
		}
		if p.split {
			s.splitEvent(p)
			continue
		}
		s.render(p)
		s.pos++
		if p.hold {
			continue
		}
		if !s.flush(block) {
			return
		}
	}
}

// paused begins the pause at pos or, when it is over, steps past it.
func (s *stream) paused(d time.Duration) bool {
	t := now()
	if s.resumeAt == 0 {
		s.resumeAt = t + int64(d)
		s.pace.at(s.resumeAt, func(int64) { s.poke() })
	}
	if t < s.resumeAt {
		return false
	}
	s.resumeAt = 0
	s.pos++
	return true
}

// splitEvent replaces the event at pos by three parts with pauses between. The
// last part, which completes the event, is its content event.
func (s *stream) splitEvent(p *piece) {
	s.count(p)
	ev := string(s.lines(s.dialect.event(nil, p, s.use)))
	a, b := len(ev)/3, 2*len(ev)/3
	s.use.completion -= p.tokens // render counts them
	parts := []piece{
		{kind: kindSSE, text: ev[:a]}, {kind: kindPause, pause: s.split},
		{kind: kindSSE, text: ev[a:b]}, {kind: kindPause, pause: s.split},
		{kind: kindSSE, text: ev[b:], tokens: p.tokens},
	}
	s.pieces = slices.Replace(s.pieces, s.pos, s.pos+1, parts...)
}

// count adds the tokens of p to the usage.
func (s *stream) count(p *piece) {
	s.use.cached = s.cached()
	s.use.completion += p.tokens
	if p.kind == kindReasoning {
		s.use.reasoning += p.tokens
	}
}

// render appends p to out.
func (s *stream) render(p *piece) {
	s.count(p)
	if p.tokens > 0 {
		if s.log {
			s.held++
			s.dueNS = append(s.dueNS, s.lastDue)
		}
		s.tokens += p.tokens
	}
	switch p.kind {
	case kindBody:
		s.event = s.dialect.body(s.event[:0], s.use)
		s.out = append(s.out, s.head(len(s.event))...)
		if p.half {
			s.event = s.event[:len(s.event)/2]
		}
		s.out = append(s.out, s.event...)
	case kindWire:
		s.out = append(s.out, p.text...)
	case kindEnd:
		if s.chunked {
			s.out = append(s.out, "0\r\n\r\n"...)
		}
	case kindSSE:
		s.event = append(s.event[:0], p.text...)
		s.out = appendChunk(s.out, s.event, s.chunked)
	default:
		// An API may have nothing to say here; an empty chunk would end the body.
		if s.event = s.lines(s.dialect.event(s.event[:0], p, s.use)); len(s.event) > 0 {
			s.out = appendChunk(s.out, s.event, s.chunked)
		}
	}
}

// flush writes out with one call and reports whether all of it left. The time
// is taken immediately before the call.
func (s *stream) flush(block bool) bool {
	if len(s.out) == 0 {
		return true
	}
	t := now()
	for ; s.held > 0; s.held-- {
		s.writeNS = append(s.writeNS, t)
	}
	var n int
	var err error
	if block {
		n, err = s.wire.Write(s.out)
	} else {
		n, err = s.wire.tryNow(s.out)
	}
	if err != nil {
		s.end(false)
		return false
	}
	if n < len(s.out) {
		s.out = append(s.out[:0], s.out[n:]...)
		s.backlog = true
		s.qmu.Lock()
		s.slow = true
		s.qmu.Unlock()
		s.nudge()
		return false
	}
	s.out, s.backlog = s.out[:0], false
	return true
}

func (s *stream) end(complete bool) {
	if s.finished {
		return
	}
	s.finished, s.complete = true, complete
	// What was rendered but never written was not sent.
	s.dueNS = s.dueNS[:len(s.writeNS)]
	close(s.done)
}
