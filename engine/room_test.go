package engine

import (
	"sync"
	"sync/atomic"
	"testing"
)

func TestRoomBoundsWhatIsHeld(t *testing.T) {
	r := newRoom(100)
	var held, most atomic.Int64
	var wg sync.WaitGroup
	for _, n := range []int64{1, 30, 40, 50, 60, 99, 100, 0, 70, 20} {
		wg.Go(func() {
			for range 200 {
				r.take(n)
				now := held.Add(n)
				for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
				}
				held.Add(-n)
				r.give(n)
			}
		})
	}
	wg.Wait()
	if most.Load() > 100 || r.left != 100 {
		t.Errorf("%d held at once of 100, %d left at the end", most.Load(), r.left)
	}
}

// What is larger than the room must not wait for ever.
func TestRoomTakesTheHugeAlone(t *testing.T) {
	r := newRoom(100)
	r.take(60)
	in := make(chan struct{})
	go func() {
		r.take(1000)
		close(in)
	}()
	select {
	case <-in:
		t.Fatal("1000 bytes were let in beside 60")
	default:
	}
	r.give(60)
	<-in
	if r.left != -900 {
		t.Errorf("%d left, want -900", r.left)
	}
	r.give(1000)
	r.take(100)
}
