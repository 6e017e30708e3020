package engine

import (
	"sync"
	"time"

	"tacho/engine/record"
)

// readySessions are the conversations of an open loop whose next turn may be
// sent: its answer is in and its pause is over.
type readySessions struct {
	mu      sync.Mutex
	list    []*session
	pausing int // sessions between an answer and the end of the pause
	active  int // sessions that have not ended
	// news holds something when a session became ready or ended.
	news chan struct{}
}

func newReadySessions() readySessions { return readySessions{news: make(chan struct{}, 1)} }

// tell wakes who waits for a session.
func (q *readySessions) tell() {
	select {
	case q.news <- struct{}{}:
	default:
	}
}

// later makes a session ready when its pause is over.
func (q *readySessions) later(s *session, endNS int64) {
	q.mu.Lock()
	q.pausing++
	q.mu.Unlock()
	wait := s.delay() - time.Duration(record.Now()-endNS)
	time.AfterFunc(max(wait, 0), func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.pausing--
		q.list = append(q.list, s)
		q.tell()
	})
}

// next takes the session that has been ready for longest, nil if none is.
func (q *readySessions) next() *session {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.list) == 0 {
		return nil
	}
	s := q.list[0]
	q.list = q.list[1:]
	return s
}

func (q *readySessions) begun() {
	q.mu.Lock()
	q.active++
	q.mu.Unlock()
}

func (q *readySessions) ended() {
	q.mu.Lock()
	q.active--
	q.mu.Unlock()
	q.tell()
}

// idle reports that no session is left that could become ready.
func (q *readySessions) idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.active == 0
}

// underWay is how many sessions have begun and not ended.
func (q *readySessions) underWay() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.active
}
