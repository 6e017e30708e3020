package app

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacho/engine/simserver"
	"tacho/export"
)

// Configuration files for each of the purposes that AIPerf has a template for
// run as they stand; what differs from site to site comes from the environment.
func TestConfigurationFilesRun(t *testing.T) {
	files, err := filepath.Glob("../testdata/configs/*.yaml")
	if err != nil || len(files) != 27 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	t.Chdir("../testdata/configs") // their data files stand below it
	one, two := startSim(t, simserver.Fast()), startSim(t, simserver.Fast())
	home := t.TempDir()
	conversations(t, home)
	for _, f := range files {
		name := filepath.Base(f)
		t.Run(strings.TrimSuffix(name, ".yaml"), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			r := tachoWith(t, map[string]string{
				"HOME": home, "BENCH_URL": one.URL(), "BENCH_URL_2": two.URL(), "BENCH_METRICS_URL": one.URL() + "/metrics",
				"BENCH_GPU_URL": one.URL() + "/gpu/metrics", "BENCH_TIME": "0.3", "BENCH_WARMUP": "0.2", "BENCH_SLICE": "0.2",
			}, "profile", "--config", name, "--tokenizer", "builtin", "--artifact-dir", dir)
			if r.code != 0 {
				t.Fatalf("exit %d\n%s", r.code, r.stderr)
			}
			runs := runsBelow(t, dir)
			if len(runs) == 0 {
				t.Fatalf("no records were left\n%s", r.stderr)
			}
			if v := tacho(t, append([]string{"verify"}, runs...)...); v.code != 0 {
				t.Errorf("verify: exit %d\n%s%s", v.code, v.stdout, v.stderr)
			}
		})
	}
}

// runsBelow are the directories with records.
func runsBelow(t *testing.T, dir string) (runs []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == (export.Names{}).Of(export.Records) {
			runs = append(runs, filepath.Dir(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

// conversations puts a small file where the cache of the hub has ShareGPT.
func conversations(t *testing.T, home string) {
	t.Helper()
	repo := filepath.Join(home, ".cache", "huggingface", "hub", "datasets--anon8231489123--ShareGPT_Vicuna_unfiltered")
	dir := filepath.Join(repo, "snapshots", "0123abcd")
	for _, d := range []string{dir, filepath.Join(repo, "refs")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(repo, "refs", "main"), []byte("0123abcd"), 0o644); err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, q := range []string{"rivers", "bridges", "clocks", "maps"} {
		rows = append(rows, `{"id": "`+q+`", "conversations": [{"from": "human", "value": "Tell me all that you know about `+q+` please."}, {"from": "gpt", "value": "There is much to be said about `+q+`, and here is a part."}]}`)
	}
	if err := os.WriteFile(filepath.Join(dir, "ShareGPT_V3_unfiltered_cleaned_split.json"), []byte("["+strings.Join(rows, ",")+"]"), 0o644); err != nil {
		t.Fatal(err)
	}
}
