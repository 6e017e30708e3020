package app

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// forceAfter is how long a run may take to write what is there once it was cut.
const forceAfter = 2 * time.Second

// interrupts turns the signals of the process into the two stops of a run: the
// first ends the sending, the second cuts what is in flight. When even that
// does not end the program within forceAfter, it leaves.
type interrupts struct {
	soft   chan struct{}
	ctx    context.Context
	cut    context.CancelFunc
	force  func(code int)
	mu     sync.Mutex
	count  int
	code   int // exit code of the first signal; 0 without one
	last   *time.Timer
	cancel func()
}

// watchSignals starts watching. force ends the process; the caller must call
// close.
func watchSignals(force func(code int)) *interrupts {
	i := &interrupts{soft: make(chan struct{}), force: force}
	i.ctx, i.cut = context.WithCancel(context.Background())
	ch := make(chan os.Signal, 4)
	signal.Notify(ch, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case s := <-ch:
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
		i.last = time.AfterFunc(forceAfter, func() { i.force(max(i.exitCode(), exitFailed)) })
	}
}

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
