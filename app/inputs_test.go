package app

import (
	"testing"
	"time"
)

// A long preparation says how far it is, but not at every prompt.
func TestProgressIsToldNowAndThen(t *testing.T) {
	s := &session{started: time.Now(), live: newLiveRun(nil)}
	told := s.progress("making", 10)
	told(1)
	if p := s.live.Latest(); p != nil {
		t.Errorf("told at once: %q", p.Doing)
	}
	s.started = s.started.Add(-progressEvery)
	for _, n := range []int{5, 6, 7} {
		told(n)
	}
	if p := s.live.Latest(); p == nil || p.Doing != "making: 5 of 10" {
		t.Errorf("%+v, want the first after %v", p, progressEvery)
	}
}
