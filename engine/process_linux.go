package engine

import (
	"bytes"
	"os"
	"strconv"
)

// PeakRSS is the largest resident set of this process so far, in bytes; 0 when
// unknown. The kernel keeps it, so a short peak between two samples counts too.
// (The figure of getrusage would not do: it survives exec, and so may be that of
// the program that started this one.)
func PeakRSS() int64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	return highWater(b)
}

// highWater finds the line "VmHWM:  12345 kB" of a process's status.
func highWater(status []byte) int64 {
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			f := bytes.Fields(rest)
			if len(f) < 1 {
				return 0
			}
			kb, _ := strconv.ParseInt(string(f[0]), 10, 64)
			return kb << 10
		}
	}
	return 0
}

var pageSize = int64(os.Getpagesize())

// residentBytes is the resident set of the process, 0 when unknown.
func residentBytes() int64 {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	f := bytes.Fields(b)
	if len(f) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(string(f[1]), 10, 64)
	return pages * pageSize
}
