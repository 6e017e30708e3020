package engine

import (
	"sync"
	"sync/atomic"
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
		workers++
		free.Add(1)
		wg.Go(func() {
			w := r.newWorker()
			for s := range slots {
				if ph.sending.Err() != nil {
					ph.unsent.Add(1)
				} else {
					w.do(ph, s)
				}
				free.Add(1)
			}
		})
	}
	defer wg.Wait()
	defer close(slots)
	for {
		at, more := ph.plan.Arrivals.Next()
		if !more || ph.plan.Duration > 0 && at >= ph.plan.Duration {
			break
		}
		due := ph.startNS + int64(at)
		if _, err := r.pacer.WaitUntil(ph.sending, due); err != nil {
			return
		}
		num, ok := ph.take()
		if !ok {
			return
		}
		if free.Add(-1) < 0 && (ph.plan.Concurrency == 0 || workers < ph.plan.Concurrency) {
			spawn()
		}
		select {
		case slots <- slot{num, due}:
		case <-ph.sending.Done():
			ph.unsent.Add(1)
			return
		}
		if limit := ph.plan.Requests; limit > 0 && num == limit-1 {
			ph.draining.Store(true)
			return
		}
	}
	// Nothing more is due, but what waits may leave until the phase ends.
	if ph.plan.Duration > 0 {
		<-ph.sending.Done()
	}
}
