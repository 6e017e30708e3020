package app

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// forceAfter is how long a run that was cut may take until it saves what is
// there. Saving itself may take longer, since a long run's statistics do; from
// forceAgain after the cut, one more signal leaves without them.
const (
	forceAfter = 2 * time.Second
	forceAgain = time.Second
)

// interrupts turns the signals of the process into the two stops of a run: the
// first ends the sending, the second cuts what is in flight. When even that
// does not end the program in time, it leaves.
type interrupts struct {
	soft   chan struct{}
	ctx    context.Context
	cut    context.CancelFunc
	force  func(code int)
	mu     sync.Mutex
	count  int
	code   int // exit code of the first signal; 0 without one
	cutAt  time.Time
	after  time.Duration
	last   *time.Timer
	cancel func()
	// saving tells whether the run saves its results, and what is told when
	// that is waited for; nil for none.
	saving func() bool
	slow   func()
	// hangup says that SIGHUP is a stop, as it is at first.
	hangup atomic.Bool
}

// watchSignals starts watching. force ends the process; the caller must call
// close.
func watchSignals(force func(code int)) *interrupts {
	i := &interrupts{soft: make(chan struct{}), force: force, after: forceAfter}
	i.hangup.Store(true)
	i.ctx, i.cut = context.WithCancel(context.Background())
	ch := make(chan os.Signal, 4)
	signal.Notify(ch, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case s := <-ch:
				if s == syscall.SIGHUP && !i.hangup.Swap(false) {
					continue // the run goes on; and a terminal that goes is one stop, not two
				}
				i.hit(exitCodeOf(s))
			case <-done:
				return
			}
		}
	})
	i.cancel = func() {
		signal.Stop(ch)
		close(done)
		wg.Wait()
		i.cut()
	}
	return i
}

func exitCodeOf(s os.Signal) int {
	if n, ok := s.(syscall.Signal); ok {
		return 128 + int(n)
	}
	return exitInterrupted
}

// hit is one request to stop; code is what the program will exit with, 0 for a
// stop that is no interruption.
func (i *interrupts) hit(code int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.count++
	if i.code == 0 {
		i.code = code
	}
	switch i.count {
	case 1:
		close(i.soft)
	case 2:
		i.cut()
		i.cutAt = time.Now()
		i.last = time.AfterFunc(i.after, i.overdue)
	default:
		if time.Since(i.cutAt) > min(i.after, forceAgain) {
			go i.leave() // force may not return
		}
	}
}

// whileSaving has a run that was cut save its results in its own time, when
// saving says that it does; slow is then called once.
func (i *interrupts) whileSaving(saving func() bool, slow func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.saving, i.slow = saving, slow
}

// overdue is called when the run has not ended some time after it was cut.
func (i *interrupts) overdue() {
	i.mu.Lock()
	saving, slow := i.saving, i.slow
	i.mu.Unlock()
	if saving == nil || !saving() {
		i.leave()
		return
	}
	slow()
}

func (i *interrupts) leave() { i.force(max(i.exitCode(), exitFailed)) }

// exitCode is 128 plus the first signal's number, or 0.
func (i *interrupts) exitCode() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.code
}

// close stops watching, and the wait for an end that has come.
func (i *interrupts) close() {
	i.cancel()
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.last != nil {
		i.last.Stop()
	}
}
