package telemetry

import (
	"math"
	"testing"
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
)

// The energy of all GPUs is not known while one that counts it is not read.
func TestDrawWithASilentGPU(t *testing.T) {
	two := []snap.GPU{{Energy: 40, Power: 4}, {Energy: 60, Power: 6}}
	if j, w := Draw(two); j != 100 || w != 10 {
		t.Errorf("%v J, %v W", j, w)
	}
	two[1].Stale = 3 * time.Second
	if j, w := Draw(two); !math.IsNaN(j) || w != 4 {
		t.Errorf("with one silent: %v J, %v W", j, w)
	}
	two[1].Energy = math.NaN() // it never counted any
	if j, w := Draw(two); j != 40 || w != 4 {
		t.Errorf("with a silent one without a counter: %v J, %v W", j, w)
	}
}

// A page that says the same again is read; a GPU that it lost is not.
func TestSilentGPUs(t *testing.T) {
	s := NewGPUStore()
	add := func(uuid string, at int64, energy float64) {
		g := NewGPUSample(GPUID{UUID: uuid, Platform: metric.NVIDIA}, "page", at)
		g.Values[PowerUsage], g.Values[EnergyUsed] = 5, energy
		s.Add(&g, false)
	}
	add("a", 10, 1)
	add("b", 10, 1)
	add("c", 10, nan) // no counter
	add("a", 20, 2)
	check := func(before int64, want int) {
		t.Helper()
		if n, of := s.Silent(before); n != want || of != 2 {
			t.Errorf("before %d: %d of %d silent, want %d of 2", before, n, of, want)
		}
	}
	check(10, 0)
	check(15, 1)
	check(25, 2)
	s.Touch("other", 30)
	check(25, 2)
	s.Touch("page", 30)
	check(25, 1)
	add("a", 40, nan) // the counter is gone, the GPU is not
	check(25, 2)
}
