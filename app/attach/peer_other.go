//go:build !linux

package attach

import "net"

// sameUser trusts the modes of folder and socket, which keep others out.
func sameUser(*net.UnixConn) bool { return true }
