package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/term"

	"tacho/engine/snap"
	"tacho/views/screen"
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
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	out := NewDiffWriter(o.Out, nil)
	m := newModel(src, th, o)
	m.cancel = func() { end(nil) }
	if w, h, err := term.GetSize(o.Out.Fd()); err == nil { // the first frame needs no message
		m.size = screen.Size{W: w, H: h}
	}

	in := newInput(o.In)
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	over := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-hup:
			end(ErrTerminalLost)
		case <-out.Lost():
			end(ErrTerminalLost)
		case <-in.gone:
			end(ErrTerminalLost)
		case <-over:
		}
	}()

	p := tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithAltScreen(),
		tea.WithReportFocus(), tea.WithoutSignalHandler(), tea.WithFPS(maxFPS))
	_, err = p.Run()
	close(over)
	<-watched
	closed := out.Close()

	lost := errors.Is(context.Cause(ctx), ErrTerminalLost) || closed != nil || isGone(err)
	if lost {
		signal.Ignore(syscall.SIGHUP)
	}
	signal.Stop(hup)
	switch {
	case m.fault != nil:
		return m.fault
	case lost:
		return ErrTerminalLost
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return fmt.Errorf("show the screen: %w", err)
	}
	return nil
}

// isGone reports an error of reading a terminal that hung up.
func isGone(err error) bool {
	return errors.Is(err, syscall.EIO) || errors.Is(err, syscall.ENXIO) || errors.Is(err, syscall.EBADF)
}
