package engine

import (
	"sync"
	"sync/atomic"
	"time"

	"tacho/engine/record"
)

// maxBacklog bounds the slots that are due and wait for a worker. Beyond it the
// dispatcher waits too; due times are absolute, so no lateness is lost.
const maxBacklog = 1 << 16

// open sends at the due times of the arrival process, whatever the answers do.
// With a concurrency cap a slot that finds no free worker waits for one and is
// never dropped: how late it left is recorded. (AIPerf skips such a tick and
// moves its schedule when it is late by more than 10 ms.)
func (ph *phase) open(r *run) {
	slots := make(chan slot, maxBacklog)
	drained := make(chan struct{}) // closed when no more slots will come
	ph.backlog.Store(&slots)
	var (
		wg sync.WaitGroup
		// free is how many workers have no slot, less the slots that wait for
		// one. A slot is counted when it is handed out, not when its worker
		// runs: of two that are due at once the second must not take the
		// worker that was just woken for the first for a free one.
		free    atomic.Int64
		workers int
	)
	spawn := func() {
		i := workers
		workers++
		free.Add(1)
		wg.Go(func() {
			w := r.newWorker()
			for {
				// A lowered cap or a hold stops workers between two slots.
				// One beyond the cap has nothing to do when no more slots come.
				if _, ok := ph.gate.pass(i, drained, ph.sending.Done()); !ok && ph.gate.beyond(i) {
					return
				}
				s, more := <-slots
				if !more {
					return
				}
				if ph.sending.Err() != nil {
					ph.unsent.Add(1)
				} else if end := w.do(ph, s); s.sess.more() {
					ph.ready.later(s.sess, end)
				} else {
					ph.ready.ended()
				}
				free.Add(1)
			}
		})
	}
	defer wg.Wait()
	defer close(slots)
	defer close(drained)
	for {
		at, more := ph.plan.Arrivals.Next()
		if !more || ph.plan.Duration > 0 && at >= ph.plan.Duration {
			break
		}
		due, ok := ph.untilDue(r, at)
		if !ok {
			return
		}
		// One tick is one request of any kind: a turn that waits comes before a
		// new session. A tick that finds nothing to send is over.
		sess := ph.ready.next()
		if sess == nil {
			if sess, ok = r.start(ph); ok {
				ph.ready.begun()
			} else if ph.ready.idle() {
				ph.allSent()
				return
			} else {
				continue
			}
		}
		num, ok := ph.take()
		if !ok {
			return
		}
		if limit, _, _ := ph.gate.state(); free.Add(-1) < 0 && (ph.plan.Concurrency == 0 || workers < limit) {
			spawn()
		}
		select {
		case slots <- slot{num, due, sess}:
		case <-ph.sending.Done():
			ph.unsent.Add(1)
			return
		}
		if limit := ph.plan.Requests; limit > 0 && num == limit-1 {
			ph.allSent()
			return
		}
	}
	// Nothing more is due, but what waits may leave until the phase ends.
	if ph.plan.Duration > 0 {
		<-ph.sending.Done()
	}
}

// untilDue waits for the due time of an arrival at an offset from the phase's
// start. A hold by the user puts the whole schedule off by as long as it lasts.
func (ph *phase) untilDue(r *run, at time.Duration) (due int64, ok bool) {
	for {
		due = ph.startNS + int64(at) + ph.shiftNS.Load()
		_, held, changed := ph.gate.state()
		if !held {
			_, err := r.pacer.WaitUntil(ph.sending, due)
			if err != nil {
				return due, false
			}
			if _, held, _ = ph.gate.state(); !held {
				return due, true
			}
			continue
		}
		since := record.Now()
		select {
		case <-changed:
		case <-ph.sending.Done():
			return due, false
		}
		ph.shiftNS.Add(record.Now() - since)
	}
}
