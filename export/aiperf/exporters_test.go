package aiperf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacho/engine/metric"
	"tacho/engine/stats"
	"tacho/export"
)

// TestWriteRun writes a run read from a golden directory into a new one: the
// files must be AIPerf's again.
func TestWriteRun(t *testing.T) {
	src := filepath.Join(goldenDir, "rate_warmup")
	reg := metric.Builtin()
	run, err := DecodeProfileJSON(read(t, filepath.Join(src, "profile_export_aiperf.json")), reg)
	if err != nil {
		t.Fatal(err)
	}
	if run.Phases, err = DecodePhaseManifest(read(t, filepath.Join(src, "phase_manifest.json"))); err != nil {
		t.Fatal(err)
	}
	for i := range run.Phases {
		p := &run.Phases[i]
		own, err := DecodePhaseJSON(read(t, filepath.Join(src, export.Names{}.PhaseFile(p.Name, export.ProfileJSON))), reg)
		if err != nil {
			t.Fatal(err)
		}
		p.Summary = own.Summary
	}
	dir := t.TempDir()
	files, err := export.Write(run, export.Names{}, dir, Exporters())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := WriteReady(run, export.Names{}, dir); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"profile_export_aiperf.csv", "profile_export_aiperf.json", "profile_export_console.txt",
		"phases/warmup/profile_export_aiperf.csv", "phases/warmup/profile_export_aiperf.json",
		"phases/profiling/profile_export_aiperf.csv", "phases/profiling/profile_export_aiperf.json", "phase_manifest.json",
	}
	if len(files) != len(want) {
		t.Fatalf("files %v, want %v", files, want)
	}
	for i, f := range files {
		got := read(t, filepath.Join(dir, f.Name))
		if f.Name != want[i] || f.Bytes != int64(len(got)) {
			t.Errorf("file %d is %+v with %d bytes, want %s", i, f, len(got), want[i])
		}
		golden := read(t, filepath.Join(src, f.Name))
		if filepath.Ext(f.Name) == ".json" {
			sameJSON(t, f.Name, got, golden)
		} else {
			sameBytes(t, f.Name, got, golden)
		}
	}
	// The summaries of the phases follow a prefix, and their list with them.
	dir2 := t.TempDir()
	if _, err := export.Write(run, export.NewNames("my.json"), dir2, Exporters()); err != nil {
		t.Fatal(err)
	}
	list := string(read(t, filepath.Join(dir2, "phase_manifest.json")))
	for _, name := range []string{"phases/warmup/my.csv", "phases/warmup/my.json", "phases/profiling/my.csv", "phases/profiling/my.json"} {
		if _, err := os.Stat(filepath.Join(dir2, name)); err != nil || !strings.Contains(list, `"`+name+`"`) {
			t.Errorf("%s: %v\n%s", name, err, list)
		}
	}
	if st, err := os.Stat(filepath.Join(dir, ".aiperf_results_ready.json")); err != nil || st.Mode().Perm() != 0o600 || st.Size() != 52 {
		t.Errorf("ready mark: %v, %v", st, err)
	}
}

// TestWriteFailedRun: when every request failed there is nothing to summarize.
func TestWriteFailedRun(t *testing.T) {
	dir := t.TempDir()
	run := &export.Run{Summary: new(stats.Summary), Errors: []stats.ErrorGroup{{Count: 3}}, Outputs: []export.Output{}}
	files, err := export.Write(run, export.Names{}, dir, Exporters())
	if err != nil || len(files) != 0 {
		t.Errorf("%v, %v", files, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
}
