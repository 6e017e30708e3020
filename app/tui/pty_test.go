//go:build !windows

package tui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"
	"go.uber.org/goleak"

	"tacho/engine/snap"
	"tacho/views/home/hometest"
	"tacho/views/viewtest"
)

// childEnv makes the test binary show a screen instead of running tests, so
// that package initialisers, signals and terminal modes are the real ones.
const childEnv = "TACHO_SCREEN_CHILD"

func TestMain(m *testing.M) {
	alone := orphaned
	orphaned = func() bool { return false } // wherever the tests run
	if mode := os.Getenv(childEnv); mode != "" {
		if mode == "alone" {
			orphaned, mode = alone, "done"
		}
		child(mode, os.Getenv("TACHO_SCREEN_RESULT"))
		return
	}
	goleak.VerifyTestMain(m)
}

// panicking is a source that fails when it is looked at the n-th time.
type panicking struct {
	*source
	n int
}

func (p *panicking) Latest() *snap.Snapshot {
	if p.n--; p.n < 0 {
		panic("the source broke")
	}
	return p.source.Latest()
}

// child shows a screen on its terminal and writes how Run ended to a file.
func child(mode, result string) {
	src := &source{done: make(chan struct{})}
	src.Publish(viewtest.New().At(72 * time.Second))
	var look snap.Source = src
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stop := make(chan struct{})
	var engine sync.WaitGroup
	switch mode {
	case "home":
		c, err := Home(ctx, hometest.Ledger(), Options{}, nil)
		tell(result, fmt.Sprintf("left: %v chose %d %s", err, c.Kind, c.Dir))
		return
	case "form":
		r, err := Form(ctx, FormData{Args: []string{"--model", "m"}}, Options{})
		tell(result, fmt.Sprintf("left: %v run %v %s", err, r.Run, strings.Join(r.Args, " ")))
		return
	case "done":
		src.end()
	case "panic":
		look = &panicking{src, 8}
	case "ssh", "ssh-low": // a run at its own pace, drawn as over SSH
		engine.Go(func() {
			r := viewtest.New()
			for begin := time.Now(); ; {
				src.Publish(r.Busy(72*time.Second+time.Since(begin), 8, 2))
				select {
				case <-stop:
					return
				case <-time.After(100 * time.Millisecond):
				}
			}
		})
	case "busy", "moving": // the picture changes all the time, or until ctx ends
		engine.Go(func() {
			r := viewtest.New()
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				case <-time.After(20 * time.Millisecond):
				}
				src.Publish(r.At(72*time.Second + time.Duration(i)*3*time.Second))
				if i == 25 && mode == "busy" {
					cancel()
				}
			}
		})
	}
	opts := Options{FPS: 20}
	if strings.HasPrefix(mode, "ssh") {
		opts.FPS, opts.LowBandwidth = 0, mode == "ssh-low"
	}
	err := Run(ctx, look, opts)
	close(stop)
	engine.Wait()
	fault := ""
	var p *PanicError
	if errors.As(err, &p) {
		fault = fmt.Sprint(" stack ", len(p.Stack) > 0)
	}
	time.Sleep(50 * time.Millisecond) // a signal that kills would arrive now
	tell(result, fmt.Sprintf("left: %v stops %d%s", err, src.stops, fault))
	fmt.Print("summary\r\n")
}

// tell writes how a screen ended, all at once.
func tell(path, text string) {
	_ = os.WriteFile(path+".tmp", []byte(text), 0o600)
	_ = os.Rename(path+".tmp", path)
}

// session is a child on a terminal that never answers a question.
type session struct {
	t      testing.TB
	cmd    *exec.Cmd
	tty    *os.File
	result string
	start  time.Time

	mu     sync.Mutex
	out    bytes.Buffer
	got    atomic.Int64 // bytes of it
	read   sync.WaitGroup
	hangUp atomic.Bool // the reader closes the terminal after its next read
}

func start(t testing.TB, mode string, listen bool, env ...string) *session {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := &session{t: t, cmd: exec.Command(exe), result: filepath.Join(t.TempDir(), "result"), start: time.Now()}
	s.cmd.Env = append([]string{"TERM=xterm-256color", "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH"), childEnv + "=" + mode, "TACHO_SCREEN_RESULT=" + s.result}, env...)
	s.tty, err = pty.StartWithSize(s.cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	if listen {
		s.listen()
	}
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		_ = s.tty.Close()
		s.read.Wait()
	})
	return s
}

// listen reads what the child writes.
func (s *session) listen() {
	s.read.Go(func() {
		buf := make([]byte, 1<<16)
		for {
			n, err := s.tty.Read(buf)
			s.mu.Lock()
			s.out.Write(buf[:n])
			s.mu.Unlock()
			s.got.Add(int64(n))
			if s.hangUp.Load() {
				_ = s.tty.Close() // while a read is under way it would wait for it
				return
			}
			if err != nil {
				return
			}
		}
	})
}

func (s *session) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}

// until waits for text after the given offset of the output.
func (s *session) until(text string, from int) {
	s.t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if o := s.text(); len(o) >= from && strings.Contains(o[from:], text) {
			return
		}
	}
	s.t.Fatalf("%q did not appear in %q", text, s.text())
}

func (s *session) press(keys string) {
	s.t.Helper()
	if _, err := s.tty.Write([]byte(keys)); err != nil {
		s.t.Fatal(err)
	}
}

// left waits for the child's account of how Run ended.
func (s *session) left() string {
	s.t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if b, err := os.ReadFile(s.result); err == nil {
			return string(b)
		}
	}
	s.t.Fatalf("Run did not return; output %q", s.text())
	return ""
}

// TestFirstFrame: the picture is there without waiting for an answer, and
// nothing is asked: see the end of the test.
func TestFirstFrame(t *testing.T) {
	for _, term := range []string{"xterm-256color", "xterm-kitty", "linux", "tmux-256color"} {
		s := start(t, "run", true, "TERM="+term)
		s.until("PROFILING", 0)
		took := time.Since(s.start)
		t.Logf("TERM=%s: first frame after %v", term, took.Round(time.Millisecond))
		s.press("q")
		s.until("Stop the run?", 0)
		s.press("s")
		// Stop ends nothing here: leave by the keyboard, cut and go.
		s.until("STOPPING", 0)
		s.press("\x03")
		s.until("CUT", 0)
		s.press("\x03")
		if got := s.left(); got != "left: <nil> stops 2" {
			t.Errorf("TERM=%s: %q", term, got)
		}
		s.until("summary", 0)
		for _, question := range []string{"\x1b]11;?", "\x1b]10;?", "\x1b[6n", "\x1b[c"} {
			if strings.Contains(s.text(), question) {
				t.Errorf("TERM=%s: the terminal was asked %q", term, question)
			}
		}
	}
}

// TestTerminalIsGivenBack: modes are as before and the summary stands in the
// main screen.
func TestTerminalIsGivenBack(t *testing.T) {
	s := start(t, "done", true)
	before, err := term.GetState(s.tty.Fd())
	if err != nil {
		t.Fatal(err)
	}
	s.until("objectives met", 0)
	s.press("q")
	if got := s.left(); got != "left: <nil> stops 0" {
		t.Error(got)
	}
	s.until("summary", 0)
	out := s.text()
	for _, off := range []string{"\x1b[?1049l", "\x1b[?25h", "\x1b[?1004l", "\x1b[?2004l"} {
		if !strings.Contains(out, off) || strings.LastIndex(out, off) > strings.Index(out, "summary") {
			t.Errorf("%q is missing before the summary", off)
		}
	}
	if after, err := term.GetState(s.tty.Fd()); err != nil || !reflect.DeepEqual(after, before) {
		t.Errorf("terminal modes %+v, before %+v (%v)", after, before, err)
	}
}

func TestHangUp(t *testing.T) {
	s := start(t, "moving", true)
	s.until("PROFILING", 0)
	s.hangUp.Store(true)
	if got := s.left(); got != "left: "+ErrTerminalLost.Error()+" stops 0" {
		t.Error(got)
	}
}

func TestSignalHangUp(t *testing.T) {
	s := start(t, "run", true)
	s.until("PROFILING", 0)
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if got := s.left(); got != "left: "+ErrTerminalLost.Error()+" stops 0" {
		t.Error(got)
	}
	s.until("\x1b[?1049l", 0)
}

// TestPanic: the terminal is restored and the text comes back as an error.
func TestPanic(t *testing.T) {
	s := start(t, "panic", true)
	if got := s.left(); got != "left: the screen failed: the source broke stops 0 stack true" {
		t.Error(got)
	}
	s.until("summary", 0)
	if o := s.text(); !strings.Contains(o, "\x1b[?1049l") || strings.Contains(o, "goroutine") {
		t.Errorf("output %q", o)
	}
}

// TestStuckLine: nothing reads the terminal, and Run still ends when ctx does.
func TestStuckLine(t *testing.T) {
	s := start(t, "busy", false)
	got := s.left()
	if !strings.HasPrefix(got, "left: context canceled") && !strings.HasPrefix(got, "left: "+ErrTerminalLost.Error()) {
		t.Error(got)
	}
}

// TestBytesOnATerminal: what a run costs over SSH on the line itself, and
// nothing while the picture is frozen. A slow machine sends less, not more.
func TestBytesOnATerminal(t *testing.T) {
	for _, c := range []struct {
		mode       string
		cols, rows uint16
		most       float64
	}{
		{"ssh", 80, 24, 3000}, {"ssh", 120, 40, 5000}, {"ssh", 200, 60, 8000},
		{"ssh-low", 80, 24, 1000}, {"ssh-low", 120, 40, 1500}, {"ssh-low", 200, 60, 2500},
	} {
		t.Run(fmt.Sprintf("%s-%dx%d", c.mode, c.cols, c.rows), func(t *testing.T) {
			t.Parallel()
			s := start(t, c.mode, true, "SSH_CONNECTION=10.0.0.1 1 10.0.0.2 22")
			s.until("PROFILING", 0)
			if err := pty.Setsize(s.tty, &pty.Winsize{Rows: c.rows, Cols: c.cols}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second) // the first frame of that size is whole
			from, t0 := len(s.text()), time.Now()
			time.Sleep(4 * time.Second)
			n, took := len(s.text())-from, time.Since(t0)
			if perSec := float64(n) / took.Seconds(); n == 0 || perSec > c.most {
				t.Errorf("%.0f bytes/s, want at most %.0f and some", perSec, c.most)
			} else {
				t.Logf("%.0f bytes/s", perSec)
			}
			s.press(" ")
			s.until("FROZEN", from)
			time.Sleep(1200 * time.Millisecond)
			from = len(s.text())
			time.Sleep(1500 * time.Millisecond)
			if n := len(s.text()) - from; n != 0 {
				t.Errorf("%d bytes while frozen", n)
			}
			s.press("\x03\x03\x03")
			s.left()
		})
	}
}

// TestSuspend: the terminal is given back while suspended and drawn anew after.
func TestSuspend(t *testing.T) {
	s := start(t, "done", true)
	s.until("objectives met", 0)
	s.press("\x1a")
	s.until("\x1b[?1049l", 0)
	from := len(s.text())
	for range 200 { // the group is orphaned here, so it waits instead of stopping
		_ = s.cmd.Process.Signal(syscall.SIGCONT)
		time.Sleep(20 * time.Millisecond)
		if strings.Contains(s.text()[from:], "\x1b[?1049h") {
			break
		}
	}
	s.until("objectives met", from)
	s.press("q")
	if got := s.left(); got != "left: <nil> stops 0" {
		t.Error(got)
	}
}

// TestNoShellToSuspendTo: ctrl-z without a shell is refused, as nothing would
// wake the screen again.
func TestNoShellToSuspendTo(t *testing.T) {
	s := start(t, "alone", true) // begins its session
	s.until("objectives met", 0)
	s.press("\x1a")
	s.until("no shell is here", 0)
	s.press("q")
	if got := s.left(); got != "left: <nil> stops 0" {
		t.Error(got)
	}
}

// TestHomeAndFormOnATerminal: both are left by their keys with what was chosen,
// and the terminal is given back.
func TestHomeAndFormOnATerminal(t *testing.T) {
	for _, c := range []struct{ mode, see, keys, want string }{
		{"home", "Runs", "j\r", "left: <nil> chose 1 artifacts/Qwen3-8B-openai-chat-concurrency2-01"},
		{"home", "Runs", "\x03", "left: <nil> chose 0 "},
		{"form", "Essentials", "/--concurrency\r8\r\r\r", "left: <nil> run true --model m --concurrency 8"},
		{"form", "Essentials", "q", "left: <nil> run false --model m"},
	} {
		s := start(t, c.mode, true)
		s.until(c.see, 0)
		for _, k := range c.keys { // as a person would
			s.press(string(k))
			time.Sleep(10 * time.Millisecond)
		}
		if got := s.left(); got != c.want {
			t.Errorf("%s and %q: %q, want %q", c.mode, c.keys, got, c.want)
		}
		s.until("\x1b[?1049l", 0)
	}
}

// BenchmarkKeyToScreen is the time from a key to the first byte of the picture
// that it changes, on a terminal, with a run under way.
func BenchmarkKeyToScreen(b *testing.B) {
	for _, size := range []pty.Winsize{{Cols: 80, Rows: 24}, {Cols: 200, Rows: 60}} {
		b.Run(fmt.Sprintf("%dx%d", size.Cols, size.Rows), func(b *testing.B) { keyToScreen(b, &size) })
	}
}

func keyToScreen(b *testing.B, size *pty.Winsize) {
	s := start(b, "run", true)
	s.until("PROFILING", 0)
	if err := pty.Setsize(s.tty, size); err != nil {
		b.Fatal(err)
	}
	time.Sleep(500 * time.Millisecond) // it is drawn whole
	keys := []string{"2", "3", "6", "7", "8", "9", "1"}
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		time.Sleep(60 * time.Millisecond) // the picture stands still
		from := s.got.Load()
		b.StartTimer()
		t0 := time.Now()
		s.press(keys[i%len(keys)])
		for s.got.Load() == from {
			time.Sleep(200 * time.Microsecond)
		}
		took = append(took, time.Since(t0))
	}
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))]) / 1e6 }
	b.ReportMetric(at(0.5), "ms-p50")
	b.ReportMetric(at(0.99), "ms-p99")
	b.ReportMetric(at(1), "ms-max")
	s.press("\x03\x03\x03")
	s.left()
}

// TestResize: a new size is drawn whole.
func TestResize(t *testing.T) {
	s := start(t, "run", true)
	s.until("PROFILING", 0)
	from := len(s.text())
	if err := pty.Setsize(s.tty, &pty.Winsize{Rows: 40, Cols: 120}); err != nil {
		t.Fatal(err)
	}
	s.until("This client", from)
	s.press("q")
	s.until("Stop the run?", from)
	s.press("\x03\x03\x03")
	if got := s.left(); got != "left: <nil> stops 2" {
		t.Error(got)
	}
}
