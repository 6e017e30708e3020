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

// outOfScope are recorded runs whose command lines use what is not built yet.
var outOfScope = map[string]string{
	"multi_turn":   "--input-file",
	"rankings":     "--rankings-passages-mean",
	"trace_replay": "--input-file",
}

func TestInputConfigEqualsAIPerf(t *testing.T) {
	n := 0
	for _, g := range goldens(t) {
		name, line, recorded := g[0], g[1], g[2]
		t.Run(name, func(t *testing.T) {
			args := splitShell(line)
			p, _, err := ParseArgs(args, Env{Dir: "/bench"})
			if flag, skip := outOfScope[name]; skip {
				if err == nil || !strings.Contains(err.Error(), flag) {
					t.Errorf("ParseArgs: %v, want a problem that names %s", err, flag)
				}
				return
			}
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
