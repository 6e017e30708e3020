package app

import (
	"strings"
	"testing"

	"tacho/engine"
	"tacho/engine/record"
	"tacho/export"
)

// A run whose statistics are lost was a run all the same: how many requests it
// made is known, and it must not say that none was sent.
func TestVerdictWithoutASummary(t *testing.T) {
	res := &engine.Result{Phases: []engine.PhaseResult{
		{Phase: record.Phase{Kind: record.Warmup}, Valid: 3},
		{Phase: record.Phase{Kind: record.Profiling}, Valid: 8000},
	}}
	run := &export.Run{Manifest: new(export.Manifest)}
	if err := new(session).outcome(run, res); err != nil || run.Manifest.Outcome != outcomeComplete {
		t.Errorf("outcome %q, %v", run.Manifest.Outcome, err)
	}
	if line := verdict(run, res); !strings.HasPrefix(line, "complete: 8000 requests ok, 0 failed") {
		t.Errorf("verdict %q", line)
	}
}
