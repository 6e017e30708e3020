//go:build unix

package app

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"tacho/app/attach"
)

// seat is the program on a terminal of its own, and what that terminal shows.
type seat struct {
	t    testing.TB
	cmd  *exec.Cmd
	tty  *os.File
	read sync.WaitGroup

	mu   sync.Mutex
	emu  *vt.Emulator
	bad  bool   // the terminal hangs up after its next read
	all  int    // bytes so far
	said []byte // the last of them
	alt  bool   // the alternate screen is shown
	over chan struct{}
}

// saidMost is how much of the output is kept.
const saidMost = 1 << 16

// desk is a folder to sit in, with the environment of its seats: nothing of the
// user's.
type desk struct {
	t       testing.TB
	dir     string // the working directory
	runtime string
	env     []string
}

func newDesk(t testing.TB, env ...string) *desk {
	t.Helper()
	run, err := os.MkdirTemp("", "seat") // the paths of sockets are short
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, dir: t.TempDir(), runtime: run}
	d.env = append([]string{"TACHO_TEST_AS_PROGRAM=1", "TERM=xterm-256color", flushPeriod + "=0", "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH"),
		"HOME=" + t.TempDir(), "XDG_RUNTIME_DIR=" + run}, env...)
	t.Cleanup(func() {
		for _, r := range d.runs() { // of a test that failed
			_ = syscall.Kill(r.PID, syscall.SIGKILL)
		}
		_ = os.RemoveAll(run)
	})
	return d
}

// runs are those that go on.
func (d *desk) runs() []attach.Info { return attach.List(filepath.Join(d.runtime, "tacho")) }

// command is the program at this desk.
func (d *desk) command(args ...string) *exec.Cmd {
	d.t.Helper()
	exe, err := os.Executable()
	if err != nil {
		d.t.Fatal(err)
	}
	cmd := exec.Command(exe, args...)
	cmd.Env, cmd.Dir = d.env, d.dir
	return cmd
}

// sit starts the program on a terminal of w by h. Unless deaf, all that it writes
// is read.
func (d *desk) sit(w, h int, deaf bool, args ...string) *seat {
	d.t.Helper()
	s := &seat{t: d.t, cmd: d.command(args...), emu: vt.NewEmulator(w, h), over: make(chan struct{})}
	s.emu.SetCallbacks(vt.Callbacks{AltScreen: func(on bool) { s.alt = on }})
	var err error
	if s.tty, err = pty.StartWithSize(s.cmd, &pty.Winsize{Rows: uint16(h), Cols: uint16(w)}); err != nil {
		d.t.Fatal(err)
	}
	if !deaf {
		s.listen()
	}
	s.read.Go(func() { _, _ = io.Copy(io.Discard, s.emu) }) // what it would answer: it holds up what it is shown until that is taken
	go func() { _ = s.cmd.Wait(); close(s.over) }()
	d.t.Cleanup(func() {
		_ = s.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-s.over:
		case <-time.After(5 * time.Second):
			_ = s.cmd.Process.Kill()
			<-s.over
		}
		_ = syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL) // a run's own process that hangs would keep the terminal open
		_ = s.tty.Close()
		_ = s.emu.InputPipe().(io.Closer).Close()
		s.read.Wait()
	})
	return s
}

func (s *seat) listen() {
	s.read.Go(func() {
		buf := make([]byte, 1<<16)
		for {
			n, err := s.tty.Read(buf)
			s.mu.Lock()
			_, _ = s.emu.Write(buf[:n])
			s.all += n
			if s.said = append(s.said, buf[:n]...); len(s.said) > 2*saidMost {
				s.said = append(s.said[:0], s.said[len(s.said)-saidMost:]...)
			}
			bad := s.bad
			s.mu.Unlock()
			if bad {
				_ = s.tty.Close() // while a read is under way it would wait for it
				return
			}
			if err != nil {
				return
			}
		}
	})
}

// hangUp takes the terminal away.
func (s *seat) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bad = true
}

// resize gives the terminal another size.
func (s *seat) resize(w, h int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.emu.Resize(w, h)
	_ = pty.Setsize(s.tty, &pty.Winsize{Rows: uint16(h), Cols: uint16(w)}) // it may be gone
}

func (s *seat) screen() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.emu.String()
}

// sees waits until all texts are on the screen at once.
func (s *seat) sees(texts ...string) {
	s.t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		now, all := s.screen(), true
		for _, text := range texts {
			all = all && strings.Contains(now, text)
		}
		if all {
			return
		}
	}
	s.t.Fatalf("%q did not appear; the screen:\n%s", texts, s.screen())
}

// press types keys as a person would.
func (s *seat) press(keys ...string) {
	s.t.Helper()
	for _, k := range keys {
		if _, err := s.tty.WriteString(k); err != nil {
			s.t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// leaves waits for the end of the program that the shell waits for.
func (s *seat) leaves(code int) {
	s.t.Helper()
	select {
	case <-s.over:
	case <-time.After(30 * time.Second):
		s.t.Fatalf("still there after 30 s; the screen:\n%s", s.screen())
	}
	if got := s.cmd.ProcessState.ExitCode(); got != code {
		s.t.Errorf("exit code %d, want %d; the screen:\n%s", got, code, s.screen())
	}
}
