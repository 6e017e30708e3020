//go:build unix

package simserver

import "syscall"

const canTry = true

// tryWrite makes one non-blocking write to a socket; a full socket is n short
// of len(b) without an error.
func tryWrite(fd uintptr, b []byte) (int, error) {
	for {
		n, err := syscall.Write(int(fd), b)
		switch err {
		case nil:
			return n, nil
		case syscall.EINTR:
			continue
		case syscall.EAGAIN:
			return 0, nil
		}
		return 0, err
	}
}
