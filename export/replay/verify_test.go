package replay

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tacho/export"
)

// runDirs are the golden directories that hold records and a summary.
func runDirs(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(goldenDir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		d, err := Open(path)
		if err == nil && d.Run != nil && len(d.Missing) <= 1 {
			if _, err := os.Stat(d.file("records")); err == nil {
				out = append(out, path)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestVerifyGoldens recomputes every golden: AIPerf's numbers must come out of
// its own records.
func TestVerifyGoldens(t *testing.T) {
	dirs := runDirs(t)
	if len(dirs) < 20 {
		t.Fatalf("only %d directories with records: %v", len(dirs), dirs)
	}
	total := 0
	for _, dir := range dirs {
		r, err := Verify(dir)
		if err != nil {
			t.Errorf("%s: %v", dir, err)
			continue
		}
		if !r.OK() {
			t.Errorf("%s: %s", dir, r)
		}
		total += r.Checked
		t.Logf("%s: %s", dir, r)
	}
	if total < 20000 {
		t.Errorf("only %d values were checked", total)
	}
}

// TestVerifyFindsDifferences changes one thing in a copy of a golden.
func TestVerifyFindsDifferences(t *testing.T) {
	for _, c := range []struct {
		name, file, old, new string
		want                 Difference
	}{
		{"a summary value", "profile_export_aiperf.json", `"p10": 215.00287419999998`, `"p10": 215.0039`,
			Difference{"profile_export_aiperf.json", "request_latency", "p10", "215.0039", "215.0028741999"}},
		{"a csv value", "profile_export_aiperf.csv", "Request Latency (ms),345.99", "Request Latency (ms),346.01",
			Difference{"profile_export_aiperf.csv", "request_latency", "avg", "346.01", "345.9937"}},
		{"a missing metric", "profile_export_aiperf.csv", "Goodput (requests/sec),0.87\r\n", "",
			Difference{"profile_export_aiperf.csv", "goodput", "", "absent", "present"}},
		{"a slice value", "profile_export_aiperf_timeslices.csv", ",Request Count,requests,avg,9.00", ",Request Count,requests,avg,11.00",
			Difference{"profile_export_aiperf_timeslices.csv slice ", "request_count", "avg", "11", "9"}},
		{"a value of the GPU samples", "profile_export_aiperf.json", `"avg": 5211.657000000258`, `"avg": 5212.7`,
			Difference{"profile_export_aiperf.json", "nvidia_total_gpu_energy", "avg", "5212.7", "5211.657"}},
		{"a figure of a GPU", "profile_export_aiperf.json", `"avg": 47.47826086956522`, `"avg": 47.4783`,
			Difference{"profile_export_aiperf.json telemetry_data", "127.0.0.1:19400 gpu_0 nvidia_temperature", "avg", "47.4783", "47.478260869"}},
		{"a row of a GPU", "profile_export_aiperf.csv", "NVIDIA GPU Temperature (°C),47.48,", "NVIDIA GPU Temperature (°C),47.49,",
			Difference{"profile_export_aiperf.csv", "127.0.0.1:19400 gpu_0 NVIDIA GPU Temperature", "avg", "47.49", "47.478260869"}},
		{"a GPU of a phase", "phases/profiling/gpu_telemetry.json", `"avg": 48.6,`, `"avg": 48.7,`,
			Difference{"phases/profiling/gpu_telemetry.json", "127.0.0.1:19400 gpu_0 nvidia_temperature", "avg", "48.7", "48.6"}},
		{"a total of a server", "server_metrics_export.json", `"count": 1464,`, `"count": 1700,`,
			Difference{"server_metrics_export.json", `127.0.0.1:18800 vllm:inter_token_latency_seconds{engine="0",model_name="mock-model"}`, "count", "1700", "1447"}},
		{"a counter of a phase of a server", "phases/profiling/server_metrics.json", `"total": 1464.0`, `"total": 1764.0`,
			Difference{"phases/profiling/server_metrics.json", `127.0.0.1:18800 vllm:generation_tokens{engine="0",model_name="mock-model"}`, "total", "1764", "14"}},
		{"a gauge of a server", "server_metrics_export.json", `"max": 4.0`, `"max": 5.0`,
			Difference{"server_metrics_export.json", `127.0.0.1:18800 vllm:num_requests_running{engine="0",model_name="mock-model"}`, "max", "5", "4"}},
		{"a listed figure of a GPU", "profile_export_aiperf.json", `"p5": 0.0101448,`, "",
			Difference{"profile_export_aiperf.json telemetry_data", "127.0.0.1:18931/gpu gpu_0 nvidia_pipe_tensor_active", "p5", "absent", "0.0101448"}},
	} {
		dir, golden := t.TempDir(), "chat_stream"
		if strings.Contains(c.name, "GPU") || strings.Contains(c.name, "server") {
			golden = "telemetry"
		}
		if strings.Contains(c.name, "listed") {
			golden = "gpu_list"
		}
		if err := os.CopyFS(dir, os.DirFS(filepath.Join(goldenDir, golden))); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, c.file)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.Replace(string(data), c.old, c.new, 1)
		if changed == string(data) {
			t.Fatalf("%s: %q is not in the file", c.name, c.old)
		}
		if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := Verify(dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Differ) != 1 {
			t.Errorf("%s: %s", c.name, r)
			continue
		}
		got := r.Differ[0]
		if !strings.HasPrefix(got.File, c.want.File) || got.Metric != c.want.Metric || got.Stat != c.want.Stat ||
			got.Have != c.want.Have || !strings.HasPrefix(got.Want, c.want.Want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestVerifyWithoutGPUSamples: what the samples would tell is named, not passed.
func TestVerifyWithoutGPUSamples(t *testing.T) {
	for _, damage := range []bool{false, true} {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(filepath.Join(goldenDir, "gpu_list"))); err != nil {
			t.Fatal(err)
		}
		path, want := filepath.Join(dir, "gpu_telemetry_export.jsonl"), "there is no gpu_telemetry_export.jsonl"
		if damage {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, data[:len(data)-10], 0o600); err != nil {
				t.Fatal(err)
			}
			want = "gpu_telemetry_export.jsonl is damaged"
		} else if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		r, err := Verify(dir)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(r.NotChecked, func(n NotChecked) bool { return n.Metric == "telemetry_data" })
		if !r.OK() || i < 0 || r.NotChecked[i].Why != want || r.NotChecked[i].Values < 100 {
			t.Errorf("%s: %+v", r, r.NotChecked)
		}
	}
}

// Records that a full disk did not take are told before what differs for it.
func TestVerifyOfRecordsThatWereLost(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(goldenDir, "chat_nostream"))); err != nil {
		t.Fatal(err)
	}
	m := &export.Manifest{Sinks: []export.SinkReport{{Name: "profile_export.jsonl", Rows: 5, Lost: 3}}}
	if _, err := export.WriteManifest(m, export.Names{}, dir); err != nil {
		t.Fatal(err)
	}
	r, err := Verify(dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.OK() || !strings.HasPrefix(r.String(), "the records lack 3 requests") {
		t.Errorf("OK is %v: %s", r.OK(), r)
	}
}

// TestVerifyADamagedDirectory: lost rows must not pass unseen.
func TestVerifyADamagedDirectory(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(goldenDir, "chat_nostream"))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "profile_export.jsonl")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data[:len(data)-100], 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := Verify(dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.OK() || !r.Damage.CutLast || len(r.Differ) == 0 || !strings.Contains(r.String(), "cut off") {
		t.Errorf("%s", r)
	}
	if _, err := Verify(filepath.Join(goldenDir, "all_fail")); err == nil || !strings.Contains(err.Error(), "profile_export_aiperf.json") {
		t.Errorf("a run without summary: %v", err)
	}
	if _, err := Verify(filepath.Join(goldenDir, "summary_level")); err == nil || !strings.Contains(err.Error(), "there is no profile_export.jsonl to recompute from: a run with --export-level summary") {
		t.Errorf("a run without records: %v", err)
	}
}
