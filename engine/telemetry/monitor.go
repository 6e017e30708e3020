package telemetry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tacho/engine/record"
	"tacho/engine/secret"
	"tacho/engine/snap"
)

// Monitor watches sources while a run goes on. All methods may be called from
// any goroutine but those that say otherwise.
type Monitor struct {
	cfg      Config
	ctx      context.Context // of the run; its end means that there is no time left
	watchers []*watcher
	phase    atomic.Pointer[record.Phase]
	last     atomic.Pointer[record.Phase] // the last measured one that ended
	endNS    atomic.Int64
	originNS atomic.Int64 // where the times of the pictures begin
	state    atomic.Pointer[State]
	hurried  atomic.Bool
	// settleFrom is the end of the last phase, Unix nanoseconds, while it is
	// awaited that the servers settle.
	settleFrom atomic.Int64
	served     atomic.Int64 // requests of the last phase that were answered well

	cancel  context.CancelFunc // of the watchers
	reading sync.WaitGroup     // the watchers
	events  chan event
	owner   sync.WaitGroup // the goroutine that has the rest

	mu      sync.Mutex // guards notices, and the server store against the reader of charts
	notices []Notice

	gpus    *GPUStore
	servers *ServerStore
	board   *Board
	course  Course
	health  map[*watcher]*health
	// owners are the sources that GPUs belong to: one that two sources show
	// counts once.
	owners map[string]*gpuOwner
	out    *sinkQueue
	once   sync.Once
	result *Result
	err    error
}

type gpuOwner struct {
	from *watcher
	ns   int64
}

// Result is what a Monitor gathered.
type Result struct {
	// GPUs is nil when no source of GPUs was tried, Servers when none of theirs
	// ever answered.
	GPUs    *GPUStore
	Servers *ServerStore
	// GPUErrors and ServerErrors are what went wrong, for the files.
	GPUErrors, ServerErrors []SourceError
	Sources                 []SourceReport
	Notices                 []Notice
	// Lost counts samples and scrapes that the sink had no room for.
	Lost int64
}

// SourceReport is how the reading of one source went.
type SourceReport struct {
	Name          string // without secrets
	Server        bool   // else GPUs
	Reads, Failed int64
	// Asked says that the user named the source.
	Asked bool
}

// Start begins to watch and waits for the first readings, at most cfg.Baseline.
// A source that cannot be read is no error but a notice; an address that is none
// is one. The end of ctx means that nobody has time: Close then takes no last
// readings.
func Start(ctx context.Context, cfg Config) (*Monitor, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	cfg.defaults()
	m := &Monitor{
		cfg: cfg, ctx: ctx, events: make(chan event, 64),
		gpus: NewGPUStore(cfg.Extra...), servers: NewServerStore(), board: NewBoard(record.Wall(cfg.StartNS), StaleAfter(cfg.Every)),
		health: map[*watcher]*health{}, owners: map[string]*gpuOwner{},
	}
	m.originNS.Store(cfg.StartNS)
	m.board.Extra(cfg.Extra)
	m.addSources()
	for _, w := range m.watchers {
		m.health[w] = new(health)
	}
	if len(m.watchers) > 0 {
		m.board.Note("no GPU source has answered")
	}
	m.state.Store(m.board.State(record.Wall(record.Now())))
	if cfg.Sink != nil {
		m.out = newSinkQueue(cfg.Sink)
	}
	// The watchers outlive ctx for the last readings; Close ends them.
	inner, cancel := context.WithCancel(context.WithoutCancel(ctx))
	m.cancel = cancel
	firsts := make(chan struct{}, len(m.watchers))
	m.owner.Go(func() { m.own(firsts) })
	for _, w := range m.watchers {
		m.reading.Go(func() { w.watch(inner, m.phase.Load, m.events) })
	}
	m.await(firsts, len(m.watchers), cfg.Baseline)
	return m, nil
}

// StaleAfter is the age at which a sample of a source is old that is read so often.
func StaleAfter(every time.Duration) time.Duration { return max(4*every, 1500*time.Millisecond) }

// addSources makes the watchers.
func (m *Monitor) addSources() {
	c := &m.cfg
	gpu := func(s GPUSource, quiet bool) {
		m.add(&watcher{name: sourceLabel(s.Name()), source: s.Name(), quiet: quiet, close: s.Close, read: func(ctx context.Context) (reading, error) {
			began := time.Now()
			got, err := s.Read(ctx)
			return reading{gpus: got, latency: time.Since(began)}, err
		}})
	}
	for _, s := range c.GPUs {
		gpu(guarded(s), false)
	}
	if c.NVML != NVMLOff {
		s, err := OpenNVML()
		switch {
		case err == nil:
			gpu(guarded(s), false)
		case c.NVML == NVMLMust:
			m.tell(record.Now(), true, "GPU figures of this machine: "+err.Error()+"; they stay absent, the load goes on")
			m.board.Note("GPU figures of this machine: " + err.Error())
		}
	}
	pages := func(list []string, quiet bool) {
		for _, address := range list {
			gpu(&pageSource{
				fetch: fetcher{url: address, client: c.Client}, reader: pageReader{limit: maxSeries}, page: gpuPage{source: secret.RedactURL(address), extra: c.Extra},
			}, quiet)
		}
	}
	pages(c.GPUPages, false)
	pages(c.QuietGPUPages, true)
	servers := func(list []string, quiet bool) {
		for _, address := range list {
			s := &serverSource{fetch: fetcher{url: address, client: c.Client}, reader: pageReader{limit: maxSeries}, url: secret.RedactURL(address)}
			m.add(&watcher{name: SourceName(s.url), source: s.url, server: true, quiet: quiet, read: s.read, close: func() {}})
		}
	}
	servers(c.Servers, false)
	servers(c.QuietServers, true)
	// The servers that get the load come first.
	var order []string
	for _, address := range slices.Concat(c.QuietServers, c.Servers) {
		order = append(order, secret.RedactURL(address))
	}
	m.board.Order(order)
}

func (m *Monitor) add(w *watcher) {
	w.id, w.every, w.timeout, w.requests = len(m.watchers), m.cfg.Every, m.cfg.Timeout, make(chan request, 2)
	if w.server {
		w.every = m.cfg.ServerEvery
	}
	m.watchers = append(m.watchers, w)
}

// await waits for n signals, for a time at most.
func (m *Monitor) await(signals <-chan struct{}, n int, most time.Duration) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	for range n {
		select {
		case <-signals:
		case <-timer.C:
			return
		case <-m.ctx.Done():
			return
		}
	}
}

// Latest is the newest picture, never nil. It is never changed.
func (m *Monitor) Latest() *State { return m.state.Load() }

// Notices are all so far, oldest first.
func (m *Monitor) Notices() []Notice {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.notices[:len(m.notices):len(m.notices)]
}

func (m *Monitor) tell(ns int64, warn bool, text string) {
	if text == "" {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.notices) < maxNotices {
		m.notices = append(m.notices, Notice{ns, text, warn})
	}
}

// PhaseBegins says that a phase began at startNS, on the axis of package record:
// what is read from here on belongs to it, the times of the pictures count from
// there, and all sources are read at once.
func (m *Monitor) PhaseBegins(p record.Phase, startNS int64) {
	m.phase.Store(&p)
	m.originNS.Store(startNS)
	m.ask(&p, nil, everyOne)
}

// PhaseEnds says that the last answer of a phase was in at endNS, on the axis of
// package record. All sources are read once more for it. What comes after a
// warm-up belongs to no phase until the next begins; after a measured phase it
// is still its own, since servers count late.
func (m *Monitor) PhaseEnds(p record.Phase, endNS int64) {
	m.endNS.Store(endNS)
	if p.Kind == record.Profiling {
		m.last.Store(&p)
	} else if now := m.phase.Load(); now != nil && *now == p {
		m.phase.Store(nil)
	}
	m.ask(&p, nil, everyOne)
}

func everyOne(*watcher) bool { return true }

// ask requests a reading of the sources of a kind and returns how many will
// signal.
func (m *Monitor) ask(p *record.Phase, done chan<- struct{}, of func(*watcher) bool) (n int) {
	for _, w := range m.watchers {
		if of(w) && w.ask(request{phase: p, edge: true, done: done}) {
			n++
		}
	}
	return n
}

// Close waits for the tail of the last phase, reads the servers a last time,
// and ends all goroutines but those that hang in a driver. It may be called more
// than once and returns the same. The error is the sink's.
func (m *Monitor) Close() (*Result, error) {
	m.once.Do(func() {
		m.tail()
		m.cancel()
		m.reading.Wait()
		close(m.events)
		m.owner.Wait()
		for _, w := range m.watchers {
			w.close()
		}
		m.cfg.Client.CloseIdleConnections()
		if m.out != nil {
			m.err = m.out.close()
		}
		m.result = m.gather()
	})
	return m.result, m.err
}

// Hurry makes Close leave out the wait and the last readings: those of a run that
// its user stopped tell nothing.
func (m *Monitor) Hurry() { m.hurried.Store(true) }

// tail is the wait and the last readings.
func (m *Monitor) tail() {
	if m.ctx.Err() != nil || m.hurried.Load() || m.cfg.Tail < 0 || m.endNS.Load() == 0 {
		return
	}
	p, of, most := m.last.Load(), everyOne, m.cfg.Timeout+m.cfg.Baseline
	if wait := time.Duration(m.endNS.Load()-record.Now()) + m.cfg.Tail; wait > 0 && slices.ContainsFunc(m.watchers, servesAnswered) {
		if !m.cfg.Settle {
			m.sleep(wait)
		} else {
			m.settle(p, time.Now().Add(wait))
			of, most = func(w *watcher) bool { return !servesAnswered(w) }, m.cfg.Baseline // the servers have just been read
		}
	}
	if m.ctx.Err() != nil || m.hurried.Load() {
		return
	}
	done := make(chan struct{}, len(m.watchers))
	m.await(done, m.ask(p, done, of), most)
}

// gather makes the result once all is quiet.
func (m *Monitor) gather() *Result {
	r := &Result{Notices: m.notices}
	for _, w := range m.watchers {
		switch {
		case w.quiet:
		case w.server:
			m.servers.Configured = append(m.servers.Configured, w.source)
		default:
			m.gpus.Configured = append(m.gpus.Configured, w.source)
		}
		if !w.server {
			r.GPUs = m.gpus
		}
	}
	if len(m.servers.URLs()) > 0 {
		r.Servers = m.servers
	}
	for _, w := range m.watchers {
		h := m.health[w]
		if !w.quiet || h.ever {
			r.Sources = append(r.Sources, SourceReport{w.name, w.server, h.reads, h.failed, !w.quiet})
			if w.server {
				r.ServerErrors = append(r.ServerErrors, h.errors...)
			} else {
				r.GPUErrors = append(r.GPUErrors, h.errors...)
			}
		}
	}
	if m.out != nil {
		r.Lost = m.out.lost.Load()
	}
	return r
}

// SeriesPoints implements snap.SeriesReader.
func (m *Monitor) SeriesPoints(server, key string, n int) []snap.SeriesPoint {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.servers.Points(server, key, n, record.Wall(m.originNS.Load()))
}

var _ snap.SeriesReader = (*Monitor)(nil)

// errNoNVML is what OpenNVML's errors are about.
var errNoNVML = errors.New("the NVIDIA driver cannot be asked")

func noNVML(why string) error { return fmt.Errorf("%w: %s", errNoNVML, why) }
