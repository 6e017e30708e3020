package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tacho/engine/simserver"
)

// watched is a small run against a simulated server.
func watched(url, dir string, more ...string) []string {
	return append([]string{"profile", "--model", "sim-model", "--url", url, "--endpoint-type", "chat", "--streaming", "--tokenizer", "builtin",
		"--concurrency", "2", "--request-count", "20", "--isl", "32", "--osl", "8", "--ui", "none", "--artifact-dir", dir}, more...)
}

func TestSensorsAreExported(t *testing.T) {
	cfg := simserver.Fast()
	cfg.GPUs = 2
	s := startSim(t, cfg)
	dir := filepath.Join(t.TempDir(), "run")
	r := tacho(t, watched(s.URL(), dir, "--warmup-request-count", "4", "--gpu-telemetry", s.URL()+"/gpu/metrics",
		"--server-metrics-formats", "json", "csv", "jsonl", "parquet")...)
	if r.code != 0 {
		t.Fatalf("exit %d\n%s\n%s", r.code, r.stdout, r.stderr)
	}
	for _, name := range []string{
		"gpu_telemetry_export.jsonl", "server_metrics_export.json", "server_metrics_export.csv", "server_metrics_export.jsonl",
		"server_metrics_export.parquet", "phases/warmup/gpu_telemetry.json", "phases/profiling/server_metrics.json",
	} {
		if st, err := os.Stat(filepath.Join(dir, name)); err != nil || st.Size() == 0 {
			t.Errorf("%s is missing or empty: %v", name, err)
		}
	}
	m := readJSON(t, filepath.Join(dir, "profile_export_aiperf.json"))
	data, _ := m["telemetry_data"].(map[string]any)
	endpoints, _ := data["endpoints"].(map[string]any)
	host := strings.TrimPrefix(s.URL(), "http://") + "/gpu"
	gpus, _ := endpoints[host].(map[string]any)
	list, _ := gpus["gpus"].(map[string]any)
	if len(list) != 2 {
		t.Errorf("telemetry_data has %d GPUs of %s: %v", len(list), host, data)
	}
	if m["nvidia_total_gpu_energy"] == nil || m["nvidia_energy_per_output_token"] == nil {
		t.Error("no energy metrics in the summary")
	}
	for _, want := range []string{"GPU Telemetry Summary", "Simulated H100"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("the tables lack %q", want)
		}
	}
	manifest := readJSON(t, filepath.Join(dir, "manifest.json"))
	if sensors, _ := manifest["sensors"].([]any); len(sensors) != 2 {
		t.Errorf("sensors %v", manifest["sensors"])
	}
	if v := tacho(t, "verify", dir); v.code != 0 || !strings.Contains(v.stdout, "values agree\n") {
		t.Errorf("verify: exit %d\n%s%s", v.code, v.stdout, v.stderr)
	}
}

func TestSensorsThatAreNotThere(t *testing.T) {
	cfg := simserver.Fast()
	s := startSim(t, cfg)
	t.Run("switched off", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "run")
		r := tacho(t, watched(s.URL(), dir, "--no-gpu-telemetry", "--no-server-metrics")...)
		if r.code != 0 {
			t.Fatalf("exit %d\n%s", r.code, r.stderr)
		}
		for _, name := range []string{"gpu_telemetry_export.jsonl", "server_metrics_export.json"} {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				t.Errorf("%s was written", name)
			}
		}
		if _, has := readJSON(t, filepath.Join(dir, "profile_export_aiperf.json"))["telemetry_data"]; has {
			t.Error("telemetry_data although no GPUs were looked for")
		}
	})
	t.Run("named and down", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "run")
		r := tacho(t, watched(s.URL(), dir, "--gpu-telemetry", "127.0.0.1:1/metrics", "--server-metrics", "127.0.0.1:1/metrics")...)
		if r.code != 0 {
			t.Fatalf("exit %d\n%s", r.code, r.stderr)
		}
		m := readJSON(t, filepath.Join(dir, "manifest.json"))
		notices, _ := m["notices"].([]any)
		told := 0
		for _, n := range notices {
			if text, _ := n.(string); strings.Contains(text, "127.0.0.1:1") {
				told++
			}
		}
		if told != 2 {
			t.Errorf("notices %v, want one for each source", notices)
		}
		if m := readJSON(t, filepath.Join(dir, "profile_export_aiperf.json")); m["nvidia_total_gpu_energy"] != nil {
			t.Error("energy without GPUs")
		} else if data, _ := m["telemetry_data"].(map[string]any); fmt.Sprint(data["endpoints"]) != "map[]" || !strings.Contains(fmt.Sprint(data["summary"]), "127.0.0.1:1") {
			t.Errorf("telemetry_data %v, want the source and no GPUs", data)
		}
	})
	t.Run("bad settings", func(t *testing.T) {
		r := tacho(t, watched(s.URL(), t.TempDir(), "--gpu-telemetry", "ftp://x/metrics")...)
		if r.code != exitUsage {
			t.Errorf("exit %d\n%s", r.code, r.stderr)
		}
	})
}

// TestSourcesThatMisbehave: garbage, a page that hangs, one that dies in
// mid-run. The load goes on and the numbers are as without them.
func TestSourcesThatMisbehave(t *testing.T) {
	t.Parallel()
	cfg := simserver.Fast()
	s := startSim(t, cfg)
	var n atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("/garbage/metrics", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("\x00\xff{{{ not a page")) })
	release := make(chan struct{})
	mux.HandleFunc("/hang/metrics", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-release:
		}
	})
	mux.HandleFunc("/dies/metrics", func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1) > 1 {
			http.Error(w, "gone", http.StatusInternalServerError)
			return
		}
		w.Write([]byte("# TYPE up gauge\nup 1\n"))
	})
	bad := httptest.NewServer(mux)
	defer bad.Close()
	defer close(release)
	dir := filepath.Join(t.TempDir(), "run")
	began := time.Now()
	r := tacho(t, watched(s.URL(), dir, "--server-metrics", bad.URL+"/garbage/metrics", bad.URL+"/hang/metrics", bad.URL+"/dies/metrics")...)
	if r.code != 0 {
		t.Fatalf("exit %d after %s\n%s", r.code, time.Since(began), r.stderr)
	}
	m := readJSON(t, filepath.Join(dir, "profile_export_aiperf.json"))
	count, _ := m["request_count"].(map[string]any)
	if count["avg"] != 20.0 || m["error_request_count"] != nil {
		t.Errorf("requests %v, errors %v", count, m["error_request_count"])
	}
	told := ""
	for _, x := range readJSON(t, filepath.Join(dir, "manifest.json"))["notices"].([]any) {
		told += x.(string) + "\n"
	}
	if !strings.Contains(told, "garbage") {
		t.Errorf("notices:\n%s", told)
	}
}

func TestMetricsPageOfAServer(t *testing.T) {
	for in, want := range map[string]string{
		"http://h:8000":                          "http://h:8000/metrics",
		"http://h:8000/":                         "http://h:8000/metrics",
		"https://u:p@h/base/v1/chat/completions": "https://u:p@h/base/metrics",
		"http://h/v1":                            "http://h/metrics",
		"::":                                     "",
	} {
		if got := metricsOf(in); got != want {
			t.Errorf("metricsOf(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestRoundTripIsMeasured: handshakes beside the requests, their file, and
// latencies without them.
func TestRoundTripIsMeasured(t *testing.T) {
	s := startSim(t, simserver.Fast())
	rtt := func(m map[string]any, tag string) float64 {
		v, _ := m[tag].(map[string]any)
		f, _ := v["avg"].(float64)
		return f
	}
	dir := filepath.Join(t.TempDir(), "run")
	if r := tacho(t, watched(s.URL(), dir, "--network-latency-automatic")...); r.code != 0 || !strings.Contains(r.stdout, "TCP handshakes") {
		t.Fatalf("exit %d\n%s\n%s", r.code, r.stdout, r.stderr)
	}
	if n := len(lines(t, filepath.Join(dir, "profile_export_network_latency.jsonl"))); n < 5 {
		t.Errorf("%d handshakes", n)
	}
	m := readJSON(t, filepath.Join(dir, "profile_export_aiperf.json"))
	if x := rtt(m, "network_rtt"); !(x > 0) || rtt(m, "network_adjusted_request_latency") >= rtt(m, "request_latency") {
		t.Errorf("a round trip of %v ms, latency %v, adjusted %v", x, rtt(m, "request_latency"), rtt(m, "network_adjusted_request_latency"))
	}
	dir = filepath.Join(t.TempDir(), "given")
	if r := tacho(t, watched(s.URL(), dir, "--network-latency-mean", "0.25")...); r.code != 0 {
		t.Fatalf("exit %d\n%s", r.code, r.stderr)
	}
	m = readJSON(t, filepath.Join(dir, "profile_export_aiperf.json"))
	if x := rtt(m, "network_rtt"); x != 0.25 {
		t.Errorf("a given round trip of %v ms", x)
	}
	if _, err := os.Stat(filepath.Join(dir, "profile_export_network_latency.jsonl")); err == nil {
		t.Error("a given round trip was measured")
	}
}
