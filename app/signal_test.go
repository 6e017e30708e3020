//go:build unix

package app

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tacho/engine/simserver"
)

// process is the program as a process of its own.
type process struct {
	cmd  *exec.Cmd
	mu   sync.Mutex
	errs bytes.Buffer
	out  bytes.Buffer
}

func startProgram(t *testing.T, args ...string) *process {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.Command(exe, args...)}
	p.cmd.Env = append(os.Environ(), "TACHO_TEST_AS_PROGRAM=1")
	p.cmd.Stdout, p.cmd.Stderr = &p.out, lockedWriter{p}
	p.cmd.WaitDelay = 10 * time.Second // for what holds its output open
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill(); p.cmd.Wait() })
	return p
}

// lockedWriter lets a test read stderr while the process writes it.
type lockedWriter struct{ p *process }

func (w lockedWriter) Write(b []byte) (int, error) {
	w.p.mu.Lock()
	defer w.p.mu.Unlock()
	return w.p.errs.Write(b)
}

func (p *process) stderr() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.errs.String()
}

// end waits for the process and returns its exit code and how long it took
// from now on.
func (p *process) end(t *testing.T) (code int, took time.Duration) {
	t.Helper()
	start := time.Now()
	done := make(chan error, 1)
	go func() { done <- p.cmd.Wait() }()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		_ = p.cmd.Process.Signal(syscall.SIGQUIT) // it tells what its goroutines do
		select {
		case <-done:
		case <-time.After(5 * time.Second):
		}
		t.Fatalf("still running after 30 s; stderr:\n%s", p.stderr())
	}
	return p.cmd.ProcessState.ExitCode(), time.Since(start)
}

func records(dir string) int {
	b, _ := os.ReadFile(filepath.Join(dir, "profile_export.jsonl"))
	return bytes.Count(b, []byte("\n"))
}

func loadArgs(url, dir string) []string {
	return []string{"profile", "--model", "mock", "--url", url, "--streaming", "--isl", "16", "--osl", "8",
		"--concurrency", "2", "--request-count", "1000000", "--num-dataset-entries", "8", "--artifact-dir", dir}
}

func TestSignalStopsAndSaves(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		sig  syscall.Signal
		code int
	}{{"SIGINT", syscall.SIGINT, 130}, {"SIGTERM", syscall.SIGTERM, 143}, {"SIGHUP", syscall.SIGHUP, 129}} {
		t.Run(c.name, func(t *testing.T) {
			s := startSim(t, simserver.Fast())
			dir := filepath.Join(t.TempDir(), "run")
			p := startProgram(t, loadArgs(s.URL(), dir)...)
			await(t, "records", func() bool { return records(dir) > 10 })
			p.cmd.Process.Signal(c.sig)
			code, _ := p.end(t)
			if code != c.code {
				t.Errorf("exit %d, want %d\n%s", code, c.code, p.stderr())
			}
			sum := readJSON(t, filepath.Join(dir, "profile_export_aiperf.json"))
			if sum["was_cancelled"] != true || sum["is_complete"] != false {
				t.Errorf("was_cancelled %v, is_complete %v", sum["was_cancelled"], sum["is_complete"])
			}
			if v := tacho(t, "verify", dir); v.code != 0 {
				t.Errorf("verify: %s", v.stdout)
			}
			if !strings.Contains(p.out.String(), "cancelled:") {
				t.Errorf("the result does not say that it was cancelled:\n%s", p.out.String())
			}
		})
	}
}

func TestSecondSignalCuts(t *testing.T) {
	t.Parallel()
	s := startSim(t, simserver.Exact(time.Minute, time.Millisecond, 4))
	dir := filepath.Join(t.TempDir(), "run")
	p := startProgram(t, loadArgs(s.URL(), dir)...)
	await(t, "a request", func() bool { return strings.Contains(p.stderr(), "in flight") })
	p.cmd.Process.Signal(syscall.SIGINT)
	time.Sleep(200 * time.Millisecond)
	p.cmd.Process.Signal(syscall.SIGINT)
	code, took := p.end(t)
	if code != 130 || took > 10*time.Second {
		t.Errorf("exit %d after %v, want 130 without the minute that an answer takes", code, took)
	}
	if m := readJSON(t, filepath.Join(dir, "manifest.json")); m["outcome"] != "cancelled" {
		t.Errorf("outcome %v", m["outcome"])
	}
}

func TestSignalDuringStartUp(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "run")
	p := startProgram(t, "profile", "--model", "mock", "--url", "http://127.0.0.1:1", "--wait-for-model-timeout", "60",
		"--request-count", "1", "--artifact-dir", dir)
	await(t, "waiting", func() bool { return strings.Contains(p.stderr(), "waiting for the model") })
	p.cmd.Process.Signal(syscall.SIGINT)
	code, took := p.end(t)
	if code != 130 || took > 10*time.Second {
		t.Errorf("exit %d after %v, want 130 at once\n%s", code, took, p.stderr())
	}
}

// A killed process loses at most the last second: what it flushed is whole
// lines that read back.
func TestKillLosesAtMostASecond(t *testing.T) {
	t.Parallel()
	s := startSim(t, simserver.Fast())
	dir := filepath.Join(t.TempDir(), "run")
	p := startProgram(t, loadArgs(s.URL(), dir)...)
	await(t, "records", func() bool { return records(dir) > 20 })
	served := s.Load().Requests - 2 // two may be in flight
	time.Sleep(1500 * time.Millisecond)
	p.cmd.Process.Kill()
	p.cmd.Wait()
	if got := records(dir); int64(got) < served {
		t.Errorf("%d records on disk, but %d requests were answered 1.5 s before the kill", got, served)
	}
}
