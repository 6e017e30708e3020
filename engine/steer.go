package engine

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/snap"
)

// rater is an arrival process whose rate can be changed while it runs.
type rater interface {
	Rate() float64
	// Follows reports whether the rate changes by itself, along a curve.
	Follows() bool
	SetRate(perSec float64)
}

var (
	errNoPhase  = errors.New("nothing is being sent now")
	errDraining = errors.New("the sending has ended")
)

// steers makes ph the phase that the user steers.
func (c *Control) steers(r *run, ph *phase) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.run, c.phase = r, ph
}

// current is the phase under way, if it can still be steered.
func (c *Control) current() (*run, *phase, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.phase == nil:
		return nil, nil, errNoPhase
	case c.phase.draining.Load():
		return nil, nil, errDraining
	}
	return c.run, c.phase, nil
}

// SetConcurrency changes the number of requests in flight of a closed loop, or
// the cap of an open one. Requests in flight beyond a lower limit finish.
func (c *Control) SetConcurrency(n int) error {
	r, ph, err := c.current()
	if err != nil {
		return err
	}
	old, _, _ := ph.gate.state()
	switch {
	case n < 1:
		return fmt.Errorf("concurrency %d: must be at least 1", n)
	case old == math.MaxInt:
		return fmt.Errorf("this load has no concurrency to change: %s", ph.pace())
	case n == old:
		return nil
	}
	ph.gate.set(func(limit *int, _ *bool) { *limit = n })
	r.collect.mark(snap.MarkLoad, fmt.Sprintf("concurrency %d → %d", old, n))
	return nil
}

// SetRate changes the arrivals per second of an open loop, from the next arrival
// on.
func (c *Control) SetRate(perSec float64) error {
	r, ph, err := c.current()
	if err != nil {
		return err
	}
	a, ok := ph.plan.Arrivals.(rater)
	switch {
	case !ok:
		return fmt.Errorf("this load has no rate to change: %s", ph.pace())
	case !(perSec > 0) || math.IsInf(perSec, 1):
		return fmt.Errorf("rate %v: must be above 0", perSec)
	}
	old := a.Rate()
	if old == perSec {
		return nil
	}
	a.SetRate(perSec)
	r.collect.mark(snap.MarkLoad, fmt.Sprintf("rate %g → %g req/s", old, perSec))
	return nil
}

// Hold stops the sending without ending the phase, or resumes it. The due times
// of an open loop are put off by as long as it lasts; a limit on time goes on.
func (c *Control) Hold(on bool) error {
	r, ph, err := c.current()
	if err != nil {
		return err
	}
	if _, held, _ := ph.gate.state(); held == on {
		return nil
	}
	ph.gate.set(func(_ *int, held *bool) { *held = on })
	text := "sending resumed"
	if on {
		text = "sending held"
	}
	r.collect.mark(snap.MarkHold, text)
	return nil
}

// Mark notes something at this moment.
func (c *Control) Mark(text string) error {
	c.mu.Lock()
	r := c.run
	c.mu.Unlock()
	if r == nil {
		return errNoPhase
	}
	r.collect.mark(snap.MarkNote, text)
	return nil
}

// SetSLO moves a goodput limit on the screen; the files keep the run's own. NaN
// takes it away.
func (c *Control) SetSLO(tag string, limit float64) error {
	c.mu.Lock()
	r := c.run
	c.mu.Unlock()
	if r == nil {
		return errNoPhase
	}
	if _, ok := r.plan.Registry.Lookup(metric.Tag(tag)); !ok {
		return fmt.Errorf("there is no metric %q", tag)
	}
	r.collect.whatIf(metric.Tag(tag), limit)
	text := fmt.Sprintf("what if %s %g", tag, limit)
	if math.IsNaN(limit) {
		text = "what if without " + tag
	}
	r.collect.mark(snap.MarkSLO, text)
	return nil
}

// pace says in words what a load keeps to.
func (ph *phase) pace() string {
	switch p := ph.plan; {
	case p.Users != nil:
		return "its users keep to the gap between their turns"
	case p.Starts != nil:
		return "it keeps to the times of the trace"
	case p.Arrivals != nil:
		return "it sends at a rate without a cap"
	}
	return "it keeps a number of requests in flight"
}

// load describes the load as it is now.
func (ph *phase) load() string {
	limit, _, _ := ph.gate.state()
	a, open := ph.plan.Arrivals.(rater)
	switch {
	case ph.plan.closed() && limit != max(ph.plan.Concurrency, 1):
		return fmt.Sprintf("closed loop %d", limit)
	case !open && ph.plan.Concurrency > 0 && limit != ph.plan.Concurrency:
		head, _, _ := strings.Cut(ph.plan.Load, ", cap ")
		return fmt.Sprintf("%s, cap %d", head, limit)
	case open && a.Follows():
		return fmt.Sprintf("%s, now %.3g req/s", ph.plan.Load, a.Rate())
	case open && (a.Rate() != ph.plan.Rate || ph.plan.Concurrency > 0 && limit != ph.plan.Concurrency):
		s := fmt.Sprintf("%g req/s", a.Rate())
		if limit < math.MaxInt {
			s += fmt.Sprintf(", cap %d", limit)
		}
		return s
	}
	return ph.plan.Load
}

// whatIf moves a limit for the screen, from any goroutine.
func (c *collector) whatIf(tag metric.Tag, limit float64) {
	c.mu.Lock()
	c.moved = append(c.moved, metric.SLO{Tag: tag, Limit: limit})
	c.mu.Unlock()
}

// mark takes a step of the user's from any goroutine.
func (c *collector) mark(kind snap.MarkKind, text string) {
	m := snap.Mark{At: time.Duration(record.Now()), Kind: kind, Text: text}
	c.mu.Lock()
	c.steps = append(c.steps, m)
	c.mu.Unlock()
	if f := c.r.plan.Events; f != nil {
		f(record.Wall(int64(m.At)), m)
	}
}
