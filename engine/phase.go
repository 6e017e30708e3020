package engine

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"tacho/engine/record"
)

// Why the sending of a phase ended before its request limit.
var (
	errDuration  = errors.New("the phase's duration is over")
	errStopped   = errors.New("stopped by the user")
	errThreshold = errors.New("too many requests failed")
)

// slot is the permission to send one request.
type slot struct {
	num   int64 // running number in the phase, from 0
	dueNS int64 // on the axis of package record
	sess  *session
}

// phase is one phase under way. Its counters are written by workers and read
// by the collector.
type phase struct {
	plan    *PhasePlan
	index   int
	startNS int64

	// sending ends when nothing more may be sent, with the cause; in a phase
	// that reaches its request limit it stays open until the phase is over.
	sending context.Context
	halt    context.CancelCauseFunc
	// flight ends when what is in flight must be cut.
	flight context.Context
	cut    context.CancelFunc

	issued   atomic.Int64 // slots given out
	sent     atomic.Int64 // requests begun
	inFlight atomic.Int64
	unsent   atomic.Int64 // slots that were due but not sent before the end
	cutOff   atomic.Int64 // requests cut in flight: they leave no record
	lastEnd  atomic.Int64 // largest end of an exchange so far
	draining atomic.Bool
	gate     *turnstile
	sessions atomic.Int64 // begun; written under run.mu
	ready    readySessions
	prefill  *prefill // nil: no limit
	// issuing ends when nothing more may be sent, for whichever reason, and
	// beginning when no further session may begin.
	issuing, beginning context.Context
	noMore, noneBegin  context.CancelFunc
	sentOnce           sync.Once
	sentAll            chan struct{}              // closed when all is sent that will be
	lastTurns          atomic.Int64               // sessions whose last turn was sent
	backlog            atomic.Pointer[func() int] // what is due and waits
}

func newPhase(p *PhasePlan, index int) *phase {
	limit := p.Concurrency
	if !p.closed() && limit == 0 {
		limit = math.MaxInt
	}
	if p.ConcurrencyRamp > 0 && limit < math.MaxInt {
		limit = 1
	}
	ph := &phase{plan: p, index: index, gate: newTurnstile(max(limit, 1)), ready: newReadySessions(), sentAll: make(chan struct{})}
	if p.Prefill > 0 {
		ph.prefill = newPrefill(p.Prefill)
		if p.PrefillRamp > 0 {
			ph.prefill = newPrefill(1)
		}
	}
	return ph
}

// take gives out the next slot's number, false when the phase has sent all it
// should or may. With the last one all counts as sent.
func (ph *phase) take() (int64, bool) {
	if ph.sending.Err() != nil {
		return 0, false
	}
	n, limit := ph.issued.Add(1)-1, ph.plan.Requests
	switch {
	case limit > 0 && n >= limit:
		ph.issued.Add(-1)
		return 0, false
	case n == limit-1:
		ph.allSent()
	}
	return n, true
}

// allSent says that the phase has sent all it should.
func (ph *phase) allSent() {
	ph.draining.Store(true)
	ph.noMore()
	ph.allBegun()
	ph.sentOnce.Do(func() { close(ph.sentAll) })
}

// allBegun says that the phase has begun all its sessions; those under way send
// their turns to the end.
func (ph *phase) allBegun() {
	ph.noneBegin()
	ph.lastSent(0)
}

// lastSent counts sessions whose last turn was sent. The phase has sent all when
// none is left and no other may begin.
func (ph *phase) lastSent(n int64) {
	if ph.lastTurns.Add(n) == ph.sessions.Load() && ph.beginning.Err() != nil && ph.issuing.Err() == nil {
		ph.allSent()
	}
}

// queued is how much is due and waits for a free slot.
func (ph *phase) queued() int64 {
	if q := ph.backlog.Load(); q != nil {
		return int64((*q)())
	}
	return 0
}

// ended notes the end of an exchange.
func (ph *phase) ended(ns int64) {
	for {
		old := ph.lastEnd.Load()
		if ns <= old || ph.lastEnd.CompareAndSwap(old, ns) {
			return
		}
	}
}

// phaseEnd is how a phase ended.
type phaseEnd struct {
	startNS, endNS int64 // on the axis of package record
	cause          error // nil when all requests were sent
	cutShort       bool  // the run's context ended
}

// run drives the phase's load until every request has come back or was cut.
func (ph *phase) run(ctx context.Context, r *run, ctl *Control) phaseEnd {
	ph.sending, ph.halt = context.WithCancelCause(ctx)
	ph.flight, ph.cut = context.WithCancel(ctx)
	defer ph.cut()
	defer ph.halt(nil)
	ph.issuing, ph.noMore = context.WithCancel(ph.sending)
	ph.beginning, ph.noneBegin = context.WithCancel(ph.issuing)
	defer ph.noMore()
	defer ph.noneBegin()
	ph.startNS = record.Now()
	ph.lastEnd.Store(ph.startNS)
	r.collect.begin(ph)
	if s := r.plan.Sensors; s != nil {
		s.PhaseBegins(ph.plan.Phase, ph.startNS)
		defer func() { s.PhaseEnds(ph.plan.Phase, ph.lastEnd.Load()) }()
	}
	ctl.steers(r, ph)

	done := make(chan struct{})
	var ramps sync.WaitGroup
	defer ramps.Wait()
	if p := ph.plan; p.ConcurrencyRamp > 0 && p.Concurrency > 0 {
		ramps.Go(func() {
			ramp(p.ConcurrencyRamp, p.Concurrency, func(n int) { ph.gate.set(func(limit *int, _ *bool) { *limit = n }) }, done, ph.sending.Done())
		})
	}
	if p := ph.plan; p.PrefillRamp > 0 && p.Prefill > 0 {
		ramps.Go(func() { ramp(p.PrefillRamp, p.Prefill, ph.prefill.allow, done, ph.sending.Done()) })
	}
	go func() {
		defer close(done)
		switch p := ph.plan; {
		case p.Arrivals != nil:
			ph.open(r)
		case p.Users != nil:
			ph.timed(r, newUserTiming(r, p.Users))
		case p.Starts != nil:
			ph.timed(r, newTraceTiming(ph.beginning, r, p.Starts))
		default:
			ph.closed(r)
		}
	}()
	ph.supervise(ctl.Stopped(), r.plan.StopGrace, done)

	end := phaseEnd{startNS: ph.startNS, endNS: ph.lastEnd.Load(), cutShort: ctx.Err() != nil}
	if ph.sending.Err() != nil {
		end.cause = context.Cause(ph.sending)
	}
	ph.sentOnce.Do(func() { close(ph.sentAll) })
	return end
}

// supervise halts the sending at the phase's duration or the user's stop, and
// cuts what is still in flight when the grace time is over; of several grace
// times the one that ends first counts. It returns when done is closed.
func (ph *phase) supervise(stopped <-chan struct{}, stopGrace time.Duration, done <-chan struct{}) {
	var duration, grace <-chan time.Time
	if ph.plan.Duration > 0 {
		t := time.NewTimer(ph.plan.Duration)
		defer t.Stop()
		duration = t.C
	}
	var end time.Time // of the grace time
	limit := func(d time.Duration) {
		if at := time.Now().Add(d); d >= 0 && (grace == nil || at.Before(end)) {
			grace, end = time.After(d), at
		}
	}
	halted := ph.sending.Done()
	for {
		select {
		case <-done:
			return
		case <-duration:
			duration = nil
			ph.halt(errDuration)
		case <-stopped:
			stopped = nil
			ph.halt(errStopped)
			limit(stopGrace)
		case <-halted:
			halted = nil
			ph.draining.Store(true)
			ph.sentOnce.Do(func() { close(ph.sentAll) })
			if context.Cause(ph.sending) == errDuration {
				limit(ph.plan.Grace)
			} else {
				limit(stopGrace)
			}
		case <-grace:
			grace, end = nil, time.Time{}
			ph.cut()
		}
	}
}
