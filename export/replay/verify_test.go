package replay

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
	} {
		dir, golden := t.TempDir(), "chat_stream"
		if strings.Contains(c.name, "GPU") {
			golden = "telemetry"
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
}
