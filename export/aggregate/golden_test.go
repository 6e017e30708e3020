package aggregate

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tacho/profiles"
)

const goldenDir = "../../testdata/aiperf-0.13"

func golden(t *testing.T, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(append([]string{goldenDir}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func readRun(t *testing.T, label string, path ...string) Run {
	t.Helper()
	m, err := ReadSummary(golden(t, append(path, "profile_export_aiperf.json")...))
	if err != nil {
		t.Fatal(err)
	}
	if len(m) < 50 {
		t.Fatalf("only %d metrics in %v", len(m), path)
	}
	return Run{Label: label, Metrics: m}
}

// goldenSweep is the sweep that AIPerf made, one run per value.
func goldenSweep(t *testing.T) *Sweep {
	s := &Sweep{Mode: "repeated", Level: 0.95}
	for _, n := range []int{1, 2, 4} {
		name := "concurrency_" + profiles.PyText(n)
		s.Cells = append(s.Cells, Cell{
			Label:  "phases.profiling.concurrency=" + profiles.PyText(n),
			Values: []Value{{"phases.profiling.concurrency", n}},
			Runs:   []Run{readRun(t, "run_0001", "sweep", name)},
		})
	}
	return s
}

// Cells of one run are written in AIPerf's order, so every byte must agree.
func TestCellsOfOneRunEqualAIPerf(t *testing.T) {
	s := goldenSweep(t)
	for i := range s.Cells {
		c, err := Confident(s.Cells[i].Runs, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		c.Cell, c.Mode, c.Model = &s.Cells[i], "repeated", "mock-model"
		dir := "concurrency_" + profiles.PyText(s.Cells[i].Values[0].Value)
		sameText(t, ConfidenceJSON, c.EncodeJSON(), golden(t, "sweep", "aggregate", dir, ConfidenceJSON))
		sameText(t, ConfidenceCSV, c.EncodeCSV(), golden(t, "sweep", "aggregate", dir, ConfidenceCSV))
	}
}

// The sweep files of AIPerf lack the best configurations when there is one run
// per value; ours have them, and all else is equal to the byte.
func TestSweepOfOneRunEqualsAIPerf(t *testing.T) {
	s := goldenSweep(t)
	cut := func(b []byte) []byte {
		i := bytes.Index(b, []byte("\n  \"best_configurations\""))
		if i < 0 {
			i = bytes.Index(b, []byte("\r\nBest Configurations"))
		}
		return b[:max(i, 0)]
	}
	sameText(t, SweepJSON, cut(s.EncodeJSON()), cut(golden(t, "sweep", "sweep_aggregate", SweepJSON)))
	sameText(t, SweepCSV, cut(s.EncodeCSV()), cut(golden(t, "sweep", "sweep_aggregate", SweepCSV)))
	tail := string(s.EncodeCSV())
	want := "\r\nBest Configurations\r\nConfiguration,concurrency,Metric,Unit\r\nBest Throughput,4,21.10,requests/sec\r\n" +
		"Best Latency P99,4,53.68,ms\r\n\r\nPareto Optimal Points\r\nconcurrency\r\n4\r\n\r\nMetadata\r\nField,Value\r\n" +
		"Aggregation Type,sweep\r\nSweep Parameters,concurrency\r\nNumber of Combinations,3\r\nNumber of Profile Runs,3\r\nNumber of Successful Runs,3\r\n"
	if !strings.HasSuffix(tail, want) {
		t.Errorf("the end of the CSV is\n%s", tail[strings.Index(tail, "\r\nBest"):])
	}
}

// Over several runs AIPerf writes the metrics in the order of a hash table, so
// values are compared, each to 1e-9, and lines of text as a set.
func TestRepeatedRunsEqualAIPerf(t *testing.T) {
	var runs []Run
	for _, l := range []string{"run_0001", "run_0002", "run_0003"} {
		runs = append(runs, readRun(t, l, "multirun", "profile_runs", l))
	}
	c, err := Confident(runs, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	c.Cooldown = 1
	want := golden(t, "multirun", "aggregate", ConfidenceJSON)
	sameTree(t, "", decode(t, c.EncodeJSON()), decode(t, want))
	if got, want := head(c.EncodeJSON()), head(want); got != want {
		t.Errorf("the head is\n%s\nwant\n%s", got, want)
	}
	got, wantLines := lines(c.EncodeCSV()), lines(golden(t, "multirun", "aggregate", ConfidenceCSV))
	if !slices.Equal(got, wantLines) {
		t.Errorf("%d lines, AIPerf has %d", len(got), len(wantLines))
		for i := range min(len(got), len(wantLines)) {
			if got[i] != wantLines[i] {
				t.Fatalf("line %q, AIPerf has %q", got[i], wantLines[i])
			}
		}
	}
}

func head(b []byte) string { return string(b[:bytes.Index(b, []byte(`"metrics"`))]) }

func lines(b []byte) []string {
	l := strings.Split(string(b), "\r\n")
	slices.Sort(l)
	return l
}

func sameText(t *testing.T, what string, got, want []byte) {
	t.Helper()
	if bytes.Equal(got, want) {
		return
	}
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			from := max(0, i-80)
			t.Fatalf("%s differs at byte %d:\n%s\nwant\n%s", what, i, got[from:min(len(got), i+80)], want[from:min(len(want), i+80)])
		}
	}
	t.Fatalf("%s has %d bytes, want %d", what, len(got), len(want))
}

func decode(t *testing.T, b []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func sameTree(t *testing.T, at string, got, want any) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) != len(w) {
			t.Fatalf("%s: %d keys, want %d", at, len(g), len(w))
		}
		for k := range w {
			sameTree(t, at+"."+k, g[k], w[k])
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			t.Fatalf("%s: %d elements, want %d", at, len(g), len(w))
		}
		for i := range w {
			sameTree(t, at, g[i], w[i])
		}
	case float64:
		g, ok := got.(float64)
		if !ok || math.Abs(g-w) > 1e-9*max(1, math.Abs(w)) {
			t.Errorf("%s: %v, want %v", at, got, w)
		}
	default:
		if got != want {
			t.Errorf("%s: %v, want %v", at, got, want)
		}
	}
}
