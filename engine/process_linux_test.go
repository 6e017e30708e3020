package engine

import (
	"runtime"
	"testing"
)

func TestHighWater(t *testing.T) {
	for status, want := range map[string]int64{
		"Name:\ttacho\nVmPeak:\t 9000 kB\nVmHWM:\t  12345 kB\nVmRSS:\t  1000 kB\n": 12345 << 10,
		"VmHWM:\n":                 0,
		"VmHWM: lots kB\n":         0,
		"Name:\tkthread\n":         0,
		"":                         0,
		"VmHWM:\t 7 kB":            7 << 10,
		"XVmHWM: 1\nVmHWM: 2 kB\n": 2 << 10,
	} {
		if got := highWater([]byte(status)); got != want {
			t.Errorf("%q: %d, want %d", status, got, want)
		}
	}
}

// A peak between two samples counts: the kernel keeps it.
func TestPeakRSSKnowsAPassedPeak(t *testing.T) {
	before := PeakRSS()
	b := make([]byte, 64<<20)
	for i := 0; i < len(b); i += 4096 {
		b[i] = 1
	}
	runtime.KeepAlive(b)
	runtime.GC()
	if got := PeakRSS(); got < before || got < 64<<20 {
		t.Errorf("peak %d after 64 MiB were touched, %d before", got, before)
	}
}
