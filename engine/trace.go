package engine

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"

	"tacho/engine/dataset"
)

// traceAhead is how many conversations of a trace are read before they are due,
// so that reading them makes nothing late.
const traceAhead = 256

// traceTiming replays a trace: each conversation begins at its time in it. A
// later turn has a time of its own, or follows the answer after a pause.
type traceTiming struct {
	coming chan begin
	stop   context.CancelFunc
	wg     sync.WaitGroup
}

func newTraceTiming(ctx context.Context, r *run, starts iter.Seq2[dataset.Start, error]) *traceTiming {
	t := &traceTiming{coming: make(chan begin, traceAhead)}
	ctx, t.stop = context.WithCancel(ctx)
	t.wg.Go(func() {
		defer close(t.coming)
		for s, err := range starts {
			b := begin{at: max(sinceStart(s.AtMS), 0)}
			if err != nil { // its first turn tells it
				b.sess = &session{correlationID: newID(), err: fmt.Errorf("data set: %w", err)}
			} else if b.sess = r.open(s.Index); b.sess.err == nil {
				b.sess.correlationID = "fixed-schedule-" + b.sess.conv.ID
			}
			select {
			case t.coming <- b:
			case <-ctx.Done():
				return
			}
		}
	})
	return t
}

func (t *traceTiming) next() (begin, bool) {
	b, ok := <-t.coming
	return b, ok
}

func (t *traceTiming) later(s *session, _, end time.Duration) time.Duration {
	if turn := &s.conv.Turns[s.turn]; turn.Timed {
		return sinceStart(turn.TimestampMS)
	}
	return end + s.delay()
}

func (t *traceTiming) close() {
	t.stop()
	t.wg.Wait()
}

// sinceStart is a time of a schedule as an offset from the phase's start.
func sinceStart(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }
