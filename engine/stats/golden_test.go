package stats

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
)

// goldenRoot holds the outputs of real AIPerf 0.13 runs.
const goldenRoot = "../../testdata/aiperf-0.13"

// golden is one run directory that has both per-request lines and a summary.
type golden struct {
	name, dir             string
	lines, summary, slice string
}

// goldens lists all run directories.
func goldens(t testing.TB) []golden {
	var list []golden
	err := filepath.WalkDir(goldenRoot, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		for _, g := range []golden{
			{lines: "profile_export.jsonl", summary: "profile_export_aiperf.json", slice: "profile_export_aiperf_timeslices.json"},
			{lines: "foo.jsonl", summary: "foo.json", slice: "foo_timeslices.json"},
		} {
			g.dir = path
			g.name, _ = filepath.Rel(goldenRoot, path)
			if exists(path, g.lines) && exists(path, g.summary) {
				list = append(list, g)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func exists(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// readRows reads the lines of a profile_export.jsonl.
func readRows(t testing.TB, reg *metric.Registry, path string) []*metric.Row {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []*metric.Row
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 16<<20)
	for sc.Scan() {
		rows = append(rows, parseRow(t, reg, sc.Bytes()))
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

func parseRow(t testing.TB, reg *metric.Registry, line []byte) *metric.Row {
	var x struct {
		Metadata struct {
			Due      int64            `json:"credit_issued_ns"`
			Start    int64            `json:"request_start_ns"`
			End      int64            `json:"request_end_ns"`
			Kind     record.PhaseKind `json:"phase_kind"`
			Overflow bool             `json:"context_overflow_skip"`
		}
		Metrics map[metric.Tag]struct{ Value json.RawMessage }
		Error   *struct {
			Code          int
			Type, Message string
		}
	}
	if err := json.Unmarshal(line, &x); err != nil {
		t.Fatal(err)
	}
	row := &metric.Row{Vals: make([]float64, reg.Len())}
	for i := range row.Vals {
		row.Vals[i] = math.NaN()
	}
	row.DueNS, row.StartNS, row.EndNS = x.Metadata.Due, x.Metadata.Start, x.Metadata.End
	row.Phase.Kind, row.ContextOverflow = x.Metadata.Kind, x.Metadata.Overflow
	if e := x.Error; e != nil {
		row.Err = &record.Failure{Code: e.Code, Type: e.Type, Message: e.Message}
	}
	for tag, m := range x.Metrics {
		to := any(&row.Gaps)
		if d, ok := reg.Lookup(tag); !ok {
			t.Fatalf("%s is not in the registry", tag)
		} else if d.Kind != metric.PerList {
			to = &row.Vals[d.ID]
		}
		if err := json.Unmarshal(m.Value, to); err != nil {
			t.Fatalf("%s: %v", tag, err)
		}
	}
	return row
}

// results is a summary JSON or one time slice of it.
type results map[string]json.RawMessage

func readResults(t testing.TB, path string) results {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var r results
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r results) get(t testing.TB, key string, to any) bool {
	t.Helper()
	raw, ok := r[key]
	if ok {
		if err := json.Unmarshal(raw, to); err != nil {
			t.Fatalf("%s: %v", key, err)
		}
	}
	return ok
}

// time reads a time without a zone; the runs were made in UTC.
func (r results) time(t testing.TB, key string) int64 {
	var s string
	r.get(t, key, &s)
	at, err := time.Parse("2006-01-02T15:04:05.999999", s)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixNano()
}

// context works out what kind of run a summary is of.
func (r results) context(t testing.TB, reg *metric.Registry) (*metric.Context, time.Duration) {
	var cfg struct {
		Endpoint struct {
			Type         string
			Streaming    bool
			ServerTokens bool `json:"use_server_token_count"`
		}
		SLOs      map[metric.Tag]float64
		Artifacts struct {
			Slice float64 `json:"slice_duration"`
		}
		Phases []struct{ Type string }
	}
	r.get(t, "input_config", &cfg)
	ctx := &metric.Context{Streaming: cfg.Endpoint.Streaming, ServerTokens: cfg.Endpoint.ServerTokens}
	switch cfg.Endpoint.Type {
	case "embeddings", "image_generation":
		ctx.InputTokens = true
	case "nim_rankings":
	case "chat", "completions", "responses", "huggingface_generate":
		ctx.InputTokens, ctx.OutputTokens = true, true
	default:
		t.Fatalf("endpoint type %q is not known here", cfg.Endpoint.Type)
	}
	for tag, v := range cfg.SLOs {
		ctx.SLOs = append(ctx.SLOs, metric.SLO{Tag: tag, Limit: v})
	}
	return ctx, time.Duration(cfg.Artifacts.Slice * 1e9)
}

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
			if !strings.HasPrefix(key, "nvidia_") {
				c.bad = append(c.bad, where+key+": not in the registry")
			}
			continue
		}
		if notInLines[d.Tag] {
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

func TestGoldens(t *testing.T) {
	total := 0
	for _, g := range goldens(t) {
		t.Run(g.name, func(t *testing.T) { total += checkGolden(t, g) })
	}
	if total < 20_000 {
		t.Errorf("only %d values were compared", total)
	}
	t.Logf("%d values agree", total)
}

func checkGolden(t *testing.T, g golden) int {
	reg := metric.Builtin()
	want := readResults(t, filepath.Join(g.dir, g.summary))
	ctx, width := want.context(t, reg)
	rows := readRows(t, reg, filepath.Join(g.dir, g.lines))

	byKind := map[record.PhaseKind]*Accumulator{}
	for _, kind := range []record.PhaseKind{record.Warmup, record.Profiling} {
		a := NewAccumulator(reg, ctx, Options{SliceWidth: width})
		defer a.Close()
		for _, row := range rows {
			if row.Phase.Kind == kind {
				a.Add(row)
			}
		}
		byKind[kind] = a
	}
	c := &comparison{}
	profiling := byKind[record.Profiling]
	start, end := want.time(t, "start_time"), want.time(t, "end_time")

	// Where there is a manifest it has the exact window.
	var manifest struct {
		Phases []struct {
			Start int64            `json:"start_ns"`
			End   int64            `json:"end_ns"`
			Kind  record.PhaseKind `json:"phase_kind"`
			JSON  string           `json:"metrics_json"`
		}
	}
	if b, err := os.ReadFile(filepath.Join(g.dir, "phase_manifest.json")); err == nil {
		if err := json.Unmarshal(b, &manifest); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range manifest.Phases {
		s, err := byKind[p.Kind].Summary(p.Start, p.End, false)
		if err != nil {
			t.Fatal(err)
		}
		c.block(t, p.JSON+" ", reg, s, readResults(t, filepath.Join(g.dir, p.JSON)))
		if p.Kind == record.Profiling {
			start, end = p.Start, p.End
			continue
		}
		var warmup results
		if !want.get(t, "warmup_metrics", &warmup) {
			t.Error("no warmup_metrics beside a warm-up phase")
		}
		c.block(t, "warmup ", reg, s, warmup)
	}
	c.merge(c.best(t, reg, profiling, want, start, end))
	c.errors(t, profiling, want)
	if width > 0 {
		c.slices(t, reg, profiling, readResults(t, filepath.Join(g.dir, g.slice)))
	}
	for _, bad := range c.bad {
		t.Error(bad)
	}
	return c.agree
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
