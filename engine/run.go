package engine

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"tacho/engine/dataset"
	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/engine/stats"
	"tacho/engine/transport"
)

// Result is a finished run.
type Result struct {
	// Phases are those that began, in order.
	Phases []PhaseResult
	// Measured and Warmup are over all phases of their kind together; nil when
	// none began. Their times are the first start and the last end.
	Measured, Warmup *PhaseResult
	// Cancelled is a run that its user stopped; Aborted says why it ended
	// itself before its limits, nil otherwise.
	Cancelled bool
	Aborted   error
	// Client is how this process did over the whole run.
	Client snap.Client
	// Stamps is what the transport counted; MeanCPU is this process's mean share
	// of one core.
	Stamps  transport.Counters
	MeanCPU float64
	// FirstSentNS is the first departure on the wire, Unix nanoseconds; 0
	// when nothing was sent.
	FirstSentNS int64
	Notices     []snap.Notice
	// Dropped counts rows that the sink had no room for.
	Dropped int64
}

// PhaseResult is one finished phase. Times are Unix nanoseconds.
type PhaseResult struct {
	record.Phase
	StartNS, EndNS int64
	Valid, Failed  int64
	// GoodTokens are the output tokens of requests that met all objectives, 0
	// without any.
	GoodTokens float64
	// CutOff counts requests that were cut in flight and left no record;
	// Unsent those that were due but not sent when the sending ended.
	CutOff, Unsent int64
	Cancelled      bool
	Errors         []stats.ErrorGroup
	Summary        *stats.Summary
	Slices         []stats.Slice
}

// run is a run under way.
type run struct {
	plan    *Plan
	counts  *counters
	collect *collector

	// plainInput says that a lone text is all of a body's input; stored, that
	// the server is asked to keep its answers.
	plainInput, stored bool
	imageParts         bool // see there

	mu      sync.Mutex // guards Order and nextURL: one short section per request
	nextURL int

	exact atomic.Int64 // workers that have a pacer of their own
}

// Run drives the plan to its end and publishes snapshots to cell ten times a
// second. The end of ctx cuts what is in flight; ctl stops the sending. What
// was measured is in the Result whatever happened. The error is one of the run
// itself, such as a failed statistic; requests that fail are data.
func Run(ctx context.Context, plan *Plan, cell *snap.Cell, ctl *Control) (*Result, error) {
	r := &run{plan: plan, plainInput: plan.InputText == nil && plainInput(plan), stored: stored(plan.Encode.Extra), imageParts: imageParts(plan)}
	r.collect = newCollector(r, cell)
	r.counts = startCounters(plan.Registry, plan.Context, plan.Counter, r.collect.add)
	r.collect.backlog, r.collect.delivery.release = r.counts.backlog, r.counts.room.give
	r.collect.start()

	res := &Result{}
	defer ctl.steers(nil, nil)
	r.phases(ctx, ctl, res)
	r.counts.close()
	r.collect.close()
	r.collect.summing()
	return res, r.collect.finish(res)
}

// phases drives the phases in order. Each begins when the one before is over, or,
// when it is seamless, when that one has sent all.
func (r *run) phases(ctx context.Context, ctl *Control, res *Result) {
	var under []underWay
	for i := range r.plan.Phases {
		if ctx.Err() != nil || ctl.Reason() != "" {
			res.Cancelled = true
			break
		}
		u := underWay{newPhase(&r.plan.Phases[i], i), make(chan phaseEnd, 1)}
		under = append(under, u)
		go func() { u.end <- u.ph.run(ctx, r, ctl) }()
		if i+1 < len(r.plan.Phases) && r.plan.Phases[i+1].Seamless {
			<-u.ph.sentAll
		} else {
			u.wait()
		}
		if errors.Is(context.Cause(u.ph.sending), errThreshold) {
			break
		}
	}
	for _, u := range under {
		end := u.wait()
		ph := u.ph
		p := PhaseResult{
			Phase:   ph.plan.Phase,
			StartNS: record.Wall(end.startNS), EndNS: record.Wall(end.endNS),
			CutOff: ph.cutOff.Load(), Unsent: ph.unsent.Load(),
			Cancelled: end.cutShort || errors.Is(end.cause, errStopped),
		}
		res.Phases = append(res.Phases, p)
		res.Cancelled = res.Cancelled || p.Cancelled
		if errors.Is(end.cause, errThreshold) {
			res.Aborted = end.cause
		}
	}
}

// underWay is a phase that was begun; end gets its end once.
type underWay struct {
	ph  *phase
	end chan phaseEnd
}

// wait returns the phase's end, however often it is asked.
func (u underWay) wait() phaseEnd {
	e := <-u.end
	u.end <- e
	return e
}

// workerName looks like AIPerf's worker ids.
func workerName(n int) string {
	h := fnv.New32a()
	fmt.Fprintf(h, "worker %d", n)
	return fmt.Sprintf("worker_%08x", h.Sum32())
}

// info is the run for the screen, with the clock that its connections have: it is
// known with the first.
func (r *run) info() snap.RunInfo {
	i := r.plan.Info
	i.Clock = r.plan.Client.ClockSource()
	return i
}

// deal decides the URL of a request and whether it is one to give up.
func (r *run) deal(ph *phase) (url string, cancel bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	url = r.plan.URLs[r.nextURL]
	r.nextURL = (r.nextURL + 1) % len(r.plan.URLs)
	if ph.plan.CancelShare > 0 {
		cancel = r.plan.Cancels.Float64() < ph.plan.CancelShare
	}
	return url, cancel
}

// knownInput is the ISL of a turn that the data set has counted already: the
// length of a lone text is the same on the wire.
func (r *run) knownInput(t *dataset.Turn) (int, bool) {
	return t.InputTokens, r.plainInput && t.InputTokens > 0 && len(t.Texts) == 1 && t.Messages == nil && t.Tools == nil
}

func init() { uuid.EnableRandPool() } // one system call for many UUIDs

// newID returns a random UUID as text.
func newID() string { return uuid.NewString() }

// tickEvery is how often rows are collected and a snapshot is published.
const tickEvery = 100 * time.Millisecond

// processorName stands where AIPerf names its record processors; there is one.
const processorName = "record_processor_00000000"

// plainInput reports whether a text of the data set is all that the body of its
// request has to be counted, whatever the user's keys add and the API leaves out.
func plainInput(plan *Plan) bool {
	if slices.ContainsFunc(plan.Encode.Extra, func(kv dataset.KV) bool {
		switch kv.Key {
		case "messages", "input", "tools", "prompt", "query", "passages", "inputs":
			return true
		}
		return false
	}) {
		return false
	}
	const text = "text"
	in, err := probe(plan, &dataset.Turn{Texts: []dataset.Text{{Content: text}}})
	return err == nil && in.Text == text && in.IDs == 0
}

// stored reports whether the user asks the server to keep its answers, so that
// the next turn need only name the last one.
func stored(extra []dataset.KV) bool {
	return slices.ContainsFunc(extra, func(kv dataset.KV) bool {
		return kv.Key == "store" && slices.Contains([]string{"true", `"true"`, "1"}, string(kv.Value))
	})
}
