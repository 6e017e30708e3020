package telemetry

import (
	"os"
	"strings"
	"testing"
)

// What AIPerf 0.13 makes of names and descriptions, those of real pages among
// them.
func TestUnitOf(t *testing.T) {
	data, err := os.ReadFile("testdata/units.tsv")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if got := UnitOf(f[0], f[1]); got != f[2] {
			t.Errorf("UnitOf(%q, %q) = %q, want %q", f[0], f[1], got, f[2])
		}
		n++
	}
	if n < 100 {
		t.Errorf("only %d names", n)
	}
}
