//go:build !linux

package simserver

import "time"

// chanSleeper sleeps on a Go timer, rounded to what the runtime offers.
type chanSleeper struct{ c chan struct{} }

func newSleeper() (sleeper, error) { return &chanSleeper{make(chan struct{}, 1)}, nil }

func (s *chanSleeper) sleep(ns int64) {
	if ns < 0 {
		<-s.c
		return
	}
	t := time.NewTimer(time.Duration(ns))
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.c:
	}
}

func (s *chanSleeper) wake() {
	select {
	case s.c <- struct{}{}:
	default:
	}
}

func (s *chanSleeper) close() {}
