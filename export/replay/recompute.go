package replay

import (
	"context"
	"errors"
	"fmt"
	"math"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/stats"
	"tacho/export"
)

// Recompute makes the summary of a run from its records, for a directory that
// has none: a crash leaves one. Its window is from the first start to the last
// content of the profiling phase. Summary is nil when no request succeeded.
func (d *Dir) Recompute(ctx context.Context) (*export.Run, error) {
	if d.Run == nil && d.Manifest == nil {
		if err := d.sampleContext(); err != nil {
			return nil, fmt.Errorf("recompute %s: %w", d.Path, err)
		}
	}
	return d.recompute(ctx, 0)
}

// sampleContext finds out from the first records which metrics there are.
func (d *Dir) sampleContext() error {
	const rows = 1000
	errEnough := errors.New("enough")
	n := 0
	ctx := &metric.Context{Images: true, Audio: true, MakesVideo: true}
	has := func(row *metric.Row, tag metric.Tag) bool {
		def, ok := d.Registry.Lookup(tag)
		return ok && !math.IsNaN(row.Vals[def.ID])
	}
	_, err := d.Rows(func(row *metric.Row) error {
		ctx.Streaming = ctx.Streaming || has(row, metric.TTFT)
		ctx.OutputTokens = ctx.OutputTokens || has(row, metric.OSL)
		ctx.InputTokens = ctx.InputTokens || has(row, metric.ISL)
		if n++; n == rows {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	d.Context = ctx
	return nil
}

func (d *Dir) recompute(ctx context.Context, budget int64) (*export.Run, error) {
	acc := stats.NewAccumulator(d.Registry, d.Context, stats.Options{Budget: budget})
	defer acc.Close()
	damage, err := d.Rows(func(row *metric.Row) error {
		if row.Phase.Kind != record.Warmup {
			acc.Add(row)
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("recompute %s: %w", d.Path, err)
	}
	run := &export.Run{
		Registry: d.Registry, SchemaVersion: export.SchemaVersion, FormatVersion: export.AIPerfVersion, Errors: acc.Errors(),
		Reason: fmt.Sprintf("recomputed from %d records", acc.Valid()+acc.Failed()),
	}
	if damage.Lines > 0 {
		run.Reason += fmt.Sprintf(", %d damaged lines left out", damage.Lines)
	}
	if d.Manifest != nil {
		run.InputConfig, run.Manifest = d.Manifest.Profile, d.Manifest
	}
	if acc.Valid() == 0 {
		return run, nil
	}
	// Without the phase's own window rates divide as in a cancelled run.
	run.Summary, err = acc.Summary(0, 0, false)
	if err != nil {
		return nil, fmt.Errorf("recompute %s: %w", d.Path, err)
	}
	return run, nil
}
