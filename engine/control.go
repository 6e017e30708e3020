package engine

import "sync"

// Control stops the sending of a run from outside, and changes its load; what is
// in flight may still finish. Cutting it short is the run's context's part. All
// methods may be called from any goroutine.
type Control struct {
	once   sync.Once
	ch     chan struct{}
	mu     sync.Mutex
	reason string
	run    *run   // nil before the run
	phase  *phase // the one under way
}

// NewControl returns a Control for one run.
func NewControl() *Control { return &Control{ch: make(chan struct{})} }

// Stop ends the sending. Only the first call's reason counts.
func (c *Control) Stop(reason string) {
	c.once.Do(func() {
		c.mu.Lock()
		c.reason = reason
		c.mu.Unlock()
		close(c.ch)
	})
}

// Stopped is closed by the first Stop.
func (c *Control) Stopped() <-chan struct{} { return c.ch }

// Reason is the first Stop's, empty before.
func (c *Control) Reason() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reason
}
