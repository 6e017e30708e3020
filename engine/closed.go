package engine

import "sync"

// closed keeps Concurrency requests in flight: each slot sends its next request
// as soon as its last answer is in. A request is due when its slot became free,
// so the turn-round time of this process shows as send lag.
func (ph *phase) closed(r *run) {
	n := int64(max(ph.plan.Concurrency, 1))
	if ph.plan.Requests > 0 {
		n = min(n, ph.plan.Requests)
	}
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			w := r.newWorker()
			due := ph.startNS
			for {
				num, ok := ph.take()
				if !ok {
					return
				}
				due = w.do(ph, slot{num, due})
			}
		})
	}
	wg.Wait()
}
