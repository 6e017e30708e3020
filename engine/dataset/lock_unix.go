//go:build unix

package dataset

import (
	"errors"
	"os"
	"syscall"
)

// tryLock locks an open file for this process alone until it is closed; false
// when another has it.
func tryLock(f *os.File) (bool, error) {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}
