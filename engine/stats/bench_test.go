package stats

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"tacho/engine/metric"
)

func BenchmarkAccumulatorAdd(b *testing.B) {
	reg := metric.Builtin()
	ctx := runContext()
	l := newLoad(1, 64, 8)
	rows := make([]*metric.Row, 1000)
	for i := range rows {
		rows[i] = reg.Row(ctx, l.next())
	}
	a := NewAccumulator(reg, ctx, Options{Dir: b.TempDir()})
	defer a.Close()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		a.Add(rows[i%len(rows)])
	}
}

// BenchmarkMillion runs a million streaming requests of 8 chunks each through
// rows, an accumulator and the summary, and reports the memory of the process.
func BenchmarkMillion(b *testing.B) {
	const n = 1_000_000
	for b.Loop() {
		reg := metric.Builtin()
		ctx := runContext()
		a := NewAccumulator(reg, ctx, Options{Dir: b.TempDir(), SliceWidth: 30 * time.Second})
		l := newLoad(1, 200, 8)
		var row metric.Row
		began := time.Now()
		for range n {
			reg.Plan(ctx).Fill(&row, l.next())
			a.Add(&row)
		}
		added := time.Since(began)
		afterAdd := peakMB()
		began = time.Now()
		s, err := a.Summary(0, 0, false)
		if err != nil {
			b.Fatal(err)
		}
		summed := time.Since(began)
		began = time.Now()
		slices, err := a.Slices()
		if err != nil {
			b.Fatal(err)
		}
		sliced := time.Since(began)
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(added.Seconds(), "s-add")
		b.ReportMetric(summed.Seconds(), "s-summary")
		b.ReportMetric(sliced.Seconds(), "s-slices")
		b.ReportMetric(afterAdd, "MB-peak-add")
		b.ReportMetric(peakMB(), "MB-peak-all")
		b.ReportMetric(float64(a.store.tape.size)/1e6, "MB-file")
		b.ReportMetric(float64(len(a.store.tape.slabs)), "MB-slabs")
		b.Logf("%d stats, %d slices", len(s.Stats), len(slices))
		a.Close()
	}
}

// peakMB is the largest resident set of the process so far, where the system
// tells.
func peakMB() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			var kb float64
			fmt.Sscan(rest, &kb)
			return kb / 1024
		}
	}
	return 0
}

func BenchmarkLiveAdd(b *testing.B) {
	reg, ctx := metric.Builtin(), runContext()
	l := NewLive(reg, ctx, LiveOptions{SliceWidth: time.Second})
	rows := makeRows(reg, ctx, newLoad(1, 64, 8), 1000)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		l.Add(rows[i%len(rows)])
	}
}

func BenchmarkLiveTick(b *testing.B) {
	reg, ctx := metric.Builtin(), runContext()
	l := NewLive(reg, ctx, LiveOptions{SliceWidth: time.Second})
	now := play(l, makeRows(reg, ctx, newLoad(1, 64, 8), 5000))
	b.ReportAllocs()
	for i := int64(0); b.Loop(); i++ {
		l.Tick(now+i, 64)
		l.Metrics()
		l.Series()
		l.Slices()
		l.Rates()
	}
}
