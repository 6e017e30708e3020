package app

import (
	"sync/atomic"
	"testing"
	"time"
)

// left waits for the exit code that the program is made to leave with.
func left(t *testing.T, codes <-chan int) int {
	t.Helper()
	select {
	case c := <-codes:
		return c
	case <-time.After(10 * time.Second):
		t.Fatal("the program does not leave")
		return 0
	}
}

func newInterrupts(t *testing.T) (*interrupts, <-chan int) {
	codes := make(chan int, 4)
	i := watchSignals(func(code int) { codes <- code })
	i.after = 20 * time.Millisecond
	t.Cleanup(i.close)
	return i, codes
}

func TestSecondStopLeavesARunThatHangs(t *testing.T) {
	i, codes := newInterrupts(t)
	i.whileSaving(func() bool { return false }, func() { t.Error("nothing is saved") })
	i.hit(exitInterrupted)
	select {
	case <-i.soft:
	default:
		t.Error("the first stop does not end the sending")
	}
	if i.ctx.Err() != nil {
		t.Error("the first stop cuts")
	}
	i.hit(exitInterrupted)
	if i.ctx.Err() == nil {
		t.Error("the second stop does not cut")
	}
	if c := left(t, codes); c != exitInterrupted {
		t.Errorf("exit code %d", c)
	}
}

// Results that take longer than the deadline are waited for, and the user can
// still leave.
func TestSavingIsWaitedForUntilOneMoreStop(t *testing.T) {
	i, codes := newInterrupts(t)
	var told atomic.Int32
	i.whileSaving(func() bool { return true }, func() { told.Add(1) })
	i.hit(143)
	i.hit(exitInterrupted)
	i.hit(exitInterrupted) // of a hand that hammers
	await(t, "the word that results are saved", func() bool { return told.Load() == 1 })
	select {
	case c := <-codes:
		t.Fatalf("left with %d while the results were saved", c)
	default:
	}
	time.Sleep(i.after)
	i.hit(exitInterrupted)
	if c := left(t, codes); c != 143 {
		t.Errorf("exit code %d, want that of the first signal", c)
	}
}
