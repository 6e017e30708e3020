package profiles

import (
	"strings"
	"testing"
)

// The datasets that AIPerf makes of files: what is in the file, what it
// records.
func TestDatasetsOfFilesEqualAIPerf(t *testing.T) {
	const phases = "  phases: [{name: profiling, type: concurrency, requests: 5}]\n"
	for _, c := range []struct{ name, dataset, want string }{
		{"shapes of distributions", `{type: synthetic, entries: 20, prompts: {isl: 100, osl: {mean: 60, median: 30, max: 200}}, turns: 2,
    turnDelay: {peaks: [{mean: 10, stddev: 2, weight: 3}, {value: 5}]}, images: {width: 64, height: {points: [{value: 3, weight: 2}, {value: 5}]}}}`,
			`[{"name": "default", "type": "synthetic", "entries": 20, "prompts": {"isl": {"value": 100.0}, "osl": {"max": 200.0, "mean": 60.0, "median": 30.0}}, "turns": {"value": 2.0}, "turn_delay": {"peaks": [{"distribution": {"mean": 10.0, "stddev": 2.0}, "weight": 3.0}, {"distribution": {"value": 5.0}, "weight": 1.0}]}, "images": {"width": {"value": 64.0}, "height": {"points": [{"value": 3.0, "weight": 2.0}, {"value": 5.0}]}}}]`},
		{"records", `{type: file, records: [{text: hello}, {text: you, output_length: 4}], format: single_turn, osl: 5, blockSize: 16, synthesis: {maxIsl: 9, speedupRatio: 2}}`,
			`[{"name": "default", "type": "file", "records": [{"text": "hello"}, {"text": "you", "output_length": 4}], "format": "single_turn", "synthesis": {"speedup_ratio": 2.0, "max_isl": 9}, "osl": {"value": 5.0}, "block_size": 16}]`},
	} {
		p, _, err := Decode("f.yaml", []byte("schemaVersion: \"2.0\"\nbenchmark:\n  model: m\n  dataset: "+c.dataset+"\n"+phases), Env{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		want := strings.NewReplacer(": ", ":", ", ", ",").Replace(c.want)
		if got := string(AppendJSON(nil, InputConfig(p).get("datasets"), "", 0)); got != want {
			t.Errorf("%s\n got %s\nwant %s", c.name, got, want)
		}
		q, aside := FromTree(InputConfig(p))
		if got := string(AppendJSON(nil, InputConfig(q).get("datasets"), "", 0)); got != want || len(aside) > 0 {
			t.Errorf("%s, read again\n got %s, aside %v\nwant %s", c.name, got, aside, want)
		}
	}
}

// A mean on the command line takes the place of what a file draws from.
func TestMeanReplacesShape(t *testing.T) {
	file := "schemaVersion: \"2.0\"\nbenchmark:\n  model: m\n  dataset: {isl: {points: [{value: 3}, {value: 5}]}}\n  phases: {requests: 2}\n"
	env := Env{ReadFile: func(string) ([]byte, error) { return []byte(file), nil }}
	p, _, err := ParseArgs([]string{"-f", "x.yaml", "--isl", "9"}, env)
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := p.Dataset().Prompts.ISL.Fixed(); !ok || v != 9 {
		t.Errorf("ISL %v, fixed %v; want 9", v, ok)
	}
	p, _, err = ParseArgs([]string{"-f", "x.yaml"}, env)
	if err != nil {
		t.Fatal(err)
	}
	if d, err := p.Dataset().Prompts.ISL.Drawn(); err != nil || len(d.Points) != 2 || d.Mean != 0 {
		t.Errorf("%+v, %v; want two points", d, err)
	}
}
