package telemetry

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/simserver"
)

// chat sends n requests to a server, some at a time, and waits for the answers.
func chat(t *testing.T, url string, n int) {
	t.Helper()
	var wg sync.WaitGroup
	turns := make(chan struct{}, 4)
	for range n {
		turns <- struct{}{}
		wg.Go(func() {
			defer func() { <-turns }()
			body := `{"model":"sim-model","messages":[{"role":"user","content":"` + strings.Repeat("word ", 50) + `"}],"max_tokens":20}`
			resp, err := http.Post(url+"/v1/chat/completions", "application/json", strings.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				t.Error(resp.Status)
			}
		})
	}
	wg.Wait()
}

// TestMonitorOfTheSimulator runs a whole run's worth against simulated GPUs and
// a simulated server.
func TestMonitorOfTheSimulator(t *testing.T) {
	defer http.DefaultClient.CloseIdleConnections()
	cfg := simserver.Fast()
	cfg.GPUs = 3
	sim, err := simserver.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	sink := new(keptSink)
	c := watchConfig()
	c.Every, c.Tail, c.Sink = 20*time.Millisecond, 50*time.Millisecond, sink
	c.GPUPages, c.Servers = []string{sim.URL() + "/gpu/metrics"}, []string{sim.URL() + "/metrics"}
	c.QuietGPUPages = []string{"http://127.0.0.1:1/metrics"}
	m := watch(t, c)
	// The first readings are in before anything is sent.
	if s := m.Latest(); len(s.GPUs) != 3 || len(s.Servers) != 1 {
		t.Fatalf("%d GPUs, %d servers", len(s.GPUs), len(s.Servers))
	}
	m.PhaseBegins(warmPhase, record.Now())
	chat(t, sim.URL(), 5)
	m.PhaseEnds(warmPhase, record.Now())
	start := record.Now()
	m.PhaseBegins(mainPhase, record.Now())
	chat(t, sim.URL(), 30)
	end := record.Now()
	m.PhaseEnds(mainPhase, end)
	eventually(t, "the board has all requests", func() bool { return m.Latest().Servers[0].Finished == 30 })

	s := m.Latest()
	for i, g := range s.GPUs {
		if g.Index != i || g.Name != "Simulated H100" || g.Host != "tacho-simulator" || g.Platform != "nvidia" || g.UUID == "" {
			t.Errorf("GPU %d: %+v", i, g)
		}
		if !(g.Power > 50) || !(g.MemUsed > 1e9) || !(g.MemTotal > g.MemUsed) || !(g.Temp > 20) || !(g.SMClock > 0) || !(g.Energy > 0) || g.Stale != 0 || len(g.History) < 2 {
			t.Errorf("GPU %d: %+v", i, g)
		}
	}
	v := s.Servers[0]
	if v.Kind != "vLLM" || v.Running != 0 || v.Waiting != 0 || !(v.TTFT > 0) || !(v.ITL > 0) || !(v.Latency > v.TTFT) || !(v.HitRatePhase >= 0) || v.Preemptions != 0 {
		t.Errorf("%+v", v)
	}
	if points := m.SeriesPoints(v.Name, v.Catalog[0].Key, 10); len(points) == 0 || len(points) > 10 {
		t.Errorf("%d points", len(points))
	}
	r := done(t, m)
	if again, err := m.Close(); again != r || err != nil {
		t.Error("a second Close gives something else")
	}
	if record.Now()-end < int64(c.Tail) {
		t.Error("the tail was not waited for")
	}
	if len(r.Notices) != 0 || len(r.GPUErrors) != 0 || len(r.ServerErrors) != 0 || r.Lost != 0 {
		t.Errorf("%+v", r)
	}
	if joules, ok := r.GPUs.Energy(metric.NVIDIA, record.Wall(start), record.Wall(end)+FinalScrapeGraceNS); !ok || joules <= 0 {
		t.Errorf("%v J", joules)
	}
	if got := totalOf(r.Servers, OfKind(record.Profiling), "vllm:request_success"); got != 30 {
		t.Errorf("%v requests in the measured phase", got)
	}
	if got := totalOf(r.Servers, OfPhase(0), "vllm:request_success"); got != 5 {
		t.Errorf("%v requests in the warm-up", got)
	}
	if phases := r.Servers.Phases(); len(phases) != 2 || phases[0] != warmPhase || phases[1] != mainPhase {
		t.Errorf("%+v", phases)
	}
	if want := c.GPUPages; len(r.GPUs.Configured) != 1 || r.GPUs.Configured[0] != want[0] || len(r.Sources) != 2 {
		t.Errorf("%v, %+v", r.GPUs.Configured, r.Sources)
	}
	checkSink(t, sink, r)
}

// totalOf is how much a counter grew over the chosen phases, over all series.
func totalOf(st *ServerStore, sel Selector, name string) (sum float64) {
	for m := range st.Metrics(sel, 0) {
		if m.Name == name {
			for i := range m.Series {
				sum += m.Series[i].Stats.Total
			}
		}
	}
	return sum
}

func checkSink(t *testing.T, s *keptSink, r *Result) {
	t.Helper()
	n := 0
	for _, d := range r.GPUs.GPUs() {
		n += len(d.times)
	}
	if len(s.gpus) != n || s.closed != 1 {
		t.Errorf("%d samples were written, %d kept; closed %d times", len(s.gpus), n, s.closed)
	}
	last := int64(0)
	for _, x := range s.scrapes {
		if x.Same || x.AtNS <= last || x.LatencyNS <= 0 || x.SentNS >= x.FirstByteNS {
			t.Errorf("%+v", x)
		}
		last = x.AtNS
	}
}

func TestPhasesOfScrapes(t *testing.T) {
	src := newTestSource(t, func(n int) string { return vllmText(n) })
	c := watchConfig()
	c.Servers = []string{src.URL + "/metrics"}
	sink := new(keptSink)
	c.Sink = sink
	m := watch(t, c)
	steps := func(n int64) {
		for from := src.n.Load(); src.n.Load() < from+n; time.Sleep(time.Millisecond) {
		}
	}
	steps(3)
	m.PhaseBegins(warmPhase, record.Now())
	steps(3)
	m.PhaseEnds(warmPhase, record.Now())
	steps(3)
	m.PhaseBegins(mainPhase, record.Now())
	steps(3)
	m.PhaseEnds(mainPhase, record.Now())
	steps(3)
	done(t, m)
	var order []string
	for _, x := range sink.scrapes {
		name := "none"
		if x.Phase != nil {
			name = x.Phase.Name
		}
		if len(order) == 0 || order[len(order)-1] != name {
			order = append(order, name)
		}
	}
	if got := strings.Join(order, " "); got != "none warmup none profiling" {
		t.Errorf("phases: %s", got)
	}
}

func TestMonitorOfNothing(t *testing.T) {
	m := watch(t, watchConfig())
	if s := m.Latest(); s == nil || len(s.GPUs) != 0 || s.GPUNote != "" {
		t.Errorf("%+v", s)
	}
	m.PhaseBegins(mainPhase, record.Now())
	m.PhaseEnds(mainPhase, record.Now())
	if r := done(t, m); r.GPUs != nil || r.Servers != nil || len(r.Sources) != 0 {
		t.Errorf("%+v", r)
	}
}

func TestConfigThatIsWrong(t *testing.T) {
	for _, address := range []string{"localhost:9400", "", "ftp://a/b", "http://", "http://a b/", "http:///metrics?token=secret"} {
		for _, c := range []Config{{GPUPages: []string{address}}, {QuietGPUPages: []string{address}}, {Servers: []string{address}}, {QuietServers: []string{address}}} {
			_, err := Start(t.Context(), c)
			if err == nil || !strings.Contains(err.Error(), "http://host:9400/metrics") || strings.Contains(err.Error(), "secret") {
				t.Errorf("%q: %v", address, err)
			}
		}
	}
}

func TestPagesAreReadOnce(t *testing.T) {
	src := newTestSource(t, func(int) string { return gpuText(1, 5) })
	c := watchConfig()
	page := src.URL + "/metrics"
	c.GPUPages, c.QuietGPUPages = []string{page, page}, []string{page, "http://127.0.0.1:1/metrics"}
	m := watch(t, c)
	if len(m.watchers) != 2 {
		t.Errorf("%d watchers", len(m.watchers))
	}
	r := done(t, m)
	if len(r.Sources) != 1 || !r.Sources[0].Asked || r.Sources[0].Reads == 0 || len(r.Notices) != 0 {
		t.Errorf("%+v", r)
	}
}

// TestGPUOfTwoSources sees a GPU through two exporters: it counts once, and the
// other one has it when the first one goes.
func TestGPUOfTwoSources(t *testing.T) {
	first := newTestSource(t, func(n int) string { return gpuText(2, float64(n)) })
	c := watchConfig()
	c.GPUPages = []string{first.URL + "/a/metrics", first.URL + "/b/metrics"}
	m := watch(t, c)
	eventually(t, "enough readings", func() bool { return first.n.Load() > 20 })
	if s := m.Latest(); len(s.GPUs) != 2 {
		t.Errorf("%d GPUs on the screen", len(s.GPUs))
	}
	if r := done(t, m); len(r.GPUs.GPUs()) != 2 || len(r.GPUs.Configured) != 2 {
		t.Errorf("%d GPUs, %v", len(r.GPUs.GPUs()), r.GPUs.Configured)
	}
}

func TestGPUChangesItsSource(t *testing.T) {
	m := &Monitor{owners: map[string]*gpuOwner{}}
	a, b := new(watcher), new(watcher)
	g := &GPUSample{GPUID: GPUID{UUID: "x"}}
	at := int64(0)
	for i, c := range []struct {
		from *watcher
		pass time.Duration
		want bool
	}{{a, 0, true}, {b, 1, false}, {a, 9 * time.Second, true}, {b, 9 * time.Second, false}, {b, 2 * time.Second, true}, {a, 1, false}} {
		at += int64(c.pass)
		if got := m.owns(&event{from: c.from, atNS: at}, g); got != c.want {
			t.Errorf("step %d: %v", i, got)
		}
	}
	if !m.owns(&event{from: a}, new(GPUSample)) || !m.owns(&event{from: b}, new(GPUSample)) {
		t.Error("what has no name belongs to whoever tells of it")
	}
}

// TestNobodyHasTime ends a run early: Close takes no last readings then.
func TestNobodyHasTime(t *testing.T) {
	for _, how := range []string{"cancelled", "hurried", "no tail"} {
		src := newTestSource(t, func(n int) string { return vllmText(n) })
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c := watchConfig()
		c.Servers, c.Tail = []string{src.URL + "/metrics"}, time.Hour
		if how == "no tail" {
			c.Tail = -1
		}
		m, err := Start(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		m.PhaseBegins(mainPhase, record.Now())
		m.PhaseEnds(mainPhase, record.Now())
		switch how {
		case "cancelled":
			cancel()
		case "hurried":
			m.Hurry()
		}
		began := time.Now()
		if r := done(t, m); r.Servers == nil || time.Since(began) > 5*time.Second {
			t.Errorf("%s: %v, after %v", how, r.Servers, time.Since(began))
		}
	}
}

// TestTailEndsWithTheRun ends the context while Close waits.
func TestTailEndsWithTheRun(t *testing.T) {
	src := newTestSource(t, func(n int) string { return vllmText(n) })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c := watchConfig()
	c.Servers, c.Tail = []string{src.URL + "/metrics"}, time.Hour
	m, err := Start(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	m.PhaseEnds(mainPhase, record.Now())
	time.AfterFunc(20*time.Millisecond, cancel)
	if r := done(t, m); r.Servers == nil {
		t.Error("what was read is lost")
	}
}

func TestSinkThatFails(t *testing.T) {
	src := newTestSource(t, func(n int) string { return gpuText(1, float64(n)) })
	c := watchConfig()
	full := errors.New("the disk is full")
	c.GPUPages, c.Sink = []string{src.URL + "/metrics"}, &keptSink{err: full}
	m := watch(t, c)
	r, err := m.Close()
	if !errors.Is(err, full) || r.GPUs == nil {
		t.Errorf("%v, %v", r, err)
	}
}
