package aiperf

import (
	"cmp"
	"io"
	"os"
	"slices"
	"time"

	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/engine/telemetry"
	"tacho/export"
)

// NewServerRun gathers what the server metrics files of a run say. The metrics
// are made as they are written.
func NewServerRun(run *export.Run, store *telemetry.ServerStore) *ServerRun {
	slice := time.Duration(run.SliceNS)
	r := &ServerRun{
		SchemaVersion: ServerSchemaVersion, FormatVersion: cmp.Or(run.FormatVersion, export.AIPerfVersion), BenchmarkID: run.BenchmarkID,
		Configured: store.Expected(), Answered: store.URLs(), MetricsPhase: string(record.Profiling), InputConfig: run.InputConfig,
		Metrics: store.Metrics(telemetry.OfKind(record.Profiling), slice),
	}
	if run.Summary != nil {
		r.StartNS, r.EndNS = run.Summary.StartNS, run.Summary.EndNS
	}
	for page := range store.Pages(telemetry.OfKind(record.Profiling), 0, true) {
		r.Info = append(r.Info, NamedInfo{page.URL, page.Info})
	}
	slices.SortStableFunc(r.Info, func(a, b NamedInfo) int { return cmp.Compare(a.URL, b.URL) })
	if r.StartNS < r.EndNS {
		r.Ranges = append(r.Ranges, PhaseRange{string(record.Profiling), r.StartNS, r.EndNS})
	}
	if w, ok := warmupRange(run, store); ok {
		r.Ranges = append(r.Ranges, w)
		warm := telemetry.OfKind(record.Warmup)
		if store.FirstInPhaseNS(warm) != 0 {
			r.Warmup = store.Metrics(warm, slice)
		}
	}
	return r
}

// warmupRange is from the start of the first warm-up phase to the end of the
// last, or to the last scrape of them, which may come later.
func warmupRange(run *export.Run, store *telemetry.ServerStore) (PhaseRange, bool) {
	r := PhaseRange{Name: string(record.Warmup)}
	for i := range run.Phases {
		p := &run.Phases[i]
		if p.Kind != record.Warmup {
			continue
		}
		if r.StartNS == 0 {
			r.StartNS = p.StartNS
		}
		r.EndNS = max(r.EndNS, p.EndNS)
	}
	if r.StartNS == 0 || r.EndNS <= r.StartNS {
		return r, false
	}
	r.EndNS = max(r.EndNS, store.LastInPhaseNS(telemetry.OfKind(record.Warmup)))
	return r, true
}

// NewServerPhase gathers what the file of one phase says; nil when no page was
// read in it.
func NewServerPhase(run *export.Run, p *record.Phase, store *telemetry.ServerStore) *ServerPhase {
	sel := telemetry.OfPhase(p.Index)
	first := store.FirstInPhaseNS(sel)
	if first == 0 {
		return nil
	}
	return &ServerPhase{
		BenchmarkID: run.BenchmarkID, Phase: *p, StartNS: first, EndNS: store.LastInPhaseNS(sel),
		Configured: store.Expected(), Answered: store.URLs(),
		Pages: store.Pages(sel, time.Duration(run.SliceNS), false),
	}
}

// serverExporter writes one of the server metrics files.
type serverExporter struct {
	kind  export.Kind
	store *telemetry.ServerStore
	write func(io.Writer, *export.Run) error
}

// Write implements export.Exporter.
func (e serverExporter) Write(run *export.Run, names export.Names, dir string) ([]snap.File, error) {
	if run.Valid() == 0 || e.store.FirstInPhaseNS(telemetry.OfKind(record.Profiling)) == 0 {
		return nil, nil
	}
	f, err := export.Replace(dir, names.Of(e.kind), fileMode, func(f *os.File) error { return e.write(f, run) })
	if err != nil {
		return nil, err
	}
	return []snap.File{f}, nil
}

// ServerFacts are what the Parquet file tells beside the run itself.
type ServerFacts struct {
	Host        string
	Concurrency int     // 0: none
	Rate        float64 // NaN: none
	Models      []string
}

// ServerExporters write the server metrics files of the given formats: json,
// csv and parquet; jsonl is streamed. A run in which no page answered leaves
// none.
func ServerExporters(store *telemetry.ServerStore, formats []string, facts ServerFacts) []export.Exporter {
	if store == nil {
		return nil
	}
	var out []export.Exporter
	for _, format := range formats {
		switch format {
		case "json":
			out = append(out, serverExporter{export.ServerJSON, store, func(w io.Writer, run *export.Run) error {
				return WriteServerJSON(w, NewServerRun(run, store))
			}})
		case "csv":
			out = append(out, serverExporter{export.ServerCSV, store, func(w io.Writer, run *export.Run) error {
				_, err := w.Write(EncodeServerCSV(NewServerRun(run, store)))
				return err
			}})
		case "parquet":
			out = append(out, serverExporter{export.ServerParquet, store, func(w io.Writer, run *export.Run) error {
				return WriteServerParquet(w, &ParquetRun{
					ServerRun: *NewServerRun(run, store), Host: facts.Host, At: time.Now(),
					Concurrency: facts.Concurrency, Rate: facts.Rate, Models: facts.Models,
				}, store)
			}})
		}
	}
	return out
}
