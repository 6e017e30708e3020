package engine

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"tacho/engine/simserver"
)

// gate is a server that answers the first request at once and the others only
// when all of them are there.
type gate struct {
	mu         sync.Mutex
	here, want int
	open       chan struct{}
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // only then the context tells that the client is gone
	g.mu.Lock()
	g.here++
	first := g.here == 1
	if g.here == g.want {
		close(g.open)
	}
	g.mu.Unlock()
	if !first {
		select {
		case <-g.open:
		case <-r.Context().Done():
			return
		}
	}
	writeAnswer(w)
}

// dueAt is an arrival process of given times.
type dueAt []time.Duration

func (d *dueAt) Next() (time.Duration, bool) {
	if len(*d) == 0 {
		return 0, false
	}
	at := (*d)[0]
	*d = (*d)[1:]
	return at, true
}

// In an open loop no request waits for the answer to another, however close
// they come: a worker that has just been given a slot does not count as free.
func TestOpenLoopWaitsForNoAnswer(t *testing.T) {
	for _, burst := range []int{2, 3, 100} {
		g := &gate{want: 1 + burst, open: make(chan struct{})}
		srv := httptest.NewServer(g)
		due := dueAt{0}
		for range burst {
			due = append(due, 30*time.Millisecond)
		}
		b := newBenchAt(t, nil, srv.URL, PhasePlan{Arrivals: &due})
		res := b.run(t, t.Context(), NewControl())
		srv.Close()
		if n := int64(1 + burst); res.Phases[0].Valid != n {
			t.Errorf("%d of %d requests were answered: some were not sent until another's answer was in", res.Phases[0].Valid, n)
		}
	}
}

// A run that ends itself waits no longer for answers than one that is stopped.
func TestThresholdCutsWhatHangs(t *testing.T) {
	cfg := simserver.Fast()
	cfg.Faults = []simserver.FaultRule{{Name: "hang", At: []int{1}}, {Name: "http-500", Percent: 100}}
	b := newBench(t, cfg, PhasePlan{Concurrency: 2, Requests: 100_000, Grace: forever})
	half := 0.5
	b.plan.Phases[0].FailedThreshold, b.plan.StopGrace = &half, 10*time.Millisecond
	res := b.run(t, t.Context(), NewControl())
	// On a busy machine the other request may be cut with it.
	if cut := res.Phases[0].CutOff; res.Aborted == nil || cut < 1 || cut > 2 {
		t.Errorf("aborted: %v, %d cut; want the hanging request cut, and at most the other one with it", res.Aborted, cut)
	}
}

// A stop while the grace time of a phase runs shortens it and never makes it
// longer.
func TestStopDoesNotProlongTheGrace(t *testing.T) {
	t.Parallel()
	for name, grace := range map[string][2]time.Duration{
		"stop is shorter":  {time.Hour, 50 * time.Millisecond},
		"grace is shorter": {300 * time.Millisecond, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := simserver.Fast()
			cfg.Faults = []simserver.FaultRule{{Name: "hang", Percent: 100}}
			b := newBench(t, cfg, PhasePlan{Concurrency: 1, Duration: 50 * time.Millisecond, Grace: grace[0]})
			b.plan.Client = newClient(t, 0)
			b.plan.StopGrace = grace[1]
			ctl := NewControl()
			time.AfterFunc(150*time.Millisecond, func() { ctl.Stop("test") })
			res := b.run(t, t.Context(), ctl)
			if res.Phases[0].CutOff != 1 {
				t.Errorf("%+v; want the hanging request cut", res.Phases[0])
			}
		})
	}
}

// A run that is stopped while its first phase waits for its last answers never
// begins the second: that phase was not cut short, but what the files tell of,
// one cancelled run, was.
func TestStopBeforeTheSecondPhase(t *testing.T) {
	t.Parallel()
	cfg := simserver.Fast()
	cfg.Faults = []simserver.FaultRule{{Name: "hang", At: []int{2}}}
	b := newBench(t, cfg,
		PhasePlan{Concurrency: 2, Duration: 100 * time.Millisecond, Grace: time.Hour},
		PhasePlan{Concurrency: 2, Requests: 8})
	b.plan.Client = newClient(t, 0)
	b.plan.StopGrace = 50 * time.Millisecond
	ctl := NewControl()
	time.AfterFunc(300*time.Millisecond, func() { ctl.Stop("test") })
	res := b.run(t, t.Context(), ctl)
	if len(res.Phases) != 1 || !res.Cancelled || res.Measured == nil || !res.Measured.Cancelled {
		t.Errorf("%d phases, cancelled %v, measured %+v", len(res.Phases), res.Cancelled, res.Measured)
	}
}
