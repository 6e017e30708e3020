package telemetry

import (
	"fmt"
	"time"

	"tacho/engine/record"
)

// publishEvery is how often a new picture is made at most.
const publishEvery = 100 * time.Millisecond

// own is the one goroutine that has the stores and the board. It ends when the
// events do.
func (m *Monitor) own(firsts chan<- struct{}) {
	ticker := time.NewTicker(publishEvery)
	defer ticker.Stop()
	seen := map[*watcher]bool{}
	dirty := true
	flushed := record.Now()
	for {
		select {
		case e, more := <-m.events:
			if !more {
				m.publish()
				m.finish()
				return
			}
			m.rebase()
			m.take(&e)
			dirty = true
			if !seen[e.from] {
				seen[e.from] = true
				m.publish() // Start's caller sees what the first readings gave
				firsts <- struct{}{}
			}
			if e.done != nil {
				e.done <- struct{}{}
			}
		case <-ticker.C:
			m.rebase()
			if now := record.Now(); m.out != nil && now-flushed > int64(time.Second) {
				flushed = now
				m.out.flush()
			}
			// Also without news: what is old must be seen to be old.
			if dirty || m.anyOld() {
				dirty = false
				m.publish()
			}
		}
	}
}

func (m *Monitor) publish() {
	now := record.Wall(record.Now())
	s := m.board.State(now)
	m.course.Add(s, m.board.since(now))
	s.Sensors, s.SensorWidth = m.course.Window()
	m.state.Store(s)
}

// finish publishes the last picture again, with the step of the course that is
// under way: no more comes.
func (m *Monitor) finish() {
	last := *m.state.Load()
	last.Sensors, last.SensorWidth = m.course.All()
	m.state.Store(&last)
}

// rebase follows the phase with the times of the pictures.
func (m *Monitor) rebase() {
	if start := record.Wall(m.originNS.Load()); start != m.board.startNS {
		m.board.Rebase(start)
		m.course = Course{}
	}
}

// anyOld reports whether a source is down.
func (m *Monitor) anyOld() bool {
	for _, h := range m.health {
		if h.ever && h.downSince != 0 {
			return true
		}
	}
	return false
}

// take enters what a watcher handed over.
func (m *Monitor) take(e *event) {
	h := m.health[e.from]
	if e.err != nil {
		m.tell(e.atNS, true, h.failedRead(e.from, e.err, e.atNS))
		if !e.from.server && !h.ever && !e.from.quiet {
			m.board.Note(e.from.what() + ": " + trouble(e.err))
		}
		return
	}
	m.tell(e.atNS, false, h.goodRead(e.from, e.atNS))
	if s := e.got.scrape; s != nil {
		m.takeScrape(e, h, s)
		return
	}
	m.takeGPUs(e, h)
}

// slowReads is how many readings in a row must be slow before that is told: the
// first one of a page is.
const slowReads = 3

func (m *Monitor) takeScrape(e *event, h *health, s *Scrape) {
	if s.Dropped > 0 && h.once("dropped") {
		m.tell(e.atNS, true, fmt.Sprintf("the page of %s has %d series too many; the first %d are kept", e.from.name, s.Dropped, maxSeries))
	}
	if e.got.work*busyShare <= e.from.every {
		h.slow = 0
	} else if h.slow++; h.slow >= slowReads && h.once("slow") {
		m.tell(e.atNS, true, fmt.Sprintf("the page of %s takes %s to read, so it is read every %s",
			e.from.name, e.got.work.Round(time.Millisecond), (e.got.work*busyShare).Round(100*time.Millisecond)))
	}
	m.mu.Lock()
	restarted := m.servers.Add(s)
	thinned, lost := m.servers.Thinned(), m.servers.byURL[s.URL].lost
	m.mu.Unlock()
	if restarted {
		m.restarted(e, h)
	}
	if thinned > 0 && m.health[e.from].once("thinned") {
		m.tell(e.atNS, false, "a long run: server metrics are kept at a lower resolution, to stay in memory")
	}
	if lost > 0 && h.once("lost") {
		m.tell(e.atNS, true, "the page of "+e.from.name+" makes new series all the time; no more are kept")
	}
	m.board.AddScrape(s)
	if m.cfg.Settle {
		e.from.calm.Store(e.from.settling.look(s, m.settleFrom.Load()))
	}
	if m.out != nil && !s.Same {
		m.out.scrape(s)
	}
}

// restarted tells of counters that started anew, the first few times.
func (m *Monitor) restarted(e *event, h *health) {
	if h.restarts++; h.restarts <= 3 {
		m.tell(e.atNS, true, "counters of "+e.from.name+" started anew (was it restarted?); totals over this moment are too low")
	}
}

func (m *Monitor) takeGPUs(e *event, h *health) {
	r := &e.got.gpus
	if r.Same {
		m.board.Touch(e.from.source, record.Wall(e.atNS))
		m.gpus.Touch(e.from.source, record.Wall(e.atNS))
	}
	if r.Missing != "" && h.once(r.Missing) {
		m.tell(e.atNS, true, r.Missing)
	}
	kept := make([]GPUSample, 0, len(r.Samples))
	restarted := false
	for i := range r.Samples {
		g := &r.Samples[i]
		if !m.owns(e, g) {
			continue
		}
		restarted = m.gpus.Add(g, e.edge) || restarted
		m.board.AddGPU(g, e.got.latency)
		kept = append(kept, *g)
	}
	if restarted {
		m.restarted(e, h)
	}
	if m.gpus.Lost() > 0 && h.once("lost") {
		m.tell(e.atNS, true, fmt.Sprintf("%s has more GPUs than there is room for; the first %d are kept", e.from.name, maxGPUs))
	}
	if m.gpus.Thinned() > 0 && h.once("thinned") {
		m.tell(e.atNS, false, "a long run: GPU figures are kept at a lower resolution, to stay in memory")
	}
	if m.out != nil && len(kept) > 0 {
		m.out.gpus(kept)
	}
}

// ownedFor is how long a GPU belongs to the source that told of it last.
const ownedFor = 10 * time.Second

// owns reports whether a GPU counts for the source: the first that tells of it
// has it while it goes on doing so.
func (m *Monitor) owns(e *event, g *GPUSample) bool {
	if g.UUID == "" {
		return true
	}
	o := m.owners[g.UUID]
	if o == nil {
		o = new(gpuOwner)
		m.owners[g.UUID] = o
	}
	if o.from == nil || o.from == e.from || e.atNS-o.ns > int64(ownedFor) {
		o.from, o.ns = e.from, e.atNS
		return true
	}
	return false
}
