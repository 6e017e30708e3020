package app

import (
	"io"
	"os"

	"github.com/charmbracelet/x/term"
)

// Env is the process as a value, so that a test can run the whole program with
// its own streams, variables and terminal.
type Env struct {
	Args           []string // without the program's name
	Stdin          *os.File
	Stdout, Stderr io.Writer
	// Getenv is os.Getenv in the real program.
	Getenv func(string) string
	// Terminal reports whether the screen can be drawn: stdout is a terminal.
	Terminal bool
	// StderrTerminal reports whether stderr is a terminal.
	StderrTerminal bool
	// Width is the width of the terminal in columns, 0 when unknown.
	Width int
	// Leash leads to the process that the shell waits for; nil if that is this
	// one.
	Leash *leash
	// LeaveWhenDone closes the screen when the run has ended.
	LeaveWhenDone bool
}

// OSEnv is the environment of the running process.
func OSEnv() Env {
	width, _, err := term.GetSize(os.Stdout.Fd())
	if err != nil {
		width = 0
	}
	return Env{
		Width:          width,
		Args:           os.Args[1:],
		Stdin:          os.Stdin,
		Stdout:         os.Stdout,
		Stderr:         os.Stderr,
		Leash:          takeLeash(),
		Getenv:         os.Getenv,
		Terminal:       isTerminal(os.Stdout) && isTerminal(os.Stdin),
		StderrTerminal: isTerminal(os.Stderr),
	}
}

func isTerminal(f *os.File) bool { return term.IsTerminal(f.Fd()) }
