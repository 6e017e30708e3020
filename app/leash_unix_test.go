//go:build unix

package app

import (
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/charmbracelet/x/term"
)

// TestKilledScreen: a run that is killed outright leaves the shell's screen and
// a terminal in its usual mode.
func TestKilledScreen(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	s := d.sit(80, 24, false, longDemo...)
	s.sees("PROFILING", "in flight")
	raw, err := term.GetState(s.tty.Fd())
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(d.runs()[0].PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	s.leaves(128 + int(syscall.SIGKILL))
	if now, err := term.GetState(s.tty.Fd()); err != nil || reflect.DeepEqual(now, raw) {
		t.Errorf("%v: the terminal is as the screen had it", err)
	}
	await(t, "the shell's screen", func() bool { return !strings.Contains(s.screen(), "PROFILING") })
}

// TestTermLeaves: SIGTERM saves the run and ends its screen, too.
func TestTermLeaves(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	s := d.sit(80, 24, false, longDemo...)
	s.sees("PROFILING", "in flight")
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.leaves(128 + int(syscall.SIGTERM))
}
