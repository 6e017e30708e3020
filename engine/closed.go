package engine

import (
	"sync"

	"tacho/engine/record"
)

// closed keeps as many requests in flight as the gate lets through: each worker
// sends its next request as soon as its last answer is in. A request is due when
// its slot became free, so the turn-round time of this process shows as send
// lag; after a wait at the gate it is due when the gate opened.
func (ph *phase) closed(r *run) {
	var wg sync.WaitGroup
	defer wg.Wait()
	work := func(i int, due int64) {
		w := r.newWorker()
		for {
			waited, ok := ph.gate.pass(i, ph.over, ph.sending.Done())
			if !ok {
				return
			}
			if waited {
				due = record.Now()
			}
			num, ok := ph.take()
			if !ok {
				return
			}
			due = w.do(ph, slot{num, due})
		}
	}
	due := ph.startNS
	for started := 0; ; due = record.Now() {
		limit, _, changed := ph.gate.state()
		if most := ph.plan.Requests; most > 0 {
			limit = int(min(int64(limit), most))
		}
		for ; started < limit; started++ {
			i, at := started, due
			wg.Go(func() { work(i, at) })
		}
		select {
		case <-changed:
		case <-ph.over:
			return
		case <-ph.sending.Done():
			return
		}
	}
}
