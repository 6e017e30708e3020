package engine

import (
	"fmt"
	"time"

	"tacho/engine/dataset"
	"tacho/engine/record"
)

// session is one conversation on its way: its turns are sent one after another,
// each with what was said before. One worker at a time has it.
type session struct {
	conv          *dataset.Conversation
	err           error // of the data set; the first turn tells it
	correlationID string
	turn          int             // the next one to be sent
	history       []*dataset.Turn // the turns sent, and the answers to them
}

// start opens the next conversation. Conversations are dealt out one at a time,
// so that the same seed sends the same ones in the same order. It reports false
// when the phase has begun all sessions that it should.
func (r *run) start(ph *phase) (*session, bool) {
	r.mu.Lock()
	if limit := ph.plan.Sessions; limit > 0 && ph.sessions >= limit {
		r.mu.Unlock()
		return nil, false
	}
	ph.sessions++
	i := r.plan.Order.Next()
	r.mu.Unlock()
	s := &session{correlationID: newID()}
	if s.conv, s.err = r.plan.Dataset.At(i); s.err != nil {
		s.err = fmt.Errorf("data set: %w", s.err)
	}
	return s, true
}

// more reports whether another turn follows.
func (s *session) more() bool { return s.err == nil && s.turn < len(s.conv.Turns) }

// delay is the pause before the next turn, after the answer to the last.
func (s *session) delay() time.Duration {
	return time.Duration(s.conv.Turns[s.turn].DelayMS * float64(time.Millisecond))
}

// sent moves on to the next turn, with what the server answered to this one; an
// answer that failed is left out, as in AIPerf.
func (s *session) sent(message []byte) {
	s.history = append(s.history, &s.conv.Turns[s.turn])
	if len(message) > 0 {
		s.history = append(s.history, &dataset.Turn{Role: "assistant", Messages: message})
	}
	s.turn++
}

// pause waits in place for a turn's delay; false when the sending ended first.
func (ph *phase) pause(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ph.over:
		return false
	case <-ph.sending.Done():
		return false
	}
}

// converse sends all turns of a session from one slot, which it keeps through
// the pauses. The first turn is due at dueNS. It returns when the slot is free,
// and false when the phase has sent all it should.
func (w *worker) converse(ph *phase, sess *session, dueNS int64) (freeNS int64, ok bool) {
	for {
		num, ok := ph.take()
		if !ok {
			return dueNS, false
		}
		dueNS = w.do(ph, slot{num, dueNS, sess})
		if !sess.more() {
			return dueNS, true
		}
		d := sess.delay()
		if !ph.pause(d - time.Duration(record.Now()-dueNS)) {
			return dueNS, false
		}
		dueNS += int64(d)
	}
}
