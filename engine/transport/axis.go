package transport

import (
	"sync/atomic"
	"time"

	"tacho/engine/record"
)

const (
	// stepNS is how far the two clocks of one read may disagree with the known
	// offset before the offset is taken anew. It is more than a preemption
	// between the two clock reads explains twice.
	stepNS = int64(time.Millisecond)

	// slackNS covers the way of a segment from its stamp to the socket's queue
	// on a busy core. A slack of 0 refused about one good stamp in 100,000.
	slackNS = int64(5 * time.Millisecond)
)

// axis maps the kernel's stamps, which are CLOCK_REALTIME, onto the monotonic
// axis of package record. Both clocks are slewed alike, so their difference
// changes only when somebody sets the wall clock. One difference for the whole
// process keeps a preemption between two clock reads out of the stamps.
type axis struct {
	off   atomic.Int64 // wall minus monotonic
	steps atomic.Int64 // times the wall clock was seen to be set
}

// clock is the axis of the process.
var clock = newAxis()

func newAxis() *axis {
	a := new(axis)
	a.off.Store(bracket())
	return a
}

// bracket reads the two clocks together, and takes the tightest of many tries.
func bracket() int64 {
	best, off := int64(1<<62), int64(0)
	for range 50 {
		before := record.Now()
		wall := time.Now().UnixNano()
		after := record.Now()
		if d := after - before; d < best {
			best, off = d, wall-(before+after)/2
		}
	}
	return off
}

// offset returns wall minus monotonic time. now is a reading taken just now and
// user the same reading on the record axis; they are the cheap check for a step.
func (a *axis) offset(now time.Time, user int64) int64 {
	off := a.off.Load()
	if abs(now.UnixNano()-user-off) <= stepNS {
		return off
	}
	fresh := bracket()
	if abs(fresh-off) <= stepNS {
		return off // only this pair of readings was torn apart
	}
	if a.off.CompareAndSwap(off, fresh) { // one step counts once
		a.steps.Add(1)
	}
	return fresh
}

// place puts a kernel stamp on the record axis. Data cannot come after its own
// read, nor much before the start of the last read that left the queue empty
// (floor): outside of that the wall clock was set between stamp and read, and
// place reports false.
func (a *axis) place(wall int64, now time.Time, user, floor int64) (int64, bool) {
	k := wall - a.offset(now, user)
	if k > user+slackNS || k < floor-slackNS {
		return user, false
	}
	return min(k, user), true
}

func abs(x int64) int64 {
	if x < 0 {
		return -x
	}
	return x
}
