package app

import (
	"errors"
	"sync"

	"tacho/engine/snap"
)

// board is what the screens see of several runs: the one under way, with the
// table of all of them beside it. It ends once, after the last.
type board struct {
	stops *interrupts
	done  chan struct{}

	mu    sync.Mutex
	live  *liveRun // nil before the first
	table *snap.Several
	over  bool
	err   error

	from  *snap.Snapshot // that made was made of
	with  *snap.Several
	made  *snap.Snapshot
	ended bool // made is of the end
}

func newBoard(table *snap.Several) *board {
	return &board{table: table, done: make(chan struct{})}
}

// follow turns to the next run.
func (b *board) follow(live *liveRun) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.live = live
}

// run publishes the table of a run that begins.
func (b *board) run(table *snap.Several, label string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	table.Now = label
	b.table = table
}

// again publishes a newer table of the run under way.
func (b *board) again(table *snap.Several) {
	b.mu.Lock()
	defer b.mu.Unlock()
	table.Now, table.Note = b.table.Now, b.table.Note
	b.table = table
}

// set publishes the table between two runs.
func (b *board) set(table *snap.Several) { b.run(table, "") }

// note tells what happens between two runs.
func (b *board) note(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := *b.table
	t.Note = text
	b.table = &t
}

// end publishes the last table. The source ends with close.
func (b *board) end(table *snap.Several) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.table, b.over = table, true
}

func (b *board) close(err error) {
	b.mu.Lock()
	b.err, b.over = err, true
	b.mu.Unlock()
	close(b.done)
}

// Latest is the newest snapshot of the run under way. One that has ended is not
// the end of all.
func (b *board) Latest() *snap.Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	var s *snap.Snapshot
	if b.live != nil {
		s = b.live.Latest()
	}
	if s == nil {
		s = &waiting
	}
	if s == b.from && b.table == b.with && b.over == b.ended {
		return b.made
	}
	out := *s
	out.Several = b.table
	if !b.over && (out.State == snap.Done || out.State == snap.Failed) {
		out.State, out.Doing = snap.Exporting, "going on to the next run"
		if b.table.Note != "" {
			out.Doing = b.table.Note
		}
	}
	b.from, b.with, b.made, b.ended = s, b.table, &out, b.over
	return b.made
}

var waiting = snap.Snapshot{State: snap.Starting, Doing: "starting"}

// Done is closed after the last run.
func (b *board) Done() <-chan struct{} { return b.done }

// Err is how all of it ended, nil before.
func (b *board) Err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// Stop ends the run under way, and with it all.
func (b *board) Stop(reason string) { (&liveRun{stops: b.stops}).Stop(reason) }

var errBetweenRuns = errors.New("no run is under way")

// on does something to the run under way.
func (b *board) on(do func(*liveRun) error) error {
	b.mu.Lock()
	live := b.live
	b.mu.Unlock()
	if live == nil || live.Err() != nil {
		return errBetweenRuns
	}
	return do(live)
}

// SetConcurrency and the others steer the run under way alone.
func (b *board) SetConcurrency(n int) error {
	return b.on(func(l *liveRun) error { return l.SetConcurrency(n) })
}
func (b *board) SetRate(perSec float64) error {
	return b.on(func(l *liveRun) error { return l.SetRate(perSec) })
}
func (b *board) Hold(on bool) error { return b.on(func(l *liveRun) error { return l.Hold(on) }) }
func (b *board) Mark(text string) error {
	return b.on(func(l *liveRun) error { return l.Mark(text) })
}
func (b *board) SetSLO(tag string, limit float64) error {
	return b.on(func(l *liveRun) error { return l.SetSLO(tag, limit) })
}

var _ snap.Steerer = (*board)(nil)
