package tui

import (
	"os"

	"golang.org/x/sys/unix"
)

func unixTermios(f *os.File) (*unix.Termios, error) {
	return unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
}
