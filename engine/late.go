package engine

import (
	"time"

	"tacho/engine/record"
)

// Late counts the requests in flight that have lost a limit already: those that
// have waited longer than first for their first content, and those that began
// longer than whole ago. A limit of 0 is none. started are those that have
// their first content and lost nothing yet. It may be called from any
// goroutine.
func (c *Control) Late(first, whole time.Duration) (late, started int64) {
	c.mu.Lock()
	r := c.run
	c.mu.Unlock()
	if r == nil {
		return 0, 0
	}
	r.collect.mu.Lock()
	workers := r.collect.count // only ever grows
	r.collect.mu.Unlock()
	now := record.Now()
	for _, t := range workers {
		began := t.began.Load()
		if began == 0 {
			continue
		}
		age := time.Duration(now - began)
		has := t.first.Load()
		switch {
		case first > 0 && !has && age > first, whole > 0 && age > whole:
			late++
		case has:
			started++
		}
	}
	return late, started
}
