package engine

import (
	"path/filepath"
	"strings"
	"testing"

	"tacho/engine/record"
	"tacho/engine/simserver"
	"tacho/engine/snap"
)

// A disk that takes no more numbers is told while the run goes on, once.
func TestLostStatisticsAreTold(t *testing.T) {
	b := newBench(t, simserver.Fast(), PhasePlan{Concurrency: 1, Requests: 1})
	b.plan.MemoryBudget, b.plan.ScratchDir = -1, filepath.Join(t.TempDir(), "missing")
	var cell snap.Cell
	c := newCollector(&run{plan: b.plan}, &cell)
	for i := range 5000 {
		rec := &record.Record{
			Meta:    record.Meta{Num: int64(i), StartNS: 1e18, EndNS: 1e18 + 100, Phase: b.plan.Phases[0].Phase},
			ChunkNS: []int64{1e18 + 10, 1e18 + 100}, ISL: 3, Output: 2, Reasoning: -1, Usage: record.NoUsage,
		}
		c.take(&collected{row: b.plan.Registry.Row(b.plan.Context, rec)})
	}
	for range 2 {
		c.watchDisk(0)
	}
	list := c.notices.copy()
	if len(list) != 1 || !list[0].Warn || !strings.Contains(list[0].Text, "no exact statistics") {
		t.Errorf("notices %+v, want one of lost statistics", list)
	}
	for _, acc := range c.phases {
		_ = acc.Close() // the scratch file that is not there
	}
}
