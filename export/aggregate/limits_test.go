package aggregate

import (
	"bytes"
	"testing"

	"tacho/profiles"
)

// Only cells that hold the limits are among the best; if none does, the best of all are shown and
// the front is empty, as AIPerf has it.
func TestLimitsOfTheBest(t *testing.T) {
	cells := []Cell{cell(1, made("run", 10, 50)), cell(2, made("run", 20, 60)), cell(4, made("run", 30, 90))}
	for _, c := range []struct {
		limits     []profiles.SLAFilter
		best       any
		front      int
		holding    int
		unknown    int
		constraint string
	}{
		{nil, 4, 3, 3, 0, ""},
		{[]profiles.SLAFilter{{Tag: "time_to_first_token", Stat: "p99", Op: "le", Threshold: 60}}, 2, 2, 2, 0, `"infeasible_count": 1`},
		{[]profiles.SLAFilter{{Tag: "time_to_first_token", Stat: "p99", Op: "lt", Threshold: 60}, {Tag: "request_throughput", Stat: "avg", Op: "gt", Threshold: 5}},
			1, 1, 1, 0, `"op": "gt"`},
		{[]profiles.SLAFilter{{Tag: "time_to_first_token", Stat: "p99", Op: "lt", Threshold: 1}}, 4, 0, 0, 0, `"feasible_count": 0`},
		{[]profiles.SLAFilter{{Tag: "time_to_first_tok", Stat: "p99", Op: "lt", Threshold: 1}}, 4, 0, 0, 1, `"feasible_count": 0`},
	} {
		s := &Sweep{Mode: "repeated", Level: 0.95, Cells: cells, Limits: c.limits}
		if b := s.Best(); b[0].Cell.Values[0].Value != c.best {
			t.Errorf("%v: best %v, want %v", c.limits, b[0].Cell.Values[0].Value, c.best)
		}
		if got := len(s.Pareto()); got != c.front {
			t.Errorf("%v: %d cells in front, want %d", c.limits, got, c.front)
		}
		if got, of := s.Feasible(); got != c.holding || of != 3 {
			t.Errorf("%v: %d of %d cells hold", c.limits, got, of)
		}
		if got := s.Unknown(); len(got) != c.unknown {
			t.Errorf("%v: unknown %v", c.limits, got)
		}
		text := s.EncodeJSON()
		if c.constraint == "" && bytes.Contains(text, []byte("sla_constraints")) || !bytes.Contains(text, []byte(c.constraint)) {
			t.Errorf("%v: the file has the wrong limits:\n%s", c.limits, text)
		}
	}
}
