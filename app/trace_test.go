package app

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const traceInputs = "../testdata/aiperf-0.13/inputs"

// The figures of a trace are those that AIPerf's analyze-trace writes.
func TestAnalyzeTraceEqualsAIPerf(t *testing.T) {
	out := filepath.Join(t.TempDir(), "a.json")
	r := tacho(t, "analyze-trace", filepath.Join(traceInputs, "mooncake.jsonl"), "--output-file", out)
	if r.code != 0 || !strings.Contains(r.stdout, "30 requests, 39 different prefixes") {
		t.Fatalf("exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	read := func(path string) map[string]any {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	n := 0
	var equal func(path string, got, want any)
	equal = func(path string, got, want any) {
		if w, ok := want.(map[string]any); ok {
			g, _ := got.(map[string]any)
			if len(g) != len(w) {
				t.Errorf("%s has %d keys, want %d", path, len(g), len(w))
			}
			for k := range w {
				equal(path+"."+k, g[k], w[k])
			}
			return
		}
		n++
		if g, ok := got.(float64); !ok || math.Abs(g-want.(float64)) > 1e-9 {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	equal("", read(out), read(filepath.Join(traceInputs, "mooncake_analysis.json")))
	if n < 40 {
		t.Errorf("only %d values compared", n)
	}
}

func TestValidateTrace(t *testing.T) {
	if r := tacho(t, "validate", "mooncake-trace", filepath.Join(traceInputs, "mooncake.jsonl")); r.code != 0 || !strings.Contains(r.stdout, "all 30 rows are right") {
		t.Errorf("exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	bad := filepath.Join(t.TempDir(), "bad.jsonl")
	if err := os.WriteFile(bad, []byte(`{"timestamp":0,"input_length":10,"output_length":2,"hash_ids":[1,2]}
{"timestamp":5,"output_length":2}
{"x":1
{"timestamp":9,"input_length":-3}
{"session_id":"a","messages":[{"role":"user","content":"x"}]}
{"session_id":"a","input_length":3}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	r := tacho(t, "validate", "mooncake-trace", bad)
	if r.code != exitFailed || !strings.Contains(r.stderr, "5 rows are wrong of 6") {
		t.Errorf("exit %d\n%s", r.code, r.stderr)
	}
	for _, want := range []string{
		bad + ":1: input_length is 10, but hash_ids names 2 blocks",
		bad + ":2: it has the keys output_length, timestamp, but no input",
		bad + ":3: it is no JSON",
		bad + ":4: input_length is -3: must be from 1",
		bad + `:6: session "a" mixes messages`,
	} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	if r := tacho(t, "validate", "mooncake-trace", bad, "--block-size", "8"); strings.Contains(r.stdout, ":1:") {
		t.Errorf("with blocks of 8 tokens row 1 is right\n%s", r.stdout)
	}
	for _, args := range [][]string{{"validate", "sharegpt", bad}, {"validate", "mooncake-trace"}, {"validate", "mooncake-trace", bad, "--block-size", "-1"}, {"analyze-trace"}, {"analyze-trace", bad, bad}} {
		if r := tacho(t, args...); r.code != exitUsage || r.stderr == "" {
			t.Errorf("%v: exit %d\n%s", args, r.code, r.stderr)
		}
	}
	if r := tacho(t, "analyze-trace", bad); r.code != exitFailed || !strings.Contains(r.stderr, bad+":1: ") {
		t.Errorf("exit %d\n%s", r.code, r.stderr)
	}
}
