package engine

import (
	"math"
	"testing"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/snap"
)

// logOf feeds n rows whose latency is their number in ms, every tenth of which
// failed.
func logOf(n int) *requestLog {
	reg := metric.Builtin()
	p := &Plan{Registry: reg, Context: &metric.Context{Streaming: true, OutputTokens: true, InputTokens: true}}
	l := newRequestLog(p, 1000)
	for i := range n {
		row := &metric.Row{Vals: make([]float64, reg.Len())}
		for j := range row.Vals {
			row.Vals[j] = math.NaN()
		}
		row.Num, row.StartNS, row.EndNS, row.DueNS = int64(i), 2000, 2000+int64(i)*1e6, 1500
		if i%10 == 9 {
			row.Err = &record.Failure{Kind: record.ErrTimeout}
		} else {
			row.Vals[l.reader.Latency] = float64(i)
		}
		l.add(row)
	}
	return l
}

func TestRequestLogKeepsLastSlowestAndFailed(t *testing.T) {
	l := logOf(1000)
	d := l.draw()
	if len(d.Recent) != snap.KeepRecent || d.Recent[0].Num != 999 || d.Recent[snap.KeepRecent-1].Num != 800 {
		t.Errorf("recent: %d from %d to %d", len(d.Recent), d.Recent[0].Num, d.Recent[len(d.Recent)-1].Num)
	}
	if len(d.Failed) != 100 || d.Failed[0].Num != 999 || d.Failed[99].Num != 9 {
		t.Errorf("failed: %d, first %d", len(d.Failed), d.Failed[0].Num)
	}
	if len(d.Slowest) != snap.KeepSlowest || d.Slowest[0].Num != 998 {
		t.Errorf("slowest: %d, first %d", len(d.Slowest), d.Slowest[0].Num)
	}
	for i := 1; i < len(d.Slowest); i++ {
		if d.Slowest[i].Latency > d.Slowest[i-1].Latency {
			t.Fatalf("slowest %d: %v after %v", i, d.Slowest[i].Latency, d.Slowest[i-1].Latency)
		}
	}
	r := d.Recent[1]
	if r.Due != 500 || r.Start != 1000 || r.Ack != -1 || r.End != 1000+time.Duration(r.Num)*time.Millisecond || r.OSL != -1 {
		t.Errorf("request %+v", r)
	}
	before := d.Recent[0]
	l.add(&metric.Row{Vals: make([]float64, metric.Builtin().Len())})
	if d.Recent[0] != before {
		t.Error("a list that was drawn has changed")
	}
}

func TestThinKeepsTheStall(t *testing.T) {
	gaps := make([]float64, 5*snap.MaxGaps+7)
	gaps[1234] = 640
	out := snap.ThinGaps(gaps)
	var most float32
	for _, g := range out {
		most = max(most, g)
	}
	if len(out) > snap.MaxGaps || most != 640 {
		t.Errorf("%d gaps, the largest %v; want at most %d and 640", len(out), most, snap.MaxGaps)
	}
}

func TestHeatMapCountsEveryValueWhateverItsTime(t *testing.T) {
	h := new(heatMap)
	const n = 10_000
	for i := range n {
		h.add(time.Duration(i)*time.Second, float64(i%2000)+0.05)
	}
	h.add(0, math.NaN()) // not a value
	d := h.draw()
	var sum uint32
	for _, c := range d.Columns {
		for _, v := range c {
			sum += v
		}
	}
	if sum != n || len(d.Columns) > snap.HeatColumns || d.Width*time.Duration(len(d.Columns)) < n*time.Second {
		t.Errorf("%d values in %d columns of %v, want %d", sum, len(d.Columns), d.Width, n)
	}
	row := int(math.Log(500/snap.HeatLow) / math.Log(snap.HeatStep))
	one := new(heatMap)
	one.add(0, 500)
	if one.draw().Columns[0][row] != 1 {
		t.Errorf("500 ms is not in row %d", row)
	}
}
