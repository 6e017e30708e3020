package replay

import (
	"testing"

	"tacho/engine/record"
	"tacho/export"
)

// Which time rates divide by hangs on the phases that were stopped, not on the
// run: it may have been stopped between two, or in its warm-up.
func TestWhichPhasesWereCancelled(t *testing.T) {
	phase := func(kind record.PhaseKind, cancelled bool) export.PhaseResult {
		return export.PhaseResult{Phase: record.Phase{Kind: kind}, Cancelled: cancelled}
	}
	for _, c := range []struct {
		name              string
		run               bool
		phases            []export.PhaseResult
		profiling, warmup bool
	}{
		{"no phases told", true, nil, true, false},
		{"in the second", true, []export.PhaseResult{phase(record.Profiling, false), phase(record.Profiling, true)}, true, false},
		{"before the second", true, []export.PhaseResult{phase(record.Profiling, false)}, false, false},
		{"in the warm-up that the first did not wait for", true, []export.PhaseResult{phase(record.Warmup, true), phase(record.Profiling, true)}, true, true},
		{"not at all", false, []export.PhaseResult{phase(record.Warmup, false), phase(record.Profiling, false)}, false, false},
	} {
		d := &Dir{Run: &export.Run{Cancelled: c.run, Phases: c.phases}}
		if p, w := d.cancelled(record.Profiling), d.cancelled(record.Warmup); p != c.profiling || w != c.warmup {
			t.Errorf("%s: profiling %v, warm-up %v", c.name, p, w)
		}
	}
}
