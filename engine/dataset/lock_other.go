//go:build !unix

package dataset

import "os"

// tryLock does nothing where files cannot be locked alike.
func tryLock(*os.File) (bool, error) { return true, nil }
