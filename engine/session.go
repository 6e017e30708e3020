package engine

import (
	"fmt"
	"time"

	"tacho/engine/dataset"
)

// session is one conversation on its way: its turns are sent one after another,
// each with what was said before. One worker at a time has it.
type session struct {
	conv          *dataset.Conversation
	err           error // of the data set; the first turn tells it
	correlationID string
	turn, turns   int             // the next one to be sent, and how many there are
	history       []*dataset.Turn // the turns sent, and the answers to them
	previous      string          // the id of the last answer, where the server keeps it
}

// start opens the next conversation, with the number of its first request.
// Conversations are dealt out one at a time, so that the same seed sends the same
// ones in the same order, and none is taken that is not sent. It reports false
// when the phase has begun all sessions, or sent all requests, that it should.
func (r *run) start(ph *phase) (s *session, num int64, ok bool) {
	r.mu.Lock()
	if !ph.admits() {
		r.mu.Unlock()
		return nil, 0, false
	}
	if num, ok = ph.take(); !ok {
		r.mu.Unlock()
		return nil, 0, false
	}
	ph.admit()
	i := r.plan.Order.Next()
	r.mu.Unlock()
	return r.open(i), num, true
}

// admits reports whether another session may begin, and admit counts one that
// does. They are called with run.mu held.
func (ph *phase) admits() bool {
	return ph.plan.Sessions == 0 || ph.sessions.Load() < ph.plan.Sessions
}

func (ph *phase) admit() {
	if ph.sessions.Add(1) == ph.plan.Sessions {
		ph.noneBegin()
	}
}

// open makes a session of conversation i of the data set.
func (r *run) open(i int) *session {
	s := &session{correlationID: newID()}
	if s.conv, s.err = r.plan.Dataset.At(i); s.err != nil {
		s.err = fmt.Errorf("data set: %w", s.err)
		return s
	}
	s.turns = len(s.conv.Turns)
	return s
}

// more reports whether another turn follows.
func (s *session) more() bool { return s.err == nil && s.turn < s.turns }

// delay is the pause before the next turn, after the answer to the last.
func (s *session) delay() time.Duration {
	return time.Duration(s.conv.Turns[s.turn].DelayMS * float64(time.Millisecond))
}

// sent moves on to the next turn, with what the server answered to this one; an
// answer that failed is left out, as in AIPerf.
func (s *session) sent(message []byte) {
	turn := &s.conv.Turns[s.turn]
	s.turn++
	if s.conv.SelfContained { // the next turn holds all that is to be sent
		return
	}
	s.history = append(s.history, turn)
	if len(message) > 0 {
		s.history = append(s.history, &dataset.Turn{Role: "assistant", Messages: message})
	}
}

// converse sends all turns of a session from one slot, which it keeps through
// the pauses. It returns when the slot is free, and false when the phase has sent
// all it should.
func (w *worker) converse(ph *phase, first slot) (freeNS int64, ok bool) {
	sess, num, dueNS := first.sess, first.num, first.dueNS
	for {
		dueNS = w.do(ph, slot{num, dueNS, sess})
		if !sess.more() {
			return dueNS, true
		}
		if d := sess.delay(); d > 0 {
			dueNS += int64(d)
			if _, err := w.pacer().WaitUntil(ph.issuing, dueNS); err != nil {
				return dueNS, false
			}
		}
		if num, ok = ph.take(); !ok {
			return dueNS, false
		}
	}
}
