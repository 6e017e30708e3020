package telemetry

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tacho/engine/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Phases of the tests.
var (
	warmPhase = record.Phase{Name: "warmup", Kind: record.Warmup, ProfilingIndex: -1}
	mainPhase = record.Phase{Name: "profiling", Kind: record.Profiling, Index: 1}
)

// eventually waits for something that other goroutines bring about.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// watchConfig is one for tests that shall not take long.
func watchConfig() Config {
	return Config{Every: 5 * time.Millisecond, Timeout: 5 * time.Second, Baseline: 10 * time.Second, Tail: -1, StartNS: record.Now()}
}

func watch(t testing.TB, cfg Config) *Monitor {
	t.Helper()
	m, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = m.Close() })
	return m
}

func done(t testing.TB, m *Monitor) *Result {
	t.Helper()
	r, err := m.Close()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// told reports whether a notice has all of the words.
func told(list []Notice, words ...string) bool {
	return slices.ContainsFunc(list, func(n Notice) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(n.Text, w) })
	})
}

// testSource is a metrics page that a test can make misbehave.
type testSource struct {
	*httptest.Server
	mode atomic.Value // how it answers: "" is well
	page atomic.Value // func(n int) string
	n    atomic.Int64 // answers so far
	free func()       // ends all answers that hang
}

func newTestSource(t testing.TB, page func(n int) string) *testSource {
	t.Helper()
	s := new(testSource)
	s.mode.Store("")
	s.page.Store(page)
	hang := make(chan struct{})
	s.free = sync.OnceFunc(func() { close(hang) })
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n := int(s.n.Add(1))
		text := s.page.Load().(func(int) string)(n)
		switch s.mode.Load().(string) {
		case "":
			w.Header().Set("Content-Type", "text/plain; version=0.0.4")
			_, _ = w.Write([]byte(text))
		case "error":
			http.Error(w, "out of order", http.StatusServiceUnavailable)
		case "garbage":
			_, _ = w.Write([]byte("\x00\xff<html>{{{\n" + strings.Repeat("}", 1000)))
		case "json":
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"status":"fine"}`))
		case "cut":
			w.Header().Set("Content-Length", fmt.Sprint(len(text)))
			_, _ = w.Write([]byte(text[:len(text)/2]))
			panic(http.ErrAbortHandler)
		case "hang":
			<-hang
		case "stop halfway":
			_, _ = w.Write([]byte(text[:len(text)/2]))
			w.(http.Flusher).Flush()
			<-hang
		case "empty":
		}
	}))
	t.Cleanup(func() { s.free(); s.Close() })
	return s
}

// gpuText is the page of an exporter for some GPUs that have used so many joules.
func gpuText(gpus int, joules float64) string {
	var b strings.Builder
	for _, m := range []struct {
		name string
		v    float64
	}{
		{"DCGM_FI_DEV_GPU_UTIL", 50}, {"DCGM_FI_DEV_POWER_USAGE", 300}, {"DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", joules * 1000},
		{"DCGM_FI_DEV_FB_USED", 1000}, {"DCGM_FI_DEV_GPU_TEMP", 60},
	} {
		fmt.Fprintf(&b, "# TYPE %s gauge\n", m.name)
		for i := range gpus {
			fmt.Fprintf(&b, "%s{gpu=\"%d\",UUID=\"GPU-%d\",modelName=\"H100\",Hostname=\"node\"} %v\n", m.name, i, i, m.v)
		}
	}
	return b.String()
}

// vllmText is a page of vLLM after so many requests.
func vllmText(requests int) string {
	return fmt.Sprintf(`# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0"} 3
# TYPE vllm:request_success_total counter
vllm:request_success_total{engine="0",finished_reason="stop"} %d
# TYPE vllm:generation_tokens_total counter
vllm:generation_tokens_total{engine="0"} %d
# TYPE vllm:time_to_first_token_seconds histogram
vllm:time_to_first_token_seconds_bucket{engine="0",le="0.1"} %d
vllm:time_to_first_token_seconds_bucket{engine="0",le="+Inf"} %d
vllm:time_to_first_token_seconds_sum{engine="0"} %v
vllm:time_to_first_token_seconds_count{engine="0"} %d
`, requests, 100*requests, requests/2, requests, 0.2*float64(requests), requests)
}

// keptSink remembers what it was given.
type keptSink struct {
	mu      sync.Mutex
	gpus    []GPUSample
	scrapes []*Scrape
	flushed int
	closed  int
	hold    chan struct{} // if set, writing waits for it
	err     error
}

func (s *keptSink) WriteGPUs(list []GPUSample) {
	if s.hold != nil {
		<-s.hold
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gpus = append(s.gpus, list...)
}

func (s *keptSink) WriteScrape(x *Scrape) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scrapes = append(s.scrapes, x)
}

func (s *keptSink) Flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flushed++
}

func (s *keptSink) Close() error {
	s.closed++
	return s.err
}
