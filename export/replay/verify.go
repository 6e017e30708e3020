package replay

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"strconv"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/stats"
	"tacho/engine/telemetry"
	"tacho/export"
	"tacho/export/aiperf"
)

// Verify recomputes the summaries of a directory from its records and compares
// every value: summary JSON and CSV, warm-up metrics, errors, slices, phases,
// the GPUs from their samples, and the servers' metrics from their readings.
func Verify(path string) (*Report, error) {
	d, err := Open(path)
	if err != nil {
		return nil, err
	}
	return d.Verify()
}

// Verify is Verify of an open directory.
func (d *Dir) Verify() (*Report, error) { return d.verify(context.Background(), 0) }

// verify is Verify until ctx ends. budget is the memory of each accumulator in
// bytes; 0 is the default.
func (d *Dir) verify(ctx context.Context, budget int64) (*Report, error) {
	if d.Run == nil {
		return nil, fmt.Errorf("verify %s: there is no %s to verify", d.Path, d.Names.Of(export.ProfileJSON))
	}
	for _, m := range d.Missing {
		if m.Name == d.Names.Of(export.Records) {
			return nil, fmt.Errorf("verify %s: there is no %s to recompute from: a run with --export-level summary leaves none, or it was moved away", d.Path, m.Name)
		}
	}
	v := &verifier{Dir: d, ctx: ctx, budget: budget, report: new(Report), builtin: metric.Builtin().Len(), inRows: map[metric.ID]bool{}, power: map[metric.ID]bool{}}
	defer v.close()
	if d.Manifest != nil {
		for _, s := range d.Manifest.Sinks {
			if s.Name == d.Names.Of(export.Records) {
				v.report.Lost = s.Lost
			}
		}
	}
	if err := v.load(); err != nil {
		return nil, fmt.Errorf("verify %s: %w", d.Path, err)
	}
	for _, check := range []func() error{v.readGPUs, v.summary, v.warmupMetrics, v.slices, v.phases, v.gpuSummaries, v.serverSummaries} {
		err := ctx.Err()
		if err == nil {
			err = check()
		}
		if err != nil {
			return nil, fmt.Errorf("verify %s: %w", d.Path, err)
		}
	}
	return v.report, nil
}

// verifier holds the records as accumulators: of the profiling phases, of the
// warm-up phases, and of each phase by index.
type verifier struct {
	*Dir
	ctx               context.Context
	budget            int64
	report            *Report
	profiling, warmup *stats.Accumulator
	byPhase           map[int]*stats.Accumulator
	// builtin is how many metrics we define; those after them are foreign, and
	// inRows are those of them that the records hold.
	builtin int
	inRows  map[metric.ID]bool
	// power are the metrics that the GPU samples give.
	power   map[metric.ID]bool
	vendors int // of these GPUs
	// gpus are the streamed samples of GPUs; nil: noGPUs says why not.
	gpus   *telemetry.GPUStore
	noGPUs string
}

func (v *verifier) accumulator(width time.Duration) *stats.Accumulator {
	return stats.NewAccumulator(v.Registry, v.Context, stats.Options{Budget: v.budget, SliceWidth: width, AllErrors: v.Manifest == nil})
}

func (v *verifier) load() error {
	v.profiling = v.accumulator(time.Duration(v.Config.SliceNS))
	v.warmup = v.accumulator(0)
	v.byPhase = map[int]*stats.Accumulator{}
	for _, p := range v.Run.Phases {
		v.byPhase[p.Index] = v.accumulator(0)
	}
	damage, err := v.Rows(func(row *metric.Row) error {
		if row.Phase.Kind == record.Warmup {
			v.warmup.Add(row)
		} else {
			v.profiling.Add(row)
		}
		for id := v.builtin; id < len(row.Vals); id++ {
			if !math.IsNaN(row.Vals[id]) {
				v.inRows[metric.ID(id)] = true
			}
		}
		if a := v.byPhase[row.Phase.Index]; a != nil {
			a.Add(row)
		}
		return v.ctx.Err()
	})
	v.report.Damage = damage
	return err
}

// close removes the scratch files; they are ours and their loss is no news.
func (v *verifier) close() {
	for _, a := range v.byPhase {
		_ = a.Close()
	}
	for _, a := range []*stats.Accumulator{v.profiling, v.warmup} {
		if a != nil {
			_ = a.Close()
		}
	}
}

func (v *verifier) compare(file string, cents bool) *comparison {
	start, end, _ := v.Window()
	return &comparison{report: v.report, file: file, cents: cents, windowNS: end - start, unknown: v.unknown}
}

// scheduleLag are the metrics that compare with the times of a trace.
var scheduleLag = []metric.Tag{
	metric.ReplaySchedLagP50, metric.ReplaySchedLagP90, metric.ReplaySchedLagP99, metric.ReplaySchedDegraded,
}

// unknown says why the records do not tell a metric.
func (v *verifier) unknown(d *metric.Def) string {
	switch {
	case int(d.ID) >= v.builtin && !v.inRows[d.ID]:
		return "not a metric of requests"
	case v.power[d.ID]:
		return ""
	case d.Has(metric.External):
		return "measured beside the requests"
	case slices.Contains(scheduleLag, d.Tag) && v.Manifest == nil:
		// Our records hold the planned time; AIPerf's hold when its scheduler
		// got round to it, which is a little later.
		return "the trace's own times are not in AIPerf's records"
	}
	return ""
}

func (v *verifier) summary() error {
	start, end, ok := v.Window()
	if !ok {
		start, end = v.Run.Summary.StartNS, v.Run.Summary.EndNS
	}
	want, err := v.profiling.SummaryOver(start, end, v.phaseTime(record.Profiling, end-start), v.cancelled(record.Profiling))
	if err != nil {
		return err
	}
	v.gpuPower(want)
	c := v.compare(v.Names.Of(export.ProfileJSON), false)
	c.summaries(v.Run.Summary, want)
	c.failures(v.Run.Errors, v.profiling.Errors())

	if v.vendors > 1 {
		// The CSV calls the same figure of two vendors by one name.
		clear(v.power)
	}
	err = v.csv(v.Names.Of(export.ProfileCSV), want)
	clear(v.power) // they are of the whole run, not of its phases
	return err
}

// csv compares a summary CSV, if it is there.
func (v *verifier) csv(name string, want *stats.Summary) error {
	data, err := v.optional(name)
	if data == nil {
		return err
	}
	run, err := aiperf.DecodeProfileCSV(data, v.Registry)
	if err != nil {
		return err
	}
	v.compare(name, true).summaries(run.Summary, want)
	return nil
}

// failures compares error summaries, whose order is that of appearance.
func (c *comparison) failures(have, want []stats.ErrorGroup) {
	c.count("error_summary", "groups", int64(len(have)), int64(len(want)))
	for i := range min(len(have), len(want)) {
		h, w := &have[i], &want[i]
		c.count("error_summary", "count of "+h.Failure.Type, h.Count, w.Count)
		if h.Failure.Code != w.Failure.Code || h.Failure.Type != w.Failure.Type || h.Failure.Message != w.Failure.Message {
			c.differ("error_summary", "group "+strconv.Itoa(i), h.Failure.Type, w.Failure.Type)
		}
	}
}

func (v *verifier) warmupMetrics() error {
	if v.Run.Warmup == nil {
		return nil
	}
	start, end, _ := v.phaseWindow(record.Warmup)
	want, err := v.warmup.SummaryOver(start, end, v.phaseTime(record.Warmup, end-start), v.cancelled(record.Warmup))
	if err != nil {
		return err
	}
	v.compare(v.Names.Of(export.ProfileJSON)+" warmup_metrics", false).summaries(v.Run.Warmup, want)
	return nil
}

// slices compares the time slices of both files.
func (v *verifier) slices() error {
	if v.Config.SliceNS <= 0 {
		return nil
	}
	want, err := v.profiling.Slices()
	if err != nil {
		return err
	}
	name := v.Names.Of(export.SlicesJSON)
	data, err := v.optional(name)
	if err != nil {
		return err
	}
	if data != nil {
		have, _, err := aiperf.DecodeSlicesJSON(data, v.Registry)
		if err != nil {
			return err
		}
		v.sliceLists(name, false, have, want)
	}
	name = v.Names.Of(export.SlicesCSV)
	if data, err = v.optional(name); data == nil {
		return err
	}
	have, err := aiperf.DecodeSlicesCSV(data, v.Registry)
	if err != nil {
		return err
	}
	v.sliceLists(name, true, have, want)
	return nil
}

// sliceEdge is by how many ns the edges may differ: AIPerf's go through a
// 64-bit float.
const sliceEdge = 512

func (v *verifier) sliceLists(file string, cents bool, have, want []stats.Slice) {
	v.compare(file, cents).count("slices", "number", int64(len(have)), int64(len(want)))
	for i := range min(len(have), len(want)) {
		h, w := &have[i], &want[i]
		c := v.compare(file+" slice "+strconv.Itoa(i), cents)
		c.edge("start_ns", h.StartNS, w.StartNS)
		c.edge("end_ns", h.EndNS, w.EndNS)
		if !cents {
			c.count("is_complete", "", truth(h.Complete), truth(w.Complete))
		}
		c.summaries(&h.Summary, &w.Summary)
	}
}

func (c *comparison) edge(name string, have, want int64) {
	c.report.Checked++
	if d := have - want; d > sliceEdge || d < -sliceEdge {
		c.differ("slice", name, strconv.FormatInt(have, 10), strconv.FormatInt(want, 10))
	}
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// phases compares the counts of the manifest and the summaries of each phase.
func (v *verifier) phases() error {
	for i := range v.Run.Phases {
		p := &v.Run.Phases[i]
		a := v.byPhase[p.Index]
		c := v.compare(v.Names.Of(export.PhaseManifest)+" "+p.Name, false)
		c.count("successful_request_count", "", p.Valid, a.Valid())
		c.count("error_request_count", "", p.Failed, a.Failed())
		want, err := a.Summary(p.StartNS, p.EndNS, p.Cancelled)
		if err != nil {
			return err
		}
		if err := v.phaseFiles(p.Name, want); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) phaseFiles(phase string, want *stats.Summary) error {
	name := v.Names.PhaseFile(phase, export.ProfileJSON)
	data, err := v.optional(name)
	if err != nil {
		return err
	}
	if data != nil {
		run, err := aiperf.DecodePhaseJSON(data, v.Registry)
		if err != nil {
			return err
		}
		v.compare(name, false).summaries(run.Summary, want)
	}
	return v.csv(v.Names.PhaseFile(phase, export.ProfileCSV), want)
}

// optional reads a file below the directory; nil when it is not there.
func (v *verifier) optional(name string) ([]byte, error) {
	data, err := os.ReadFile(v.join(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}
