package screen

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"tacho/engine/snap"
	"tacho/views/theme"
	"tacho/views/viewtest"
)

// swept is a run in the middle of a sweep.
func swept() *snap.Snapshot {
	s := *viewtest.Steered()
	nan := math.NaN()
	cell := func(state snap.CellState, note string, values ...string) snap.SeveralCell {
		c := snap.SeveralCell{Values: values, State: state, Of: 2, Note: note, TTFT50: nan, TTFT99: nan, ITL50: nan, Latency99: nan, RequestsPerSec: nan, TokSec: nan, GoodShare: nan}
		if state == snap.CellDone {
			c.Runs, c.TTFT50, c.TTFT99, c.ITL50, c.Latency99, c.RequestsPerSec, c.TokSec, c.GoodShare, c.Requests = 2, 41.2, 66.5, 4.7, 180, 21.4, 1_234_567, 0.981, 400
		}
		return c
	}
	s.Several = &snap.Several{Title: "sweep", Names: []string{"concurrency", "isl"}, At: 2, Now: "3/4 concurrency=16 isl=128, repeat 1 of 2", Cells: []snap.SeveralCell{
		cell(snap.CellDone, "", "1", "128"), cell(snap.CellFailed, "connection refused by h:1", "8", "128"),
		cell(snap.CellRunning, "", "16", "128"), cell(snap.CellWaiting, "", "32", "128"),
	}}
	return &s
}

func TestRunsPage(t *testing.T) {
	th := themed(t, theme.NoColor, "braille")
	s := swept()
	for w := MinW; w <= 200; w += 7 {
		frame := Text(s, Size{w, 24}, th, State{Page: PageRuns}, Keys{})
		check(t, "runs", frame, Size{w, 24})
		for _, want := range []string{"concurrency", "running", "done", "failed", "waiting"} {
			if !strings.Contains(frame, want) {
				t.Errorf("width %d lacks %q:\n%s", w, want, frame)
			}
		}
	}
	wide := Text(s, Size{200, 24}, th, State{Page: PageRuns}, Keys{})
	for _, want := range []string{"sweep 3/4 concurrency=16", "2 of 4 done", "connection refused", "98.1", "0 runs"} {
		if !strings.Contains(wide, want) {
			t.Errorf("the page lacks %q:\n%s", want, wide)
		}
	}
	if text, what := Copy(s, State{Page: PageRuns}); what != "runs" || !strings.Contains(text, "16 | 128 | running") {
		t.Errorf("copied %q: %s", what, text)
	}
	alone := *s
	alone.Several = nil
	frame := Text(&alone, Size{120, 24}, th, State{Page: PageRuns}, Keys{})
	if !strings.Contains(frame, "this run is alone") || strings.Contains(frame, "0 runs") {
		t.Errorf("a run alone:\n%s", frame)
	}
}

func TestGoldenRuns(t *testing.T) {
	for _, size := range []Size{{80, 24}, {120, 40}, {200, 60}} {
		golden(t, fmt.Sprintf("page-runs-%dx%d-plain", size.W, size.H), plain(swept(), size.W, size.H, State{Page: PageRuns}))
	}
}
