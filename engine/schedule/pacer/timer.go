package pacer

import (
	"context"
	"sync"
	"time"

	"tacho/engine/record"
)

// timer sleeps with Go's timers.
type timer struct {
	closed chan struct{}
	once   sync.Once
}

func newTimer() *timer { return &timer{closed: make(chan struct{})} }

func (t *timer) until(ctx context.Context, dueNS int64) error {
	w := time.NewTimer(time.Duration(dueNS - record.Now()))
	defer w.Stop()
	select {
	case <-w.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-t.closed:
		return ErrClosed
	}
}

func (t *timer) close() { t.once.Do(func() { close(t.closed) }) }
