package app

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestComplete(t *testing.T) {
	env := Env{Getenv: func(string) string { return "" }}
	for _, c := range []struct {
		words string
		has   []string
		lacks string
	}{
		{"", []string{"profile", "demo", "completion"}, "__complete"},
		{"pro", []string{"profile", "profiles"}, "demo"},
		{"profile --inp", []string{"--input-file"}, "--isl"},
		{"profile --custom-dataset-type ", []string{"multi-turn", "mooncake-trace"}, "dag-jsonl"},
		{"profile --custom-dataset-type mul", []string{"multi-turn"}, "single-turn"},
		{"profile --endpoint-type=ch", []string{"--endpoint-type=chat"}, "--endpoint-type=embeddings"},
		{"profile --input-file ", []string{":files"}, ""},
		{"profile -f ", []string{":files"}, ""},
		{"profile --server-metrics-formats json ", []string{"csv"}, ""},
		{"demo --dataset-sampling-strategy s", []string{"shuffle", "sequential"}, "random"},
		{"completion ", []string{"bash", "zsh", "fish"}, ""},
		{"help opt", []string{"options"}, "metrics"},
		{"replay ", []string{":files"}, ""},
		{"rerun ", []string{":files"}, ""},
		{"find --m", []string{"--max", "--model"}, "--isl"},
		{"find --endpoint-type ch", []string{"chat"}, "embeddings"},
		{"simulate --pre", []string{"--preset"}, "--prefill-concurrency"},
		{"simulate --tls-cert ", []string{":files"}, ""},
		{"replay dir --against ", []string{":files"}, ""},
		{"attach --", []string{"--watch"}, "--isl"},
		// Words as bash cuts them.
		{"profile --ui = pl", []string{"plain"}, "--ui=plain"},
		{"profile --ui =", []string{"plain", "none"}, ""},
		{"profile --input-file = /tm", []string{":files"}, ""},
	} {
		got := complete(env, strings.Split(c.words, " "))
		for _, want := range c.has {
			if !slices.Contains(got, want) {
				t.Errorf("%q: %v lacks %s", c.words, got, want)
			}
		}
		if slices.Contains(got, c.lacks) {
			t.Errorf("%q: %v has %s", c.words, got, c.lacks)
		}
	}
	for _, words := range []string{"profile --streaming ", "profile --isl ", "profile --nonsense ", "nonsense x", "find --slo ", "version --"} {
		if got := complete(env, strings.Split(words, " ")); len(got) > 0 {
			t.Errorf("%q: %v, want nothing", words, got)
		}
	}
}

// The scripts are valid for the shells that are here.
func TestCompletionScripts(t *testing.T) {
	for shell, check := range map[string]string{"bash": "-n", "zsh": "-n", "fish": "--no-execute"} {
		r := tacho(t, "completion", shell)
		if r.code != 0 || !strings.Contains(r.stdout, completeCommand) {
			t.Errorf("%s: exit %d\n%s%s", shell, r.code, r.stdout, r.stderr)
		}
		path, err := exec.LookPath(shell)
		if err != nil {
			continue // its script is checked where the shell is
		}
		cmd := exec.Command(path, check, "/dev/stdin")
		cmd.Stdin = strings.NewReader(r.stdout)
		if out, err := ends(t, cmd); err != nil {
			t.Errorf("%s: %v\n%s", shell, err, out)
		}
	}
	if r := tacho(t, "completion", "tcsh"); r.code != exitUsage || !strings.Contains(r.stderr, "bash, zsh or fish") {
		t.Errorf("tcsh: exit %d\n%s", r.code, r.stderr)
	}
	if r := tacho(t, completeCommand, "profile", "--custom-dataset-type", "mult"); r.code != 0 || r.stdout != "multi-turn\n" {
		t.Errorf("exit %d, %q", r.code, r.stdout)
	}
}
