package profiles

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// The configuration in the summary of a cell is AIPerf's to the byte.
func TestCellConfigEqualsAIPerf(t *testing.T) {
	for _, c := range []struct{ golden, line, dir string }{
		{"sweep/concurrency_4", "--concurrency 1,2,4", "/bench/sweep/concurrency_4"},
		{"multirun/profile_runs/run_0002", "--concurrency 4 --num-profile-runs 3 --profile-run-cooldown-seconds 1", "/bench/multirun/profile_runs/run_0002"},
	} {
		b, err := os.ReadFile("../testdata/aiperf-0.13/" + c.golden + "/profile_export_aiperf.json")
		if err != nil {
			t.Fatal(err)
		}
		var summary struct {
			Config json.RawMessage `json:"input_config"`
		}
		if err := json.Unmarshal(b, &summary); err != nil {
			t.Fatal(err)
		}
		recorded, err := readObject(string(summary.Config))
		if err != nil {
			t.Fatal(err)
		}
		p, _, err := ParseArgs(strings.Fields("--model mock-model --tokenizer builtin --url http://127.0.0.1:18800 --random-seed 42 --ui none --no-gpu-telemetry "+
			"--endpoint-type chat --streaming --isl 64 --osl 24 --request-count 30 --no-server-metrics "+c.line), Env{Dir: "/bench"})
		if err != nil {
			t.Fatal(err)
		}
		var cell *Cell
		if cells := p.Cells(); len(cells) > 0 {
			cell = &cells[len(cells)-1]
		}
		got := AppendJSON(nil, CellConfig(p.Trial(cell, 1, c.dir)), "  ", 0)
		if want := AppendJSON(nil, recorded, "  ", 0); string(got) != string(want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.golden, got, want)
		}
	}
}

// Every setting that a profile can hold has its place among the defaults, or is
// kept beside them.
func TestCellConfigKeepsWhatIsSet(t *testing.T) {
	p, _, err := parse(t, "-m m --request-rate 3 --arrival-smoothness 2 --benchmark-duration 5 --header a:b --goodput request_latency:5 --warmup-request-count 2 --profile-export-prefix x")
	if err != nil {
		t.Fatal(err)
	}
	full := CellConfig(p)
	var walk func(path string, set, full any)
	walk = func(path string, set, full any) {
		switch s := set.(type) {
		case Object:
			f, _ := full.(Object)
			for _, m := range s {
				if f.get(m.Key) == nil {
					t.Errorf("%s.%s is lost", path, m.Key)
				}
				walk(path+"."+m.Key, m.Value, f.get(m.Key))
			}
		case []any:
			f, _ := full.([]any)
			for i := range s {
				if i < len(f) {
					walk(path, s[i], f[i])
				}
			}
		}
	}
	walk("", InputConfig(p), full)
}
