package app

import (
	"errors"
	"fmt"
)

// The exit codes of every command.
const (
	exitOK           = 0
	exitFailed       = 1   // could not run, or every request failed
	exitUsage        = 2   // a wrong flag or value
	exitSLO          = 3   // a limit does not hold
	exitInconclusive = 6   // the numbers do not say
	exitHangup       = 129 // a signal n exits with 128 + n
	exitInterrupted  = 130
)

// exitError carries an exit code and an optional hint up to Main.
type exitError struct {
	code int
	hint string
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// usagef is a wrong use of the command line.
func usagef(format string, a ...any) error {
	return &exitError{code: exitUsage, err: fmt.Errorf(format, a...)}
}

// withHint adds what the user can try, shown on a line of its own.
func withHint(err error, hint string) error {
	var e *exitError
	if errors.As(err, &e) {
		if e.hint == "" {
			e.hint = hint
		}
		return err
	}
	return &exitError{code: exitFailed, hint: hint, err: err}
}

// code is the exit code that err asks for.
func code(err error) int {
	var e *exitError
	var s *silentError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &s):
		return s.code
	case errors.As(err, &e):
		return e.code
	}
	return exitFailed
}
