//go:build unix

package app

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/charmbracelet/x/term"
	"github.com/charmbracelet/x/termios"
	"golang.org/x/sys/unix"
)

// A run on a terminal is driven by a process of its own: the one that the shell
// waits for can then end, and give the shell back, while the run goes on. The
// two share terminal and process group, so keys and job control reach the run
// as ever.

// leashEnv tells the run's process which files lead to the other one.
const leashEnv = "TACHO_LEASH"

// leash is the run's end of it; nil where there is none. Its methods may be
// called from any goroutine.
type leash struct {
	mu   sync.Mutex
	tell *os.File // nil once let go
	hear *os.File
	wg   sync.WaitGroup
}

// takeLeash finds the leash of this process, nil without one.
func takeLeash() *leash {
	if os.Getenv(leashEnv) == "" {
		return nil
	}
	_ = os.Unsetenv(leashEnv) // not for what this process starts
	for _, fd := range []int{3, 4} {
		unix.CloseOnExec(fd)
		_ = syscall.SetNonblock(fd, true)
	}
	l := &leash{tell: os.NewFile(3, "leash"), hear: os.NewFile(4, "leash")}
	l.wg.Go(func() {
		_, err := l.hear.Read(make([]byte, 1))
		if held := l.held(); err != nil && held && !os.IsTimeout(err) && !isClosed(err) {
			_ = syscall.Kill(os.Getpid(), syscall.SIGHUP) // nobody waits any more: as if the terminal were gone
		}
	})
	return l
}

func isClosed(err error) bool { return strings.Contains(err.Error(), os.ErrClosed.Error()) }

func (l *leash) held() bool {
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tell != nil
}

// letGo ends the process that the shell waits for, with an exit code and a line
// for the user, and leaves the terminal: it is the shell's from then on. What the
// program says when it dies goes to errs, which may be nil.
func (l *leash) letGo(code int, line string, errs *os.File) error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tell == nil {
		return nil
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	_, _ = unix.Setsid() // out of the terminal's session; fails only for the leader of a group
	if errs == nil {
		errs = null
	}
	for fd, to := range []*os.File{null, null, errs} {
		if err := unix.Dup2(int(to.Fd()), fd); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(l.tell, "%d %s\n", code, line)
	_ = l.tell.Close()
	l.tell = nil
	return err
}

func (l *leash) close() {
	if l == nil {
		return
	}
	_ = l.hear.Close()
	l.wg.Wait()
}

// leashed are the commands that drive a run, and the start screen.
var leashed = []string{"profile", "demo", "rerun", "find", homeCommand}

// drivesRuns tells whether a command line is one of a command that is leashed;
// options alone are the start screen's.
func drivesRuns(args []string) bool {
	switch {
	case len(args) == 0 || slices.Contains(leashed, args[0]):
		return true
	case slices.Contains([]string{"-h", "--help", "-V", "--version"}, args[0]):
		return false
	}
	return strings.HasPrefix(args[0], "-")
}

// holdLeash runs this program once more, as the process of the run, and waits
// for it. ok is false when that is not possible or not worth it.
func holdLeash(env Env) (code int, ok bool) {
	if env.Leash != nil || !env.Terminal || !drivesRuns(env.Args) {
		return 0, false
	}
	exe, err := os.Executable()
	if err != nil {
		return 0, false
	}
	hear, tell, err := os.Pipe()
	if err != nil {
		return 0, false
	}
	defer hear.Close()
	alive, held, err := os.Pipe()
	if err != nil {
		_ = tell.Close()
		return 0, false
	}
	defer held.Close()
	cmd := exec.Command(exe, env.Args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{tell, alive}
	cmd.Env = append(os.Environ(), leashEnv+"=1")
	sigs := make(chan os.Signal, 8)
	signal.Notify(sigs, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(sigs)
	was, wasErr := termios.GetTermios(0)
	before, _ := term.GetState(0)
	err = cmd.Start()
	_, _ = tell.Close(), alive.Close()
	if err != nil {
		return 0, false
	}
	over := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case s := <-sigs:
				if meant(s) {
					_ = cmd.Process.Signal(s)
				}
			case <-over:
				return
			}
		}
	})
	defer wg.Wait()
	defer close(over)
	line, _ := bufio.NewReader(hear).ReadString('\n')
	if number, text, found := strings.Cut(strings.TrimSuffix(line, "\n"), " "); found {
		if code, err = strconv.Atoi(number); err == nil {
			if text != "" {
				fmt.Fprintln(env.Stdout, text)
			}
			return code, true
		}
	}
	_ = cmd.Wait()
	if st, is := cmd.ProcessState.Sys().(syscall.WaitStatus); is && st.Signaled() {
		if now, err := termios.GetTermios(0); err == nil && wasErr == nil && now.Lflag != was.Lflag {
			fmt.Fprint(env.Stdout, plainScreen)
			_ = term.Restore(0, before)
		}
		return 128 + int(st.Signal()), true
	}
	return cmd.ProcessState.ExitCode(), true
}

// plainScreen takes back what a screen set that was killed: colours, mouse,
// bracketed paste, a hidden cursor, the other screen.
const plainScreen = "\x1b[0m\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?25h\x1b[?1049l"

// meant tells whether a signal was for this process alone, and so must be passed
// on: those that the terminal makes reach the run's process too.
func meant(s os.Signal) bool {
	t, err := termios.GetTermios(0)
	switch s {
	case syscall.SIGTERM:
		return true
	case syscall.SIGHUP:
		return err == nil // the terminal is there: it did not hang up
	case syscall.SIGINT:
		return err == nil && t.Lflag&unix.ISIG == 0 // no key makes it now
	}
	return false
}
