package engine

import (
	"testing"
	"time"

	"tacho/engine/record"
)

func TestLateCountsWhatIsLostAlready(t *testing.T) {
	c := NewControl()
	if late, started := c.Late(time.Second, 0); late != 0 || started != 0 {
		t.Errorf("before the run: %d late, %d started", late, started)
	}
	r := &run{collect: &collector{}}
	c.run = r
	ago := func(d time.Duration, first bool) {
		tc := new(tokenCount)
		if d > 0 {
			tc.began.Store(record.Now() - int64(d))
		}
		tc.first.Store(first)
		r.collect.count = append(r.collect.count, tc)
	}
	ago(0, false)                // between two requests
	ago(10*time.Second, false)   // waits for its first token
	ago(10*time.Second, true)    // has it
	ago(time.Millisecond, false) // has just begun
	for _, l := range []struct {
		first, whole  time.Duration
		late, started int64
	}{{time.Second, 0, 1, 1}, {0, time.Second, 2, 0}, {time.Minute, 0, 0, 1}, {0, 0, 0, 1}} {
		if late, started := c.Late(l.first, l.whole); late != l.late || started != l.started {
			t.Errorf("limits %v and %v: %d late, %d started, want %d and %d", l.first, l.whole, late, started, l.late, l.started)
		}
	}
}
