package engine

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/engine/stats"
)

// collector is the one goroutine that turns rows into statistics, hands them to
// the sink, and publishes snapshots. Workers never wait for it.
type collector struct {
	r       *run
	cell    *snap.Cell
	backlog func() int64 // exchanges that wait to be counted; set before start

	mu    sync.Mutex // guards the hand-over below; held for an append or a swap
	inbox []collected
	steps []snap.Mark   // of the user, not yet taken in
	moved []metric.SLO  // limits moved for the screen, not yet taken in
	count []*tokenCount // of every worker there ever was
	odds  oddities

	current atomic.Pointer[phase]
	quit    chan struct{}
	wg      sync.WaitGroup

	// What follows belongs to the collector's goroutine until close returns.
	phases   []*stats.Accumulator // by the index of the phase
	kinds    kindTotals
	live     *live
	health   *health
	notices  notices
	delivery delivery
	trouble  string // the sink's, as last told
	strained bool   // statistics take more memory than planned, and it was told
	unkept   bool   // rows were lost to the statistics, and it was told
	first    int64  // first departure, Unix ns
	seq      uint64
}

// collected is a row on its way to the collector and from there to the sink;
// size is what it takes of the counters' room until then.
type collected struct {
	row  *metric.Row
	raw  *record.Raw
	size int64
}

// oddities are facts about answers that are worth one notice each.
type oddities struct {
	loose  int64 // answers without the object field
	open   int64 // streams that did not end after their last event
	inside int64 // error objects inside valid streams
	text   string
	// redirect is where the server sends requests on to.
	redirect string
}

// newCollector makes a collector; set backlog and call start.
func newCollector(r *run, cell *snap.Cell) *collector {
	c := &collector{
		r: r, cell: cell, quit: make(chan struct{}),
		live: newLive(r.plan, record.Now()), health: newHealth(r.plan),
		delivery: delivery{sink: r.plan.Sink, wait: r.plan.Raw, release: func(int64) {}},
	}
	c.kinds = newKindTotals(r.plan, c.newStats)
	return c
}

// start runs the collector until close.
func (c *collector) start() { c.wg.Go(c.loop) }

// add takes a finished row from any goroutine.
func (c *collector) add(row *metric.Row, raw *record.Raw, size int64) {
	c.mu.Lock()
	c.inbox = append(c.inbox, collected{row, raw, size})
	c.mu.Unlock()
}

// join registers a worker's token count and returns the worker's number.
func (c *collector) join(t *tokenCount) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count = append(c.count, t)
	return len(c.count)
}

// odd notes something about an answer that its row does not show.
func (c *collector) odd(loose, open bool, inside, redirect string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if redirect != "" {
		c.odds.redirect = redirect
	}
	if open {
		c.odds.open++
	}
	if loose {
		c.odds.loose++
	}
	if inside != "" {
		c.odds.inside++
		c.odds.text = inside
	}
}

// begin makes ph the phase that snapshots show.
func (c *collector) begin(ph *phase) { c.current.Store(ph) }

func (c *collector) loop() {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			c.step()
		case <-c.quit:
			for c.step(); c.delivery.pending(); c.step() {
				<-tick.C
			}
			return
		}
	}
}

// step takes in what has arrived and publishes a picture.
func (c *collector) step() {
	c.mu.Lock()
	// Before the rows: a worker clears its start when its row is on its way.
	var chunks int64
	settled := record.Now()
	for _, t := range c.count {
		chunks += t.n.Load()
		if began := t.began.Load(); began != 0 {
			settled = min(settled, began)
		}
	}
	rows := c.inbox
	c.inbox = make([]collected, 0, cap(rows))
	odds, steps, moved := c.odds, c.steps, c.moved
	c.steps, c.moved = nil, nil
	c.mu.Unlock()

	ph := c.current.Load()
	if ph != nil && ph.index > c.live.phase {
		c.live.begin(ph)
	}
	for i := range rows {
		c.take(&rows[i])
	}
	now := record.Now()
	if c.delivery.deliver(rows, now) {
		c.notices.add(time.Duration(now-c.live.startNS), true, "requests wait until the raw export is written: they leave late")
	}
	for _, s := range moved {
		c.live.whatIf.set(c.r.plan.Context.SLOs, s.Tag, s.Limit)
	}
	for _, m := range steps {
		c.live.mark(m, ph)
	}
	c.notices.odd(odds, time.Duration(now-c.live.startNS))
	c.live.tick(now, chunks, settled, ph)
	c.health.tick()
	if c.seq%sampleEvery == 0 {
		c.watchDisk(time.Duration(now - c.live.startNS))
	}
	c.seq++
	c.cell.Publish(c.picture(now, ph))
}

// take gives a row to its phase's statistics and the live figures.
func (c *collector) take(it *collected) {
	row := it.row
	acc := c.statsOf(row.Phase.Index)
	acc.Add(row)
	if all := c.kinds.of(row.Phase.Kind); all != nil {
		all.Add(row)
	}
	if wire := row.Client.WireNS; wire != 0 && (c.first == 0 || wire < c.first) {
		c.first = wire
	}
	c.live.add(row)
	c.health.add(row)
	c.guard(acc)
}

// statsOf returns the statistics of a phase, made when its first row comes.
func (c *collector) statsOf(index int) *stats.Accumulator {
	for len(c.phases) <= index {
		c.phases = append(c.phases, c.newStats(c.r.plan.Phases[len(c.phases)].Kind))
	}
	return c.phases[index]
}

// watchDisk tells of a disk that does not take the rows, and when it does again.
// What the statistics could not put aside is lost for good.
func (c *collector) watchDisk(at time.Duration) {
	for _, acc := range c.phases {
		if err := acc.Err(); err != nil && !c.unkept {
			c.unkept = true
			c.notices.add(at, true, "there will be no exact statistics: %v", err)
		} else if err := acc.Strain(); err != nil && !c.unkept && !c.strained {
			c.strained = true
			c.notices.add(at, true, "statistics take more memory: %v", err)
		}
	}
	s := c.r.plan.Sink
	if s == nil {
		return
	}
	trouble := s.Trouble()
	switch {
	case trouble == c.trouble:
	case trouble == "":
		c.notices.add(at, false, "records are written again")
	default:
		c.notices.add(at, true, "records are lost: %s", trouble)
	}
	c.trouble = trouble
}

// guard ends a phase in which too large a share of the requests failed.
func (c *collector) guard(acc *stats.Accumulator) {
	ph := c.current.Load()
	if ph == nil || ph.plan.FailedThreshold == nil || ph.index >= len(c.phases) || c.phases[ph.index] != acc {
		return
	}
	failed, total := acc.Failed(), acc.Failed()+acc.Valid()
	if total >= int64(max(ph.plan.Concurrency, 10)) && float64(failed)/float64(total) > *ph.plan.FailedThreshold {
		ph.halt(errThreshold)
	}
}

// close takes in the last rows and ends the goroutine.
func (c *collector) close() {
	close(c.quit)
	c.wg.Wait()
}

// summing publishes, after close, what keeps the run from being over: seconds
// per million requests.
func (c *collector) summing() {
	last := c.cell.Latest()
	if last == nil {
		return
	}
	s := *last
	var rows int64
	for _, acc := range c.phases {
		rows += acc.Valid() + acc.Failed()
	}
	s.State, s.InFlight = snap.Exporting, 0
	s.Doing = fmt.Sprintf("working out the statistics of %d requests", rows)
	c.cell.Publish(&s)
}

// finish computes the exact statistics of each phase, after close.
func (c *collector) finish(res *Result) error {
	res.Client = c.health.figures(c.r.plan.Client, 0)
	res.Stamps = c.r.plan.Client.Counters()
	res.MeanCPU = c.health.meanCPU()
	res.FirstSentNS, res.Dropped = c.first, c.delivery.dropped
	res.Notices = c.notices.list
	if c.r.plan.RTT != nil {
		rtt := c.r.plan.RTT.Finish()
		for _, acc := range append(c.phases[:len(c.phases):len(c.phases)], c.kinds.profiling, c.kinds.warmup) {
			if acc != nil {
				acc.SetRTT(rtt)
			}
		}
	}
	var failed error
	for i := range res.Phases {
		p := &res.Phases[i]
		if c.live.judged() {
			p.GoodTokens = c.live.goods[p.Index]
		}
		if err := c.conclude(p, c.statsOf(p.Index), p.EndNS-p.StartNS); err != nil {
			failed = err
		}
	}
	for kind, to := range map[record.PhaseKind]**PhaseResult{record.Profiling: &res.Measured, record.Warmup: &res.Warmup} {
		all, took := together(res.Phases, kind)
		if all != nil && len(res.Phases) == 1 {
			// Of a run that was stopped before its second phase the files tell
			// no phases, and only that the run was cancelled.
			all.Cancelled = all.Cancelled || res.Cancelled
		}
		if acc := c.kinds.of(kind); acc != nil && all != nil {
			if err := c.conclude(all, acc, took); err != nil {
				failed = err
			}
		}
		*to = all
	}
	if m := res.Measured; m != nil && m.Valid == 0 {
		m.Summary = nil // AIPerf sums up a phase of failures, but no run of them
	}
	for _, acc := range append(c.phases, c.kinds.profiling, c.kinds.warmup) {
		if acc == nil {
			continue
		}
		if err := acc.Close(); err != nil && failed == nil {
			failed = err
		}
	}
	return failed
}

// conclude fills in the statistics of a phase that took so many ns.
func (c *collector) conclude(p *PhaseResult, acc *stats.Accumulator, tookNS int64) error {
	p.Valid, p.Failed, p.Errors = acc.Valid(), acc.Failed(), acc.Errors()
	var failed, err error
	if p.Valid+p.Failed > 0 {
		if p.Summary, err = acc.SummaryOver(p.StartNS, p.EndNS, tookNS, p.Cancelled); err != nil {
			failed = fmt.Errorf("statistics of phase %s: %w", p.Name, err)
		}
	}
	if c.r.plan.SliceWidth > 0 && p.Kind == record.Profiling && p.Valid+p.Failed > 0 {
		if p.Slices, err = acc.Slices(); err != nil {
			failed = fmt.Errorf("time slices of phase %s: %w", p.Name, err)
		}
	}
	return failed
}

// picture builds the snapshot of this moment.
func (c *collector) picture(now int64, ph *phase) *snap.Snapshot {
	s := &snap.Snapshot{
		Seq: c.seq, At: time.Duration(now - c.live.startNS), State: snap.Starting,
		Run: c.r.info(), Settings: c.r.plan.Settings, SliceWidth: c.r.plan.SliceWidth,
		Notices: c.notices.copy(),
	}
	s.Client = c.health.figures(c.r.plan.Client, c.backlog())
	c.live.draw(s)
	if ph == nil {
		c.drawSensors(s)
		return s
	}
	s.State = snap.Running
	if ph.draining.Load() {
		s.State = snap.Draining
	}
	limit, held, _ := ph.gate.state()
	s.InFlight, s.Held = ph.inFlight.Load(), held
	if limit < math.MaxInt {
		s.InFlightTarget = int64(limit)
	}
	if a, open := ph.plan.Arrivals.(rater); open {
		s.RateTarget = a.Rate()
	}
	s.Sent, s.Queued = ph.sent.Load(), ph.queued()
	if ph.index < len(c.phases) {
		acc := c.phases[ph.index]
		s.Done, s.Errors = acc.Valid(), acc.Failed()
		s.ErrorGroups = errorGroups(acc.Errors(), c.live.startNS)
	}
	s.Run.Load = ph.load()
	s.Segments = c.live.segments.draw(time.Duration(now-ph.startNS), false)
	s.Phase = progress(ph, len(c.r.plan.Phases), now, s.Done+s.Errors)
	c.drawSensors(s)
	return s
}

// progress says how far a phase is, by whichever of its limits ends first.
func progress(ph *phase, count int, now, done int64) snap.Phase {
	p := snap.Phase{
		Name: ph.plan.Name, Kind: string(ph.plan.Kind), Index: ph.index, Count: count,
		Elapsed: time.Duration(now - ph.startNS), Planned: ph.plan.Duration, Target: ph.plan.Requests,
		Progress: math.NaN(), ETA: -1,
	}
	eta := time.Duration(-1)
	if p.Target > 0 && done > 0 {
		p.Progress = min(float64(done)/float64(p.Target), 1)
		eta = time.Duration(float64(p.Elapsed) * (1 - p.Progress) / p.Progress)
	}
	if p.Planned > 0 {
		left := max(p.Planned-p.Elapsed, 0)
		if eta < 0 || left < eta {
			eta = left
			p.Progress = min(float64(p.Elapsed)/float64(p.Planned), 1)
		}
	}
	p.ETA = eta
	return p
}

// maxShown bounds what a snapshot says about failures.
const maxShown = 20

// errorGroups are failures for the screen, whose times count from startNS, on the
// axis of package record.
func errorGroups(groups []stats.ErrorGroup, startNS int64) []snap.ErrorGroup {
	groups = groups[:min(len(groups), maxShown)]
	out := make([]snap.ErrorGroup, len(groups))
	for i, g := range groups {
		f := &g.Failure
		out[i] = snap.ErrorGroup{Kind: f.Kind.String(), Code: f.Code, Message: record.OneLine(f.Type, 120), Sample: record.OneLine(f.Message, 500), Count: g.Count}
		if g.LastNS != 0 {
			out[i].LastAt = time.Duration(record.Mono(g.LastNS) - startNS)
		}
	}
	return out
}
