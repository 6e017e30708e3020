package stats

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"tacho/engine/metric"
)

// notInLines are metrics that no per-request line has the data for.
var notInLines = map[metric.Tag]bool{
	// Planned times of the trace are not written.
	metric.ReplaySchedLagP50: true, metric.ReplaySchedLagP90: true,
	metric.ReplaySchedLagP99: true, metric.ReplaySchedDegraded: true,
}

// comparison counts the values that agree and lists those that do not.
type comparison struct {
	agree int
	bad   []string
}

func (c *comparison) merge(o *comparison) {
	c.agree += o.agree
	c.bad = append(c.bad, o.bad...)
}

// best compares the summary of the exact window that agrees best. Without a
// manifest its times are only known rounded to microseconds, but a rate tells its length to the
// nanosecond, and of its start no more than 256 ns matter.
func (c *comparison) best(t *testing.T, reg *metric.Registry, a *Accumulator, want results, start, end int64) *comparison {
	type window struct{ from, to float64 }
	tried := map[window]bool{}
	var best *comparison
	length := end - start
	var rate, count struct{ Avg float64 }
	if want.get(t, "request_throughput", &rate) && want.get(t, "request_count", &count) {
		length = int64(math.Round(count.Avg / rate.Avg * 1e9))
	}
	if d := length - (end - start); d < -1300 || d > 1300 {
		t.Fatalf("the rates say that the window was %d ns, the times %d", length, end-start)
	}
	for from := start - 700; from <= start+700; from++ {
		w := window{float64(from), float64(from + length)}
		if tried[w] {
			continue
		}
		tried[w] = true
		s, err := a.Summary(from, from+length, false)
		if err != nil {
			t.Fatal(err)
		}
		x := &comparison{}
		x.block(t, "", reg, s, want)
		if best == nil || len(x.bad) < len(best.bad) {
			best = x
		}
	}
	return best
}

func (c *comparison) value(what string, got, want float64) {
	// Rounding of sums is relative to the values summed, hence the floor: a
	// deviation of 1e-14 among values of 1 is 0.
	if math.Abs(got-want) <= 1e-9*max(math.Abs(want), 1e-3) || got != got && want != want {
		c.agree++
		return
	}
	c.bad = append(c.bad, fmt.Sprintf("%s: %v, AIPerf has %v", what, got, want))
}

// block compares a summary with an object of metric objects, both ways.
func (c *comparison) block(t testing.TB, where string, reg *metric.Registry, s *Summary, r results) {
	t.Helper()
	for key, raw := range r {
		var stat map[string]json.RawMessage
		if json.Unmarshal(raw, &stat) != nil || stat["unit"] == nil {
			continue
		}
		d, ok := reg.Lookup(metric.Tag(key))
		if !ok {
			c.bad = append(c.bad, where+key+": not in the registry")
			continue
		}
		if notInLines[d.Tag] || d.Has(metric.External) {
			continue
		}
		got, ok := s.Get(d.Tag)
		if !ok {
			c.bad = append(c.bad, where+key+": absent, AIPerf has "+string(raw))
			continue
		}
		c.stat(t, where+key, got, stat)
	}
	for _, st := range s.Stats {
		if _, ok := r[string(st.Def.Tag)]; !ok {
			c.bad = append(c.bad, fmt.Sprintf("%s%s: %v, AIPerf has none", where, st.Def.Tag, st.Avg))
		}
	}
}

func (c *comparison) stat(t testing.TB, what string, got *Stat, stat map[string]json.RawMessage) {
	var unit string
	if err := json.Unmarshal(stat["unit"], &unit); err != nil || unit != string(got.Def.Unit) {
		c.bad = append(c.bad, fmt.Sprintf("%s: unit %q, AIPerf has %q", what, got.Def.Unit, unit))
	}
	fields := map[string]float64{"avg": got.Avg, "min": got.Min, "max": got.Max, "std": got.Std, "sum": got.Sum, "count": float64(got.Count)}
	if got.Count < 0 {
		fields["count"] = math.NaN()
	}
	for i, p := range Percentiles {
		fields[fmt.Sprintf("p%v", p)] = got.P[i]
	}
	for name, v := range fields {
		want := math.NaN()
		if raw, ok := stat[name]; ok {
			if err := json.Unmarshal(raw, &want); err != nil {
				t.Fatal(err)
			}
		}
		c.value(what+"."+name, v, want)
	}
}

func (c *comparison) errors(t *testing.T, a *Accumulator, want results) {
	var groups []struct {
		Details struct {
			Code          int
			Type, Message string
		} `json:"error_details"`
		Count int64
	}
	want.get(t, "error_summary", &groups)
	got := a.Errors()
	if len(got) != len(groups) {
		c.bad = append(c.bad, fmt.Sprintf("%d error groups, AIPerf has %d", len(got), len(groups)))
		return
	}
	for i, g := range groups {
		f := got[i].Failure
		if f.Code != g.Details.Code || f.Type != g.Details.Type || f.Message != g.Details.Message || got[i].Count != g.Count {
			c.bad = append(c.bad, fmt.Sprintf("error group %d: %d of %+v, AIPerf has %+v", i, got[i].Count, f, g))
		}
		c.agree++
	}
}

func (c *comparison) slices(t *testing.T, reg *metric.Registry, a *Accumulator, file results) {
	var want []results
	file.get(t, "timeslices", &want)
	got, err := a.Slices()
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		c.bad = append(c.bad, fmt.Sprintf("%d slices, AIPerf has %d", len(got), len(want)))
		return
	}
	for i, w := range want {
		where := fmt.Sprintf("slice %d ", i)
		var start, end int64
		complete := true
		w.get(t, "start_ns", &start)
		w.get(t, "end_ns", &end)
		w.get(t, "is_complete", &complete)
		if s := got[i]; s.StartNS != start || s.EndNS != end || s.Complete != complete {
			c.bad = append(c.bad, fmt.Sprintf("%s: %d to %d, complete %v; AIPerf has %d to %d, %v", where, s.StartNS, s.EndNS, s.Complete, start, end, complete))
		}
		c.block(t, where, reg, &got[i].Summary, w)
	}
}
