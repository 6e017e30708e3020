package simserver

import (
	"container/heap"
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
	heap.Push(&p.due, timer{ns, p.seq, fn})
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
				t := heap.Pop(&p.due).(timer)
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

// timers is a heap by deadline.
type timers []timer

func (t timers) Len() int { return len(t) }
func (t timers) Less(i, j int) bool {
	return t[i].at < t[j].at || t[i].at == t[j].at && t[i].seq < t[j].seq
}
func (t timers) Swap(i, j int) { t[i], t[j] = t[j], t[i] }
func (t *timers) Push(x any)   { *t = append(*t, x.(timer)) }
func (t *timers) Pop() any {
	old := *t
	last := old[len(old)-1]
	old[len(old)-1] = timer{}
	*t = old[:len(old)-1]
	return last
}
