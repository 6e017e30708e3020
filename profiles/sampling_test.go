package profiles

import (
	"fmt"
	"strings"
	"testing"
)

func sweepFile(sweep string) []byte {
	return []byte(file("  dataset: {type: synthetic, prompts: {isl: 8}}\n  phases: [{name: profiling, type: concurrency, concurrency: 2, requests: 5}]\n") + "sweep: " + sweep + "\n")
}

// The values are what AIPerf 0.13 draws from the same unscrambled sequence, folders and names too.
func TestSobolSweep(t *testing.T) {
	dims := "dimensions: [{path: phases.profiling.concurrency, lo: 1, hi: 9, kind: int}, {path: datasets.default.prompts.isl, lo: 8, hi: 64, kind: int, scale: log}]"
	p, _, err := Decode("f.yaml", sweepFile("{type: sobol, samples: 4, seed: 3, scramble: false, "+dims+"}"), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(cellDirs(p), " "); got != "concurrency_1__isl_8 concurrency_5__isl_23 concurrency_7__isl_13 concurrency_3__isl_38" {
		t.Errorf("folders %s", got)
	}
	c := p.Cells()[1]
	if c.Label != "sobol_0001" || c.SumDir != "isl_23__concurrency_5" || c.Values[0].Value != 5 || c.Summed[0].Value != 23 {
		t.Errorf("cell %+v", c)
	}
	if n := c.Profile.Profiling().Concurrency.V; n != 5 {
		t.Errorf("the cell runs with concurrency %d", n)
	}
	d := AppendJSON(nil, p.Design(), "", 0)
	for _, want := range []string{`"seed":3,"scramble":false,"optimization":null`, `"lo":8.0,"hi":64.0,"scale":"log","kind":"int","choices":null`, `"samples_mapped":[[1,8],[5,23],[7,13],[3,38]]`} {
		if got := strings.Join(strings.Fields(string(d)), ""); !strings.Contains(got, want) {
			t.Errorf("the design lacks %s:\n%s", want, got)
		}
	}
}

func TestCellsOfRanges(t *testing.T) {
	for _, kind := range []string{"sobol", "latin_hypercube"} {
		text := fmt.Sprintf("{type: %s, samples: 16, labelFormat: kv, dimensions: [{path: duration, lo: 2, hi: 10}, {path: concurrency, choices: [4, 8]}]}", kind)
		p, _, err := Decode("f.yaml", sweepFile(text), testEnv)
		if err != nil {
			t.Fatal(err)
		}
		again, _, _ := Decode("f.yaml", sweepFile(text), testEnv)
		if a, b := cellDirs(p), cellDirs(again); strings.Join(a, " ") != strings.Join(b, " ") || len(a) != 16 {
			t.Errorf("%s: %v and then %v", kind, a, b)
		}
		below, four := 0, 0
		for _, c := range p.Cells() {
			ph := c.Profile.Profiling()
			if ph.Duration.V < 2 || ph.Duration.V >= 10 || !strings.HasPrefix(c.Label, "phases.profiling.duration=") {
				t.Errorf("%s: duration %v, label %s", kind, ph.Duration.V, c.Label)
			}
			if ph.Duration.V < 6 {
				below++
			}
			if ph.Concurrency.V == 4 {
				four++
			}
		}
		if below != 8 || four != 8 {
			t.Errorf("%s: %d and %d of 16 in a half", kind, below, four)
		}
	}
	plain, _, err := Decode("f.yaml", sweepFile("{type: latin_hypercube, samples: 16, optimization: null, dimensions: [{path: duration, lo: 2, hi: 10}, {path: concurrency, choices: [4, 8]}]}"), testEnv)
	spread, _, _ := Decode("f.yaml", sweepFile("{type: latin_hypercube, samples: 16, dimensions: [{path: duration, lo: 2, hi: 10}, {path: concurrency, choices: [4, 8]}]}"), testEnv)
	if err != nil || strings.Join(cellDirs(plain), " ") == strings.Join(cellDirs(spread), " ") || plain.Design().get("optimization") != nil || spread.Design().get("optimization") != "random-cd" {
		t.Errorf("without an optimization: %v, %v", cellDirs(plain), err)
	}
	// Equal cells are one.
	p, o, err := Decode("f.yaml", sweepFile("{type: sobol, samples: 8, dimensions: [{path: concurrency, lo: 1, hi: 3, kind: int}]}"), testEnv)
	if err != nil || len(p.Cells()) > 3 || len(o.Notices) != 1 || !strings.Contains(o.Notices[0], "fall on the values of others") {
		t.Errorf("%d cells, notices %q, %v", len(p.Cells()), o.Notices, err)
	}
}

func TestRangesThatCannotBe(t *testing.T) {
	for text, want := range map[string]string{
		"dimensions: []":                                                                        "must be a list of dimensions",
		"dimensions: [{path: concurrency}]":                                                     "needs lo and hi, or choices",
		"dimensions: [{lo: 1, hi: 2}]":                                                          "has no path",
		"dimensions: [{path: concurrency, lo: 3, hi: 3}]":                                       "hi must be above lo",
		"dimensions: [{path: rate, lo: 0, hi: 3, scale: log}]":                                  "needs lo above 0",
		"dimensions: [{path: rate, lo: 1, hi: 3, step: 1}]":                                     "step: unknown key",
		"dimensions: [{path: rate, choices: [[1]]}]":                                            "plain values",
		"dimensions: [{path: concurrency, lo: 1.2, hi: 1.8, kind: int}]":                        "no whole number",
		"dimensions: [{path: rate, lo: 1, hi: 3}, {path: phases.profiling.rate, lo: 1, hi: 3}]": "is there twice",
		"samples: 1": "must be at least 2",
		"samples: 4, optimization: lloyd, dimensions: [{path: concurrency, lo: 1, hi: 3}]": "random-cd",
		"samples: 4, parameters: {concurrency: [1, 2]}":                                    "does not go with lists of values",
	} {
		_, _, err := Decode("f.yaml", sweepFile("{type: latin_hypercube, "+text+"}"), testEnv)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want a problem with %q", text, err, want)
		}
	}
}

func TestSLAFiltersInYAML(t *testing.T) {
	grid := func(filters string) []byte {
		return sweepFile("{type: grid, parameters: {concurrency: [1, 2]}, slaFilters: " + filters + "}")
	}
	p, _, err := Decode("f.yaml", grid("[{metricTag: time_to_first_token, op: lt, threshold: 300}, {metric_tag: request_throughput, stat: avg, op: ge, threshold: 2.5}]"), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	f := p.Sweep.SLAFilters.V
	if len(f) != 2 || f[0].String() != "time_to_first_token p95 < 300" || f[1].String() != "request_throughput avg >= 2.5" {
		t.Errorf("filters %+v", f)
	}
	if f[0].Passes(300) || !f[0].Passes(299) || !f[1].Passes(2.5) || f[1].Passes(2.4) {
		t.Error("limits are judged wrongly")
	}
	for text, want := range map[string]string{
		"[{metricTag: x, threshold: 1}]":                       "lacks op",
		"[{metricTag: x, op: eq, threshold: 1}]":               "op: must be one of lt, le, gt, ge",
		"[{metricTag: x, op: lt, threshold: .inf}]":            "threshold",
		"[{metricTag: x, op: lt, threshold: 1, stat: median}]": "stat: must be one of avg, p1",
		"{metricTag: x}": "must be a list of limits",
	} {
		if _, _, err := Decode("f.yaml", grid(text), testEnv); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want a problem with %q", text, err, want)
		}
	}
}
