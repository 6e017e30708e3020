package profiles

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func hundred() string {
	var parts []string
	for i := range 100 {
		parts = append(parts, fmt.Sprint(i+1))
	}
	return strings.Join(parts, ",")
}

func cellDirs(p *Profile) (dirs []string) {
	for _, c := range p.Cells() {
		dirs = append(dirs, c.Dir)
	}
	return dirs
}

// The names are those of AIPerf; grids turn the last path fastest.
func TestCellsOfCommandLines(t *testing.T) {
	for _, c := range []struct{ line, dirs, label string }{
		{"--concurrency 1,2,4", "concurrency_1 concurrency_2 concurrency_4", "phases.profiling.concurrency=1"},
		{"--concurrency 1,2 --request-rate 5,7.5 --sweep-type zip", "concurrency_1__rate_5.0 concurrency_2__rate_7.5", "phases.profiling.concurrency=1, phases.profiling.rate=5.0"},
		{"--request-count 3,4 --concurrency 1,2", "concurrency_1__requests_3 concurrency_1__requests_4 concurrency_2__requests_3 concurrency_2__requests_4", "phases.profiling.concurrency=1, phases.profiling.requests=3"},
		{"--isl 64,128", "mean_64 mean_128", "datasets.main.prompts.isl.mean=64"},
		{"--isl 64,128 --osl 8,9 --sweep-type zip", "mean_64__mean_8 mean_128__mean_9", "datasets.main.prompts.isl.mean=64, datasets.main.prompts.osl.mean=8"},
		{"--benchmark-duration 10s,1m", "duration_10.0 duration_60.0", "phases.profiling.duration=10.0"},
	} {
		p, _, err := parse(t, "-m m "+c.line)
		if err != nil {
			t.Errorf("%s: %v", c.line, err)
			continue
		}
		if got := strings.Join(cellDirs(p), " "); got != c.dirs {
			t.Errorf("%s: cells %s, want %s", c.line, got, c.dirs)
		}
		if got := p.Cells()[0].Label; got != c.label {
			t.Errorf("%s: label %q, want %q", c.line, got, c.label)
		}
	}
}

// A cell is what the single run with its values would be, whatever follows from
// them; the dataset, which the largest number of requests sizes, and the warm-up
// are the same in all.
func TestACellIsItsOwnRun(t *testing.T) {
	p, _, err := parse(t, "-m m --concurrency 1,2 --request-count 20,30 --sweep-type zip --warmup-request-count 4 --random-seed 9 --isl 7")
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range p.Cells() {
		q := c.Profile
		if n := 20 + 10*i; q.Profiling().Requests.V != n || q.Dataset().Entries.V != 30 || q.Profiling().Concurrency.V != i+1 {
			t.Errorf("cell %d: %+v, %d entries", i, q.Profiling().Requests, q.Dataset().Entries.V)
		}
		if q.Warmup().Concurrency.V != 1 {
			t.Errorf("cell %d warms up with %d", i, q.Warmup().Concurrency.V)
		}
	}
	if p.Profiling().Concurrency.V != 1 || !p.Several() {
		t.Errorf("the profile is %+v", p.Profiling().Concurrency)
	}
	if got := Lookup("--concurrency").Values(p); !slices.Equal(got, []string{"1,2"}) {
		t.Errorf("--concurrency reads back as %q", got)
	}
}

func TestSeedsOfSeveralRuns(t *testing.T) {
	seeds := func(line string, trials int) (out []int) {
		t.Helper()
		p, _, err := parse(t, "-m m "+line)
		if err != nil {
			t.Fatal(err)
		}
		cells := []*Cell{nil}
		if all := p.Cells(); len(all) > 0 {
			cells = nil
			for i := range all {
				cells = append(cells, &all[i])
			}
		}
		for trial := range trials {
			for _, c := range cells {
				n, ok := p.Trial(c, trial, "/x").Seed()
				if !ok {
					n = -1
				}
				out = append(out, n)
			}
		}
		return out
	}
	for _, c := range []struct {
		line   string
		trials int
		want   []int
	}{
		{"--concurrency 1,2,4 --random-seed 5", 1, []int{5, 6, 7}},
		{"--concurrency 1,2,4 --random-seed 5 --parameter-sweep-same-seed", 1, []int{5, 5, 5}},
		{"--concurrency 1,2", 2, []int{42, 43, 42, 43}},
		{"--concurrency 1,2 --no-set-consistent-seed", 1, []int{-1, -1}},
		{"--num-profile-runs 2", 2, []int{42, 42}},
		// sha256("7:variation:base:trial:0") and so on, as AIPerf derives them.
		{"--num-profile-runs 2 --random-seed 7 --vary-seed-per-trial", 2, []int{8591936673200650022, 2039339905790708698}},
	} {
		if got := seeds(c.line, c.trials); !slices.Equal(got, c.want) {
			t.Errorf("%s: seeds %v, want %v", c.line, got, c.want)
		}
	}
}

func TestWarmupInTheFirstRepeatOnly(t *testing.T) {
	p, _, err := parse(t, "-m m --num-profile-runs 2 --warmup-request-count 3")
	if err != nil {
		t.Fatal(err)
	}
	if p.Trial(nil, 0, "/a").Warmup() == nil || p.Trial(nil, 1, "/b").Warmup() != nil {
		t.Error("the warm-up belongs to the first repeat")
	}
	if p, _, _ = parse(t, "-m m --num-profile-runs 2 --warmup-request-count 3 --no-profile-run-disable-warmup-after-first"); p.Trial(nil, 1, "/b").Warmup() == nil {
		t.Error("the second repeat was to warm up as well")
	}
}

func TestSweepsOfFiles(t *testing.T) {
	base := "schemaVersion: \"2.0\"\nbenchmark:\n  model: m\n  dataset: {isl: 100, osl: 8}\n  phases: {type: poisson, rate: 3, requests: 5}\n"
	for _, c := range []struct{ name, tail, args, dirs string }{
		{"grid", "sweep: {type: grid, parameters: {rate: [1, 2.5], datasets.default.prompts.isl: [10, 20]}}\n", "", "isl_10__rate_1 isl_10__rate_2.5 isl_20__rate_1 isl_20__rate_2.5"},
		{"zip", "sweep: {type: zip, parameters: {phases.profiling.rate: [1, 2], requests: [7, 8]}}\n", "", "rate_1__requests_7 rate_2__requests_8"},
		{"scenarios", "sweep:\n  type: scenarios\n  runs:\n    - {name: short, benchmark: {dataset: {isl: 5}}}\n    - {name: \"long:ish\", benchmark: {profiling: {rate: 9}}}\n", "", "short longish"},
		{"scenario values", "sweep:\n  type: scenarios\n  runs:\n    - {name: a, values: {isl: 5}, benchmark: {dataset: {isl: 5}}}\n", "", "isl_5"},
		{"distributions", "sweep: {parameters: {datasets.default.prompts.isl: [{mean: 5, stddev: 1}, {mean: 9, stddev: 2}]}}\n", "", "datasets.default.prompts.isl={'mean' 5, 'stddev' 1} datasets.default.prompts.isl={'mean' 9, 'stddev' 2}"},
		{"variables", "variables: {n: 4}\nsweep: {parameters: {variables.n: [4, 8]}}\n", "--osl 6", "n_4 n_8"},
		{"with a list", "sweep: {type: grid, parameters: {rate: [1, 2]}}\n", "--concurrency 3,4", "concurrency_3__rate_1 concurrency_3__rate_2 concurrency_4__rate_1 concurrency_4__rate_2"},
		{"list wins", "sweep: {type: grid, parameters: {rate: [1, 2]}}\n", "--request-rate 5,6", "rate_5.0 rate_6.0"},
	} {
		env := Env{Dir: "/bench", ReadFile: func(string) ([]byte, error) { return []byte(base + c.tail), nil }}
		p, _, err := ParseArgs(append([]string{"-f", "f.yaml"}, strings.Fields(c.args)...), env)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := strings.Join(cellDirs(p), " "); got != c.dirs {
			t.Errorf("%s: cells %q, want %q", c.name, got, c.dirs)
		}
		if c.name == "scenarios" {
			a, b := p.Cells()[0].Profile, p.Cells()[1].Profile
			if a.Dataset().Prompts.ISL.Mean.V != 5 || a.Profiling().Rate.V != 3 || b.Profiling().Rate.V != 9 || b.Dataset().Prompts.ISL.Mean.V != 100 || a.Dataset().Prompts.OSL.Mean.V != 8 {
				t.Errorf("scenarios: %+v %+v", a.Dataset().Prompts, b.Profiling())
			}
		}
		// What is saved makes the same cells.
		q, _, err := Decode("saved", Encode(p), Env{Dir: "/bench"})
		if err != nil || !slices.Equal(cellDirs(q), cellDirs(p)) {
			t.Errorf("%s: saved as\n%s%v: cells %v", c.name, Encode(p), err, cellDirs(q))
		}
	}
}

func TestListsInPhasesMakeASweep(t *testing.T) {
	y := "schemaVersion: \"2.0\"\nbenchmark:\n  model: m\n  phases:\n    - {name: warmup, type: concurrency, concurrency: 2, requests: 1}\n    - {name: load, kind: profiling, type: concurrency, concurrency: [1, 8], requests: [4, 5]}\n"
	p, _, err := Decode("f.yaml", []byte(y), Env{Dir: "/bench"})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(cellDirs(p), " "); got != "concurrency_1__requests_4 concurrency_1__requests_5 concurrency_8__requests_4 concurrency_8__requests_5" {
		t.Errorf("cells %s", got)
	}
	if c := p.Cells()[3].Profile; c.Profiling().Concurrency.V != 8 || c.Profiling().Requests.V != 5 || c.Warmup().Concurrency.V != 2 {
		t.Errorf("the last cell is %+v", c.Profiling())
	}
}

// A swept variable reaches every setting whose template names it.
func TestVariablesAreSwept(t *testing.T) {
	base := "schemaVersion: \"2.0\"\nvariables: {n: 4}\nbenchmark:\n  model: m\n  phases: [{name: profiling, type: concurrency, concurrency: '{{ n }}', requests: '{{ n * 2 }}'}]\n"
	for name, tail := range map[string]string{
		"grid":      "sweep: {parameters: {variables.n: [4, 8]}}\n",
		"scenarios": "sweep: {type: scenarios, runs: [{name: a}, {name: b, variables: {n: 8}}]}\n",
	} {
		p, _, err := Decode("f.yaml", []byte(base+tail), Env{Dir: "/bench"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, c := range p.Cells() {
			if ph, want := c.Profile.Profiling(), 4*(i+1); ph.Concurrency.V != want || ph.Requests.V != 2*want {
				t.Errorf("%s, cell %d: concurrency %d, %d requests", name, i, ph.Concurrency.V, ph.Requests.V)
			}
		}
	}
}
