package app

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"tacho/engine/simserver"
	"tacho/profiles"
)

// A run that fails before its first request keeps the results of the one before
// in the same directory; one that begins replaces them.
func TestARunThatDoesNotBeginKeepsTheEarlierResults(t *testing.T) {
	t.Parallel()
	s := startSim(t, simserver.Fast())
	dir := filepath.Join(t.TempDir(), "run")
	run := func(more ...string) result {
		return tacho(t, append([]string{"profile", "--model", "mock", "--url", s.URL(), "--tokenizer", "builtin",
			"--no-gpu-telemetry", "--no-server-metrics", "--artifact-dir", dir}, more...)...)
	}
	files := func() map[string]string {
		out := map[string]string{}
		for _, f := range listed(dir) {
			b, err := os.ReadFile(filepath.Join(dir, f.Name))
			if err != nil {
				t.Fatal(err)
			}
			out[f.Name] = string(b)
		}
		return out
	}
	if r := run("--request-count", "3", "--slice-duration", "1"); r.code != 0 {
		t.Fatal(r.stderr)
	}
	first := files()
	for _, wrong := range [][]string{{"--input-file", filepath.Join(dir, "gone.jsonl")}, {"--goodput", "time_to_first_token:1"}} {
		r := run(wrong...)
		if r.code != exitUsage || !strings.Contains(r.stdout, "keeps the results of the earlier run") {
			t.Errorf("%v: exit %d\n%s%s", wrong, r.code, r.stdout, r.stderr)
		}
		if now := files(); !reflect.DeepEqual(now, first) {
			t.Errorf("%v: the earlier files are not what they were: %d, were %d", wrong, len(now), len(first))
		}
	}
	p := profiles.New()
	p.Artifacts.Dir.Put(dir)
	// One that was killed while it prepared left them aside.
	a, err := openArtifacts(p)
	if err != nil {
		t.Fatal(err)
	}
	a.close()
	if _, ok := files()["profile_export.jsonl"]; ok {
		t.Fatal("the earlier results are not aside")
	}
	if r := run("--goodput", "time_to_first_token:1"); r.code != exitUsage || !reflect.DeepEqual(files(), first) {
		t.Errorf("exit %d: what a killed run had set aside is not back: %d files, were %d", r.code, len(files()), len(first))
	}
	if r := run("--request-count", "2"); r.code != 0 {
		t.Fatal(r.stderr)
	}
	if n := len(lines(t, filepath.Join(dir, "profile_export.jsonl"))); n != 2 {
		t.Errorf("%d records, want the 2 of the last run", n)
	}
	if _, ok := files()["profile_export_aiperf_timeslices.csv"]; ok {
		t.Error("the slices of the first run lie beside the summary of the last")
	}
	if _, err := os.Stat(filepath.Join(dir, earlierDir)); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", earlierDir, err)
	}
}
