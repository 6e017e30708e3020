package aiperf

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/stats"
)

// titles are the endpoints' names over the tables, for those in the goldens.
var titles = map[string]string{
	"embeddings": "Embeddings Metrics", "nim_rankings": "Rankings Metrics", "image_generation": "Image Generation Metrics",
}

// TestConsoleFromJSON draws the text of every golden from its JSON: titles,
// order, widths and line breaks must be the same to the byte.
func TestConsoleFromJSON(t *testing.T) {
	for _, path := range goldens(t, "_console.txt") {
		jsonPath := filepath.Join(filepath.Dir(path), "profile_export_aiperf.json")
		if strings.HasSuffix(path, "/foo_console.txt") {
			jsonPath = filepath.Join(filepath.Dir(path), "foo.json")
		}
		run, err := DecodeProfileJSON(read(t, jsonPath), metric.Builtin())
		if err != nil {
			t.Fatal(err)
		}
		var config struct {
			Endpoint  struct{ Type string }
			Artifacts struct {
				ShowTrace bool `json:"show_trace_timing"`
			}
		}
		if err := json.Unmarshal(run.InputConfig, &config); err != nil {
			t.Fatal(err)
		}
		run.Title, run.ShowTrace = titles[config.Endpoint.Type], config.Artifacts.ShowTrace
		want := read(t, path)
		// What the GPUs say is kept as it is.
		if i := bytes.Index(want, []byte("\n\n╭")); i >= 0 && bytes.Contains(want, []byte("GPU Telemetry Platform")) {
			end := len(want)
			if j := bytes.Index(want, []byte("\n╭──────────────────────────────────── Token Count")); j >= 0 {
				end = j
			} else if j := bytes.Index(want, []byte("\n╭────────────────────────────── Output Sequence")); j >= 0 {
				end = j
			}
			run.GPUConsole = want[i:end]
		}
		sameBytes(t, path, sortAdjusted(EncodeConsole(run)), sortAdjusted(want))
	}
}

// sortAdjusted sorts the rows of error-adjusted metrics, two lines each: they
// have no place in the order, and AIPerf's differs from run to run.
func sortAdjusted(text []byte) []byte {
	lines := strings.Split(string(text), "\n")
	for i := 0; i+1 < len(lines); i += 2 {
		for i < len(lines) && !strings.Contains(lines[i], "(error-adjusted)") {
			i++
		}
		for j := i - 2; j >= 0 && i < len(lines) && strings.Contains(lines[j], "(error-adjusted)") && lines[j] > lines[j+2]; j -= 2 {
			lines[j], lines[j+1], lines[j+2], lines[j+3] = lines[j+2], lines[j+3], lines[j], lines[j+1]
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"a b", 5, []string{"a b"}},
		{"aa bb cc", 5, []string{"aa bb", "cc"}},
		{"abcdefgh", 3, []string{"abc", "def", "gh"}},
		{"x abcdefgh", 4, []string{"x ", "abcd", "efgh"}},
		{"a\nb", 5, []string{"a", "b"}},
		{"日本語", 4, []string{"日本", "語"}},
		{"a\tb\x1b[0m", 9, []string{"a b[0m"}},
	} {
		got := wrap(c.text, c.width)
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("wrap(%q, %d) = %q, want %q", c.text, c.width, got, c.want)
		}
	}
}

func TestTableFitsTheConsole(t *testing.T) {
	long := strings.Repeat("word ", 80) + strings.Repeat("x", 300)
	tab := table{title: "T", cols: []tableColumn{{head: "A"}, {head: "B", left: true}, {head: "C"}}, rows: [][]string{{long, long, "1"}, {"", "b", "2"}}}
	for line := range strings.Lines(string(tab.appendTo(nil))) {
		if w := cells(strings.TrimSuffix(line, "\n")); w != consoleWidth {
			t.Errorf("line of %d cells: %s", w, line)
		}
	}
}

// What AIPerf 0.13 prints over the tables of a run that was stopped.
func TestConsoleOfAnIncompleteRun(t *testing.T) {
	run, err := DecodeProfileJSON(read(t, goldenDir+"/summary_level/profile_export_aiperf.json"), metric.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	whole := EncodeConsole(run)
	run.Complete, run.Reason = false, "Run cancelled before all records were processed."
	want := "\n\nNVIDIA AIPerf | INCOMPLETE RESULTS\nRun cancelled before all records were processed.\n" +
		"These metrics were computed over a subset of the run and must not be compared against complete runs.\n" + string(whole)
	sameBytes(t, "console", EncodeConsole(run), []byte(want))
}

// What a server says can hold control characters, and can be a whole page: the
// table shows neither the ones nor all of the other.
func TestErrorsInTheTableAreFitForATerminal(t *testing.T) {
	shown := string(appendErrors(nil, []stats.ErrorGroup{{Count: 1, Failure: record.Failure{
		Code: 500, Type: "Oops\x1b[31m" + strings.Repeat("R", 9000),
		Message: "first\nsecond\r\n\x1b[2Jthird\n" + strings.Repeat(strings.Repeat("x", 100)+"\n", 1000),
	}}}))
	if strings.ContainsFunc(shown, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }) {
		t.Errorf("control characters in %q", shown)
	}
	for _, want := range []string{"│ first ", "│ second ", "third "} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q in\n%s", want, shown)
		}
	}
	if lines := strings.Count(shown, "\n"); lines > 100 {
		t.Errorf("%d lines", lines)
	}
}
