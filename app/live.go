package app

import (
	"sync/atomic"

	"tacho/app/tui"
	"tacho/engine"
	"tacho/engine/snap"
	"tacho/engine/telemetry"
)

// liveRun is a run as the screens see it: the newest snapshot, its end, the two
// stops, and the steering of its load.
type liveRun struct {
	snap.Cell
	*control
	stops *interrupts
	// monitor is what watches GPUs and servers, nil before.
	monitor atomic.Pointer[telemetry.Monitor]
	done    chan struct{}
	err     error // set before done is closed
}

func newLiveRun(stops *interrupts) *liveRun {
	return &liveRun{control: &control{engine.NewControl()}, stops: stops, done: make(chan struct{})}
}

// control is the engine's steering under a name that does not hide liveRun's
// own Stop.
type control struct{ *engine.Control }

// Done is closed when the files are written.
func (l *liveRun) Done() <-chan struct{} { return l.done }

// Err is the run's error, nil before its end.
func (l *liveRun) Err() error {
	select {
	case <-l.done:
		return l.err
	default:
		return nil
	}
}

// Stop ends the sending, and at the second call cuts what is in flight. A stop
// by ctrl-c makes the program exit as one by the signal does.
func (l *liveRun) Stop(reason string) {
	code := exitOK
	if reason == tui.StopInterrupt {
		code = exitInterrupted
	}
	l.stops.hit(code)
}

// finish marks the end of the run.
func (l *liveRun) finish(err error) {
	l.err = err
	close(l.done)
}

// SeriesPoints implements snap.SeriesReader.
func (l *liveRun) SeriesPoints(server, key string, n int) []snap.SeriesPoint {
	if m := l.monitor.Load(); m != nil {
		return m.SeriesPoints(server, key, n)
	}
	return nil
}

var (
	_ snap.Steerer      = (*liveRun)(nil)
	_ snap.SeriesReader = (*liveRun)(nil)
)
