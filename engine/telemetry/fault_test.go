package telemetry

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tacho/engine/record"
)

// TestSourceFaults breaks a source in all ways, before it ever answered and
// amid a run: one notice says so, the figures are absent, and it comes back.
func TestSourceFaults(t *testing.T) {
	for mode, why := range map[string]string{
		"error": "HTTP 503", "garbage": "Prometheus", "json": "JSON", "cut": "cut", "hang": "no answer in time", "stop halfway": "no answer in time", "empty": "no ",
	} {
		for _, server := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, server %v", mode, server), func(t *testing.T) {
				t.Parallel()
				src := newTestSource(t, func(n int) string {
					if server {
						return vllmText(n)
					}
					return gpuText(2, float64(n))
				})
				c := watchConfig()
				c.Timeout = 50 * time.Millisecond
				if strings.Contains(why, "time") {
					c.Timeout = 5 * time.Millisecond
				}
				if server {
					c.Servers = []string{src.URL + "/metrics"}
				} else {
					c.GPUPages = []string{src.URL + "/metrics"}
				}
				src.mode.Store(mode)
				m := watch(t, c)
				if !told(m.Notices(), why, "they stay absent") {
					t.Fatalf("%+v", m.Notices())
				}
				s := m.Latest()
				if len(s.GPUs)+len(s.Servers) != 0 || s.GPUNote == "" {
					t.Errorf("%+v", s)
				}
				src.mode.Store("")
				eventually(t, "it is there", func() bool { s := m.Latest(); return len(s.GPUs) == 2 || len(s.Servers) == 1 })
				eventually(t, "that is told", func() bool { return told(m.Notices(), "it answers now") })
				src.mode.Store(mode)
				eventually(t, "it is gone again", func() bool { return told(m.Notices(), why, "stopped") })
				src.mode.Store("")
				eventually(t, "it is back", func() bool { return told(m.Notices(), "back after") })
				r := done(t, m)
				if n := len(r.Notices); n > 12 {
					t.Errorf("%d notices: %+v", n, r.Notices)
				}
				if e := append(r.GPUErrors, r.ServerErrors...); len(e) == 0 || e[0].Count < 3 {
					t.Errorf("%+v", e)
				}
			})
		}
	}
}

// TestOldFiguresAreSeenToBeOld has a source die: its last figures stay on the
// screen with their age.
func TestOldFiguresAreSeenToBeOld(t *testing.T) {
	gpu := newTestSource(t, func(n int) string { return gpuText(1, float64(n)) })
	server := newTestSource(t, func(n int) string { return vllmText(n) })
	c := watchConfig()
	c.GPUPages, c.Servers = []string{gpu.URL + "/metrics"}, []string{server.URL + "/metrics"}
	m := watch(t, c)
	gpu.mode.Store("error")
	server.mode.Store("error")
	eventually(t, "both are old", func() bool { s := m.Latest(); return s.GPUs[0].Stale > 0 && s.Servers[0].Stale > 0 })
	gpu.mode.Store("")
	eventually(t, "one is not", func() bool { return m.Latest().GPUs[0].Stale == 0 })
}

// TestSameAnswerIsNotOld has a page that never changes.
func TestSameAnswerIsNotOld(t *testing.T) {
	gpu := newTestSource(t, func(int) string { return gpuText(1, 5) })
	c := watchConfig()
	c.GPUPages = []string{gpu.URL + "/metrics"}
	m := watch(t, c)
	begun := time.Now()
	eventually(t, "time to grow old", func() bool { return time.Since(begun) > StaleAfter(c.Every)+200*time.Millisecond })
	if s := m.Latest(); s.GPUs[0].Stale != 0 {
		t.Errorf("old since %v", s.GPUs[0].Stale)
	}
}

// hungSource is a driver that never returns.
type hungSource struct {
	release chan struct{}
	calls   atomic.Int64
	closed  atomic.Int64
}

func (h *hungSource) Name() string { return NVMLSource }
func (h *hungSource) Close()       { h.closed.Add(1) }
func (h *hungSource) Read(context.Context) (GPUReading, error) {
	h.calls.Add(1)
	<-h.release
	return GPUReading{Samples: []GPUSample{NewGPUSample(GPUID{UUID: "late"}, NVMLSource, 1)}}, nil
}

// TestDriverThatHangs hangs a driver and a page: the others are read as if
// nothing was, and Close does not wait for it.
func TestDriverThatHangs(t *testing.T) {
	good := newTestSource(t, func(n int) string { return gpuText(2, float64(n)) })
	page := newTestSource(t, func(n int) string { return vllmText(n) })
	page.mode.Store("hang")
	driver := &hungSource{release: make(chan struct{})}
	defer close(driver.release)
	c := watchConfig()
	c.Timeout = 30 * time.Millisecond
	c.GPUs, c.GPUPages, c.Servers = []GPUSource{driver}, []string{good.URL + "/metrics"}, []string{page.URL + "/metrics"}
	m := watch(t, c)
	eventually(t, "the good one goes on", func() bool { return good.n.Load() > 50 })
	eventually(t, "both are told", func() bool {
		return told(m.Notices(), "nvml", "the driver does not answer") && told(m.Notices(), "server metrics", "no answer in time")
	})
	if s := m.Latest(); len(s.GPUs) != 2 || s.GPUs[0].Stale != 0 {
		t.Errorf("%+v", s)
	}
	m.PhaseEnds(mainPhase, record.Now())
	began := time.Now()
	r := done(t, m)
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("Close took %v", took)
	}
	if driver.calls.Load() != 1 || driver.closed.Load() != 0 {
		t.Errorf("the driver was called %d times and closed %d times", driver.calls.Load(), driver.closed.Load())
	}
	if len(r.GPUs.GPUs()) != 2 {
		t.Errorf("%d GPUs", len(r.GPUs.GPUs()))
	}
}

// TestDriverThatComesBack releases a driver that hung.
func TestDriverThatComesBack(t *testing.T) {
	driver := &hungSource{release: make(chan struct{})}
	g := guarded(driver)
	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	for range 3 {
		if _, err := g.Read(short); err == nil {
			t.Fatal("an answer")
		}
	}
	close(driver.release)
	eventually(t, "it answers", func() bool { got, err := g.Read(t.Context()); return err == nil && len(got.Samples) == 1 })
	g.Close()
	if driver.closed.Load() != 1 {
		t.Error("it was not closed")
	}
}

// TestCountersStartAnew restarts an exporter and a server amid a run.
func TestCountersStartAnew(t *testing.T) {
	count := func(n int) int { // 1000, 1001, ... then 3, 4, ...
		if n <= 20 {
			return 1000 + n
		}
		return n - 18
	}
	gpu := newTestSource(t, func(n int) string { return gpuText(1, float64(count(n))) })
	server := newTestSource(t, func(n int) string { return vllmText(count(n)) })
	c := watchConfig()
	c.GPUPages, c.Servers = []string{gpu.URL + "/metrics"}, []string{server.URL + "/metrics"}
	m := watch(t, c)
	m.PhaseBegins(mainPhase, record.Now())
	eventually(t, "both are told", func() bool {
		return told(m.Notices(), strings.TrimPrefix(gpu.URL, "http://"), "started anew") && told(m.Notices(), strings.TrimPrefix(server.URL, "http://"), "started anew")
	})
	eventually(t, "they go on", func() bool { return gpu.n.Load() > 40 && server.n.Load() > 40 })
	s := m.Latest()
	if e := s.GPUs[0].Energy; !(e > 20) || e > 1000 {
		t.Errorf("%v J", e)
	}
	if f := s.Servers[0].Finished; !(f > 20) || f > 1000 {
		t.Errorf("%v requests", f)
	}
	if math.Abs(s.Servers[0].TTFT-200) > 1e-6 {
		t.Errorf("a mean TTFT of %v ms", s.Servers[0].TTFT)
	}
	r := done(t, m)
	if d, _ := r.GPUs.GPUs()[0].Delta(EnergyUsed, 0, 0); d < 0 {
		t.Errorf("an energy of %v", d)
	}
	if n := totalOf(r.Servers, OfKind(record.Profiling), "vllm:request_success"); n < 0 {
		t.Errorf("%v requests", n)
	}
}

// hugeText is a page of n series.
func hugeText(n, value int) string {
	var b strings.Builder
	b.WriteString("# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running 7\n# TYPE many counter\n")
	for i := range n - 1 {
		fmt.Fprintf(&b, "many_total{series=\"%d\"} %d\n", i, value)
	}
	return b.String()
}

// TestPageOfManySeries reads a page that has more series than are kept, and a
// good one beside it.
func TestPageOfManySeries(t *testing.T) {
	huge := newTestSource(t, func(n int) string { return hugeText(maxSeries+123, n) })
	good := newTestSource(t, func(n int) string { return gpuText(2, float64(n)) })
	c := watchConfig()
	c.Servers, c.GPUPages = []string{huge.URL + "/metrics"}, []string{good.URL + "/metrics"}
	m := watch(t, c)
	eventually(t, "it is read", func() bool { return huge.n.Load() > 4 && len(m.Latest().Servers) == 1 })
	eventually(t, "the good one goes on", func() bool { return good.n.Load() > 50 })
	v := m.Latest().Servers[0]
	if v.Series != maxSeries || v.Dropped != 123 || v.Running != 7 || len(v.Catalog) != maxSeries {
		t.Errorf("%d series, %d dropped, %v running", v.Series, v.Dropped, v.Running)
	}
	if !told(m.Notices(), "123 series too many", "50000 are kept") {
		t.Errorf("%+v", m.Notices())
	}
	// It costs a twentieth of a core at most.
	if w := m.watchers; huge.n.Load() > good.n.Load() || len(w) != 2 {
		t.Errorf("%d readings of the huge page, %d of the good one", huge.n.Load(), good.n.Load())
	}
	done(t, m)
	runtime.GC()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	if mem.HeapAlloc > 256<<20 {
		t.Errorf("%d MiB in use", mem.HeapAlloc>>20)
	}
}

// TestPageWithoutEnd reads a page that goes on for ever.
func TestPageWithoutEnd(t *testing.T) {
	src := newTestSource(t, func(int) string { return strings.Repeat("# "+strings.Repeat("x", 1<<20)+"\n", maxPage>>20+1) })
	c := watchConfig()
	c.Timeout, c.Baseline = time.Minute, time.Minute // a busy machine takes its time for so much
	c.Servers = []string{src.URL + "/metrics"}
	m := watch(t, c)
	if !told(m.Notices(), "longer than 32 MiB") {
		t.Errorf("%+v", m.Notices())
	}
}

// TestSlowDisk has a sink that does not return: all is read and kept, what there
// is no room for is counted.
func TestSlowDisk(t *testing.T) {
	src := newTestSource(t, func(n int) string { return gpuText(1, float64(n)) })
	sink := &keptSink{hold: make(chan struct{})}
	c := watchConfig()
	c.Every, c.Sink, c.GPUPages = time.Millisecond, sink, []string{src.URL + "/metrics"}
	m := watch(t, c)
	eventually(t, "more readings than the queue holds", func() bool { return m.out.lost.Load() > 10 })
	close(sink.hold)
	r := done(t, m)
	kept := len(r.GPUs.GPUs()[0].times)
	if r.Lost <= 10 || int64(len(sink.gpus))+r.Lost != int64(kept) {
		t.Errorf("%d kept, %d written, %d lost", kept, len(sink.gpus), r.Lost)
	}
}

// TestQuietSource may as well not be there: nothing is said, unless it answered
// and stopped.
func TestQuietSource(t *testing.T) {
	src := newTestSource(t, func(n int) string { return gpuText(1, float64(n)) })
	src.mode.Store("error")
	c := watchConfig()
	c.QuietGPUPages, c.QuietServers = []string{src.URL + "/metrics"}, []string{"http://127.0.0.1:1/metrics"}
	r := done(t, watch(t, c))
	if len(r.Notices)+len(r.Sources)+len(r.GPUErrors)+len(r.ServerErrors) != 0 || len(r.GPUs.GPUs()) != 0 {
		t.Errorf("%+v", r)
	}
	src.mode.Store("")
	m := watch(t, c)
	src.mode.Store("error")
	eventually(t, "its end is told", func() bool { return told(m.Notices(), "stopped: HTTP 503") })
	if r := done(t, m); len(r.GPUErrors) != 1 || len(r.Sources) != 1 || r.Sources[0].Asked {
		t.Errorf("%+v", r)
	}
}

// TestMetricsUnderTheOtherPath finds the page of a server that has JSON at the
// usual place.
func TestMetricsUnderTheOtherPath(t *testing.T) {
	for _, there := range []bool{true, false} {
		json := newTestSource(t, func(n int) string { return vllmText(n) })
		json.mode.Store("json")
		page := newTestSource(t, func(n int) string { return vllmText(n) })
		mux := http.NewServeMux()
		mux.Handle("/metrics", json.Config.Handler)
		if there {
			mux.Handle("/prometheus/metrics", page.Config.Handler)
		}
		server := httptest.NewServer(mux)
		defer server.Close()
		c := watchConfig()
		c.Servers = []string{server.URL + "/metrics"}
		m := watch(t, c)
		eventually(t, "it is told or read", func() bool { return page.n.Load() > 5 || told(m.Notices(), "it is JSON", "stay absent") })
		r := done(t, m)
		if there != (r.Servers != nil) || there && (r.Servers.URLs()[0] != server.URL+"/prometheus/metrics" || json.n.Load() != 1) {
			t.Errorf("%+v", r)
		}
	}
}

// TestAddressesWithSecrets keeps them out of all that is told.
func TestAddressesWithSecrets(t *testing.T) {
	src := newTestSource(t, func(n int) string { return vllmText(n) })
	c := watchConfig()
	secret := strings.Replace(src.URL, "http://", "http://user:hunter2@", 1) + "/metrics?token=hunter2"
	c.Servers, c.GPUPages = []string{secret}, []string{"http://user:hunter2@127.0.0.1:1/metrics?api_key=hunter2"}
	sink := new(keptSink)
	c.Sink = sink
	m := watch(t, c)
	r := done(t, m)
	all := fmt.Sprintf("%+v %+v %+v %+v %v %v", r.Notices, r.Sources, r.GPUErrors, r.ServerErrors, r.Servers.URLs(), r.Servers.Configured)
	for _, x := range sink.scrapes {
		all += x.URL
	}
	if strings.Contains(all, "hunter2") || len(sink.scrapes) == 0 {
		t.Errorf("%d scrapes; %s", len(sink.scrapes), all)
	}
}
