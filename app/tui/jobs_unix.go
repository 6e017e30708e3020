//go:build unix

package tui

import "golang.org/x/sys/unix"

// orphaned reports that no shell would notice this process stop, and continue
// it: it is in the group of processes that began the session, as one that ssh,
// tmux or docker started without a shell. The kernel does not stop such a group
// by SIGTSTP, and nothing would wake a screen that waits for that. A shell with
// job control gives each job a group of its own. It is a variable for tests.
var orphaned = func() bool {
	sid, err := unix.Getsid(0)
	return err == nil && sid == unix.Getpgrp()
}
