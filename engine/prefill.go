package engine

import (
	"context"
	"sync"
	"time"
)

// prefill limits the requests that wait for their first content: one takes a
// place before it is sent and gives it back at its first content, or when it
// ends without. A nil prefill is no limit.
type prefill struct {
	mu          sync.Mutex
	limit, used int
	freed       chan struct{} // closed when a place may have come free
}

func newPrefill(limit int) *prefill { return &prefill{limit: limit, freed: make(chan struct{})} }

// acquire waits for a place; false when ctx ended first.
func (p *prefill) acquire(ctx context.Context) bool {
	if p == nil {
		return true
	}
	for {
		p.mu.Lock()
		if p.used < p.limit {
			p.used++
			p.mu.Unlock()
			return true
		}
		freed := p.freed
		p.mu.Unlock()
		select {
		case <-freed:
		case <-ctx.Done():
			return false
		}
	}
}

// release gives a place back.
func (p *prefill) release() {
	if p != nil {
		p.change(func() { p.used-- })
	}
}

// allow changes the limit.
func (p *prefill) allow(n int) { p.change(func() { p.limit = n }) }

func (p *prefill) change(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f()
	close(p.freed)
	p.freed = make(chan struct{})
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
