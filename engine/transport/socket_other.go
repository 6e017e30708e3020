//go:build !linux

package transport

// setSocket sets what net does not. Elsewhere than on Linux the system's own
// settings are taken.
func setSocket(uintptr, int, int) {}
