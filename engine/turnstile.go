package engine

import (
	"sync"

	"tacho/engine/record"
)

// turnstile lets the first limit of a phase's workers send, and none while it is
// held. Raising the limit wakes those that wait.
type turnstile struct {
	mu      sync.Mutex
	limit   int
	held    bool
	changed chan struct{} // closed at each change
	sinceNS int64         // of the hold under way
	heldNS  int64         // all holds that are over
}

func newTurnstile(limit int) *turnstile {
	return &turnstile{limit: limit, changed: make(chan struct{})}
}

// pass waits until worker i may send; false when one of the ends is closed
// first. waited says that it had to.
func (g *turnstile) pass(i int, over, halted <-chan struct{}) (waited, ok bool) {
	for {
		g.mu.Lock()
		open, changed := !g.held && i < g.limit, g.changed
		g.mu.Unlock()
		if open {
			return waited, true
		}
		waited = true
		select {
		case <-changed:
		case <-over:
			return waited, false
		case <-halted:
			return waited, false
		}
	}
}

// set changes the limit or the hold.
func (g *turnstile) set(f func(limit *int, held *bool)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	was := g.held
	f(&g.limit, &g.held)
	switch now := record.Now(); {
	case g.held && !was:
		g.sinceNS = now
	case was && !g.held:
		g.heldNS += now - g.sinceNS
	}
	close(g.changed)
	g.changed = make(chan struct{})
}

// state returns the limit, whether it is held, and what is closed at the next
// change.
func (g *turnstile) state() (limit int, held bool, changed <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.limit, g.held, g.changed
}

// hold returns how long all holds lasted that are over, whether one is under way,
// and what is closed at the next change.
func (g *turnstile) hold() (shiftNS int64, held bool, changed <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.heldNS, g.held, g.changed
}

// beyond reports whether worker i is one too many.
func (g *turnstile) beyond(i int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return i >= g.limit
}
