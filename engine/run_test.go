package engine

import (
	"math"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tacho/engine/endpoint"
	"tacho/engine/metric"
	"tacho/engine/random"
	"tacho/engine/record"
	"tacho/engine/schedule"
	"tacho/engine/simserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestClosedLoopSendsTheCountAndNoMore(t *testing.T) {
	b := newBench(t, simserver.Fast(), PhasePlan{Concurrency: 4, Requests: 21})
	res := b.run(t, t.Context(), NewControl())
	if len(b.sink.list) != 21 || res.Phases[0].Valid != 21 || res.Phases[0].Failed != 0 {
		t.Fatalf("%d rows, %+v; want 21 valid", len(b.sink.list), res.Phases[0])
	}
	seen := map[int64]bool{}
	workers := map[string]bool{}
	for _, r := range b.sink.list {
		seen[r.Num] = true
		workers[r.Worker] = true
		if r.DueNS > r.StartNS || r.StartNS > r.AckNS || r.AckNS > r.EndNS {
			t.Errorf("request %d: due %d, start %d, ack %d, end %d are out of order", r.Num, r.DueNS, r.StartNS, r.AckNS, r.EndNS)
		}
		ttft, latency := value(t, b, r, metric.TTFT), value(t, b, r, metric.RequestLatency)
		if !(ttft > 0 && latency >= ttft) { // on a busy machine one read may bring all of an answer
			t.Errorf("request %d: TTFT %v ms, latency %v ms", r.Num, ttft, latency)
		}
		if osl := value(t, b, r, metric.OSL); osl < 1 {
			t.Errorf("request %d: OSL %v", r.Num, osl)
		}
	}
	if len(seen) != 21 || !seen[0] || !seen[20] || len(workers) != 4 {
		t.Errorf("numbers %v by %d workers; want 0..20 by 4", seen, len(workers))
	}
	if res.Phases[0].Summary == nil || res.FirstSentNS == 0 {
		t.Error("no summary or no first departure")
	}
}

func TestClosedLoopNeverExceedsItsConcurrency(t *testing.T) {
	cfg := simserver.Exact(30*time.Millisecond, time.Millisecond, 4)
	b := newBench(t, cfg, PhasePlan{Concurrency: 3, Requests: 12})
	b.run(t, t.Context(), NewControl())
	if most := mostInFlight(b.sink.list); most > 3 {
		t.Errorf("%d requests in flight at once, want at most 3", most)
	}
}

func TestOpenLoopKeepsItsDueTimes(t *testing.T) {
	arrivals, err := schedule.Constant(100)
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, simserver.Fast(), PhasePlan{Arrivals: arrivals, Requests: 20})
	res := b.run(t, t.Context(), NewControl())
	if len(b.sink.list) != 20 {
		t.Fatalf("%d rows, want 20", len(b.sink.list))
	}
	for _, r := range b.sink.list {
		want := res.Phases[0].StartNS + (r.Num+1)*int64(10*time.Millisecond)
		if r.DueNS != want {
			t.Errorf("request %d is due %d ns after the phase's start, want %d", r.Num, r.DueNS-res.Phases[0].StartNS, want-res.Phases[0].StartNS)
		}
		if r.StartNS < r.DueNS {
			t.Errorf("request %d left %v before it was due", r.Num, time.Duration(r.DueNS-r.StartNS))
		}
	}
}

// With a cap, slots wait for a free worker: none is dropped, due times do not
// move, and the wait is in the records.
func TestOpenLoopCapDelaysAndNeverDrops(t *testing.T) {
	t.Parallel()
	arrivals, err := schedule.Constant(200)
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, simserver.Exact(20*time.Millisecond, time.Millisecond, 4), PhasePlan{Arrivals: arrivals, Requests: 30, Concurrency: 2})
	res := b.run(t, t.Context(), NewControl())
	if len(b.sink.list) != 30 {
		t.Fatalf("%d rows, want 30", len(b.sink.list))
	}
	if most := mostInFlight(b.sink.list); most > 2 {
		t.Errorf("%d requests in flight at once, want at most 2", most)
	}
	var late int64
	for _, r := range b.sink.list {
		late = max(late, r.StartNS-r.DueNS)
		if want := res.Phases[0].StartNS + (r.Num+1)*int64(5*time.Millisecond); r.DueNS != want {
			t.Errorf("request %d: its due time moved by %v", r.Num, time.Duration(r.DueNS-want))
		}
	}
	// 30 requests of over 20 ms, two at a time, take over 300 ms; the last is due at 150.
	if late < int64(100*time.Millisecond) {
		t.Errorf("largest wait %v, want over 100 ms", time.Duration(late))
	}
	if lag := res.Client.SendLagMax; lag < 100 {
		t.Errorf("send lag max %.1f ms does not show the wait", lag)
	}
}

func TestDurationEndsSendingAndGraceCuts(t *testing.T) {
	t.Parallel()
	cfg := simserver.Fast()
	cfg.Faults = []simserver.FaultRule{{Name: "hang", At: []int{2}}}
	b := newBench(t, cfg, PhasePlan{Concurrency: 2, Duration: 300 * time.Millisecond, Grace: 200 * time.Millisecond})
	start := time.Now()
	res := b.run(t, t.Context(), NewControl())
	if took := time.Since(start); took > 20*time.Second { // the answer would never end
		t.Errorf("took %v", took)
	}
	p := res.Phases[0]
	if p.CutOff != 1 || p.Failed != 0 || p.Valid == 0 {
		t.Errorf("%d cut, %d failed, %d valid; want the hanging one cut without a record", p.CutOff, p.Failed, p.Valid)
	}
	if res.Cancelled || p.Cancelled {
		t.Error("the end of the duration is no cancellation")
	}
	for _, r := range b.sink.list {
		if late := r.StartNS - p.StartNS; late > int64(400*time.Millisecond) {
			t.Errorf("request %d left %v after the start", r.Num, time.Duration(late))
		}
	}
}

func TestStopLetsAnswersFinish(t *testing.T) {
	_, res := stopHeld(t, func(h *held, _ func()) { close(h.release) })
	if !res.Cancelled || !res.Phases[0].Cancelled {
		t.Error("a stopped run is cancelled")
	}
	if res.Phases[0].Valid != 3 || res.Phases[0].CutOff != 0 {
		t.Errorf("%d valid, %d cut; want the 3 in flight to finish", res.Phases[0].Valid, res.Phases[0].CutOff)
	}
}

func TestCutEndsWithoutTheAnswers(t *testing.T) {
	b, res := stopHeld(t, func(_ *held, cut func()) { cut() })
	if !res.Cancelled || res.Phases[0].CutOff != 3 || len(b.sink.list) != 0 {
		t.Errorf("%d cut, %d rows; want 3 cut without a record", res.Phases[0].CutOff, len(b.sink.list))
	}
}

func TestWarmupRunsFirstAndIsKeptApart(t *testing.T) {
	b := newBench(t, simserver.Fast(),
		PhasePlan{Phase: record.Phase{Name: "warmup", Kind: record.Warmup}, Concurrency: 1, Requests: 5, Grace: forever},
		PhasePlan{Concurrency: 2, Requests: 8})
	res := b.run(t, t.Context(), NewControl())
	if len(res.Phases) != 2 || res.Phases[0].Valid != 5 || res.Phases[1].Valid != 8 {
		t.Fatalf("phases %+v", res.Phases)
	}
	if res.Phases[0].EndNS > res.Phases[1].StartNS {
		t.Error("profiling began before the warm-up's answers were in")
	}
	if b.sink.list[0].ConversationID == "" || len(b.sink.list) != 13 {
		t.Errorf("%d rows, want 13", len(b.sink.list))
	}
}

func TestThresholdEndsTheRun(t *testing.T) {
	cfg := simserver.Fast()
	cfg.Faults = []simserver.FaultRule{{Name: "http-500", Percent: 100}}
	b := newBench(t, cfg, PhasePlan{Concurrency: 2, Requests: 100_000})
	half := 0.5
	b.plan.Phases[0].FailedThreshold = &half
	res := b.run(t, t.Context(), NewControl())
	if res.Aborted == nil || res.Phases[0].Failed < 10 {
		t.Errorf("aborted: %v, failed %d; want an end after at least 10 failures", res.Aborted, res.Phases[0].Failed)
	}
}

// Every fault of the simulator becomes the failure, or the valid request, that
// AIPerf would have made of it.
func TestFaultsBecomeFailures(t *testing.T) {
	want := map[string]record.ErrKind{
		"accept-reset": record.ErrReset, "accept-close": record.ErrReset, "reset": record.ErrReset, "close": record.ErrReset,
		"hang": record.ErrTimeout, "hang-mid": record.ErrTimeout,
		"empty-200": record.ErrNoContent, "json-error-200": record.ErrStreamError, "html-200": record.ErrNoContent,
		"cut": record.ErrCutStream, "cut-reset": record.ErrCutStream, "cut-event": record.ErrCutStream,
		"bad-chunk": record.ErrBadStream, "error-first": record.ErrStreamError, "error-event": record.ErrStreamError,
		"role-only": record.ErrNoContent, "usage-only": record.ErrNoContent, "zero-tokens": record.ErrNoContent,
		"bad-json": record.ErrNone, "error-mid": record.ErrNone, "no-object": record.ErrNone,
	}
	for _, f := range simserver.Faults() {
		kind, ok := want[f.Name]
		switch {
		case f.Name == "tls-alert":
			continue // plain HTTP here; the transport's tests have it
		case f.Harmless:
			kind = record.ErrNone
		case !ok && len(f.Name) > 5 && f.Name[:5] == "http-":
			kind = record.ErrHTTP4xx
			if f.Name[5] == '5' {
				kind = record.ErrHTTP5xx
			}
		case !ok:
			t.Errorf("fault %s: this test does not say what becomes of it", f.Name)
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			cfg := simserver.Fast()
			cfg.Faults = []simserver.FaultRule{{Name: f.Name, Percent: 100}}
			cfg.Limits.Stall = 20 * time.Millisecond
			b := newBench(t, cfg, PhasePlan{Concurrency: 1, Requests: 1})
			b.plan.Raw = true
			b.run(t, t.Context(), NewControl())
			if len(b.sink.list) != 1 {
				t.Fatalf("%d rows, want 1", len(b.sink.list))
			}
			r := b.sink.list[0]
			got := record.ErrNone
			if r.Err != nil {
				got = r.Err.Kind
				if r.Err.Type == "" {
					t.Errorf("no error type in %+v", r.Err)
				}
			}
			if f.Name == "accept-reset" && got == record.ErrConnect {
				got = record.ErrReset // the reset can come before connect returns
			}
			if got != kind {
				t.Fatalf("kind %v, want %v (%+v)", got, kind, r.Err)
			}
			if isl := value(t, b, r, metric.ISL); kind == record.ErrNone && !(isl > 0) {
				t.Errorf("ISL %v", isl)
			}
			if isl := value(t, b, r, metric.ErrorISL); kind != record.ErrNone && !(isl > 0) {
				t.Errorf("error ISL %v", isl)
			}
			raw := b.sink.raws[0]
			if raw == nil || len(raw.Payload) == 0 || len(raw.Headers) == 0 {
				t.Error("no raw exchange")
			}
		})
	}
}

func TestPlannedCancellation(t *testing.T) {
	b := newBench(t, simserver.Exact(10*time.Second, time.Millisecond, 4), PhasePlan{Concurrency: 2, Requests: 4})
	b.plan.Phases[0].CancelShare, b.plan.Phases[0].CancelAfter = 1, 30*time.Millisecond
	b.plan.Cancels = random.Seeded(1).Stream("cancel")
	b.run(t, t.Context(), NewControl())
	for _, r := range b.sink.list {
		if r.Err == nil || r.Err.Code != 499 || r.Err.Message != "Request cancelled 0.030s after being sent" || !r.Cancelled || r.CancelNS == 0 {
			t.Errorf("%+v, want a planned cancellation", r.Err)
		}
	}
	if len(b.sink.list) != 4 {
		t.Errorf("%d rows, want 4", len(b.sink.list))
	}
}

func TestRefusedConnection(t *testing.T) {
	b := newBenchAt(t, nil, "http://127.0.0.1:1/v1/chat/completions", PhasePlan{Concurrency: 1, Requests: 2})
	res := b.run(t, t.Context(), NewControl())
	if res.Phases[0].Failed != 2 || res.Measured.Summary != nil {
		t.Fatalf("%+v, want 2 failed and no summary", res.Measured)
	}
	if s := res.Phases[0].Summary; s == nil {
		t.Error("a phase of failures is not summed up")
	} else if n, ok := s.Get(metric.ErrorRequestCount); !ok || n.Avg != 2 {
		t.Errorf("%v failed in the summary of the phase, want 2", n.Avg)
	}
	e := res.Phases[0].Errors
	if len(e) != 1 || e[0].Failure.Type != "ClientConnectorError" || e[0].Failure.Kind != record.ErrRefused {
		t.Errorf("errors %+v", e)
	}
}

func TestServerCountsNeedNoTokenizer(t *testing.T) {
	b := newBench(t, simserver.Fast(), PhasePlan{Concurrency: 2, Requests: 6})
	b.plan.Counter, b.plan.Context = nil, &metric.Context{Streaming: true, OutputTokens: true, InputTokens: true, ServerTokens: true}
	b.run(t, t.Context(), NewControl())
	for _, r := range b.sink.list {
		if osl := value(t, b, r, metric.OSL); osl != 8 {
			t.Errorf("OSL %v, want the 8 tokens that the server counted", osl)
		}
		if math.IsNaN(value(t, b, r, metric.ISL)) {
			t.Error("no ISL")
		}
	}
}

func TestNoStreamHasLatencyButNoTTFT(t *testing.T) {
	b := newBench(t, simserver.Fast(), PhasePlan{Concurrency: 2, Requests: 4})
	b.plan.Encode.Stream, b.plan.Context.Streaming = false, false
	b.plan.Headers = endpoint.NewHeaders(endpoint.HeaderOptions{Version: "test", ContentType: "application/json"})
	b.run(t, t.Context(), NewControl())
	for _, r := range b.sink.list {
		if !(value(t, b, r, metric.RequestLatency) > 0) || !math.IsNaN(value(t, b, r, metric.TTFT)) {
			t.Errorf("latency %v, TTFT %v", value(t, b, r, metric.RequestLatency), value(t, b, r, metric.TTFT))
		}
	}
}
