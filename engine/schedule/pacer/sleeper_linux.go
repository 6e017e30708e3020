package pacer

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"tacho/engine/record"
)

// unwatchedNS is how long a wait may be without watching the context: setting
// up the watch costs more than a short wait is worth.
const unwatchedNS = int64(2 * time.Millisecond)

// timerFD sleeps on a timerfd that Go's poller watches. A thread locked to a
// blocking read was no more exact (27 against 25 µs late at the median, 1,000
// per second), and it keeps its processor from other goroutines until the
// runtime takes notice.
type timerFD struct {
	file  *os.File
	axis  int64 // CLOCK_MONOTONIC minus record.Now
	ticks [8]byte
}

// newSleeper falls back to Go's timers where the kernel has no timerfd for us.
func newSleeper() sleeper {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK)
	if err != nil {
		return newTimer()
	}
	axis, err := monotonicOffset()
	file := os.NewFile(uintptr(fd), "timerfd")
	if err != nil || file.SetReadDeadline(time.Time{}) != nil { // not watched by the poller
		file.Close()
		return newTimer()
	}
	return &timerFD{file: file, axis: axis}
}

// monotonicOffset reads the kernel's clock between two readings of ours, which
// are the same clock from another zero, and takes the tightest of some tries.
func monotonicOffset() (int64, error) {
	best, off := int64(1<<62), int64(0)
	for range 20 {
		var ts unix.Timespec
		before := record.Now()
		if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
			return 0, err
		}
		after := record.Now()
		if d := after - before; d < best {
			best, off = d, ts.Nano()-(before+after)/2
		}
	}
	return off, nil
}

func (t *timerFD) until(ctx context.Context, dueNS int64) error {
	at := unix.NsecToTimespec(max(dueNS+t.axis, 1)) // 0 would disarm
	if err := t.arm(&unix.ItimerSpec{Value: at}); err != nil {
		return err
	}
	if ctx.Done() == nil || dueNS-record.Now() < unwatchedNS {
		return t.wait()
	}
	woken := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		t.file.SetReadDeadline(time.Unix(1, 0))
		close(woken)
	})
	err := t.wait()
	if !stop() {
		<-woken // or the deadline would hit the next wait
		t.file.SetReadDeadline(time.Time{})
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return ctx.Err()
	}
	return err
}

// arm sets the timer through the file, which keeps the descriptor open meanwhile.
func (t *timerFD) arm(spec *unix.ItimerSpec) error {
	rc, err := t.file.SyscallConn()
	if err != nil {
		return ErrClosed
	}
	var armErr error
	if err := rc.Control(func(fd uintptr) {
		armErr = os.NewSyscallError("timerfd_settime", unix.TimerfdSettime(int(fd), unix.TFD_TIMER_ABSTIME, spec, nil))
	}); err != nil {
		return ErrClosed
	}
	return armErr
}

func (t *timerFD) wait() error {
	_, err := t.file.Read(t.ticks[:])
	if errors.Is(err, os.ErrClosed) {
		return ErrClosed
	}
	return err
}

func (t *timerFD) close() { t.file.Close() }
