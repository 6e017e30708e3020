package simserver

import (
	"runtime"
	"sync"
	"time"
)

// pacer calls functions at absolute deadlines from one thread. Callbacks run
// one after the other on that thread and must not block; a late callback gets
// its own deadline, not the time at which it ran, so that lateness never
// accumulates.
type pacer struct {
	spin int64
	zzz  sleeper

	mu     sync.Mutex
	due    timers
	seq    uint64
	closed bool
	done   chan struct{}
}

// sleeper is a sleep that another goroutine can end early. sleep is called
// from the pacer's thread only; wake may be called at any time before close,
// and a wake that comes before the sleep ends that sleep at once.
type sleeper interface {
	sleep(ns int64) // < 0 means until woken
	wake()
	close()
}

type timer struct {
	at  int64
	seq uint64 // first in, first out among equal deadlines
	fn  func(due int64)
}

// newPacer starts the pacer's thread, which ends with close.
func newPacer(spin time.Duration) (*pacer, error) {
	z, err := newSleeper()
	if err != nil {
		return nil, err
	}
	p := &pacer{spin: int64(spin), zzz: z, done: make(chan struct{})}
	go p.run()
	return p, nil
}

// at has fn called at time ns (see now). After close it does nothing.
func (p *pacer) at(ns int64, fn func(due int64)) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	p.seq++
	p.due.push(timer{ns, p.seq, fn})
	first := p.due[0].seq == p.seq
	if first {
		// Under the lock, so that close cannot close the sleeper in between.
		p.zzz.wake()
	}
	p.mu.Unlock()
}

// close stops the thread and waits for it. Callbacks not yet due are dropped.
func (p *pacer) close() {
	p.mu.Lock()
	if !p.closed {
		p.closed = true
		p.zzz.wake()
	}
	p.mu.Unlock()
	<-p.done
}

func (p *pacer) run() {
	// A thread of its own: its sleep is a plain system call with the kernel's
	// precision instead of the poller's whole milliseconds. Never unlocked, so
	// the thread, whose timer slack was changed, ends with this goroutine.
	runtime.LockOSThread()
	defer close(p.done)
	defer p.zzz.close()
	for {
		p.mu.Lock()
		if p.closed {
			p.mu.Unlock()
			return
		}
		wait := int64(-1)
		if len(p.due) > 0 {
			wait = p.due[0].at - now()
			if wait <= 0 {
				t := p.due.pop()
				p.mu.Unlock()
				t.fn(t.at)
				continue
			}
		}
		p.mu.Unlock()
		switch {
		case wait < 0:
			p.zzz.sleep(-1)
		case wait > p.spin:
			p.zzz.sleep(wait - p.spin)
		default:
			for end := now() + wait; now() < end; {
			}
		}
	}
}

// timers is a heap by deadline. It is not container/heap because that
// allocates for each timer, and every token is one.
type timers []timer

func (t timers) less(i, j int) bool {
	return t[i].at < t[j].at || t[i].at == t[j].at && t[i].seq < t[j].seq
}

func (t *timers) push(x timer) {
	*t = append(*t, x)
	h := *t
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if !h.less(i, up) {
			return
		}
		h[i], h[up] = h[up], h[i]
		i = up
	}
}

// pop takes the earliest timer off; there must be one.
func (t *timers) pop() timer {
	h := *t
	first, last := h[0], len(h)-1
	h[0], h[last] = h[last], timer{} // lets go of the callback
	h = h[:last]
	for i := 0; ; {
		down := 2*i + 1
		if down >= len(h) {
			break
		}
		if down+1 < len(h) && h.less(down+1, down) {
			down++
		}
		if !h.less(down, i) {
			break
		}
		h[i], h[down] = h[down], h[i]
		i = down
	}
	*t = h
	return first
}
