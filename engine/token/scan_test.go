package token

import (
	"strings"
	"testing"

	"github.com/dlclark/regexp2/v2"
)

// The expressions of tiktoken, with \z for its $, which there means the end of the text only.
const (
	tiktokenGPT2   = `'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+\z|\s+(?!\S)|\s`
	tiktokenCL100k = `'(?i:[sdmt]|ll|ve|re|ſ)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s+\z|\s*[\r\n]|\s+(?!\S)|\s`
)

// scannerCases pairs every scanner with its expression. regexp2 does not fold the long s, which
// the reference engines do, so it is written out.
func scannerCases() map[string]scanner {
	cases := map[string]scanner{tiktokenGPT2: scanGPT2, tiktokenCL100k: cl100kScanner(3, true)}
	for expr, scan := range scanned {
		cases[expr] = scan
	}
	return cases
}

func checkScanner(t *testing.T, re *regexp2.Regexp, scan scanner, s string) {
	t.Helper()
	all, err := re.FindAllStringIndex(s, -1)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for i := 0; at < len(s); i++ {
		end := at + scan(s[at:])
		if i >= len(all) || all[i][0] != at || all[i][1] != end {
			t.Fatalf("%s\nin %q: the scanner has a piece %q at %d, the expression has %v", re, s, s[at:end], at, all)
		}
		at = end
	}
	if len(s) > 0 && all[len(all)-1][1] != len(s) {
		t.Fatalf("%s does not cover %q", re, s)
	}
}

func TestScannersEqualTheirExpressions(t *testing.T) {
	samples := readSamples(t, "testdata/o200k.jsonl.gz")
	for expr, scan := range scannerCases() {
		re := regexp2.MustCompile(expr)
		for _, s := range samples {
			checkScanner(t, re, scan, s.Text)
		}
	}
}

func TestContraction(t *testing.T) {
	for s, want := range map[string][2]int{ // without and with folding
		"'s": {2, 2}, "'S": {0, 2}, "'ll": {3, 3}, "'Ll": {0, 3}, "'l": {0, 0}, "'re": {3, 3}, "'r": {0, 0},
		"'ſ": {0, 3}, "'": {0, 0}, "s": {0, 0}, "'d": {2, 2}, "'VE": {0, 3}, "'\x13": {0, 0}, "'x": {0, 0},
	} {
		if got := [2]int{contraction(s, false), contraction(s, true)}; got != want {
			t.Errorf("contraction(%q) = %v, want %v", s, got, want)
		}
	}
}

func FuzzScanners(f *testing.F) {
	f.Add("Hello'S wörldABC\u0301def\r\n \t 1234567/\n'll ,,\n")
	type pair struct {
		re   *regexp2.Regexp
		scan scanner
	}
	var all []pair
	for expr, scan := range scannerCases() {
		all = append(all, pair{regexp2.MustCompile(expr), scan})
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ReplaceAll(validUTF8(s), "ſ", "s")
		for _, p := range all {
			checkScanner(t, p.re, p.scan, s)
		}
	})
}
