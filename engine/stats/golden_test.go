package stats

import (
	"bufio"
	"encoding/json"
	"io/fs"
	"math"
	"os"
	"path/filepath"
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
