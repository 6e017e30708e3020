package attach

import (
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// sameUser tells whether the other end of a connection is a process of this
// user, or of the administrator: folder and socket say so too, but may have been
// changed.
func sameUser(c *net.UnixConn) bool {
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	ok := false
	err = raw.Control(func(fd uintptr) {
		cred, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
		ok = err == nil && allowed(int(cred.Uid))
	})
	return ok && err == nil
}

func allowed(uid int) bool { return uid == os.Geteuid() || uid == 0 }
