//go:build !linux

package pacer

func newSleeper() sleeper { return newTimer() }
