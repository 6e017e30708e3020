package engine

import (
	"fmt"
	"math"

	"github.com/HdrHistogram/hdrhistogram-go"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/engine/transport"
)

// health watches this process: a slow client must never pass for a slow server.
// The collector's goroutine owns it.
type health struct {
	send  *hdrhistogram.Histogram // due to departure, less connection set-up; ns
	own   *hdrhistogram.Histogram // the part of it that is this process's doing; ns
	lat   *hdrhistogram.Histogram // request latency; ns
	plan  *Plan
	itl   *hdrhistogram.Histogram // ns
	itlID metric.ID
	open  bool // some phase is an open loop
	proc  *process
	last  usage
	cpu   float64 // sum of shares
	n     int     // samples
}

// The verdicts on this process.
const (
	verdictOK        = "OK"
	verdictWarn      = "WARN"
	verdictSaturated = "SATURATED"
)

func newHealth(p *Plan) *health {
	h := &health{
		send: newLags(), own: newLags(), itl: newLags(), lat: newLags(),
		plan: p, proc: newProcess(), itlID: -1,
	}
	if d, ok := p.Registry.Lookup(metric.ITL); ok {
		h.itlID = d.ID
	}
	for i := range p.Phases {
		h.open = h.open || p.Phases[i].Arrivals != nil
	}
	return h
}

// newLags holds times up to an hour, to 0.1 %.
func newLags() *hdrhistogram.Histogram { return hdrhistogram.New(1, int64(3600e9), 3) }

// add takes in one request: how late it left, and what to compare that with. In
// an open loop with a cap a request may wait for a free slot, and anywhere for a
// place in prefill: that is the server's time, and only what follows is this
// process's.
func (h *health) add(row *metric.Row) {
	c := &row.Client
	if c.WireNS != 0 && row.Phase.Kind == record.Profiling {
		lag := c.WireNS - c.ConnectNS - row.DueNS
		record1(h.send, lag)
		if p := &h.plan.Phases[row.Phase.Index]; p.Arrivals != nil && p.Concurrency > 0 || p.Prefill > 0 {
			lag = c.WireNS - c.ConnectNS - c.PickedNS
		}
		record1(h.own, lag)
		if row.Err == nil {
			record1(h.lat, row.EndNS-row.StartNS)
		}
	}
	if h.itlID >= 0 && int(h.itlID) < len(row.Vals) {
		if v := row.Vals[h.itlID]; v > 0 {
			record1(h.itl, int64(v*1e6))
		}
	}
}

// record1 adds a value, brought into the histogram's range.
func record1(h *hdrhistogram.Histogram, ns int64) {
	_ = h.RecordValue(min(max(ns, 1), h.HighestTrackableValue())) // in range now
}

// sampleEvery is how many ticks pass between looks at the process, one second.
const sampleEvery = 10

func (h *health) tick() {
	h.n++
	if h.n%sampleEvery != 1 {
		return
	}
	u := h.proc.sample()
	h.last = u
	h.cpu += u.cpuShare
}

// meanCPU is the mean share of one core over the samples so far.
func (h *health) meanCPU() float64 {
	samples := (h.n + sampleEvery - 1) / sampleEvery
	if samples == 0 {
		return 0
	}
	return h.cpu / float64(samples)
}

const ms = 1e-6 // ns to ms

// figures are this process's numbers so far, with the verdict.
func (h *health) figures(client *transport.Client, backlog int64) snap.Client {
	n := client.Counters()
	f := snap.Client{
		SendLagP50: math.NaN(), SendLagP99: math.NaN(), SendLagMax: math.NaN(),
		ReadLagP50: math.NaN(), ReadLagP99: math.NaN(), ReadLagMax: math.NaN(),
		EqualStamps: n.EqualShare(), CPU: h.last.cpuShare, RSSBytes: h.last.rssBytes, GCPauseMax: h.last.gcMaxMS,
		ClockSteps: n.WallSteps, CountBacklog: backlog, Verdict: verdictOK,
	}
	if h.send.TotalCount() > 0 {
		f.SendLagP50 = float64(h.send.ValueAtQuantile(50)) * ms
		f.SendLagP99 = float64(h.send.ValueAtQuantile(99)) * ms
		f.SendLagMax = float64(h.send.Max()) * ms
	}
	if n.Late.Count() > 0 {
		f.ReadLagP50 = float64(n.Late.Quantile(0.50)) * ms
		f.ReadLagP99 = float64(n.Late.Quantile(0.99)) * ms
		f.ReadLagMax = float64(n.Late.Quantile(1)) * ms
	}
	h.judge(&f, n.Unstamped > 0 && n.Unstamped == n.Reads)
	return f
}

// judge says whether the numbers can be trusted. With kernel stamps a late read
// bends nothing until it is late by more than one gap, when the stamps of
// waiting segments merge; without them every lateness is in the numbers.
func (h *health) judge(f *snap.Client, userClock bool) {
	worse := func(verdict, format string, a ...any) {
		if f.Verdict == verdictOK || f.Verdict == verdictWarn && verdict == verdictSaturated {
			f.Verdict, f.Reason = verdict, fmt.Sprintf(format, a...)
		}
	}
	gap := float64(h.itl.ValueAtQuantile(50)) * ms
	if gap > 0 && h.itl.TotalCount() >= 20 {
		switch {
		case f.ReadLagP99 > gap:
			worse(verdictSaturated, "reads are late by %.3g ms at p99, more than one token gap (%.3g ms)", f.ReadLagP99, gap)
		case f.ReadLagP99 > gap/2:
			worse(verdictWarn, "reads are late by %.3g ms at p99, over half a token gap (%.3g ms)", f.ReadLagP99, gap)
		}
	}
	if h.own.TotalCount() >= 20 {
		// An open loop promises its times; a closed one only its concurrency,
		// which a turn-round of a tenth of the latency lowers by a tenth.
		lag, warn := float64(h.own.ValueAtQuantile(99))*ms, 10.0
		if !h.open {
			warn = max(warn, 0.1*float64(h.lat.ValueAtQuantile(50))*ms)
		}
		switch {
		case lag > 10*warn:
			worse(verdictSaturated, "requests leave %.3g ms late at p99", lag)
		case lag > warn:
			worse(verdictWarn, "requests leave %.3g ms late at p99", lag)
		}
	}
	if h.n > 3*sampleEvery && h.last.coreShare > 0.9 {
		worse(verdictWarn, "this process uses %.0f %% of its cores", 100*h.last.coreShare)
	}
	if f.CountBacklog > countQueue/2 {
		worse(verdictWarn, "%d answers wait to be tokenized", f.CountBacklog)
	}
	if userClock {
		worse(verdictWarn, "no kernel receive stamps here: times are those of this process")
	}
}
