package engine

import (
	"context"
	"slices"
	"sync"
	"time"
)

// prefill limits the requests that wait for their first content: one takes a
// place before it is sent and gives it back at its first content, or when it
// ends without. Places go to those that wait in the order in which they came. A
// nil prefill is no limit.
type prefill struct {
	mu          sync.Mutex
	limit, used int
	waiting     []chan struct{} // each closed when it is given a place
}

func newPrefill(limit int) *prefill { return &prefill{limit: limit} }

// acquire waits for a place; false when ctx ended first.
func (p *prefill) acquire(ctx context.Context) bool {
	if p == nil {
		return true
	}
	p.mu.Lock()
	if p.used < p.limit && len(p.waiting) == 0 {
		p.used++
		p.mu.Unlock()
		return true
	}
	mine := make(chan struct{})
	p.waiting = append(p.waiting, mine)
	p.mu.Unlock()
	select {
	case <-mine:
		return true
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.waiting, mine); i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
		return false
	}
	p.used-- // it came at the same moment
	p.grant()
	return false
}

// release gives a place back.
func (p *prefill) release() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.used--
	p.grant()
}

// allow changes the limit.
func (p *prefill) allow(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.limit = n
	p.grant()
}

// grant hands free places out. It is called with the lock held.
func (p *prefill) grant() {
	for p.used < p.limit && len(p.waiting) > 0 {
		p.used++
		close(p.waiting[0])
		p.waiting = p.waiting[1:]
	}
}

// ramp calls set with 2, 3, ... up to n at evenly spaced moments over a time, the
// last at its end, beginning from 1, which the caller has set. It returns when
// it is through or one of the ends is closed.
func ramp(over time.Duration, n int, set func(int), done, halted <-chan struct{}) {
	if n < 2 {
		return
	}
	start := time.Now()
	for i := 2; i <= n; i++ {
		at := time.Duration(float64(over) * float64(i-1) / float64(n-1))
		t := time.NewTimer(time.Until(start.Add(at)))
		select {
		case <-t.C:
			set(i)
		case <-done:
			t.Stop()
			return
		case <-halted:
			t.Stop()
			return
		}
	}
}
