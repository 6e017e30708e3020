package app

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tacho/engine/simserver"
)

// small are options of runs that last a few milliseconds.
func small(url, dir string, more ...string) []string {
	return append([]string{"profile", "--model", "mock-model", "--tokenizer", "builtin", "--url", url, "--endpoint-type", "chat", "--streaming",
		"--isl", "16", "--osl", "4", "--request-count", "6", "--no-gpu-telemetry", "--no-server-metrics", "--artifact-dir", dir}, more...)
}

// tree lists the files below dir, AIPerf's only.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			switch filepath.Base(rel) {
			case "manifest.json", "profile_export_requests.csv", stateFile: // ours
			default:
				list = append(list, filepath.ToSlash(rel))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

// The folders and files are those that AIPerf made for the same commands.
func TestSeveralRunsLeaveAIPerfsFiles(t *testing.T) {
	t.Parallel()
	s := startSim(t, simserver.Fast())
	for _, c := range []struct {
		golden string
		more   []string
	}{
		{"sweep", []string{"--concurrency", "1,2,4"}},
		{"multirun", []string{"--concurrency", "4", "--num-profile-runs", "3"}},
		{"sweep_independent", []string{"--concurrency", "1,2", "--num-profile-runs", "2", "--parameter-sweep-mode", "independent"}},
	} {
		t.Run(c.golden, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "runs")
			r := tacho(t, small(s.URL(), dir, c.more...)...)
			if r.code != 0 {
				t.Fatalf("exit %d\n%s", r.code, r.stderr)
			}
			b, err := os.ReadFile(filepath.Join("../testdata/aiperf-0.13", c.golden, "TREE.txt"))
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Fields(string(b))
			slices.Sort(want)
			if got := tree(t, dir); !slices.Equal(got, want) {
				t.Errorf("files\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if !strings.Contains(r.stdout, "SIMULATED") {
				t.Error("the table does not say that the server is simulated")
			}
		})
	}
}

// What a run of several says of itself has the keys of AIPerf's.
func TestARunKnowsItsPlace(t *testing.T) {
	s := startSim(t, simserver.Fast())
	dir := filepath.Join(t.TempDir(), "runs")
	if r := tacho(t, small(s.URL(), dir, "--concurrency", "1,2", "--random-seed", "5")...); r.code != 0 {
		t.Fatalf("exit %d\n%s", r.code, r.stderr)
	}
	if v := tacho(t, "verify", dir); v.code != 0 || strings.Count(v.stdout, "values agree") != 2 {
		t.Errorf("verify: exit %d\n%s%s", v.code, v.stdout, v.stderr)
	}
	got := readJSON(t, filepath.Join(dir, "concurrency_2", "profile_export_aiperf.json"))["run_info"].(map[string]any)
	want := readJSON(t, "../testdata/aiperf-0.13/sweep/concurrency_2/profile_export_aiperf.json")["run_info"].(map[string]any)
	for k := range want {
		if got[k] == nil {
			t.Errorf("run_info lacks %s", k)
		}
	}
	for k, v := range map[string]any{"random_seed": 6.0, "trial": 0.0, "run_label": "run_0001", "variation_label": "phases.profiling.concurrency=2", "variation_index": 1.0} {
		if got[k] != v {
			t.Errorf("run_info.%s is %v, want %v", k, got[k], v)
		}
	}
	config := readJSON(t, filepath.Join(dir, "concurrency_2", "run_config.json"))
	golden := readJSON(t, "../testdata/aiperf-0.13/sweep/concurrency_1/run_config.json")
	for k := range golden {
		if config[k] == nil {
			t.Errorf("run_config.json lacks %s", k)
		}
	}
	if !reflect.DeepEqual(config["resolved"], golden["resolved"]) {
		t.Errorf("resolved is %v, want %v", config["resolved"], golden["resolved"])
	}
	if where := config["cfg"].(map[string]any)["artifacts"].(map[string]any)["dir"]; where != dir || config["artifact_dir"] != filepath.Join(dir, "concurrency_2") {
		t.Errorf("folders %v and %v", where, config["artifact_dir"])
	}
	sweep := readJSON(t, filepath.Join(dir, "sweep_aggregate", "profile_export_aiperf_sweep.json"))
	if best, _ := sweep["best_configurations"].(map[string]any); len(best) != 2 {
		t.Errorf("best configurations: %v", sweep["best_configurations"])
	}
	if front, _ := sweep["pareto_optimal"].([]any); len(front) == 0 {
		t.Error("no Pareto front")
	}
	// The same seed with the first cell's number is the same prompts.
	a := lines(t, filepath.Join(dir, "concurrency_1", "inputs.json"))
	b := lines(t, filepath.Join(dir, "concurrency_2", "inputs.json"))
	if slices.Equal(a, b) {
		t.Error("both cells had the same prompts, though each adds its number to the seed")
	}
}

func readState(t *testing.T, dir string) severalState {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, stateFile))
	if err != nil {
		t.Fatal(err)
	}
	var st severalState
	if err := json.Unmarshal(b, &st); err != nil {
		t.Fatal(err)
	}
	return st
}

func modified(t *testing.T, path ...string) time.Time {
	t.Helper()
	info, err := os.Stat(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return info.ModTime()
}

// A sweep that was finished is extended with --resume; finished cells are not
// repeated, those whose settings changed are.
func TestFinishedCellsAreNotRepeated(t *testing.T) {
	t.Parallel()
	s := startSim(t, simserver.Fast())
	dir := filepath.Join(t.TempDir(), "runs")
	run := func(more ...string) result {
		t.Helper()
		r := tacho(t, small(s.URL(), dir, more...)...)
		if r.code != 0 {
			t.Fatalf("%v: exit %d\n%s", more, r.code, r.stderr)
		}
		return r
	}
	run("--concurrency", "1,2")
	first := readState(t, dir)
	mark := []string{dir, "concurrency_1", ".aiperf_results_ready.json"}
	was := modified(t, mark...)
	run("--concurrency", "1,2,3", "--resume")
	if !modified(t, mark...).Equal(was) {
		t.Error("the first cell was made again")
	}
	if st := readState(t, dir); len(st.Runs) != 3 || !st.Finished || st.SweepID != first.SweepID {
		t.Errorf("state %+v", st)
	}
	sweep := readJSON(t, filepath.Join(dir, "sweep_aggregate", "profile_export_aiperf_sweep.json"))
	if n := sweep["num_successful_runs"]; n != 3.0 {
		t.Errorf("%v runs in the sweep file", n)
	}
	r := run("--concurrency", "1,2,3", "--resume", "--random-seed", "7")
	if modified(t, mark...).Equal(was) || !strings.Contains(r.stderr, "other settings") {
		t.Errorf("cells with another seed were kept:\n%s", r.stderr)
	}
	was = modified(t, mark...)
	run("--concurrency", "1,2,3", "--random-seed", "7")
	if modified(t, mark...).Equal(was) {
		t.Error("a finished sweep without --resume is made anew")
	}
}

// A cell in which every request fails does not end the sweep; it is named and
// counts in the exit code.
func TestAFailedCellDoesNotEndTheSweep(t *testing.T) {
	s := startSim(t, simserver.Fast())
	dir := filepath.Join(t.TempDir(), "runs")
	yaml := filepath.Join(t.TempDir(), "f.yaml")
	os.WriteFile(yaml, []byte("schemaVersion: \"2.0\"\nbenchmark:\n  model: mock-model\n  tokenizer: {name: builtin}\n  endpoint: {url: "+s.URL()+", streaming: true}\n"+
		"  dataset: {isl: 16, osl: 4}\n  gpuTelemetry: {enabled: false}\n  serverMetrics: {enabled: false}\n  phases: {type: concurrency, concurrency: 1, requests: 3}\n"+
		"sweep:\n  type: scenarios\n  runs:\n    - {name: bad, benchmark: {endpoint: {url: 'http://127.0.0.1:1'}}}\n    - {name: good, benchmark: {profiling: {concurrency: 2}}}\n"), 0o644)
	r := tacho(t, "profile", "--config", yaml, "--artifact-dir", dir)
	if r.code != 1 || !strings.Contains(r.stderr, "1 of 2 runs failed") || !strings.Contains(r.stdout, "refused") {
		t.Errorf("exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	sweep := readJSON(t, filepath.Join(dir, "sweep_aggregate", "profile_export_aiperf_sweep.json"))
	if failed := sweep["failed_runs"].([]any); len(failed) != 1 || sweep["num_successful_runs"] != 1.0 {
		t.Errorf("failed runs %v of %v", failed, sweep["num_profile_runs"])
	}
	if _, err := os.Stat(filepath.Join(dir, "good", "profile_export_aiperf.json")); err != nil {
		t.Error(err)
	}
}

func TestRepeatsEndWhenTheyAreEnough(t *testing.T) {
	s := startSim(t, simserver.Exact(2*time.Millisecond, time.Millisecond, 4))
	dir := filepath.Join(t.TempDir(), "runs")
	r := tacho(t, small(s.URL(), dir, "--num-profile-runs", "6", "--convergence-metric", "output_sequence_length", "--convergence-threshold", "0.5")...)
	if r.code != 0 || !strings.Contains(r.stderr, "2 runs are enough") {
		t.Fatalf("exit %d\n%s", r.code, r.stderr)
	}
	if runs, _ := filepath.Glob(filepath.Join(dir, "profile_runs", "*")); len(runs) != 2 {
		t.Errorf("runs %v", runs)
	}
	if m := readJSON(t, filepath.Join(dir, "aggregate", "profile_export_aiperf_aggregate.json"))["metadata"].(map[string]any); m["num_profile_runs"] != 2.0 {
		t.Errorf("metadata %v", m)
	}
	all := readJSON(t, filepath.Join(dir, "aggregate", "profile_export_aiperf_collated.json"))["metrics"].(map[string]any)
	one, _ := all["request_latency"].(map[string]any)
	if both, _ := one["combined"].(map[string]any); both["count"] == nil || len(one["per_run"].([]any)) != 2 {
		t.Errorf("collated latencies %v", one)
	}
}
