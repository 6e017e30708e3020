package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/term"

	"tacho/engine/snap"
	"tacho/views/screen"
	"tacho/views/theme"
)

// ErrTerminalLost says that the terminal went away while the screen was shown:
// it hung up, or cannot be written to. The run is not affected.
var ErrTerminalLost = errors.New("the terminal was lost")

// closeGrace is how long the last bytes may take to reach the terminal.
const closeGrace = 2 * time.Second

// Run shows src until the user leaves (nil), ctx ends (its cause), the terminal
// is lost (ErrTerminalLost) or the screen fails (a *PanicError). The terminal
// is as before when it returns. Run never holds up the source, and it stops its
// load only through Stop, when the user asks for it and src is a snap.Stopper.
//
// SIGHUP is taken by Run while it is shown and ignored after ErrTerminalLost, so
// that the run can go on. All other signals are the caller's.
func Run(ctx context.Context, src snap.Source, o Options) error {
	o = o.withDefaults()
	th, err := o.theme()
	if err != nil {
		return err
	}
	m := newRun(src, th, o)
	return show(ctx, m, o, func(out *DiffWriter) { m.face.(*console).sent = out.Sent })
}

// newRun is the model of a run.
func newRun(src snap.Source, th *theme.Theme, o Options) *model {
	m := &model{th: th, period: o.period()}
	m.face = newConsole(m, src, o)
	return m
}

// show runs the program of a face until it leaves.
func show(ctx context.Context, m *model, o Options, with func(*DiffWriter)) error {
	if w, h, err := term.GetSize(o.Out.Fd()); err == nil { // the first frame needs no message
		m.size = screen.Size{W: w, H: h}
	}
	var rec *recorder
	if o.Record != "" {
		f, err := os.Create(o.Record)
		if err != nil {
			return fmt.Errorf("record the screen: %w", err)
		}
		defer f.Close()
		rec = newRecorder(f, m.size.W, m.size.H)
	}
	out := newDiffWriter(o.Out, nil, rec)
	m.clip, m.put = out.Clip, out.Show
	with(out)
	in := newInput(o.In)
	opts := []tea.ProgramOption{tea.WithInput(in), tea.WithOutput(out), tea.WithAltScreen(),
		tea.WithReportFocus(), tea.WithoutSignalHandler(), tea.WithFPS(keyFPS)}
	if o.Mouse {
		opts = append(opts, tea.WithMouseCellMotion())
	}
	p := tea.NewProgram(m, opts...)

	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	over := make(chan struct{})
	var why error // why the screen was ended from outside; the watcher's until it ends
	var watcher sync.WaitGroup
	watcher.Go(func() {
		select {
		case <-over:
			return
		case <-ctx.Done():
			why = context.Cause(ctx)
		case <-hup:
			why = ErrTerminalLost
		case <-out.Lost():
			why = ErrTerminalLost
		case <-in.gone:
			why = ErrTerminalLost
		}
		end(p, over)
	})
	_, err := p.Run()
	close(over)
	watcher.Wait()
	closed := out.Close()

	lost := errors.Is(why, ErrTerminalLost) || closed != nil || isGone(err)
	if lost {
		signal.Ignore(syscall.SIGHUP)
	}
	signal.Stop(hup)
	switch {
	case m.fault != nil:
		return m.fault
	case lost:
		return ErrTerminalLost
	case why != nil:
		return why
	case err != nil:
		return fmt.Errorf("show the screen: %w", err)
	case rec != nil:
		if err := rec.close(); err != nil {
			return fmt.Errorf("record the screen: %w", err)
		}
	}
	return nil
}

// end asks the program to end in good order, and kills it if it does not. The
// event loop takes the message at once, since no write to the terminal holds
// it up; this is the only message from outside.
func end(p *tea.Program, over <-chan struct{}) {
	var ask sync.WaitGroup
	ask.Go(p.Quit) // ends with the program at the latest
	select {
	case <-over:
	case <-time.After(closeGrace):
		p.Kill()
		<-over
	}
	ask.Wait()
}

// isGone reports an error of reading a terminal that hung up.
func isGone(err error) bool {
	return errors.Is(err, syscall.EIO) || errors.Is(err, syscall.ENXIO) || errors.Is(err, syscall.EBADF)
}
