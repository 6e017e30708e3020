package engine

import (
	"context"
	"sync"
	"testing"
	"time"
)

func TestPrefillGivesPlacesInOrder(t *testing.T) {
	p := newPrefill(1)
	if !p.acquire(t.Context()) {
		t.Fatal("a free place was not given")
	}
	var mu sync.Mutex
	var order []int
	var wg sync.WaitGroup
	for i := range 4 {
		ctx, cancel := context.WithCancel(t.Context())
		wg.Go(func() {
			if !p.acquire(ctx) {
				return
			}
			mu.Lock()
			order = append(order, i)
			mu.Unlock()
			p.release()
		})
		await(t, "a place in the queue", func() bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			return len(p.waiting) == i+1 || i > 1 && len(p.waiting) == i
		})
		if i == 1 { // gives up
			cancel()
			await(t, "the end of a wait", func() bool {
				p.mu.Lock()
				defer p.mu.Unlock()
				return len(p.waiting) == 1
			})
		}
		defer cancel()
	}
	p.release()
	wg.Wait()
	if len(order) != 3 || order[0] != 0 || order[1] != 2 || order[2] != 3 {
		t.Errorf("places went to %v, want 0 2 3", order)
	}
	if p.used != 0 || len(p.waiting) != 0 {
		t.Errorf("%d used, %d waiting at the end", p.used, len(p.waiting))
	}
	p.allow(3)
	for range 3 {
		if !p.acquire(t.Context()) {
			t.Error("a raised limit gives no more places")
		}
	}
	ended, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if p.acquire(ended) {
		t.Error("a place beyond the limit was given")
	}
}
