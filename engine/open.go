package engine

import (
	"context"
	"time"

	"tacho/engine/schedule/pacer"
)

// open sends at the due times of the arrival process, whatever the answers do.
// With a concurrency cap what is due waits for a free slot and is never
// dropped: how late it left is recorded. (AIPerf skips such a tick and moves its
// schedule when it is late by more than 10 ms.)
func (ph *phase) open(r *run) {
	crew := newCrew(ph, r, maxBacklog, func(w *worker, s slot) {
		if end := w.do(ph, s); s.sess.more() {
			ph.ready.later(s.sess, end)
		} else {
			ph.ready.ended()
		}
	})
	defer crew.end()
	line := newLine(ph, maxBacklog, func(due int64) bool { return ph.place(r, due, crew) })
	defer line.end()
	queued := func() int { return int(line.waiting.Load()) + len(crew.jobs) }
	ph.backlog.Store(&queued)
	clock := pacer.New(pacer.Options{}) // its own: the phase before may still be in a wait when this one begins
	defer clock.Close()
	for line.enough() {
		at, more := ph.plan.Arrivals.Next()
		if !more || ph.plan.Duration > 0 && at >= ph.plan.Duration {
			break
		}
		due, ok := ph.untilDue(ph.issuing, clock, at)
		if !ok || !line.put(due) {
			return
		}
	}
	// Nothing more is due, but what waits may leave until the phase ends.
	if ph.plan.Duration > 0 {
		<-ph.issuing.Done()
	}
}

// place finds what to send for one tick of an open loop, and hands it out. A
// tick is one request of any kind: a turn that waits comes before a new session,
// which needs a free slot under a cap. A tick that finds nothing to send because
// all sessions have begun is over. It reports false when no further tick can
// find anything.
func (ph *phase) place(r *run, due int64, crew *crew[slot]) bool {
	sess := ph.ready.next()
	for sess == nil {
		if full, changed := ph.full(); full {
			select {
			case <-ph.ready.news:
			case <-changed:
			case <-ph.sending.Done():
				ph.unsent.Add(1)
				return false
			}
			sess = ph.ready.next()
			continue
		}
		fresh, num, ok := r.start(ph)
		switch {
		case ok:
			ph.ready.begun()
			return crew.hand(slot{num, due, fresh}) && ph.issuing.Err() == nil
		case ph.ready.idle():
			ph.allSent()
			return false
		default:
			return ph.issuing.Err() == nil
		}
	}
	num, ok := ph.take()
	return ok && crew.hand(slot{num, due, sess}) && ph.issuing.Err() == nil
}

// full reports whether all slots for sessions are taken, and what is closed when
// their number changes.
func (ph *phase) full() (bool, <-chan struct{}) {
	if ph.plan.Concurrency == 0 {
		return false, nil
	}
	limit, _, changed := ph.gate.state()
	return ph.ready.underWay() >= limit, changed
}

// untilDue waits for the due time of something at an offset from the phase's
// start. A hold by the user puts the whole schedule off by as long as it lasts.
func (ph *phase) untilDue(ctx context.Context, p *pacer.Pacer, at time.Duration) (due int64, ok bool) {
	for {
		shift, held, changed := ph.gate.hold()
		due = ph.startNS + int64(at) + shift
		if held {
			select {
			case <-changed:
			case <-ctx.Done():
				return due, false
			}
			continue
		}
		if _, err := p.WaitUntil(ctx, due); err != nil {
			return due, false
		}
		if now, held, _ := ph.gate.hold(); !held && now == shift {
			return due, true
		}
	}
}

// offset is a moment as the time since the phase's start, holds left out.
func (ph *phase) offset(ns int64) time.Duration {
	shift, _, _ := ph.gate.hold()
	return time.Duration(ns - ph.startNS - shift)
}
