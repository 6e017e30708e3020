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

// Requests that were sent and cut are no run that sent nothing.
func TestRunOfCutRequests(t *testing.T) {
	res := &engine.Result{Phases: []engine.PhaseResult{{Phase: record.Phase{Kind: record.Profiling}, CutOff: 2}}}
	err := new(session).outcome(&export.Run{Manifest: new(export.Manifest)}, res)
	if err == nil || !strings.Contains(err.Error(), "all 2 requests under way were cut") {
		t.Errorf("error %v", err)
	}
}

// A server's reason phrase reaches the terminal: without its control characters,
// and not all of a long one.
func TestFailureFitForATerminal(t *testing.T) {
	f := &record.Failure{Kind: record.ErrHTTP5xx, Code: 500, Type: "Oops\x1b[31m" + strings.Repeat("R", 9000), Message: "\x1b[2J" + strings.Repeat("m", 9000)}
	cause, _ := describeFailure(f, "host", "")
	if strings.Contains(cause, "\x1b") || len(cause) > 300 || !strings.HasPrefix(cause, "HTTP 500 Oops") {
		t.Errorf("cause %q", cause)
	}
}
