package engine

import (
	"time"

	"tacho/engine/schedule/pacer"
)

// begin is a session that is to begin at an offset from the phase's start.
type begin struct {
	at    time.Duration
	dueNS int64 // on the axis of package record, once that has come
	sess  *session
}

// timing places the turns of sessions in time, each by itself.
type timing interface {
	// next is the session to begin next, in the order of time; false when no
	// other will come. One goroutine calls it.
	next() (begin, bool)
	// later is when the next turn of a session is due, given when the one before
	// was and when the answer to it was in, as offsets from the phase's start.
	// Any goroutine may call it.
	later(s *session, due, end time.Duration) time.Duration
	close()
}

// maxHeld bounds the sessions that are due and wait for a slot: unlike a due time
// each holds its texts.
const maxHeld = 1024

// timed begins sessions when they are due and sends each of their turns when
// that is. A cap holds new sessions back until a slot is free; what leaves late
// for that or any other reason has its lateness recorded, and nothing is dropped.
func (ph *phase) timed(r *run, t timing) {
	crew := newCrew(ph, r, maxHeld, func(w *worker, b begin) {
		w.follow(ph, t, b)
		ph.ready.ended()
	})
	defer crew.end()
	line := newLine(ph, maxHeld, func(b begin) bool { return ph.admitTimed(r, b, crew) })
	defer line.end()
	queued := func() int { return int(line.waiting.Load()) + len(crew.jobs) }
	ph.backlog.Store(&queued)
	defer t.close()
	clock := pacer.New(pacer.Options{}) // as in open
	defer clock.Close()
	for {
		b, more := t.next()
		if !more || ph.plan.Duration > 0 && b.at >= ph.plan.Duration {
			return
		}
		var ok bool
		if b.dueNS, ok = ph.untilDue(ph.beginning, clock, b.at); !ok || !line.put(b) {
			return
		}
	}
}

// admitTimed hands a session out when a slot is free; false when none may begin
// any more.
func (ph *phase) admitTimed(r *run, b begin, crew *crew[begin]) bool {
	for {
		full, changed := ph.full()
		if !full {
			break
		}
		select {
		case <-ph.ready.news:
		case <-changed:
		case <-ph.beginning.Done():
			if ph.sending.Err() != nil {
				ph.unsent.Add(1)
			}
			return false
		}
	}
	r.mu.Lock()
	ok := ph.admits()
	if ok {
		ph.admit()
	}
	r.mu.Unlock()
	if !ok {
		ph.allBegun()
		return false
	}
	ph.ready.begun()
	return crew.hand(b)
}

// follow sends the turns of one session, each when it is due.
func (w *worker) follow(ph *phase, t timing, b begin) {
	for {
		num, ok := ph.take()
		if !ok {
			return
		}
		end := w.do(ph, slot{num, b.dueNS, b.sess})
		if !b.sess.more() {
			return
		}
		b.at = t.later(b.sess, b.at, ph.offset(end))
		if b.dueNS, ok = ph.untilDue(ph.issuing, w.pacer(), b.at); !ok {
			return
		}
	}
}
