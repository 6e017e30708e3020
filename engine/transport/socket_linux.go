package transport

import "syscall"

const (
	tcpUserTimeout   = 18    // TCP_USER_TIMEOUT, which package syscall lacks
	userTimeoutMilli = 30000 // AIPerf's value
)

// setSocket sets what net does not. A kernel that refuses one of these still
// makes a good connection, so refusals are ignored: a missing stamp is counted
// at the read.
func setSocket(fd uintptr, receive, send int) {
	_ = stampSocket(fd)
	s := int(fd)
	_ = syscall.SetsockoptInt(s, syscall.IPPROTO_TCP, tcpUserTimeout, userTimeoutMilli)
	_ = syscall.SetsockoptInt(s, syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1)
	if receive > 0 {
		_ = syscall.SetsockoptInt(s, syscall.SOL_SOCKET, syscall.SO_RCVBUF, receive)
	}
	if send > 0 {
		_ = syscall.SetsockoptInt(s, syscall.SOL_SOCKET, syscall.SO_SNDBUF, send)
	}
}
