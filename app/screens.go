package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"tacho/app/attach"
	"tacho/app/tui"
	"tacho/profiles"
)

// screens is what lets the screens of a run come and go.
type screens struct {
	helm   attach.Helm
	server *attach.Server // nil: no screen can be attached
	id     string
	// goesOn says that the run outlives its terminal.
	goesOn bool
	// left says that the user has asked to detach, gone that nobody looks.
	left, gone atomic.Bool
}

// openScreens makes the run's socket. Without one a run whose terminal is lost is
// stopped and saved, for nobody could come back to it.
func (s *session) openScreens() {
	onTerminal := s.env.Terminal || s.env.StderrTerminal
	dir, err := attach.Dir(s.env.Getenv)
	if err == nil {
		s.screens.id = newBenchmarkID()[:runIDLength]
		s.screens.server, err = attach.Serve(dir, attach.Info{
			ID: s.screens.id, Version: Version, PID: os.Getpid(), Start: s.started, Command: profiles.CLICommand(s.args),
			Name: s.info.Name, Model: s.info.Model, Host: s.info.Host, Dir: s.info.Dir, Against: s.ghost.dir,
		}, s.live, &s.screens.helm, attach.Hooks{Joined: s.joined, Trouble: func(fault any, at []byte) {
			s.files.log.Error("a screen was cut", "panic", fmt.Sprint(fault), "stack", string(at))
		}})
	}
	wanted := s.profile.Console.OnHangup.V != hangupStop
	s.screens.goesOn = onTerminal && wanted && err == nil
	if s.screens.goesOn {
		s.live.stops.hangup.Store(false)
	}
	if err != nil {
		s.files.log.Warn("no screen can be attached", "error", err)
		if onTerminal && wanted {
			s.notices = append(s.notices, fmt.Sprintf("no screen can be attached (%v): if the terminal is lost, the run stops and is saved", err))
		}
	}
}

// hangupStop is the value of --on-hangup that ends the run with its terminal.
const hangupStop = "stop"

// runIDLength is that of the ids that runs are attached to by, in hex digits.
const runIDLength = 6

// canDetach tells whether the shell can be given back while the run goes on.
func (s *session) canDetach() bool { return s.screens.server != nil && s.env.Leash.held() }

// detach is the key: the screen closes, and then alone takes over.
func (s *session) detach() error {
	s.screens.left.Store(true)
	return nil
}

// unseen takes over when the local screen has closed with an error or none.
func (s *session) unseen(err error) error {
	s.screens.helm.Drop(attach.Local)
	switch {
	case s.screens.left.Load():
		s.alone("detached", exitOK, fmt.Sprintf("tacho: the run goes on; tacho attach %s brings the screen back, and q there stops it", s.screens.id))
		return nil
	case errors.Is(err, tui.ErrTerminalLost) && s.screens.goesOn:
		s.alone("terminal lost, the run goes on", exitHangup, "")
		return nil
	case errors.Is(err, tui.ErrTerminalLost):
		s.files.log.Warn("the terminal was lost: stopping and saving")
		s.live.stops.hit(exitHangup)
		return nil
	}
	return err
}

// alone lets the run go on without a screen.
func (s *session) alone(event string, code int, line string) {
	s.screens.gone.Store(true)
	if err := s.live.Mark(event); err != nil { // before the first phase
		s.files.log.Info(event)
	}
	s.env.Stdout, s.env.Stderr = io.Discard, io.Discard
	if err := s.env.Leash.letGo(code, line, s.files.file); err != nil {
		s.files.log.Error("leave the terminal", "error", err)
	}
}

// joined is told that a screen was attached.
func (s *session) joined() {
	s.files.log.Info("a screen was attached")
	if s.screens.gone.Swap(false) {
		_ = s.live.Mark("a screen is back") // it is in the log if there is nothing to mark yet
	}
}

// farewell tells the attached screens how the program ends, and closes the
// socket.
func (s *session) farewell(err error) {
	if s.screens.server == nil {
		return
	}
	o := attach.Outcome{Code: code(err)}
	var wide, narrow, errs bytes.Buffer
	s.tell(&wide, consoleWidth)
	s.tell(&narrow, narrowWidth)
	if err != nil {
		report(&errs, err)
	}
	o.Text, o.Narrow, o.Errors = wide.String(), narrow.String(), errs.String()
	s.screens.server.Finish(o)
	s.screens.server.Close()
}

// narrowWidth is that of tables for terminals that AIPerf's do not fit.
const narrowWidth = 80
