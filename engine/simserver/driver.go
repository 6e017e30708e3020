package simserver

import (
	"math"
	"math/rand/v2"
	"sync"
	"time"
)

// driver plays an engine against the real clock: one deadline on the pacer for
// the end of each step, the next step counted from that deadline.
type driver struct {
	srv *Server

	mu       sync.Mutex
	eng      *engine
	rng      *rand.Rand // front-end overhead
	stepping bool
	gone     map[*sequence]bool // cancelled before the engine saw them
}

// maxLag is how far the simulation may fall behind the clock before it lets
// the lost time go, as after a suspended laptop.
const maxLag = int64(time.Second)

func newDriver(s *Server) *driver {
	return &driver{
		srv: s, eng: newEngine(s.cfg.Engine, s.cfg.Seed),
		rng:  rand.New(rand.NewPCG(s.cfg.Seed, 0xf407)),
		gone: map[*sequence]bool{},
	}
}

// start hands q to the engine once the front end is through with it.
func (d *driver) start(q *sequence) {
	cfg := &d.srv.cfg.Engine
	d.mu.Lock()
	over := float64(cfg.Overhead)
	if cfg.OverheadSigma > 0 {
		over *= math.Exp(cfg.OverheadSigma * d.rng.NormFloat64())
	}
	d.mu.Unlock()
	d.srv.pace.at(q.arrival+int64(over), func(due int64) {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.gone[q] {
			delete(d.gone, q)
			return
		}
		d.eng.add(q, due)
		if !d.stepping {
			d.begin(due)
		}
	})
}

// begin starts a step at time at, unless the engine is idle. Called with mu
// held.
func (d *driver) begin(at int64) {
	if t := now(); t-at > maxLag {
		at = t
	}
	st, ok := d.eng.begin(at)
	d.stepping = ok
	for _, q := range st.firstScheduled {
		d.srv.stats.scheduled(q, at)
	}
	d.srv.gpus.load(at, st.decodes+min(st.prefillTokens/64, d.srv.cfg.Engine.MaxRunning), d.srv.cfg.Engine.MaxRunning)
	if ok {
		d.srv.stats.iteration(st.decodes + st.prefillTokens)
		d.srv.pace.at(st.end, d.end)
	}
}

// end finishes a step and begins the next before the tokens are written, so
// that writing does not delay the engine.
func (d *driver) end(due int64) {
	d.mu.Lock()
	out := d.eng.finish(due)
	for _, q := range out {
		d.srv.stats.token(q, due)
		if q.state == seqDone {
			d.srv.stats.finished(q, due, q.finish)
		}
	}
	d.begin(due)
	d.mu.Unlock()
	for _, q := range out {
		q.token(due)
	}
}

func (d *driver) cancel(q *sequence) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case q.state == seqNew:
		d.gone[q] = true
	case !d.eng.cancel(q):
		return
	}
	d.srv.stats.finished(q, now(), "abort")
}

func (d *driver) load() engineLoad {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.eng.load()
}
