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

// searched is a search at its end, or in the middle of it.
func searched(over bool) *snap.Snapshot {
	s := *viewtest.Steered()
	m := &snap.Several{Title: "search", Names: []string{"concurrency"}, At: -1, Limits: []snap.SeveralLimit{{Name: "TTFT p95 ms", Limit: 300}, {Name: "ITL p95 ms", Limit: 40}}}
	for _, k := range []float64{1, 2, 4, 8, 16, 32, 64, 48, 56} {
		c := snap.SeveralCell{Values: []string{fmt.Sprint(k)}, State: snap.CellDone, Runs: 1, Of: 1, Note: "holds", TTFT50: 60 + k, TTFT99: 90 + 5*k, ITL50: 12 + k/8, Latency99: 1900 + 9*k,
			RequestsPerSec: 0.4 * k, TokSec: 52 * k, GoodShare: 1 - k/900, Requests: 200, AtLimits: []float64{80 + 4.2*k, 14 + k/5}}
		if c.AtLimits[0] > 300 {
			c.State, c.Note = snap.CellFailed, "does not hold"
		}
		m.Cells = append(m.Cells, c)
	}
	if over {
		m.Answer = []string{"ANSWER: concurrency 48 holds in 3 of 3 probes; 56 does not, in 2 of 3 (time_to_first_token:p95<300)",
			"at concurrency 48: TTFT p50 108 ms  p99 330 ms  19.2 req/s  2,496 tok/s  good 94.7 %", "0.69 per million output tokens at concurrency 48"}
	} else {
		last := &m.Cells[len(m.Cells)-1]
		last.State, last.Note = snap.CellRunning, "does not hold so far"
		m.At, m.Now = len(m.Cells)-1, "probe 9: concurrency 56"
	}
	s.Several = m
	return &s
}

func TestGoldenSearch(t *testing.T) {
	for name, over := range map[string]bool{"search": false, "search-over": true} {
		for _, size := range []Size{{80, 24}, {120, 40}, {200, 60}} {
			frame := plain(searched(over), size.W, size.H, State{Page: PageRuns})
			check(t, name, frame, size)
			golden(t, fmt.Sprintf("page-%s-%dx%d-plain", name, size.W, size.H), frame)
			planes := plain(searched(over), size.W, size.H, State{Page: PageRuns, Zoom: true})
			check(t, name, planes, size)
			for _, want := range []string{"TTFT p95 ms by concurrency", "64"} {
				if !strings.Contains(planes, want) {
					t.Errorf("the planes at %v lack %q:\n%s", size, want, planes)
				}
			}
		}
	}
}
