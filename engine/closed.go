package engine

import (
	"sync"

	"tacho/engine/record"
)

// closed keeps as many sessions going as the gate lets through: each worker
// begins the next as soon as the last answer of the one before is in. With one
// turn each, that is as many requests in flight. A request is due when
// its slot became free, so the turn-round time of this process shows as send
// lag; after a wait at the gate it is due when the gate opened.
func (ph *phase) closed(r *run) {
	var wg sync.WaitGroup
	defer wg.Wait()
	work := func(i int, due int64) {
		w := r.newWorker()
		defer w.close()
		for {
			waited, ok := ph.gate.pass(i, ph.beginning.Done(), ph.sending.Done())
			if !ok {
				return
			}
			if waited {
				due = record.Now()
			}
			sess, num, ok := r.start(ph)
			if !ok {
				ph.allBegun()
				return
			}
			if due, ok = w.converse(ph, slot{num, due, sess}); !ok {
				return
			}
		}
	}
	due := ph.startNS
	for started := 0; ; due = record.Now() {
		limit, _, changed := ph.gate.state()
		for _, most := range []int64{ph.plan.Requests, ph.plan.Sessions} {
			if most > 0 {
				limit = int(min(int64(limit), most))
			}
		}
		for ; started < limit; started++ {
			i, at := started, due
			wg.Go(func() { work(i, at) })
		}
		select {
		case <-changed:
		case <-ph.beginning.Done():
			return
		}
	}
}
