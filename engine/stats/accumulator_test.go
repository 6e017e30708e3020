package stats

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
)

func TestSpilledEqualsKept(t *testing.T) {
	reg, ctx := metric.Builtin(), runContext()
	dir := t.TempDir()
	kept := NewAccumulator(reg, ctx, Options{SliceWidth: time.Second})
	spilled := NewAccumulator(reg, ctx, Options{SliceWidth: time.Second, Budget: -1, Dir: dir})
	// Fewer values than there are requests, so that both take several passes.
	kept.keepRow, kept.keepSweep = 2000, 1000
	spilled.keepRow, spilled.keepSweep = 2000, 1000
	l := newLoad(11, 40, 6)
	var row metric.Row
	for range 2*blockRows + 1000 {
		reg.Plan(ctx).Fill(&row, l.next())
		kept.Add(&row)
		spilled.Add(&row)
	}
	if spilled.store.tape.file == nil || kept.store.tape.file != nil {
		t.Fatal("the wrong accumulator spilled")
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 && spilled.store.tape.name == "" {
		t.Errorf("the scratch file still has a name: %v", left)
	}
	a, err := kept.Summary(0, 0, true)
	if err != nil {
		t.Fatal(err)
	}
	b, err := spilled.Summary(0, 0, true)
	if err != nil {
		t.Fatal(err)
	}
	sameSummary(t, a, b)
	if len(a.Approximate) > 0 {
		t.Errorf("approximate: %v", a.Approximate)
	}
	as, err := kept.Slices()
	if err != nil {
		t.Fatal(err)
	}
	bs, err := spilled.Slices()
	if err != nil {
		t.Fatal(err)
	}
	if len(as) != len(bs) {
		t.Fatalf("%d and %d slices", len(as), len(bs))
	}
	for i := range as {
		sameSummary(t, &as[i].Summary, &bs[i].Summary)
	}
	if err := errors.Join(kept.Close(), spilled.Close()); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("Close leaves %v", left)
	}
}

func sameSummary(t *testing.T, a, b *Summary) {
	t.Helper()
	if len(a.Stats) != len(b.Stats) || a.StartNS != b.StartNS || a.EndNS != b.EndNS {
		t.Fatalf("%d stats in %d..%d, and %d in %d..%d", len(a.Stats), a.StartNS, a.EndNS, len(b.Stats), b.StartNS, b.EndNS)
	}
	for i := range a.Stats {
		if !sameBits(a.Stats[i], b.Stats[i]) {
			t.Errorf("%s: %+v and %+v", a.Stats[i].Def.Tag, a.Stats[i], b.Stats[i])
		}
	}
}

func TestNoScratchFile(t *testing.T) {
	reg, ctx := metric.Builtin(), runContext()
	a := NewAccumulator(reg, ctx, Options{Budget: -1, Dir: filepath.Join(t.TempDir(), "missing"), SliceWidth: time.Second})
	defer a.Close()
	for _, r := range makeRows(reg, ctx, newLoad(1, 10, 3), blockRows+1) {
		a.Add(r)
	}
	if err := a.Err(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Err without a place to spill: %v", err)
	}
	if _, err := a.Summary(0, 0, false); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Summary without a place to spill: %v", err)
	}
	if _, err := a.Slices(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Slices without a place to spill: %v", err)
	}
}

func TestSummaryOfNothing(t *testing.T) {
	a := NewAccumulator(metric.Builtin(), runContext(), Options{SliceWidth: time.Second})
	defer a.Close()
	s, err := a.Summary(1e18, 2e18, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range s.Stats {
		// AIPerf says 0, not nothing, for the share of good ones.
		if st.Def.Tag != metric.GoodRequestFraction || st.Avg != 0 {
			t.Errorf("%s is %v without a request", st.Def.Tag, st.Avg)
		}
	}
	if list, err := a.Slices(); len(list) > 0 || err != nil {
		t.Errorf("%d slices, %v", len(list), err)
	}
}

func TestCancelledWindow(t *testing.T) {
	reg, ctx := metric.Builtin(), runContext()
	a := NewAccumulator(reg, ctx, Options{})
	defer a.Close()
	rows := makeRows(reg, ctx, newLoad(1, 4, 3), 100)
	lastEnd := int64(0)
	for _, r := range rows {
		a.Add(r)
		lastEnd = max(lastEnd, r.EndNS)
	}
	start := rows[0].StartNS - 1e9
	s, err := a.Summary(start, lastEnd+9e9, true)
	if err != nil {
		t.Fatal(err)
	}
	rate, _ := s.Get(metric.RequestThroughput)
	dur, _ := s.Get(metric.BenchmarkDuration)
	if want := float64(a.Valid()) / dur.Avg; math.Abs(rate.Avg-want) > 1e-9*want {
		t.Errorf("rate is %v, want %v: valid requests by their duration", rate.Avg, want)
	}
	if d := s.EndNS - lastEnd; s.StartNS != start || d < -256 || d > 256 {
		t.Errorf("window is %d to %d, want %d to %d", s.StartNS, s.EndNS, start, lastEnd)
	}
}

func TestAllFailed(t *testing.T) {
	reg, ctx := metric.Builtin(), runContext()
	a := NewAccumulator(reg, ctx, Options{})
	defer a.Close()
	for i := range 5 {
		rec := &record.Record{Usage: record.NoUsage, ISL: 10, Output: -1, Reasoning: -1, Err: &record.Failure{Type: "TimeoutError", Message: "TimeoutError()"}}
		rec.StartNS, rec.EndNS = 1e18+int64(i)*1e6, 1e18+int64(i)*1e6+5e5
		if i == 4 {
			rec.Err = &record.Failure{Code: 500, Type: "Internal Server Error"}
			rec.ContextOverflow = true
		}
		a.Add(reg.Row(ctx, rec))
	}
	s, err := a.Summary(1e18, 1e18+1e9, false)
	if err != nil {
		t.Fatal(err)
	}
	for tag, want := range map[metric.Tag]float64{
		metric.ErrorRequestCount: 5, metric.ContextOverflowCount: 1, metric.CompletedRequestCount: 5, metric.RequestErrorRate: 100,
		metric.ErrorISL: 10, metric.TotalErrorISL: 50, metric.GoodRequestFraction: 0,
	} {
		if st, ok := s.Get(tag); !ok || st.Avg != want {
			t.Errorf("%s is %+v, want %v", tag, st, want)
		}
	}
	for _, tag := range []metric.Tag{metric.RequestCount, metric.RequestThroughput, metric.BenchmarkDuration, metric.AdjRequestLatency} {
		if st, ok := s.Get(tag); ok {
			t.Errorf("%s is %v without a valid request", tag, st.Avg)
		}
	}
	if g := a.Errors(); len(g) != 2 || g[0].Count != 4 || g[1].Count != 1 || g[1].Failure.Code != 500 {
		t.Errorf("error groups are %+v", g)
	}
}

func TestErrorTableIsBounded(t *testing.T) {
	for all, want := range map[bool]int{false: maxErrorGroups + 2, true: 3 * maxErrorGroups} {
		table := errorTable{all: all}
		for i := range 3 * maxErrorGroups {
			table.add(&record.Failure{Code: 500 + i%2, Type: "T", Message: fmt.Sprint("request ", i)}, 0)
		}
		if len(table.groups) != want {
			t.Errorf("all %v: %d groups, want %d", all, len(table.groups), want)
		}
		var sum int64
		for _, g := range table.groups {
			sum += g.Count
		}
		if sum != 3*maxErrorGroups {
			t.Errorf("all %v: groups count %d failures of %d", all, sum, 3*maxErrorGroups)
		}
	}
}

func TestScheduleLag(t *testing.T) {
	reg := metric.Builtin()
	ctx := &metric.Context{OutputTokens: true, InputTokens: true, FixedSchedule: true}
	a := NewAccumulator(reg, ctx, Options{})
	defer a.Close()
	for i := range 101 {
		rec := &record.Record{Usage: record.NoUsage, Output: 1, Reasoning: -1}
		rec.DueNS = 1e18 + int64(i)*1e9
		rec.StartNS = rec.DueNS + 3e9 + int64(i)*10e6 // a constant delay does not show
		rec.EndNS = rec.StartNS + 1e6
		rec.ChunkNS = []int64{rec.EndNS}
		a.Add(reg.Row(ctx, rec))
	}
	s, err := a.Summary(0, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	for tag, want := range map[metric.Tag]float64{metric.ReplaySchedLagP50: 500, metric.ReplaySchedLagP90: 900, metric.ReplaySchedLagP99: 990, metric.ReplaySchedDegraded: 1} {
		if st, ok := s.Get(tag); !ok || st.Avg != want {
			t.Errorf("%s is %+v, want %v", tag, st, want)
		}
	}
}
