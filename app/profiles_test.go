package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacho/engine/simserver"
	"tacho/profiles"
)

// tachoIn runs the program with a home and a working directory of its own.
func tachoIn(t *testing.T, home string, args ...string) result {
	t.Helper()
	return tachoWith(t, map[string]string{"HOME": home}, args...)
}

// Every preset runs, here with its load cut to what a test can wait for.
func TestEveryPresetRuns(t *testing.T) {
	t.Parallel()
	s := startSim(t, simserver.Fast())
	less := map[string][]string{
		"latency":      {"--request-count", "3", "--isl", "32", "--osl", "4"},
		"throughput":   {"--benchmark-duration", "0.5", "--isl", "32", "--osl", "4", "--concurrency", "8"},
		"goodput":      {"--benchmark-duration", "0.5", "--request-rate", "40", "--isl", "32", "--osl", "4"},
		"long-context": {"--request-count", "3", "--isl", "2000", "--osl", "4"},
		"chat":         {"--num-sessions", "3", "--session-turn-delay-mean", "5", "--session-turn-delay-stddev", "0", "--isl", "16", "--osl", "4"},
		"soak":         {"--benchmark-duration", "0.5", "--request-rate", "40", "--isl", "32", "--osl", "4", "--slice-duration", "0.2"},
		"ramp":         {"--benchmark-duration", "0.6", "--concurrency-ramp-duration", "0.4", "--concurrency", "6", "--isl", "32", "--osl", "4"},
		"smoke":        nil,
		"prefix":       {"--num-sessions", "4", "--session-turn-delay-mean", "5", "--session-turn-delay-stddev", "0", "--isl", "16", "--osl", "4", "--shared-system-prompt-length", "64", "--user-context-prompt-length", "32"},
		"trace":        {"--fixed-schedule-end-offset", "2500", "--synthesis-speedup-ratio", "5"},
	}
	for _, p := range profiles.Presets() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			over, ok := less[p.Name]
			if !ok {
				t.Fatal("this test does not know the preset")
			}
			dir := filepath.Join(t.TempDir(), "run")
			args := append([]string{"profile", "@" + p.Name, "--model", "mock", "--url", s.URL(), "--num-dataset-entries", "8", "--artifact-dir", dir}, over...)
			r := tacho(t, args...)
			if r.code != 0 {
				t.Fatalf("exit %d: %s", r.code, r.stderr)
			}
			if v := tacho(t, "verify", dir); v.code != 0 {
				t.Errorf("verify: %s", v.stdout)
			}
		})
	}
}

func TestSavedProfiles(t *testing.T) {
	s := startSim(t, simserver.Fast())
	home := t.TempDir()
	r := tachoIn(t, home, "profiles", "save", "mine", "--model", "mock", "--url", s.URL(), "--streaming", "--concurrency", "2", "--request-count", "4",
		"--isl", "16", "--osl", "4", "--api-key", "sk-secret-1")
	if r.code != 0 {
		t.Fatalf("save: exit %d: %s", r.code, r.stderr)
	}
	path := filepath.Join(home, ".config", "tacho", "profiles", "mine.yaml")
	b, err := os.ReadFile(path)
	if err != nil || bytes.Contains(b, []byte("sk-secret-1")) {
		t.Errorf("%v: %s", err, b)
	}
	if l := tachoIn(t, home, "profiles"); !strings.Contains(l.stdout, "@mine") || !strings.Contains(l.stdout, "@latency") {
		t.Errorf("list:\n%s", l.stdout)
	}
	dir := filepath.Join(t.TempDir(), "run")
	if r := tachoIn(t, home, "profile", "@mine", "--request-count", "6", "--artifact-dir", dir); r.code != 0 {
		t.Fatalf("run: exit %d: %s", r.code, r.stderr)
	}
	if n := len(lines(t, filepath.Join(dir, "profile_export.jsonl"))); n != 6 {
		t.Errorf("%d records, want 6: options win over the profile", n)
	}
	e := tachoIn(t, home, "profiles", "expand", "mine", "--request-count", "6")
	for _, want := range []string{"--concurrency", "file", "flag", "default"} {
		if !strings.Contains(e.stdout, want) {
			t.Errorf("expand lacks %q:\n%s", want, e.stdout)
		}
	}
	if v := tachoIn(t, home, "profiles", "validate", path); v.code != 0 {
		t.Errorf("validate: %s", v.stderr)
	}
	if r := tachoIn(t, home, "profile", "@mien"); r.code != 2 || !strings.Contains(r.stderr, `did you mean "mine"`) {
		t.Errorf("exit %d: %s", r.code, r.stderr)
	}
	if r := tachoIn(t, home, "profiles", "rm", "mine"); r.code != 0 {
		t.Errorf("rm: %s", r.stderr)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the profile is still there")
	}
	if r := tachoIn(t, home, "profiles", "rm", "latency"); r.code == 0 || !strings.Contains(r.stderr, "built in") {
		t.Errorf("a preset was removed: %s", r.stderr)
	}
	if r := tachoIn(t, home, "profiles", "save", "../x", "--model", "m"); r.code != 2 {
		t.Errorf("a path was taken for a name: exit %d", r.code)
	}
}
