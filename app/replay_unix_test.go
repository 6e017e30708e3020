//go:build unix

package app

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/creack/pty"
)

// TestReplayOnATerminal plays a run to its end and leaves.
func TestReplayOnATerminal(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "replay", filepath.Join(goldens, "chat_stream"), "--speed", "1000", "--against", filepath.Join(goldens, "faulty"))
	cmd.Env = append(os.Environ(), "TACHO_TEST_AS_PROGRAM=1", "TERM=xterm-256color", "NO_COLOR=1")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 120})
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	var mu sync.Mutex
	var seen bytes.Buffer
	var reader sync.WaitGroup
	reader.Go(func() {
		b := make([]byte, 4096)
		for {
			n, err := tty.Read(b)
			mu.Lock()
			seen.Write(b[:n])
			mu.Unlock()
			if err != nil {
				return
			}
		}
	})
	shows := func(text string) func() bool {
		return func() bool {
			mu.Lock()
			defer mu.Unlock()
			return bytes.Contains(seen.Bytes(), []byte(text))
		}
	}
	for _, text := range []string{"REPLAY", "mock-model", "made by AIPerf 0.13.0", "values agree", "vs faulty", "PAUSED", "DONE"} {
		await(t, text, shows(text))
	}
	if _, err := tty.WriteString("q"); err != nil {
		t.Fatal(err)
	}
	within(t, patience, "the end after q", func() {
		if err := cmd.Wait(); err != nil {
			t.Errorf("after q: %v", err)
		}
		reader.Wait()
	})
}

// TestReplayOfAFolderOnATerminal: the runs of a sweep are listed by their place
// in it, enter plays one, and leaving that comes back to the list.
func TestReplayOfAFolderOnATerminal(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	sweep, err := filepath.Abs(filepath.Join(goldens, "sweep"))
	if err != nil {
		t.Fatal(err)
	}
	s := d.sit(120, 40, false, "replay", sweep, "--at", "0%")
	s.sees("3 runs", "concurrency_1", "concurrency_2")
	s.press("/", "_", "2", "\r")
	s.sees("/_2", "1 of 3")
	s.press("\r")
	s.sees("REPLAY", "closed loop 2", "PAUSED")
	s.press("q")
	s.sees("1 of 3")
	s.press("q")
	s.leaves(exitOK)
}
