package tui

import (
	"os"
	"strconv"
	"syscall"

	"github.com/charmbracelet/x/term"
)

// reopen opens the same terminal once more, so that writes to it can have a
// deadline: non-blocking mode belongs to an open file, and the one we were
// given is shared with the shell. Nil if that is not possible.
func reopen(f term.File) *os.File {
	if !term.IsTerminal(f.Fd()) {
		return nil
	}
	own, err := os.OpenFile("/proc/self/fd/"+strconv.Itoa(int(f.Fd())), os.O_WRONLY|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil
	}
	return own
}
