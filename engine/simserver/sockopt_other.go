//go:build !linux

package simserver

import "net"

// tune sets TCP_NODELAY; the congestion control is left alone and unknown.
func tune(c any) string {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetNoDelay(true)
	}
	return ""
}
