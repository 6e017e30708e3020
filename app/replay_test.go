package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const goldens = "../testdata/aiperf-0.13"

func TestReplayInAPipe(t *testing.T) {
	for _, c := range []struct {
		dir  string
		want []string
	}{
		{"chat_stream", []string{"Time to First Token", "made by AIPerf 0.13.0", "complete: 60 requests ok, 0 failed", "check:   all ", "command: aiperf profile"}},
		{"prefix_named", []string{"Time to First Token", "values agree"}},
		{"summary_level", []string{"Request Latency", "not checked: there are no records", "profile_export.jsonl is missing"}},
		{"all_fail", []string{"8 × refused ClientConnectorError", "made by AIPerf, without a summary", "no summary to check"}},
	} {
		r := tacho(t, "replay", filepath.Join(goldens, c.dir))
		if r.code != 0 {
			t.Errorf("%s: exit %d: %s", c.dir, r.code, r.stderr)
		}
		for _, want := range c.want {
			if !strings.Contains(r.stdout, want) {
				t.Errorf("%s lacks %q:\n%s", c.dir, want, r.stdout)
			}
		}
		if strings.ContainsRune(r.stdout+r.stderr, 0x1b) {
			t.Errorf("%s: control codes in a pipe", c.dir)
		}
	}
}

func TestReplayOfOurOwn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	if r := tacho(t, "demo", "--request-count", "6", "--osl", "6", "--isl", "32", "--artifact-dir", dir); r.code != 0 {
		t.Fatal(r.stderr)
	}
	r := tacho(t, "replay", dir, filepath.Join(goldens, "embeddings"))
	for _, want := range []string{"== " + dir, "SIMULATED", "made by tacho " + Version, "== " + goldens, "made by AIPerf"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, r.stdout)
		}
	}
}

func TestReplayOfWhatIsNoRun(t *testing.T) {
	r := tacho(t, "replay", t.TempDir())
	if r.code != 1 || !strings.Contains(r.stderr, "give the folder with profile_export_aiperf.json") {
		t.Errorf("exit %d: %s", r.code, r.stderr)
	}
}

func TestReplayByName(t *testing.T) {
	root := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", filepath.Join(root, "cache"))
	t.Chdir(root)
	if r := tacho(t, "replay", "last"); r.code != 1 || !strings.Contains(r.stderr, "no run with that tag") {
		t.Errorf("exit %d: %s", r.code, r.stderr)
	}
	for _, name := range []string{"one", "two"} {
		r := tacho(t, "demo", "--request-count", "3", "--osl", "4", "--isl", "16", "--tag", "tag "+name, "--artifact-dir", filepath.Join("artifacts", name))
		if r.code != 0 {
			t.Fatal(r.stderr)
		}
	}
	for name, want := range map[string]string{"last": "two", "one": "one", "tag one": "one", "artifacts/two": "two"} {
		r := tacho(t, "replay", name)
		if r.code != 0 || !strings.Contains(r.stdout, ", in "+filepath.Join(root, "artifacts", want)) {
			t.Errorf("%s: exit %d: %s\n%s", name, r.code, r.stderr, r.stdout)
		}
	}
}

func TestReplayOptions(t *testing.T) {
	for args, want := range map[string]string{
		"": "no directory", "--speed 2": "no directory", "DIR --speed 0": "--speed 0", "DIR --speed -1": "--speed -1", "DIR --speed 1001": "--speed 1001",
		"DIR --at x": "--at \"x\"", "DIR --at 1:2:3:4": "--at", "DIR --at -5s": "--at", "DIR --at 101%": "--at", "DIR --nonsense": "nonsense",
	} {
		_, err := readReplayOptions(Env{Terminal: true}, strings.Fields(args))
		if err == nil || code(err) != exitUsage || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", args, err)
		}
	}
	o, err := readReplayOptions(Env{Terminal: true}, strings.Fields("A --speed 10 B --at=00:30 --against C"))
	if err != nil || strings.Join(o.dirs, " ") != "A B" || o.speed != 10 || o.at != "00:30" || o.against != "C" {
		t.Errorf("%+v, %v", o, err)
	}
	for _, args := range []string{"DIR --speed 2", "DIR --at 5s", "DIR --against X"} {
		if r := tacho(t, append([]string{"replay"}, strings.Fields(args)...)...); r.code != exitUsage || !strings.Contains(r.stderr, "need a terminal") {
			t.Errorf("%s in a pipe: exit %d: %s", args, r.code, r.stderr)
		}
	}
	if r := tacho(t, "replay", "-h"); r.code != 0 || !strings.Contains(r.stdout, "--against DIR") {
		t.Errorf("exit %d:\n%s", r.code, r.stdout)
	}
}

func TestParseMoment(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"": time.Hour, "00:30": 30 * time.Second, "1:02:03": time.Hour + 2*time.Minute + 3*time.Second, "90s": 90 * time.Second,
		"50%": 30 * time.Minute, "0:00.5": 500 * time.Millisecond, "0s": 0,
	} {
		if got, err := parseMoment(text, time.Hour); err != nil || got != want {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
}

// TestReplayOfAFolder: in a pipe the runs of a sweep are printed one after the
// other.
// A run that failed before its first request does not hide the others of a folder.
func TestReplayOfAFolderWithAFailedRun(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "good"), os.DirFS(filepath.Join(goldens, "chat_nostream"))); err != nil {
		t.Fatal(err)
	}
	tacho(t, "profile", "--model", "m", "--url", "127.0.0.1:1", "--tokenizer", "builtin", "--input-file", filepath.Join(dir, "gone.jsonl"), "--artifact-dir", filepath.Join(dir, "failed"))
	r := tacho(t, "replay", dir)
	if r.code != exitFailed || !strings.Contains(r.stdout, "== "+filepath.Join(dir, "good")) || !strings.Contains(r.stderr, "failed has no profile_export.jsonl") {
		t.Errorf("exit %d\n%s\n%s", r.code, r.stdout, r.stderr)
	}
}

func TestReplayOfAFolder(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	sweep := filepath.Join(goldens, "sweep")
	r := tacho(t, "replay", sweep)
	if r.code != 0 {
		t.Fatalf("exit %d: %s", r.code, r.stderr)
	}
	at := -1
	for _, run := range []string{"concurrency_1", "concurrency_2"} {
		i := strings.Index(r.stdout, "== "+filepath.Join(sweep, run)+"\n")
		if i <= at {
			t.Errorf("%s is not there, or not in order:\n%s", run, r.stdout)
		}
		at = i
	}
}
