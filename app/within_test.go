package app

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what should be over in seconds, even on
// a busy machine: whatever hangs must name its test before the whole package
// runs out of time.
const patience = 2 * time.Minute

// waits numbers the calls of within, whose goroutines it marks.
var waits atomic.Int64

// within calls f and waits for its end; a test in which f hangs fails with what
// the goroutines that f began are doing.
func within(t testing.TB, limit time.Duration, what string, f func()) {
	t.Helper()
	mark := fmt.Sprint(waits.Add(1))
	over := make(chan struct{})
	go pprof.Do(context.Background(), pprof.Labels(waitLabel, mark), func(context.Context) {
		defer close(over)
		f()
	})
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-over:
	case <-timer.C:
		t.Fatalf("%s: not over after %v; its goroutines:\n%s", what, limit, goroutines(mark))
	}
}

const waitLabel = "within"

// goroutines are the stacks of those that a call of within began, alike ones
// together.
func goroutines(mark string) string {
	var all bytes.Buffer
	_ = pprof.Lookup("goroutine").WriteTo(&all, 1)
	var out strings.Builder
	_, list, _ := strings.Cut(all.String(), "\n") // a title
	for block := range strings.SplitSeq(list, "\n\n") {
		if !strings.Contains(block, fmt.Sprintf("%q:%q", waitLabel, mark)) {
			continue
		}
		count, _, _ := strings.Cut(block, " ")
		title := count + " at\n"
		for line := range strings.SplitSeq(block, "\n") { // # 0x1f tacho/app.Main+0x2a /home/x/app/main.go:12
			if f := strings.Fields(line); len(f) > 3 && strings.HasPrefix(f[2], "tacho/") {
				name, _, _ := strings.Cut(f[2], "+0x")
				fmt.Fprintf(&out, "%s  %s %s\n", title, name, filepath.Base(f[3]))
				title = ""
			}
		}
	}
	return out.String()
}

// ends runs a command to its end and returns what it printed. One that does not
// end is told to say what its goroutines are doing.
func ends(t testing.TB, cmd *exec.Cmd) (printed []byte, err error) {
	t.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = 10 * time.Second // for what holds its output open
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(patience, func() { _ = cmd.Process.Signal(syscall.SIGQUIT) })
	err = cmd.Wait()
	if !stuck.Stop() {
		t.Fatalf("%s: not over after %v\n%s", strings.Join(cmd.Args[1:], " "), patience, out.Bytes())
	}
	return out.Bytes(), err
}

// A wait that takes too long fails its test, and tells of the goroutines that it
// is about and of no others.
func TestWithinTellsWhatHangs(t *testing.T) {
	release := make(chan struct{})
	mine, other := &failing{TB: t}, make(chan struct{})
	go func() { defer close(other); inTheWay(release) }()
	var began, ended atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		within(mine, 50*time.Millisecond, "the run", func() {
			began.Store(true)
			sub := make(chan struct{})
			go func() { defer close(sub); hangs(release) }()
			<-sub
			ended.Store(true)
		})
	}()
	<-done
	if !began.Load() || ended.Load() || !strings.HasPrefix(mine.said, "the run: not over after 50ms") ||
		!strings.Contains(mine.said, "app.hangs") || strings.Contains(mine.said, "inTheWay") {
		t.Errorf("said %q", mine.said)
	}
	close(release)
	<-other
	await(t, "the end of what hung", ended.Load)
}

func hangs(c chan struct{})    { <-c }
func inTheWay(c chan struct{}) { <-c }

// failing is a test that only remembers what it failed with.
type failing struct {
	testing.TB
	said string
}

func (f *failing) Helper() {}

func (f *failing) Fatalf(format string, args ...any) {
	f.said = fmt.Sprintf(format, args...)
}

// await waits until ready, for at most 20 s.
func await(t testing.TB, what string, ready func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ready() {
			return
		}
	}
	t.Fatalf("%s: not within 20 s", what)
}
