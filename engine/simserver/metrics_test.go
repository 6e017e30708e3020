package simserver

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// families parses a page as Prometheus text.
func families(t *testing.T, text string) map[string]*dto.MetricFamily {
	t.Helper()
	p := expfmt.NewTextParser(model.UTF8Validation)
	fs, err := p.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, clip(text))
	}
	return fs
}

func value(t *testing.T, fs map[string]*dto.MetricFamily, name string) float64 {
	t.Helper()
	f := fs[name]
	if f == nil {
		t.Fatalf("no %s", name)
	}
	sum := 0.0
	for _, m := range f.GetMetric() {
		sum += m.GetGauge().GetValue() + m.GetCounter().GetValue()
	}
	return sum
}

func TestMetricsPageIsVLLMs(t *testing.T) {
	s := start(t, Fast())
	_, text := get(t, s.URL()+"/metrics")
	fs := families(t, text)
	raw, err := os.ReadFile("testdata/vllm_metric_types.txt")
	if err != nil {
		t.Fatal(err)
	}
	real := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		name, kind, _ := strings.Cut(strings.TrimSpace(line), " ")
		real[name] = kind
	}
	if len(fs) < 30 {
		t.Errorf("%d families", len(fs))
	}
	for name, f := range fs {
		if got := strings.ToLower(f.GetType().String()); got != real[name] {
			t.Errorf("%s is a %s, on a real page %q", name, got, real[name])
		}
	}
}

func TestMetricsFollowTheEngine(t *testing.T) {
	cfg := Fast()
	cfg.Models = []string{`odd "model"`}
	cfg.Engine.MaxRunning = 2
	cfg.Engine.StepBase = 3 * time.Millisecond
	s := start(t, cfg)
	for range 3 {
		do(t, s, "/v1/chat/completions", chatBody("m", 10, streaming), "")
	}
	do(t, s, "/v1/chat/completions", chatBody("short", 10, ""), "")
	do(t, s, "/v1/chat/completions", chatBody("fault-http-500", 10, ""), "")
	_, text := get(t, s.URL()+"/metrics")
	fs := families(t, text)
	for name, want := range map[string]float64{
		"vllm:num_requests_running": 0, "vllm:num_requests_waiting": 0, "vllm:kv_cache_usage_perc": 0,
		"vllm:generation_tokens_total": 31, "vllm:request_success_total": 5,
	} {
		if got := value(t, fs, name); got != want {
			t.Errorf("%s = %v, want %v", name, got, want)
		}
	}
	for name, want := range map[string]uint64{
		"vllm:time_to_first_token_seconds": 4, "vllm:inter_token_latency_seconds": 27, "vllm:e2e_request_latency_seconds": 4,
		"vllm:request_time_per_output_token_seconds": 3, "vllm:request_queue_time_seconds": 4,
	} {
		h := fs[name].GetMetric()[0].GetHistogram()
		if h.GetSampleCount() != want {
			t.Errorf("%s counts %d, want %d", name, h.GetSampleCount(), want)
		}
		last := uint64(0)
		for _, b := range h.GetBucket() {
			if b.GetCumulativeCount() < last {
				t.Errorf("%s: buckets do not grow", name)
			}
			last = b.GetCumulativeCount()
		}
	}
	if h := fs["vllm:inter_token_latency_seconds"].GetMetric()[0].GetHistogram(); h.GetSampleSum() < 27*0.003 {
		t.Errorf("27 gaps of at least 3 ms add up to %v s", h.GetSampleSum())
	}
	for _, l := range fs["vllm:num_requests_running"].GetMetric()[0].GetLabel() {
		if l.GetName() == "model_name" && l.GetValue() != `odd "model"` {
			t.Errorf("model name %q", l.GetValue())
		}
	}

	if l := s.Load(); l.Requests != 5 || l.OutputTokens != 31 || l.Errors != 1 || l.Running+l.Waiting != 0 {
		t.Errorf("Load() = %+v", l)
	}

	// Live: two run, the third waits, the cache is in use.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range 3 {
		go hold(ctx, s)
	}
	eventually(t, "two running and one waiting", func() bool {
		_, text := get(t, s.URL()+"/metrics")
		fs := families(t, text)
		kv := value(t, fs, "vllm:kv_cache_usage_perc")
		return value(t, fs, "vllm:num_requests_running") == 2 && value(t, fs, "vllm:num_requests_waiting") == 1 && kv > 0 && kv <= 1
	})
	cancel()
	eventually(t, "idle again", func() bool { l := s.ticks.load(); return l.running+l.waiting == 0 })
}

func TestMetricsOfScriptAndFirehose(t *testing.T) {
	for name, cfg := range map[string]Config{"script": Exact(time.Millisecond, time.Millisecond, 20), "firehose": Unpaced(8, 20)} {
		s := start(t, cfg)
		_, stream := do(t, s, "/v1/chat/completions", `{"model":"reason","messages":[{"role":"user","content":"x"}],"stream":true}`, "")
		think, say := strings.Count(stream, `"reasoning_content":`), strings.Count(stream, `"content":" `)
		if think != 6 || say != 14 {
			t.Errorf("%s: %d reasoning and %d content events, want 6 and 14", name, think, say)
		}
		eventually(t, name+" counted", func() bool {
			_, text := get(t, s.URL()+"/metrics")
			fs := families(t, text)
			return value(t, fs, "vllm:generation_tokens_total") == 20 && value(t, fs, "vllm:request_success_total") == 1 &&
				fs["vllm:time_to_first_token_seconds"].GetMetric()[0].GetHistogram().GetSampleCount() == 1
		})
	}
}

func TestGPUPage(t *testing.T) {
	cfg := Fast()
	cfg.GPUs = 3
	s := start(t, cfg)
	ln := listen(t)
	done := make(chan error, 1)
	go func() { done <- s.ServeGPU(t.Context(), ln) }()
	read := func(url string) map[string]*dto.MetricFamily {
		_, text := get(t, url)
		mustContain(t, "page", text, `modelName="Simulated H100"`, `Hostname="tacho-simulator"`)
		return families(t, text)
	}
	idle := read("http://" + ln.Addr().String() + "/metrics")
	for _, name := range []string{
		"DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_DEV_POWER_USAGE", "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "DCGM_FI_DEV_FB_USED", "DCGM_FI_DEV_FB_FREE",
		"DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_SM_CLOCK", "DCGM_FI_DEV_MEM_COPY_UTIL", "DCGM_FI_PROF_SM_ACTIVE", "DCGM_FI_DEV_XID_ERRORS",
	} {
		if f := idle[name]; f == nil || len(f.GetMetric()) != 3 {
			t.Errorf("%s: want one value for each of 3 cards", name)
		}
	}
	if u := value(t, idle, "DCGM_FI_DEV_GPU_UTIL"); u != 0 {
		t.Errorf("idle cards are %v %% busy", u)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range 8 {
		go hold(ctx, s)
	}
	eventually(t, "cards busy", func() bool {
		busy := read(s.URL() + "/gpu/metrics")
		return value(t, busy, "DCGM_FI_DEV_GPU_UTIL") > 60 && value(t, busy, "DCGM_FI_DEV_POWER_USAGE") > value(t, idle, "DCGM_FI_DEV_POWER_USAGE")+50 &&
			value(t, busy, "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION") > value(t, idle, "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION")
	})
	cancel()
	s.Close()
	if err := <-done; err != nil {
		t.Errorf("ServeGPU returned %v", err)
	}
}

// TestGPUEnergyIsPowerTimesTime integrates in simulated time.
func TestGPUEnergyIsPowerTimesTime(t *testing.T) {
	g := newGPUs(1)
	c := &g.cards[0]
	at := g.at
	g.load(at, 64, 64)
	start := c.energyMJ
	g.load(at+60e9, 64, 64) // long enough to settle
	settled := c.energyMJ
	g.load(at+70e9, 0, 64)
	if got, want := c.energyMJ-settled, c.watts()*10*1000; got < 0.99*want || got > 1.01*want {
		t.Errorf("10 s at %.0f W took %.0f mJ, want %.0f", c.watts(), got, want)
	}
	if c.util < 0.9 || c.tempC < 65 || start >= settled {
		t.Errorf("after a minute of full load: util %v, %v C", c.util, c.tempC)
	}
	g.load(at+300e9, 0, 64)
	if c.util > 0.01 || c.tempC > 33 || c.watts() > 75 {
		t.Errorf("after four idle minutes: util %v, %v C, %v W", c.util, c.tempC, c.watts())
	}
}
