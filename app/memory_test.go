package app

import (
	"runtime"
	"testing"
)

func TestLimitFor(t *testing.T) {
	for alive, want := range map[int64]int64{0: memoryLimit, 100 << 20: memoryLimit, 213 << 20: memoryLimit, 1 << 30: 3 << 29} {
		if got := limitFor(alive); got != want {
			t.Errorf("%d alive: limit %d, want %d", alive, got, want)
		}
	}
}

func TestAliveBytesCountsWhatIsKept(t *testing.T) {
	runtime.GC()
	before := aliveBytes()
	kept := make([]byte, 64<<20)
	runtime.GC()
	if grown := aliveBytes() - before; grown < 60<<20 || before < 1<<20 {
		t.Errorf("%d alive before, %d more with 64 MiB kept", before, grown)
	}
	runtime.KeepAlive(kept)
}
