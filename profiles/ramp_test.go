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
		note string
	}{
		{text: "2", want: 2},
		{text: "1m", want: 60},
		{text: "{duration: 3}", want: 3},
		{text: "{duration: 4s, strategy: linear}", want: 4},
		{text: "{duration: 4s, strategy: poisson}", want: 4, note: "phases.profiling.concurrency_ramp: strategy poisson runs linear, as in AIPerf"},
		{text: "{duration: 4s, strategy: Exponential}", want: 4, note: "phases.profiling.concurrency_ramp: strategy exponential runs linear, as in AIPerf"},
		{text: "{duration: 4s, strategy: sudden}", bad: "must be one of linear, exponential, poisson"},
		{text: "{strategy: linear}", bad: "needs a duration"},
		{text: "{duration: 1, shape: x}", bad: "unknown"},
		{text: "0", bad: "above 0"},
	} {
		p, o, err := Decode("f.yaml", []byte(file("  phases: [{name: profiling, concurrencyRamp: "+c.text+rest)), testEnv)
		switch {
		case c.bad != "":
			if err == nil || !strings.Contains(err.Error(), c.bad) {
				t.Errorf("%s: %v, want a problem with %q", c.text, err, c.bad)
			}
		case err != nil:
			t.Errorf("%s: %v", c.text, err)
		default:
			if got := p.Profiling().ConcurrencyRamp; got.V.Seconds != c.want || !got.Set {
				t.Errorf("%s: %v, want %v", c.text, got, c.want)
			}
			if note := strings.Join(o.Notices, "\n"); note != c.note {
				t.Errorf("%s: notices %q, want %q", c.text, note, c.note)
			}
		}
	}
}
