package app

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"tacho/engine/simserver"
)

// loadMode is one way to send, with what it must leave: the records of each
// phase in order.
type loadMode struct {
	name    string
	args    string
	yaml    string // phases of a file, in place of options
	records []int
}

var loadModes = []loadMode{
	{name: "closed loop", args: "--concurrency 4 --request-count 20", records: []int{20}},
	{name: "closed loop, sessions", args: "--concurrency 2 --num-sessions 4 --session-turns-mean 3 --session-turn-delay-mean 10", records: []int{12}},
	{name: "ten requests by default", args: "--concurrency 20", records: []int{10}},
	{name: "limit of time", args: "--concurrency 2 --benchmark-duration 0.3 --benchmark-grace-period 5", records: []int{-1}},
	{name: "ramps", args: "--concurrency 4 --concurrency-ramp-duration 0.2 --prefill-concurrency 2 --prefill-concurrency-ramp-duration 0.1 --request-count 12", records: []int{12}},
	{name: "constant rate", args: "--request-rate 100 --arrival-pattern constant --request-count 20", records: []int{20}},
	{name: "poisson", args: "--request-rate 100 --request-count 20", records: []int{20}},
	{name: "gamma", args: "--request-rate 100 --arrival-smoothness 0.5 --request-count 20", records: []int{20}},
	{name: "rate with a cap", args: "--request-rate 200 --concurrency 2 --request-count 20", records: []int{20}},
	{name: "rate ramp", args: "--request-rate 100 --request-rate-ramp-duration 0.2 --request-count 15", records: []int{15}},
	{name: "rate series", args: "--request-rate-series SERIES --request-count 15", records: []int{15}},
	{name: "rate, sessions", args: "--request-rate 100 --session-turns-mean 2 --num-sessions 5", records: []int{10}},
	{name: "users", args: "--user-centric-rate 40 --num-users 4 --session-turns-mean 3 --request-count 12", records: []int{12}},
	{name: "trace", args: "--input-file TRACE --custom-dataset-type mooncake-trace", records: []int{6}},
	{name: "trace, part of it", args: "--input-file TRACE --fixed-schedule --fixed-schedule-start-offset 1050 --fixed-schedule-end-offset 1150", records: []int{2}},
	{name: "trace, twice as fast", args: "--input-file TRACE --fixed-schedule --synthesis-speedup-ratio 2", records: []int{6}},
	{name: "trace, as a closed loop", args: "--input-file TRACE --custom-dataset-type mooncake-trace --no-fixed-schedule --ignore-trace-delays --concurrency 2 --num-sessions 5", records: []int{6}},
	{name: "planned hang-ups", args: "--concurrency 4 --request-count 20 --request-cancellation-rate 30", records: []int{20}},
	{name: "warm-up by requests", args: "--concurrency 2 --request-count 6 --warmup-request-count 3 --warmup-concurrency 1", records: []int{3, 6}},
	{name: "warm-up by time", args: "--request-rate 50 --request-count 6 --warmup-duration 0.2 --warmup-grace-period 5 --warmup-request-rate 30 --warmup-arrival-pattern constant", records: []int{-1, 6}},
	{name: "warm-up by sessions", args: "--concurrency 2 --request-count 6 --num-warmup-sessions 2 --warmup-prefill-concurrency 1", records: []int{2, 6}},
	{name: "phases", yaml: `
    - {name: heat, kind: warmup, type: user_centric, rate: 60, users: 3, requests: 3}
    - {name: low, kind: profiling, type: constant, rate: 60, requests: 5}
    - {name: high, kind: profiling, type: gamma, rate: 120, smoothness: 2, concurrency: 3, requests: 6, seamless: true, cancellation: {rate: 10}}
    - {name: full, kind: profiling, type: concurrency, concurrency: 4, prefillConcurrency: 2, duration: 0.3, gracePeriod: 5s, seamless: true}`, records: []int{3, 5, 6, -1}},
}

// Every load mode runs, leaves as many records as it should, and files that the
// records bear out.
func TestLoadModes(t *testing.T) {
	t.Parallel()
	s := startSim(t, simserver.Fast())
	tmp := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(tmp, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	files := strings.NewReplacer(
		"SERIES", put("series.json", `{"points":[{"time_s":0,"qps":50},{"time_s":0.2,"qps":150}]}`),
		"TRACE", put("trace.jsonl", `{"timestamp": 1000, "input_length": 30, "output_length": 4}
{"timestamp": 1060, "input_length": 30, "output_length": 4, "session_id": "a"}
{"timestamp": 1100, "input_length": 30, "output_length": 4}
{"timestamp": 1200, "input_length": 30, "output_length": 4, "session_id": "a"}
{"timestamp": 1150.5, "input_length": 30, "output_length": 4}
{"timestamp": 1250, "input_length": 30, "output_length": 4}
`))
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "load mode\tran\trecords\tfiles valid")
	for i, m := range loadModes {
		dir := filepath.Join(tmp, fmt.Sprint(i))
		args := []string{"profile", "--url", s.URL(), "--model", "mock", "--streaming", "--use-server-token-count", "--random-seed", "7", "--ui", "none",
			"--no-gpu-telemetry", "--no-server-metrics", "--artifact-dir", dir}
		if m.yaml != "" {
			args = append(args, "--config", put("phases.yaml", "schemaVersion: \"2.0\"\nbenchmark:\n  model: mock\n  endpoint: {url: x}\n"+
				"  dataset: {type: synthetic, entries: 20, isl: 20, osl: 4, turns: 2}\n  phases:"+m.yaml+"\n"))
		} else if !strings.Contains(m.args, "TRACE") {
			args = append(args, "--isl", "20", "--osl", "4")
		}
		r := tacho(t, append(args, strings.Fields(files.Replace(m.args))...)...)
		got := map[int]int{}
		if r.code == 0 {
			for _, l := range lines(t, filepath.Join(dir, "profile_export.jsonl")) {
				var rec struct {
					Metadata struct {
						Phase int `json:"phase_index"`
					} `json:"metadata"`
				}
				if err := json.Unmarshal([]byte(l), &rec); err != nil {
					t.Fatal(err)
				}
				got[rec.Metadata.Phase]++
			}
		}
		v := tacho(t, "verify", dir)
		valid := v.code == 0 && strings.Contains(v.stdout, "values agree")
		fmt.Fprintf(w, "%s\t%v\t%v\t%v\n", m.name, r.code == 0, counts(got), valid)
		if r.code != 0 || !valid || !m.left(got) {
			t.Errorf("%s: exit %d, records %v, want %v\n%s%s", m.name, r.code, counts(got), m.records, r.stderr, v.stdout)
		}
	}
	w.Flush()
	t.Log("\n" + table.String())
}

// left reports whether the phases left as many records as they should; -1 is
// any number.
func (m *loadMode) left(got map[int]int) bool {
	return len(got) == len(m.records) && !slices.ContainsFunc(counts(got), func(n int) bool { return n == 0 }) &&
		slices.EqualFunc(counts(got), m.records, func(a, b int) bool { return a == b || b < 0 })
}

func counts(byPhase map[int]int) []int {
	out := make([]int, len(byPhase))
	for i := range out {
		out[i] = byPhase[i]
	}
	return out
}
