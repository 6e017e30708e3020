package transport

import (
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

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

// handshake is the kernel's own measure of the round trip of SYN and SYN-ACK,
// false where it has none. What a connect takes beyond that, with nothing sent
// again, is this process waiting for a processor.
func handshake(c *net.TCPConn) (rtt time.Duration, ok bool) {
	rc, err := c.SyscallConn()
	if err != nil {
		return 0, false
	}
	var info *unix.TCPInfo
	if rc.Control(func(fd uintptr) { info, err = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO) }) != nil || err != nil {
		return 0, false
	}
	return time.Duration(info.Rtt) * time.Microsecond, info.Rtt > 0 && info.Total_retrans == 0
}
