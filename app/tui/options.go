package tui

import (
	"fmt"
	"os"
	"time"

	"tacho/views/screen"
	"tacho/views/theme"
)

// Options say how the screen is shown. The zero value is right for a terminal.
type Options struct {
	// In and Out are the terminal; nil is stdin and stdout.
	In, Out *os.File
	// Getenv is os.Getenv when nil.
	Getenv func(string) string
	// FPS is how often the newest snapshot is looked at, per second; 0 is 4,
	// or 2 over SSH. At most 20.
	FPS float64
	// Color is auto, always or never.
	Color string
	// Theme is a name of theme.Names, or auto.
	Theme string
	// Glyphs is a name of theme.GlyphNames, or auto.
	Glyphs string
	// LeaveWhenDone closes the screen when the run has ended.
	LeaveWhenDone bool
	// Told reports that the process was told to end, by a signal: the screen is
	// then left as soon as the run has ended. Nil: it never is.
	Told func() bool
	// LowBandwidth is for slow lines: one look a second unless FPS says
	// otherwise, and charts that sweep.
	LowBandwidth bool
	// Mouse takes the wheel and clicks on the names of pages, and with them the
	// terminal's own selection of text.
	Mouse bool
	// Record is the file that takes what the terminal is given, as an asciicast;
	// empty is none.
	Record string
	// Command is the command line that makes the same run, without secrets; it
	// is shown with the configuration.
	Command string
	// Ghost is an earlier run to show behind this one; nil is none.
	Ghost Ghost
	// Detach lets the run go on without a screen; nil: it cannot. It may take
	// its time.
	Detach func() error
}

// Ghost is an earlier run behind the one on the screen, and Difference how one
// metric differs from it.
type (
	Ghost      = screen.Ghost
	Difference = screen.Difference
)

const (
	localFPS = 4
	sshFPS   = 2
	lowFPS   = 1
	maxFPS   = 20
	// keyFPS is how often Bubble Tea's renderer may write. Frames do not wait for
	// it, but what clears the screen does.
	keyFPS = 50
	// blurredPeriod is the time between looks while nobody looks at the window.
	blurredPeriod = time.Second
)

// withDefaults fills in what was left out.
func (o Options) withDefaults() Options {
	if o.In == nil {
		o.In = os.Stdin
	}
	if o.Out == nil {
		o.Out = os.Stdout
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.FPS <= 0 {
		o.FPS = localFPS
		if o.LowBandwidth {
			o.FPS = lowFPS
		} else if o.Getenv("SSH_CONNECTION") != "" || o.Getenv("SSH_TTY") != "" {
			o.FPS = sshFPS
		}
	}
	o.FPS = min(o.FPS, maxFPS)
	return o
}

// period is the time between two looks at the source.
func (o Options) period() time.Duration { return time.Duration(float64(time.Second) / o.FPS) }

// theme makes the theme that the options and the environment ask for.
func (o Options) theme() (*theme.Theme, error) {
	switch o.Color {
	case "", "auto", "always", "never":
	default:
		return nil, fmt.Errorf("color %q: must be auto, always or never", o.Color)
	}
	name := o.Glyphs
	if name == "" || name == "auto" {
		name = theme.DetectGlyphs(o.Getenv)
	}
	glyphs, err := theme.GlyphSet(name)
	if err != nil {
		return nil, err
	}
	return theme.New(theme.Choose(o.Theme, o.Getenv), theme.DetectProfile(o.Getenv, true, o.Color), glyphs)
}

// Period is the time between two looks at the source, as Run takes it.
func (o Options) Period() time.Duration { return o.withDefaults().period() }
