//go:build linux && (amd64 || arm64)

package transport

import (
	"encoding/binary"
	"io"
	"os"
	"syscall"
	"unsafe"
)

// stampSource names where the stamps come from.
const stampSource = "kernel receive stamps (SO_TIMESTAMPNS)"

// recvState is what one recvmsg needs. It lives in the connection, so that a
// read allocates nothing and no pointer given to the kernel is on a stack.
type recvState struct {
	try  func(fd uintptr) bool // made once: a method value per read would allocate
	msg  syscall.Msghdr
	iov  syscall.Iovec
	oob  [64]byte
	n    int
	fail error
}

func (c *Conn) initRecv() {
	c.try = c.tryRecv
	c.msg.Iov, c.msg.Iovlen = &c.iov, 1
}

// recv reads into b, which is not empty, and returns the kernel's stamp of the
// latest bytes in Unix nanoseconds, 0 if there is none.
func (c *Conn) recv(b []byte) (n int, wall int64, err error) {
	c.iov.Base = unsafe.SliceData(b)
	c.iov.SetLen(len(b))
	err = c.rc.Read(c.try)
	c.iov.Base = nil
	if err == nil && c.fail != nil {
		err = os.NewSyscallError("recvmsg", c.fail)
	}
	if err != nil {
		return 0, 0, c.readError(err)
	}
	if c.n == 0 {
		return 0, 0, io.EOF
	}
	return c.n, c.stamp(), nil
}

// tryRecv makes one recvmsg without waiting; false makes the poller wait.
func (c *Conn) tryRecv(fd uintptr) bool {
	c.msg.Control = &c.oob[0]
	for {
		c.msg.SetControllen(len(c.oob))
		// The raw call spares the scheduler's bookkeeping: it never blocks.
		n, _, e := syscall.RawSyscall(syscall.SYS_RECVMSG, fd, uintptr(unsafe.Pointer(&c.msg)), syscall.MSG_DONTWAIT)
		switch e {
		case 0:
			c.n, c.fail = int(n), nil
			return true
		case syscall.EINTR:
		case syscall.EAGAIN:
			return false
		default:
			c.n, c.fail = 0, e
			return true
		}
	}
}

// stamp takes the time out of the control message: a 16-byte header of length,
// level and type, then a timespec of two 64-bit words.
func (c *Conn) stamp() int64 {
	const head, size = 16, 32
	if c.msg.Controllen < size {
		return 0
	}
	o := c.oob[:]
	if int32(binary.NativeEndian.Uint32(o[8:])) != syscall.SOL_SOCKET ||
		int32(binary.NativeEndian.Uint32(o[12:])) != syscall.SCM_TIMESTAMPNS {
		return 0
	}
	sec := int64(binary.NativeEndian.Uint64(o[head:]))
	nsec := int64(binary.NativeEndian.Uint64(o[head+8:]))
	return sec*1e9 + nsec
}

// stampSocket asks the kernel to stamp what the socket receives.
func stampSocket(fd uintptr) error {
	return os.NewSyscallError("setsockopt", syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_TIMESTAMPNS, 1))
}

// holdStamps keeps one stamped socket open. The kernel switches stamping on for
// the whole machine when the first socket asks, a little later, and off with
// the last one: without this the first bytes of a run could lack stamps.
func holdStamps() (io.Closer, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	if err := stampSocket(uintptr(fd)); err != nil {
		syscall.Close(fd)
		return nil, err
	}
	return heldSocket(fd), nil
}

type heldSocket int

func (s heldSocket) Close() error { return syscall.Close(int(s)) }
