package simserver

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// fdSleeper sleeps in ppoll, whose timeout has nanoseconds, and is woken
// through an eventfd.
type fdSleeper struct {
	fd      int
	slackOK bool
}

func newSleeper() (sleeper, error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("open eventfd for the pacer: %w", err)
	}
	return &fdSleeper{fd: fd}, nil
}

func (s *fdSleeper) sleep(ns int64) {
	if !s.slackOK {
		// The kernel may add 50 us to each sleep of a thread to save wake-ups.
		// Set from here because it belongs to the thread that sleeps; a
		// refusal only costs that precision.
		_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
		s.slackOK = true
	}
	var timeout *unix.Timespec
	if ns >= 0 {
		ts := unix.NsecToTimespec(ns)
		timeout = &ts
	}
	fds := [1]unix.PollFd{{Fd: int32(s.fd), Events: unix.POLLIN}}
	n, err := unix.Ppoll(fds[:], timeout, nil)
	if n > 0 {
		var b [8]byte
		_, _ = unix.Read(s.fd, b[:])
	}
	if err != nil && err != unix.EINTR {
		// Cannot happen with a valid descriptor; do not spin if it does.
		time.Sleep(time.Millisecond)
	}
}

func (s *fdSleeper) wake() {
	// The counter is far from full; EAGAIN would mean a wake is pending anyway.
	_, _ = unix.Write(s.fd, []byte{1, 0, 0, 0, 0, 0, 0, 0})
}

func (s *fdSleeper) close() { _ = unix.Close(s.fd) }
