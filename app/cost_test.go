package app

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"tacho/engine/simserver"
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
