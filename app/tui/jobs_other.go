//go:build !unix

package tui

// orphaned: where there is no job control nothing can be suspended.
var orphaned = func() bool { return true }
