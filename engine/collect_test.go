package engine

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tacho/engine/record"
	"tacho/engine/schedule"
	"tacho/engine/simserver"
	"tacho/engine/snap"
)

// A disk that takes no more numbers is told while the run goes on, once.
func TestLostStatisticsAreTold(t *testing.T) {
	for _, c := range []struct {
		budget int64
		rows   int
		want   string
	}{{-1, 5_000, "no exact statistics"}, {1 << 20, 20_000, "statistics take more memory"}} {
		b := newBench(t, simserver.Fast(), PhasePlan{Concurrency: 1, Requests: 1})
		b.plan.MemoryBudget, b.plan.ScratchDir = c.budget, filepath.Join(t.TempDir(), "missing")
		var cell snap.Cell
		col := newCollector(&run{plan: b.plan}, &cell)
		for i := range c.rows {
			rec := &record.Record{
				Meta: record.Meta{Num: int64(i), StartNS: 1e18, EndNS: 1e18 + 100, Phase: b.plan.Phases[0].Phase},
				ISL:  3, Output: 2, Reasoning: -1, Usage: record.NoUsage,
			}
			for at := int64(1e18); len(rec.ChunkNS) < 30; at += int64(i * 7919 % 50021) {
				rec.ChunkNS = append(rec.ChunkNS, at)
			}
			col.take(&collected{row: b.plan.Registry.Row(b.plan.Context, rec)})
		}
		for range 2 {
			col.watchDisk(0)
		}
		list := col.notices.copy()
		if len(list) != 1 || !list[0].Warn || !strings.Contains(list[0].Text, c.want) {
			t.Errorf("budget %d: notices %+v, want one of %q", c.budget, list, c.want)
		}
		for _, acc := range col.phases {
			_ = acc.Close() // the scratch file that is not there
		}
	}
}

// The statistics of a long run take a while: its last picture says so, with
// nothing in flight any more.
func TestThePictureSaysThatStatisticsAreMade(t *testing.T) {
	b := newBench(t, simserver.Fast(), PhasePlan{Concurrency: 2, Requests: 7})
	var cell snap.Cell
	if _, err := Run(t.Context(), b.plan, &cell, NewControl()); err != nil {
		t.Fatal(err)
	}
	s := cell.Latest()
	if s.State != snap.Exporting || s.InFlight != 0 || s.Done != 7 || !strings.Contains(s.Doing, "statistics of 7 requests") {
		t.Errorf("state %s, %d in flight, %d done, doing %q", s.State, s.InFlight, s.Done, s.Doing)
	}
}

// The screen says when each kind of failure was last seen.
func TestWhenAFailureWasLast(t *testing.T) {
	t.Parallel()
	arrivals, err := schedule.Constant(100)
	if err != nil {
		t.Fatal(err)
	}
	cfg := simserver.Fast()
	cfg.Faults = []simserver.FaultRule{{Name: "http-500", Percent: 100}}
	b := newBench(t, cfg, PhasePlan{Arrivals: arrivals, Requests: 20})
	var cell snap.Cell
	if _, err := Run(t.Context(), b.plan, &cell, NewControl()); err != nil {
		t.Fatal(err)
	}
	s := cell.Latest()
	if len(s.ErrorGroups) != 1 || s.ErrorGroups[0].Count != 20 {
		t.Fatalf("failures %+v", s.ErrorGroups)
	}
	// The twentieth is due 200 ms after the start.
	if last := s.ErrorGroups[0].LastAt; last < 200*time.Millisecond || last > s.At {
		t.Errorf("the last was at %v of %v", last, s.At)
	}
}
