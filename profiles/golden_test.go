package profiles

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// goldens are runs of AIPerf 0.13: name, the command line, and cli_command as
// recorded. input_config/NAME.json is what it wrote.
func goldens(t *testing.T) [][3]string {
	t.Helper()
	b, err := os.ReadFile("testdata/input_config/commands.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][3]string
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n")[1:] {
		f := strings.Split(line, "\t")
		rows = append(rows, [3]string{f[0], f[1], f[2]})
	}
	return rows
}

// splitShell splits a command line at blanks outside double quotes.
func splitShell(s string) []string {
	var out []string
	for i, part := range strings.Split(s, `"`) {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		out = append(out, strings.Fields(part)...)
	}
	return out
}

// benchTrace stands for the file of the recorded replay.
func benchTrace(string) Trace { return Trace{Timed: true, Records: 30} }

func TestInputConfigEqualsAIPerf(t *testing.T) {
	n := 0
	for _, g := range goldens(t) {
		name, line, recorded := g[0], g[1], g[2]
		t.Run(name, func(t *testing.T) {
			args := splitShell(line)
			p, _, err := ParseArgs(args, Env{Dir: "/bench", Trace: benchTrace})
			if err != nil {
				t.Fatalf("ParseArgs: %v", err)
			}
			want, err := os.ReadFile(filepath.Join("testdata/input_config", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			if got := string(AppendJSON(nil, InputConfig(p), "  ", 1)); got != string(want) {
				t.Errorf("input_config of %s\n got %s\nwant %s", line, got, want)
			}
			wantCmd := strings.Replace(recorded, "aiperf", "tacho", 1)
			if got := CLICommand(args); got != wantCmd {
				t.Errorf("CLICommand\n got %s\nwant %s", got, wantCmd)
			}
			n++
		})
	}
	if n < 13 {
		t.Errorf("only %d recorded runs compared", n)
	}
}

// The command line made from a profile makes the same profile.
func TestArgsMakeTheProfile(t *testing.T) {
	lines := []string{
		`-m a,b -u h1 h2 -H "X: 1" X-A:b --extra-inputs a:1.5,b:none --goodput "x:1 y:2" --gpu-telemetry h:9 my/list.csv dashboard --ui plain -v --api-key k`,
		"-m m --benchmark-duration 5 --benchmark-grace-period inf --warmup-duration 3 --warmup-request-rate 2 --warmup-arrival-pattern constant --endpoint=",
		"-m m --request-rate 5 --vllm-burstiness 2 --export-level summary --no-server-metrics --num-sessions 4 --fps 5 --tag x --random-seed 0",
		"-m m --user-centric-rate 4 --num-users 3 --session-turns-mean 3 --request-count 9 --warmup-duration 2 --warmup-request-rate 3 --warmup-request-rate-ramp-duration 1",
		"-m m --random-seed 3 --input-file x.jsonl --custom-dataset-type mooncake-trace --no-fixed-schedule --concurrency 3",
		"-m m --random-seed 3 --input-file x.jsonl --custom-dataset-type mooncake-trace --fixed-schedule-start-offset 5 --fixed-schedule-end-offset 9",
		"-m m --auto-plot --plot-required --num-profile-runs 2 --no-set-consistent-seed --random-seed 4",
		"-m m --gpu-telemetry pynvml --request-cancellation-rate 5 --request-cancellation-delay 0.5 --artifact-dir d",
	}
	for _, g := range goldens(t) {
		lines = append(lines, g[1])
	}
	for _, line := range lines {
		p, _, err := ParseArgs(splitShell(line), Env{Dir: "/bench", Trace: benchTrace})
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		args := Args(p)
		q, _, err := ParseArgs(args, Env{Dir: "/bench", Trace: benchTrace})
		if err != nil {
			t.Fatalf("%q: %v", args, err)
		}
		want, got := string(AppendJSON(nil, InputConfig(p), "", 0)), string(AppendJSON(nil, InputConfig(q), "", 0))
		if !p.Dataset().Entries.Set { // written out, since requests would set it otherwise
			got = strings.Replace(got, `"entries":100,`, "", 1)
		}
		if got != want || q.Console != p.Console {
			t.Errorf("%s\n%q\n got %s\nwant %s", line, args, got, want)
		}
	}
}
