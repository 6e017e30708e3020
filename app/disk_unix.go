//go:build unix

package app

import "golang.org/x/sys/unix"

// freeBytes is the room that a user has left on the disk of a folder.
func freeBytes(dir string) (int64, bool) {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
