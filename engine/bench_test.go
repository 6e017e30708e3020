package engine

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tacho/engine/dataset"
	"tacho/engine/endpoint"
	"tacho/engine/metric"
	"tacho/engine/random"
	"tacho/engine/record"
	"tacho/engine/simserver"
	"tacho/engine/snap"
	"tacho/engine/transport"
)

// rows is a sink that keeps what it gets.
type rows struct {
	mu   sync.Mutex
	list []*metric.Row
	raws []*record.Raw
}

func (s *rows) Add(row *metric.Row, raw *record.Raw) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, row)
	s.raws = append(s.raws, raw)
	return true
}

func (s *rows) Fits(*metric.Row, *record.Raw) bool { return true }
func (s *rows) Trouble() string                    { return "" }

// words counts words: a tokenizer that a test can predict.
type words struct{}

func (words) Count(text string) int {
	n, in := 0, false
	for _, r := range text {
		if (r > ' ') != in {
			if in = !in; in {
				n++
			}
		}
	}
	return n
}

// bench is a plan against a simulated server, with a sink.
type bench struct {
	plan *Plan
	sink *rows
	srv  *simserver.Server
}

func newBench(t *testing.T, cfg simserver.Config, phases ...PhasePlan) *bench {
	t.Helper()
	srv, err := simserver.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(srv.Close)
	return newBenchAt(t, srv, srv.URL()+"/v1/chat/completions", phases...)
}

func newBenchAt(t *testing.T, srv *simserver.Server, url string, phases ...PhasePlan) *bench {
	t.Helper()
	root := random.Seeded(1)
	data, err := dataset.NewSynthetic(dataset.SyntheticConfig{
		Entries: 8, ISL: dataset.Dist{Mean: 20}, OSL: dataset.Dist{Mean: 8},
	}, root, nil)
	if err != nil {
		t.Fatal(err)
	}
	order, err := dataset.NewSampler(dataset.Sequential, data.Len(), root)
	if err != nil {
		t.Fatal(err)
	}
	for i := range phases {
		p := &phases[i]
		p.Index = i
		if p.Name == "" {
			p.Name, p.Kind = "profiling", record.Profiling
		}
		p.ProfilingIndex = -1
		if p.Kind == record.Profiling {
			p.ProfilingIndex = 0
		}
	}
	b := &bench{sink: &rows{}, srv: srv}
	b.plan = &Plan{
		Registry: metric.Builtin(), Context: &metric.Context{Streaming: true, OutputTokens: true, InputTokens: true},
		Endpoint: endpoint.Chat{}, Encode: endpoint.Options{Model: "sim-model", Stream: true},
		Dataset: data, Order: order, Headers: endpoint.NewHeaders(endpoint.HeaderOptions{Version: "test", Stream: true, ContentType: "application/json"}),
		Client: newClient(t, 2*time.Second), URLs: []string{url}, Counter: words{},
		Phases: phases, StopGrace: time.Second, ScratchDir: t.TempDir(), Sink: b.sink,
	}
	return b
}

// newClient returns a client whose requests may take so long; 0 is no limit.
func newClient(t *testing.T, timeout time.Duration) *transport.Client {
	t.Helper()
	client, err := transport.New(transport.Options{Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

var errEndless = errors.New("the test's patience is over")

func (b *bench) run(t *testing.T, ctx context.Context, ctl *Control) *Result {
	t.Helper()
	var cell snap.Cell
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errEndless)
	defer cancel()
	res, err := Run(ctx, b.plan, &cell, ctl)
	if context.Cause(ctx) == errEndless {
		t.Fatalf("the run did not end by itself: cut after a minute with %+v", cell.Latest().Phase)
	}
	if err != nil {
		t.Fatal(err)
	}
	last := cell.Latest()
	if last == nil || last.InFlight != 0 {
		t.Fatalf("last snapshot %+v: want one with nothing in flight", last)
	}
	return res
}

func value(t *testing.T, b *bench, r *metric.Row, tag metric.Tag) float64 {
	t.Helper()
	d, ok := b.plan.Registry.Lookup(tag)
	if !ok {
		t.Fatalf("no metric %s", tag)
	}
	return r.Vals[d.ID]
}

// mostInFlight is the largest number of requests that overlap.
func mostInFlight(list []*metric.Row) int {
	most := 0
	for _, r := range list {
		n := 0
		for _, o := range list {
			if o.StartNS <= r.StartNS && r.StartNS < o.EndNS {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// held is a server that answers when it is released.
type held struct {
	here    atomic.Int64
	release chan struct{}
}

func (h *held) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // only then the context tells that the client is gone
	h.here.Add(1)
	select {
	case <-h.release:
		writeAnswer(w)
	case <-r.Context().Done():
	}
}

// writeAnswer streams an answer of one chunk.
func writeAnswer(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/event-stream")
	_, _ = io.WriteString(w, "data: {\"object\":\"chat.completion.chunk\",\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\ndata: [DONE]\n\n")
}

// await waits for something that another goroutine does.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within 20 s", what)
		}
	}
}

// stopHeld runs three slots against a server that holds their requests, stops
// the sending, and calls then when the run knows of it.
func stopHeld(t *testing.T, then func(h *held, cut func())) (*bench, *Result) {
	t.Helper()
	h := &held{release: make(chan struct{})}
	srv := httptest.NewServer(h)
	defer srv.Close()
	b := newBenchAt(t, nil, srv.URL, PhasePlan{Concurrency: 3, Requests: 1000})
	b.plan.Client, b.plan.StopGrace = newClient(t, 0), time.Hour
	var cell snap.Cell
	ctx, cut := context.WithCancel(t.Context())
	defer cut()
	ctl := NewControl()
	done := make(chan *Result)
	go func() {
		res, err := Run(ctx, b.plan, &cell, ctl)
		if err != nil {
			t.Error(err)
		}
		done <- res
	}()
	await(t, "3 requests", func() bool { return h.here.Load() == 3 })
	ctl.Stop("test")
	await(t, "the stop", func() bool { s := cell.Latest(); return s != nil && s.State == snap.Draining })
	then(h, cut)
	return b, <-done
}
