//go:build !linux

package engine

import "runtime"

// residentBytes is what the Go runtime took from the system; the true resident
// set is not known here.
func residentBytes() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}

// PeakRSS is the memory that this process has taken so far, in bytes: Go gives
// address space back to no one, so the present figure is the largest.
func PeakRSS() int64 { return residentBytes() }
