package telemetry

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// BenchmarkSampling is all that watching eight GPUs through a DCGM page costs
// for one reading: the page is read, kept and drawn, and three pictures are made
// in the meantime. The share is of one core at AIPerf's three readings a second.
func BenchmarkSampling(b *testing.B) {
	pages := [2][]byte{[]byte(benchPage(8, 0)), []byte(benchPage(8, 1))}
	r := pageReader{limit: maxSeries}
	page := gpuPage{source: "http://node:9400/metrics"}
	store, board := NewGPUStore(), NewBoard(0, time.Hour)
	var course Course
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		parsed, _, err := r.read(pages[n%2], false)
		if err != nil {
			b.Fatal(err)
		}
		at := int64(n) * int64(DefaultEvery)
		samples := page.samples(parsed, at)
		if len(samples) != 8 {
			b.Fatal(len(samples))
		}
		for i := range samples {
			store.Add(&samples[i], false)
			board.AddGPU(&samples[i], time.Millisecond)
		}
		for range 3 {
			course.Add(board.State(at), time.Duration(at))
		}
	}
	perReading := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(100*perReading/DefaultEvery.Seconds(), "%core")
}

// benchPage is the page of an exporter for so many GPUs.
func benchPage(gpus, salt int) string {
	var b strings.Builder
	for _, m := range []string{
		"SM_CLOCK", "MEM_CLOCK", "GPU_TEMP", "POWER_USAGE", "TOTAL_ENERGY_CONSUMPTION", "PCIE_REPLAY_COUNTER", "GPU_UTIL", "MEM_COPY_UTIL",
		"ENC_UTIL", "DEC_UTIL", "XID_ERRORS", "FB_FREE", "FB_USED", "NVLINK_BANDWIDTH_TOTAL", "POWER_VIOLATION",
	} {
		fmt.Fprintf(&b, "# HELP DCGM_FI_DEV_%s figure.\n# TYPE DCGM_FI_DEV_%s gauge\n", m, m)
		for i := range gpus {
			fmt.Fprintf(&b, "DCGM_FI_DEV_%s{gpu=\"%d\",UUID=\"GPU-%04d\",pci_bus_id=\"00000000:%02X:00.0\",device=\"nvidia%d\",modelName=\"NVIDIA H100 80GB HBM3\",Hostname=\"node\"} %d\n", m, i, i, i+1, i, 100+i+salt)
		}
	}
	return b.String()
}
