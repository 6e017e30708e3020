package engine

import (
	"sync"
	"sync/atomic"
)

// maxBacklog bounds what is due and waits for its turn. Beyond it the schedule
// waits too; due times are absolute, so no lateness is lost.
const maxBacklog = 1 << 16

// crew is the workers of a loop in which jobs come when they are due: as many
// as are needed at once. A cap holds jobs back before they come here, so that
// there are never more than the gate lets through.
type crew[J any] struct {
	ph      *phase
	r       *run
	do      func(w *worker, job J)
	jobs    chan J
	drained chan struct{} // closed when no more jobs come
	// free is how many workers have no job, less the jobs that wait for one. A
	// job is counted when it is handed out, not when its worker runs: of two
	// that are due at once the second must not take the worker that was just
	// woken for the first for a free one.
	free    atomic.Int64
	workers int
	wg      sync.WaitGroup
}

func newCrew[J any](ph *phase, r *run, size int, do func(w *worker, job J)) *crew[J] {
	return &crew[J]{ph: ph, r: r, do: do, jobs: make(chan J, size), drained: make(chan struct{})}
}

// hand gives a job to a worker; false when the sending ended first. One goroutine
// may call it.
func (c *crew[J]) hand(job J) bool {
	if limit, _, _ := c.ph.gate.state(); c.free.Add(-1) < 0 && c.workers < limit {
		c.spawn()
	}
	select {
	case c.jobs <- job:
		return true
	case <-c.ph.sending.Done():
		c.ph.unsent.Add(1)
		return false
	}
}

func (c *crew[J]) spawn() {
	i := c.workers
	c.workers++
	c.free.Add(1)
	c.wg.Go(func() {
		w := c.r.newWorker()
		defer w.close()
		for {
			// A lowered cap or a hold stops workers between two jobs. One beyond
			// the cap has nothing to do when no more jobs come.
			if _, ok := c.ph.gate.pass(i, c.drained, c.ph.sending.Done()); !ok && c.ph.gate.beyond(i) {
				return
			}
			job, more := <-c.jobs
			if !more {
				return
			}
			if c.ph.sending.Err() != nil {
				c.ph.unsent.Add(1)
			} else {
				c.do(w, job)
			}
			c.free.Add(1)
		}
	})
}

// end tells the workers that no more jobs come, and waits for them.
func (c *crew[J]) end() {
	close(c.drained)
	close(c.jobs)
	c.wg.Wait()
}

// line hands on what is due: at once, or, when a cap can make it wait for a free
// slot, through a queue, so that the schedule goes on meanwhile.
type line[J any] struct {
	ph    *phase
	place func(J) bool // false when nothing more can be placed
	queue chan J       // nil without a cap
	wg    sync.WaitGroup
	// waiting is what was put and is not placed, passed holds something when it
	// has become less. For a moment a thing counts as waiting and as issued, so
	// who found too much must look again whatever was placed.
	waiting atomic.Int64
	passed  chan struct{}
}

// newLine makes a line that holds so many things at most.
func newLine[J any](ph *phase, size int, place func(J) bool) *line[J] {
	l := &line[J]{ph: ph, place: place, passed: make(chan struct{}, 1)}
	if ph.plan.Concurrency == 0 {
		return l
	}
	l.queue = make(chan J, size)
	l.wg.Go(func() {
		for j := range l.queue {
			more := l.place(j)
			l.waiting.Add(-1)
			if !more {
				break
			}
			select {
			case l.passed <- struct{}{}:
			default:
			}
		}
		for range l.queue { // what came too late
			l.waiting.Add(-1)
			if ph.sending.Err() != nil {
				ph.unsent.Add(1)
			}
		}
	})
	return l
}

// put takes what is due now; false when nothing more can be placed.
func (l *line[J]) put(j J) bool {
	if l.queue == nil {
		return l.place(j)
	}
	l.waiting.Add(1)
	select {
	case l.queue <- j:
		return true
	case <-l.ph.issuing.Done():
		l.waiting.Add(-1)
		return false
	}
}

// enough waits while what waits here will reach the phase's limit of requests;
// false when nothing more may be sent.
func (l *line[J]) enough() bool {
	for limit := l.ph.plan.Requests; limit > 0 && l.queue != nil && l.ph.issued.Load()+l.waiting.Load() >= limit; {
		select {
		case <-l.passed:
		case <-l.ph.issuing.Done():
			return false
		}
	}
	return true
}

// end waits until all that was put is placed, or cannot be any more.
func (l *line[J]) end() {
	if l.queue != nil {
		close(l.queue)
		l.wg.Wait()
	}
}
