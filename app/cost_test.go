package app

import (
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tacho/engine"
	"tacho/engine/metric"
	"tacho/engine/simserver"
	"tacho/engine/stats"
	"tacho/engine/telemetry"
	"tacho/export"
	"tacho/export/aiperf"
	"tacho/profiles"
)

// TestCostOfARun: the price and the energy of a million tokens follow from what
// the summary says.
func TestCostOfARun(t *testing.T) {
	s := startSim(t, simserver.Fast())
	dir := filepath.Join(t.TempDir(), "run")
	r := tacho(t, watched(s.URL(), dir, "--gpu-telemetry", s.URL()+"/gpu/metrics", "--price-per-hour", "3.6", "--goodput", "request_latency:1000000")...)
	if r.code != 0 {
		t.Fatalf("exit %d\n%s", r.code, r.stderr)
	}
	m := readJSON(t, filepath.Join(dir, "profile_export_aiperf.json"))
	avg := func(tag string) float64 {
		v, _ := m[tag].(map[string]any)
		f, _ := v["avg"].(float64)
		return f
	}
	cost, _ := readJSON(t, filepath.Join(dir, "manifest.json"))["cost"].(map[string]any)
	get := func(key string) float64 { f, _ := cost[key].(float64); return f }
	tokens := avg("total_osl")
	near := func(name string, got, want float64) {
		if !(math.Abs(got-want) <= 1e-6*math.Abs(want)) || want == 0 {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	near("tokens", get("tokens"), tokens)
	near("good tokens", get("good_tokens"), tokens) // all are good
	near("price per million", get("price_per_million_tokens"), 3.6/3600*get("seconds")/tokens*1e6)
	near("price of good ones", get("price_per_million_good_tokens"), get("price_per_million_tokens"))
	near("joules", get("joules"), avg("nvidia_total_gpu_energy"))
	near("joules per million", get("joules_per_million_tokens"), get("joules")/tokens*1e6)
	for _, want := range []string{"cost:", "per million output tokens", "energy:"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, r.stdout[max(0, len(r.stdout)-2000):])
		}
	}
}

// TestCostWhenAGPUFallsSilent: the energy until then is not that of the run.
func TestCostWhenAGPUFallsSilent(t *testing.T) {
	const second = int64(time.Second)
	for _, c := range []struct {
		last   int64 // reading of the second GPU
		joules float64
		line   string
	}{
		{60, 12e6, "energy: 12.0M J"},
		{30, math.NaN(), "energy: not known, as 1 of 2 GPUs were not read to the end; the files have what was counted until then"},
	} {
		store := telemetry.NewGPUStore()
		for i, uuid := range []string{"a", "b"} {
			for at := int64(0); at <= 60 && (i == 0 || at <= c.last); at++ {
				g := telemetry.NewGPUSample(telemetry.GPUID{Index: i, UUID: uuid, Platform: metric.NVIDIA}, "page", at*second+1)
				g.Values[telemetry.EnergyUsed] = float64(at) / 10
				store.Add(&g, false)
			}
		}
		reg := metric.Builtin()
		osl, _ := reg.Lookup(metric.TotalOSL)
		run := &export.Run{Summary: &stats.Summary{StartNS: 1, EndNS: 60*second + 1, Stats: []stats.Stat{{Def: osl, Avg: 1000}}}}
		aiperf.AddPower(reg, run.Summary, store, 0)
		s := &session{profile: &profiles.Profile{}}
		s.sensors.result, s.sensors.stale = &telemetry.Result{GPUs: store}, 2*time.Second
		cost := s.cost(run, &engine.Result{})
		lines := costLines(cost)
		if len(lines) != 1 || !strings.HasPrefix(lines[0], c.line) {
			t.Errorf("last reading at %d s: %q, want %q", c.last, lines, c.line)
		}
		if j := float64(cost.Joules); !(math.Abs(j-c.joules) < 1) && !(math.IsNaN(j) && math.IsNaN(c.joules)) {
			t.Errorf("last reading at %d s: %v J, want %v", c.last, j, c.joules)
		}
	}
}
