// Package pacer waits for due times exactly. Go's timers round an idle wait up to
// whole milliseconds; on Linux a timerfd in Go's own poller does not, and keeps
// neither a thread nor a processor busy while it waits.
package pacer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tacho/engine/record"
)

// ErrClosed is returned by a wait on a closed Pacer.
var ErrClosed = errors.New("pacer closed")

// SpinTail is a good Options.Spin where arrivals come faster than about 1,000
// per second: it covers the usual lateness of a wake-up.
const SpinTail = 100 * time.Microsecond

// Options are the settings of a Pacer. The zero value is good for up to about
// 1,000 due times per second.
type Options struct {
	// Spin is how long before a due time the pacer stops sleeping and watches
	// the clock, which costs a core for that long.
	Spin time.Duration
	// Coarse waits with Go's timers, which cost no file.
	Coarse bool
}

// Pacer waits for one due time after another. One goroutine at a time may use
// it; Close may be called by another.
type Pacer struct {
	spinNS int64
	sleep  sleeper
}

// sleeper sleeps without the pacer's fine end.
type sleeper interface {
	// until returns at or soon after the due time, or earlier with an error:
	// the context's, or ErrClosed.
	until(ctx context.Context, dueNS int64) error
	close()
}

// New returns a pacer. Close it.
func New(o Options) *Pacer {
	p := &Pacer{spinNS: max(int64(o.Spin), 0)}
	if o.Coarse {
		p.sleep = newTimer()
	} else {
		p.sleep = newSleeper()
	}
	return p
}

// WaitUntil returns at the due time, which is on the axis of record.Now, or at
// once if that is past. woke is when it did: woke - dueNS is the pacer's
// lateness, never negative without an error. A context that ends first ends the
// wait with its error.
func (p *Pacer) WaitUntil(ctx context.Context, dueNS int64) (woke int64, err error) {
	if err := ctx.Err(); err != nil {
		return record.Now(), fmt.Errorf("wait for due time: %w", err)
	}
	for now := record.Now(); ; now = record.Now() {
		if now >= dueNS {
			return now, nil
		}
		if dueNS-now <= p.spinNS {
			continue // watch the clock
		}
		if err := p.sleep.until(ctx, dueNS-p.spinNS); err != nil {
			return record.Now(), fmt.Errorf("wait for due time: %w", err)
		}
	}
}

// Close ends a wait under way with ErrClosed and frees what the pacer holds.
func (p *Pacer) Close() { p.sleep.close() }
