package aiperf

import (
	"slices"

	"tacho/engine/record"
	"tacho/engine/stats"
	"tacho/engine/telemetry"
	"tacho/export"
)

// AttachGPUs puts what the GPU samples give into a run before it is written:
// the power metrics, telemetry_data, the table of the CSV, the part of the
// console text, and the files of the phases. Where GPUs were looked for and none
// was found, telemetry_data alone says so; a nil store leaves the run as it is.
// concurrency is the configured one, 0 without.
func AttachGPUs(run *export.Run, store *telemetry.GPUStore, errors []telemetry.SourceError, concurrency int) {
	if store == nil || run.Summary == nil {
		return
	}
	sum := store.Summary(run.Summary.StartNS, run.Summary.EndNS+telemetry.FinalScrapeGraceNS)
	sum.Errors = errors
	run.Telemetry = EncodeGPUSummary(sum)
	if len(store.GPUs()) == 0 {
		return
	}
	run.Summary = ownSummary(run.Summary)
	AddPower(run.Registry, run.Summary, store, concurrency)
	run.GPURows = GPURows(sum)
	run.GPUConsole = GPUConsole(run.Summary, sum)
	for i := range run.Phases {
		p := &run.Phases[i]
		own := store.Summary(p.StartNS, p.EndNS)
		own.Errors = errors
		p.GPU = EncodePhaseGPU(p, own, nil)
	}
}

// ownSummary is a summary that can be added to: with one measured phase the run's
// is the phase's, whose files have no power metrics.
func ownSummary(sum *stats.Summary) *stats.Summary {
	own := *sum
	own.Stats = slices.Clone(sum.Stats)
	return &own
}

// AttachServers puts the files of the phases into a run; those of the run itself
// are ServerExporters'.
func AttachServers(run *export.Run, store *telemetry.ServerStore, errors []telemetry.SourceError) {
	if store == nil {
		return
	}
	for i := range run.Phases {
		p := &run.Phases[i]
		phase := record.Phase{Name: p.Name, Kind: p.Kind, Index: p.Index, ProfilingIndex: p.ProfilingIndex}
		data := NewServerPhase(run, &phase, store)
		if data == nil {
			continue
		}
		data.Errors = errors
		p.Server = EncodePhaseServer(p, data, nil)
	}
}
