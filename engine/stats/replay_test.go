package stats

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"tacho/engine/metric"
)

// TestScheduleLagOfGolden takes the planned times from the trace that the run
// replayed: its lines are not in the per-request file, but in the same order as
// the conversations, one request each.
func TestScheduleLagOfGolden(t *testing.T) {
	reg := metric.Builtin()
	dir := filepath.Join(goldenRoot, "trace_replay")
	want := readResults(t, filepath.Join(dir, "profile_export_aiperf.json"))
	rows := readRows(t, reg, filepath.Join(dir, "profile_export.jsonl"))
	slices.SortFunc(rows, func(a, b *metric.Row) int { return int(a.StartNS - b.StartNS) })
	f, err := os.Open(filepath.Join(goldenRoot, "inputs", "mooncake.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ctx := &metric.Context{Streaming: true, OutputTokens: true, InputTokens: true, FixedSchedule: true}
	a := NewAccumulator(reg, ctx, Options{})
	defer a.Close()
	sc := bufio.NewScanner(f)
	for _, row := range rows {
		var line struct{ Timestamp float64 }
		if !sc.Scan() {
			t.Fatal("the trace is shorter than the run")
		}
		if err := json.Unmarshal(sc.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		row.DueNS = 1_795_499_900_000_000_000 + int64(line.Timestamp*1e6)
		a.Add(row)
	}
	s, err := a.Summary(0, 0, false)
	if err != nil {
		t.Fatal(err)
	}
	for tag := range notInLines {
		var stat struct{ Avg float64 }
		want.get(t, string(tag), &stat)
		got, ok := s.Get(tag)
		// AIPerf's lags are differences of floats that are 256 ns apart.
		if !ok || math.Abs(got.Avg-stat.Avg) > 512e-6 {
			t.Errorf("%s is %+v, AIPerf has %v", tag, got, stat.Avg)
		}
	}
}
