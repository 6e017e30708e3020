package telemetry

import (
	"slices"
	"strings"
	"time"

	"tacho/engine/record"
)

// settleEvery is how often the pages are read while it is awaited that they
// settle; of two readings that are compared, one is at least settleGap younger.
const (
	settleEvery = 100 * time.Millisecond
	settleGap   = 80 * time.Millisecond
)

// ownAffairs are how the names of metrics begin that tell of a server's process,
// its language, its HTTP library (which counts our readings too) or its machine,
// not of what it serves: they move for ever.
var ownAffairs = []string{
	"process_", "python_", "go_", "promhttp_", "http_", "scrape_", "jvm_", "nodejs_", "tokio_", "node_", "DCGM_",
	"nv_gpu_", "nv_cpu_", "nv_energy_", "nv_pinned_memory_", "amd_gpu_", "gpu_power_", "gpu_total_energy", "gpu_utilization", "gpu_memory_",
}

// settling tells from the scrapes of one page whether the server has counted all
// that it served. Servers count late: a page that stands still says so only if
// it has moved since the phase began and nothing runs or waits.
type settling struct {
	phase *record.Phase
	// base is the last scrape before the phase, prev the last of all, ref the one
	// after its end that the next is compared with.
	base, prev, ref *Scrape
	roles           roleReader
	shape           *Shape
	columns         []int // of the shape: what tells of serving
	calm            *calm
}

// calm is what a page says that has settled.
type calm struct {
	finished float64 // requests of the phase that the server has counted; NaN unknown
}

// look takes in a scrape and returns nil until the page has settled. endNS is when the phase ended, Unix nanoseconds; 0 while
// nobody waits.
func (t *settling) look(s *Scrape, endNS int64) *calm {
	if s.Phase != nil && (t.phase == nil || *s.Phase != *t.phase) {
		t.phase, t.base = s.Phase, t.prev
	}
	before := t.prev
	t.prev = s
	if endNS == 0 {
		return nil
	}
	if t.ref == nil && before != nil && before.AtNS >= endNS {
		t.ref = before
	}
	if t.ref == nil {
		if s.AtNS >= endNS {
			t.ref = s
		}
		return nil
	}
	if time.Duration(s.AtNS-t.ref.AtNS) < settleGap {
		return t.calm
	}
	still := t.same(t.ref, s)
	t.ref, t.calm = s, nil
	now := t.roles.read(s)
	if !still || now[roleRunning] > 0 || now[roleWaiting] > 0 {
		return nil
	}
	finished := now[roleFinished]
	if t.base != nil {
		// A page that never moved while the load ran has not begun to count.
		if len(t.columns) > 0 && t.same(t.base, s) {
			return nil
		}
		if was := t.roles.read(t.base)[roleFinished]; was == was {
			finished -= was
		}
	}
	t.calm = &calm{finished}
	return t.calm
}

// same reports whether two scrapes have the same numbers of what is served.
func (t *settling) same(a, b *Scrape) bool {
	if a.Shape != b.Shape {
		return false
	}
	if b.Shape != t.shape {
		t.learn(b.Shape)
	}
	for _, c := range t.columns {
		if x, y := a.Values[c], b.Values[c]; x != y && (x == x || y == y) {
			return false
		}
	}
	return true
}

func (t *settling) learn(shape *Shape) {
	t.shape, t.columns = shape, nil
	for i := range shape.Families {
		f := &shape.Families[i]
		if slices.ContainsFunc(ownAffairs, func(p string) bool { return strings.HasPrefix(f.Name, p) }) {
			continue
		}
		for j := range f.Series {
			x := &f.Series[j]
			for c := range x.columns(f.Kind) {
				t.columns = append(t.columns, x.Column+c)
			}
		}
	}
}

// settle reads the servers until all that ever answered have settled, and at
// last until the time is up.
func (m *Monitor) settle(p *record.Phase, end time.Time) {
	m.settleFrom.Store(record.Wall(m.endNS.Load()))
	for m.ctx.Err() == nil && !m.hurried.Load() {
		next := time.Now().Add(settleEvery)
		if !next.Before(end) {
			m.sleep(time.Until(end))
			return
		}
		m.sleep(settleEvery)
		done := make(chan struct{}, len(m.watchers))
		m.await(done, m.ask(p, done, servesAnswered), time.Until(end))
		if m.settled() {
			return
		}
	}
}

// settled reports whether all servers that ever answered have settled: all stand
// still, and together they have counted what was answered, if they count that.
func (m *Monitor) settled() bool {
	finished := 0.0
	for _, w := range m.watchers {
		if !servesAnswered(w) {
			continue
		}
		calm := w.calm.Load()
		if calm == nil {
			return false
		}
		finished += calm.finished
	}
	return !(finished < float64(m.served.Load()))
}

// Served says how many requests of the last phase were answered well.
func (m *Monitor) Served(n int64) { m.served.Store(n) }

// servesAnswered picks the pages of servers that have answered.
func servesAnswered(w *watcher) bool { return w.server && w.answered.Load() }

// sleep waits, unless the run's time is up.
func (m *Monitor) sleep(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-m.ctx.Done():
	}
}
