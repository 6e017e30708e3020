package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacho/engine/simserver"
)

// A sweep over ranges with limits: its folders and files are AIPerf's.
func TestASweepOverRanges(t *testing.T) {
	s := startSim(t, simserver.Fast())
	dir := filepath.Join(t.TempDir(), "runs")
	yaml := filepath.Join(t.TempDir(), "f.yaml")
	text := "benchmark:\n  model: mock-model\n  tokenizer: {name: builtin}\n  endpoint: {url: " + s.URL() + ", streaming: true}\n" +
		"  dataset: {isl: 16, osl: 4}\n  gpuTelemetry: {enabled: false}\n  serverMetrics: {enabled: false}\n  phases: {type: concurrency, concurrency: 1, requests: 3}\n" +
		"sweep:\n  type: sobol\n  samples: 2\n  scramble: false\n  dimensions:\n    - {path: phases.profiling.requests, lo: 3, hi: 7, kind: int}\n    - {path: concurrency, lo: 1, hi: 3, kind: int}\n" +
		"  slaFilters:\n    - {metricTag: output_sequence_length, stat: avg, op: gt, threshold: 0}\n    - {metricTag: no_such_metric, op: lt, threshold: 1}\n"
	if err := os.WriteFile(yaml, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	r := tacho(t, "profile", "--config", yaml, "--artifact-dir", dir)
	if r.code != 0 {
		t.Fatalf("exit %d\n%s", r.code, r.stderr)
	}
	for _, want := range []string{"0 of 2 cells hold output_sequence_length avg > 0, no_such_metric p95 < 1; the best of all are shown", "no cell has no_such_metric p95"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("the summary lacks %q:\n%s", want, r.stdout)
		}
	}
	for _, name := range []string{"requests_5__concurrency_2/run_config.json", "aggregate/concurrency_2__requests_5/profile_export_aiperf_aggregate.json"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	design := readJSON(t, filepath.Join(dir, "sweep_aggregate", "sampling_design.json"))
	if rows, _ := design["samples_mapped"].([]any); len(rows) != 2 || rows[1].([]any)[0] != 5.0 {
		t.Errorf("the design is %v", design)
	}
	sweep := readJSON(t, filepath.Join(dir, "sweep_aggregate", "profile_export_aiperf_sweep.json"))
	limits, _ := sweep["metadata"].(map[string]any)["sla_constraints"].(map[string]any)
	if limits["infeasible_count"] != 2.0 || len(limits["active_filters"].([]any)) != 2 {
		t.Errorf("limits in the file: %v", limits)
	}
}
