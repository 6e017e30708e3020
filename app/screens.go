package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"tacho/app/attach"
	"tacho/app/tui"
	"tacho/engine/snap"
	"tacho/profiles"
)

// screens lets the screens of a run, or of several under one screen, come and
// go.
type screens struct {
	run    snap.Steerer
	leash  *leash
	log    *slog.Logger
	errs   *os.File // takes what the program says when it dies without a terminal; may be nil
	stops  *interrupts
	helm   attach.Helm
	server *attach.Server // nil: no screen can be attached
	id     string
	// goesOn says that the run outlives its terminal.
	goesOn bool
	// left says that the user has asked to detach, gone that nobody looks.
	left, gone atomic.Bool
}

// hangupStop is the value of --on-hangup that ends the run with its terminal.
const hangupStop = "stop"

// runIDLength is that of the ids that runs are attached to by, in hex digits.
const runIDLength = 6

// openScreens makes the socket of a run. Without one a run whose terminal is
// lost is stopped and saved, for nobody could come back to it; note then says so,
// where there is a terminal to lose. The caller must call farewell.
func openScreens(env Env, p *profiles.Profile, args []string, against string, run snap.Steerer, stops *interrupts, log *slog.Logger) (s *screens, note string) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	s = &screens{run: run, leash: env.Leash, log: log, stops: stops}
	dir, err := attach.Dir(env.Getenv)
	if err == nil {
		s.id = newBenchmarkID()[:runIDLength]
		info := attach.Info{
			ID: s.id, Version: Version, PID: os.Getpid(), Start: time.Now(), Command: profiles.CLICommand(args),
			Name: p.Console.Tag.V, Model: modelTitle(p), Host: hostOf(p), Dir: whole(p.Artifacts.Dir.V), Against: whole(against),
		}
		s.server, err = attach.Serve(dir, info, run, &s.helm, attach.Hooks{Joined: s.joined, Trouble: func(fault any, at []byte) {
			log.Error("a screen was cut", "panic", fmt.Sprint(fault), "stack", string(at))
		}})
	}
	wanted := (env.Terminal || env.StderrTerminal) && p.Console.OnHangup.V != hangupStop
	s.goesOn = wanted && err == nil
	if s.goesOn {
		stops.hangup.Store(false)
	}
	if err != nil {
		log.Warn("no screen can be attached", "error", err)
		if wanted {
			note = fmt.Sprintf("no screen can be attached (%v): if the terminal is lost, the run stops and is saved", err)
		}
	}
	return s, note
}

// whole is a path that means the same in any folder; empty stays so.
func whole(path string) string {
	if path == "" {
		return ""
	}
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// show draws the run on the terminal it was started on, until it is over or the
// user leaves it to go on.
func (s *screens) show(ctx context.Context, o tui.Options) error {
	if s.server != nil && s.leash.held() {
		o.Detach = func() error { s.left.Store(true); return nil }
	}
	o.Told = func() bool { return s.stops.exitCode() != 0 }
	err := tui.Run(ctx, s.helm.Local(s.run), o)
	s.helm.Drop(attach.Local)
	switch {
	case s.left.Load():
		s.alone("detached", exitOK, fmt.Sprintf("tacho: the run goes on; tacho attach %s brings the screen back, and q there stops it", s.id))
		return nil
	case errors.Is(err, tui.ErrTerminalLost) && s.goesOn:
		s.alone("terminal lost, the run goes on", exitHangup, "")
		return nil
	case errors.Is(err, tui.ErrTerminalLost):
		s.log.Warn("the terminal was lost: stopping and saving")
		s.stops.hit(exitHangup)
		return nil
	}
	return err
}

// alone lets the run go on without a screen. What it says from here on goes
// nowhere but to the screens that come back.
func (s *screens) alone(event string, code int, line string) {
	s.gone.Store(true)
	s.log.Info(event)
	_ = s.run.Mark(event) // before the first phase there is nothing to mark
	if err := s.leash.letGo(code, line, s.errs); err != nil {
		s.log.Error("leave the terminal", "error", err)
	}
}

// joined is told that a screen was attached.
func (s *screens) joined() {
	s.log.Info("a screen was attached")
	if s.gone.Swap(false) {
		_ = s.run.Mark("a screen is back")
	}
}

// farewell tells the attached screens how the program ends, and closes the
// socket.
func (s *screens) farewell(wide, narrow string, err error) {
	if s == nil || s.server == nil {
		return
	}
	var errs bytes.Buffer
	if err != nil {
		report(&errs, err)
	}
	s.server.Finish(attach.Outcome{Text: wide, Narrow: narrow, Errors: errs.String(), Code: code(err)})
	s.server.Close()
}

// narrowWidth is that of tables for terminals that AIPerf's do not fit.
const narrowWidth = 80

// farewell tells the attached screens the result of one run.
func (s *session) farewell(err error) {
	var wide, narrow bytes.Buffer
	s.tell(&wide, consoleWidth)
	s.tell(&narrow, narrowWidth)
	s.screens.farewell(wide.String(), narrow.String(), err)
}

// openScreens makes the socket of several runs.
func (r *runner) openScreens(p *profiles.Profile, log *slog.Logger) {
	var note string
	r.screens, note = openScreens(r.env, p, r.origins.Args, "", r.board, r.stops, log)
	if note != "" {
		fmt.Fprintln(r.env.Stderr, "tacho:", note)
	}
	r.env.Stdout = io.MultiWriter(&r.said, r.env.Stdout)
}

// farewell tells the attached screens what was printed of several runs.
func (r *runner) farewell(err error) {
	said := r.said.String()
	r.screens.farewell(said, said, err)
}
