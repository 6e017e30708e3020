package replay

import (
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// benchDir makes a big directory once per process. TACHO_BENCH_RECORDS is how
// many requests it has; a million take 3 GB of disk.
func benchDir(b *testing.B) (dir string, bytes int64) {
	b.Helper()
	n := 50_000
	if v, err := strconv.Atoi(os.Getenv("TACHO_BENCH_RECORDS")); err == nil {
		n = v
	}
	dir = b.TempDir()
	bigDir{requests: n, perSec: 1000, tokens: 20, failEvery: 5000, seed: 1}.write(b, dir)
	st, err := os.Stat(dir + "/profile_export.jsonl")
	if err != nil {
		b.Fatal(err)
	}
	return dir, st.Size()
}

// peakMB is the most memory that the process had resident; 0 where it is not told.
func peakMB() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmHWM:" {
			kb, _ := strconv.ParseFloat(f[1], 64)
			return kb / 1024
		}
	}
	return 0
}

func BenchmarkOpen(b *testing.B) {
	dir, size := benchDir(b)
	b.SetBytes(size)
	runtime.GC()
	for b.Loop() {
		p, err := Play(dir, Options{NoCheck: true})
		if err != nil {
			b.Fatal(err)
		}
		if err := p.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(peakMB(), "peak-MB")
}

// BenchmarkScrub jumps to places at random.
func BenchmarkScrub(b *testing.B) {
	dir, _ := benchDir(b)
	p := play(b, dir, Options{NoCheck: true})
	length := p.Timeline().Length
	r := rand.New(rand.NewPCG(1, 2))
	var worst time.Duration
	for b.Loop() {
		from := time.Now()
		p.Seek(time.Duration(r.Float64() * float64(length)))
		p.Latest()
		worst = max(worst, time.Since(from))
	}
	b.ReportMetric(float64(worst)/1e6, "worst-ms")
}

// BenchmarkPlay goes through the run in steps of a thousandth.
func BenchmarkPlay(b *testing.B) {
	dir, _ := benchDir(b)
	p := play(b, dir, Options{NoCheck: true})
	length := p.Timeline().Length
	at := time.Duration(0)
	for b.Loop() {
		if at += length / 1000; at > length {
			at = 0
		}
		p.Seek(at)
		p.Latest()
	}
}

// BenchmarkLatest is the cost of looking when nothing has moved.
func BenchmarkLatest(b *testing.B) {
	dir, _ := benchDir(b)
	p := play(b, dir, Options{NoCheck: true})
	for b.Loop() {
		p.Latest()
	}
}
