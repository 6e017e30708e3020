package telemetry

import (
	"context"
	"sync/atomic"
	"time"

	"tacho/engine/record"
)

// watcher reads one source again and again, in a goroutine of its own, and hands
// over what it got. What the source does, slow or wrong, is its alone to bear.
type watcher struct {
	id       int
	name     string // for notices
	source   string // as in the files
	server   bool
	quiet    bool
	read     func(context.Context) (reading, error)
	close    func()
	every    time.Duration
	timeout  time.Duration
	requests chan request
	answered atomic.Bool // it has answered at least once
	settling settling    // of the Monitor's owner
	calm     atomic.Pointer[calm]
}

// request asks for a reading at once, for a phase.
type request struct {
	phase *record.Phase
	edge  bool
	done  chan<- struct{} // gets one when the reading was handed over; may be nil
}

// event is what a watcher hands over.
type event struct {
	from  *watcher
	phase *record.Phase
	edge  bool
	got   reading
	err   error
	atNS  int64 // of the hand-over, on the axis of package record
	done  chan<- struct{}
}

// The longest pauses between readings of a source that does not answer, and of
// one that was never there and that nobody asked for.
const (
	longestPause = 2 * time.Second
	quietPause   = 10 * time.Second
)

// busyShare is the most of the time that reading a page may take of a core: one
// part in busyShare.
const busyShare = 20

// watch reads until ctx ends. phase tells the one under way.
func (w *watcher) watch(ctx context.Context, phase func() *record.Phase, out chan<- event) {
	pause, failures, ever := time.Duration(0), 0, false
	timer := time.NewTimer(0)
	defer timer.Stop()
	first := true
	for {
		var r request
		select {
		case <-ctx.Done():
			return
		case r = <-w.requests:
		case <-timer.C:
			r = request{phase: phase(), edge: first}
		}
		began := time.Now()
		limited, cancel := context.WithTimeout(ctx, w.timeout)
		got, err := w.read(limited)
		cancel()
		if err != nil && ctx.Err() != nil {
			if r.done != nil {
				r.done <- struct{}{}
			}
			return
		}
		if got.scrape != nil {
			got.scrape.Phase, got.scrape.Edge = r.phase, r.edge || first
		}
		select {
		case out <- event{w, r.phase, r.edge || first, got, err, record.Now(), r.done}:
		case <-ctx.Done():
			if r.done != nil {
				r.done <- struct{}{}
			}
			return
		}
		first = false
		if err != nil {
			failures++
			pause = min(w.every<<min(failures-1, 8), longestPause)
			if w.quiet && !ever {
				pause = quietPause
			}
		} else {
			failures, ever = 0, true
			w.answered.Store(true)
			pause = max(w.every, got.work*busyShare)
		}
		// The next turn counts from the last one, so that the readings do not
		// drift; one that is late is left out.
		timer.Reset(max(pause-time.Since(began), 0))
	}
}

// ask requests a reading; false when one is requested already.
func (w *watcher) ask(r request) bool {
	select {
	case w.requests <- r:
		return true
	default:
		return false
	}
}
