package simserver

import "sync"

// scripted gives each sequence its own absolute deadlines, however many there
// are.
type scripted struct {
	srv  *Server
	mu   sync.Mutex
	live map[*sequence]struct{}
}

func newScripted(s *Server) *scripted {
	return &scripted{srv: s, live: map[*sequence]struct{}{}}
}

func (s *scripted) start(q *sequence) {
	s.enter(q)
	due := q.arrival + int64(s.srv.cfg.Script.TTFT)
	if q.nonstream {
		// Only the last token shows.
		for i := range q.max - 1 {
			due += int64(s.srv.cfg.Script.gap(i))
		}
	}
	q.tick = func(due int64) { s.tick(q, due) } // one closure for all tokens
	s.srv.pace.at(due, q.tick)
}

// tick produces the token that is due and sets the next deadline from this
// one, never from the clock.
func (s *scripted) tick(q *sequence, due int64) {
	n := 1
	if q.nonstream {
		n = q.max
	}
	for range n {
		last, alive := s.step(q, due)
		if !alive {
			return
		}
		if !last && !q.nonstream {
			s.srv.pace.at(due+int64(s.srv.cfg.Script.gap(q.produced-1)), q.tick)
		}
		q.token(due)
	}
}

// step counts one token, unless q was cancelled.
func (s *scripted) step(q *sequence, due int64) (last, alive bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, alive = s.live[q]; !alive {
		return false, false
	}
	q.produced++
	s.srv.stats.token(q, due)
	last = q.produced == q.max
	if last {
		s.drop(q, q.finish)
	}
	return last, true
}

// enter counts q as running.
func (s *scripted) enter(q *sequence) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live[q] = struct{}{}
	s.srv.gpus.load(now(), len(s.live), s.srv.cfg.Engine.MaxRunning)
	s.srv.stats.scheduled(q, q.arrival)
}

// leave forgets q, once.
func (s *scripted) leave(q *sequence, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, was := s.live[q]; was {
		s.drop(q, reason)
	}
}

// drop takes q out. Called with mu held, which also guards the times in q.
func (s *scripted) drop(q *sequence, reason string) {
	delete(s.live, q)
	s.srv.gpus.load(now(), len(s.live), s.srv.cfg.Engine.MaxRunning)
	s.srv.stats.finished(q, max(q.last, q.arrival), reason)
}

func (s *scripted) cancel(q *sequence) { s.leave(q, "abort") }

func (s *scripted) load() engineLoad {
	s.mu.Lock()
	defer s.mu.Unlock()
	return engineLoad{running: len(s.live)}
}
