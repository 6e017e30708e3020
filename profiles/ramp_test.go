package profiles

import (
	"strings"
	"testing"
)

func TestRampsInYAML(t *testing.T) {
	const rest = ", type: concurrency, concurrency: 4, requests: 5}]\n"
	for _, c := range []struct {
		text string
		want float64
		bad  string
	}{
		{text: "2", want: 2},
		{text: "1m", want: 60},
		{text: "{duration: 3}", want: 3},
		{text: "{duration: 4s, strategy: linear}", want: 4},
		{text: "{duration: 4s, strategy: poisson}", bad: "ramps are linear"},
		{text: "{strategy: linear}", bad: "needs a duration"},
		{text: "{duration: 1, shape: x}", bad: "unknown"},
		{text: "0", bad: "above 0"},
	} {
		p, _, err := Decode("f.yaml", []byte(file("  phases: [{name: profiling, concurrencyRamp: "+c.text+rest)), testEnv)
		switch {
		case c.bad != "":
			if err == nil || !strings.Contains(err.Error(), c.bad) {
				t.Errorf("%s: %v, want a problem with %q", c.text, err, c.bad)
			}
		case err != nil:
			t.Errorf("%s: %v", c.text, err)
		default:
			if got := p.Profiling().ConcurrencyRamp; float64(got.V) != c.want || !got.Set {
				t.Errorf("%s: %v, want %v", c.text, got, c.want)
			}
		}
	}
}
