package aiperf

import (
	"fmt"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/engine/stats"
	"tacho/export"
)

// EncodePhaseManifest prints phase_manifest.json: keys sorted, a line end after
// it, and nulls kept, unlike AIPerf's other files.
func EncodePhaseManifest(phases []export.PhaseResult, names export.Names) []byte {
	w := jsonWriter{pretty: true}
	w.open('{')
	w.key("phases")
	w.open('[')
	for i := range phases {
		p := &phases[i]
		dir := export.PhaseDir(p.Name)
		w.element()
		w.open('{')
		w.int("end_ns", p.EndNS)
		w.int("error_request_count", p.Failed)
		w.key("error_summary")
		w.sortedErrors(p.Errors)
		if p.GPU != nil {
			w.str("gpu_telemetry_json", dir+"/gpu_telemetry.json")
		}
		w.str("metrics_csv", names.PhaseFile(p.Name, export.ProfileCSV))
		w.str("metrics_json", names.PhaseFile(p.Name, export.ProfileJSON))
		w.int("phase_index", int64(p.Index))
		w.str("phase_kind", string(p.Kind))
		w.str("phase_name", p.Name)
		w.key("profiling_index")
		if p.ProfilingIndex >= 0 {
			w.number(float64(p.ProfilingIndex), true)
		} else {
			w.buf = append(w.buf, "null"...)
		}
		if p.Server != nil {
			w.str("server_metrics_json", dir+"/server_metrics.json")
		}
		w.int("start_ns", p.StartNS)
		w.int("successful_request_count", p.Valid)
		w.int("total_request_count", p.Valid+p.Failed)
		w.bool("was_cancelled", p.Cancelled)
		w.close('}')
	}
	w.close(']')
	w.int("schema_version", 1)
	w.close('}')
	return append(w.buf, '\n')
}

// sortedErrors is errors with the keys in order.
func (w *jsonWriter) sortedErrors(list []stats.ErrorGroup) {
	w.open('[')
	for i := range list {
		f := &list[i].Failure
		w.element()
		w.open('{')
		w.int("count", list[i].Count)
		w.key("error_details")
		w.open('{')
		// Unlike elsewhere, what is absent is null here.
		w.has(f.Cause != "", "cause", func() { w.str("cause", f.Cause) })
		w.has(len(f.CauseChain) > 0, "cause_chain", func() { w.optStrs("cause_chain", f.CauseChain) })
		w.has(f.Code != 0, "code", func() { w.int("code", int64(f.Code)) })
		w.has(f.Details != "", "details", func() { w.str("details", f.Details) })
		w.str("message", f.Message)
		w.has(f.Type != "", "type", func() { w.str("type", f.Type) })
		w.close('}')
		w.close('}')
	}
	w.close(']')
}

// has writes a member that is there, and null for one that is not.
func (w *jsonWriter) has(ok bool, key string, write func()) {
	if ok {
		write()
		return
	}
	w.key(key)
	w.buf = append(w.buf, "null"...)
}

// DecodePhaseManifest reads phase_manifest.json. The summaries of the phases
// are in files of their own; that of telemetry is told only by whether there is
// one: GPU and Server hold null then.
func DecodePhaseManifest(data []byte) ([]export.PhaseResult, error) {
	var out []export.PhaseResult
	s := scanner{data: data}
	err := s.object(func(key string) error {
		if key != "phases" {
			return s.skip()
		}
		return s.array(func() error {
			p, err := decodePhase(&s)
			out = append(out, p)
			return err
		})
	})
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return nil, fmt.Errorf("phase manifest: %w", err)
	}
	return out, nil
}

func decodePhase(s *scanner) (p export.PhaseResult, err error) {
	p.ProfilingIndex = -1
	err = s.object(func(key string) (err error) {
		switch key {
		case "end_ns":
			p.EndNS, err = s.int()
		case "start_ns":
			p.StartNS, err = s.int()
		case "error_request_count":
			p.Failed, err = s.int()
		case "successful_request_count":
			p.Valid, err = s.int()
		case "error_summary":
			p.Errors, err = decodeErrors(s)
		case "phase_index":
			err = intInto(s, &p.Index)
		case "phase_kind":
			var k string
			k, err = s.optString()
			p.Kind = record.PhaseKind(k)
		case "phase_name":
			p.Name, err = s.optString()
		case "profiling_index":
			var i *int
			if i, err = optIndex(s); i != nil {
				p.ProfilingIndex = *i
			}
		case "was_cancelled":
			p.Cancelled, err = s.bool()
		case "gpu_telemetry_json":
			p.GPU, err = []byte("null"), s.skip()
		case "server_metrics_json":
			p.Server, err = []byte("null"), s.skip()
		default:
			err = s.skip()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		return nil
	})
	return p, err
}

// EncodePhaseJSON prints phases/<name>/profile_export_aiperf.json: the run's
// facts around the phase's own summary, without GPU data and warm-up.
func EncodePhaseJSON(run *export.Run, p *export.PhaseResult) []byte {
	own := *run
	own.Errors, own.Cancelled = p.Errors, p.Cancelled
	own.Telemetry, own.Warmup, own.Branches, own.Acceptance = nil, nil, nil, nil
	return encodeProfile(&own, p.Summary)
}

// DecodePhaseJSON reads it back.
func DecodePhaseJSON(data []byte, reg *metric.Registry) (*export.Run, error) {
	return DecodeProfileJSON(data, reg)
}

// writePhases writes the manifest and the summaries of all phases that have
// one; a run of one phase has no such files.
func writePhases(run *export.Run, names export.Names, dir string) ([]snap.File, error) {
	if len(run.Phases) < 2 {
		return nil, nil
	}
	var out writes
	for i := range run.Phases {
		p := &run.Phases[i]
		base := export.PhaseDir(p.Name) + "/"
		if p.Summary != nil {
			out.file(dir, names.PhaseFile(p.Name, export.ProfileCSV), encodeCSV(p.Summary, nil))
			out.file(dir, names.PhaseFile(p.Name, export.ProfileJSON), EncodePhaseJSON(run, p))
		}
		if p.GPU != nil {
			out.file(dir, base+"gpu_telemetry.json", p.GPU)
		}
		if p.Server != nil {
			out.file(dir, base+"server_metrics.json", p.Server)
		}
	}
	out.file(dir, names.Of(export.PhaseManifest), EncodePhaseManifest(run.Phases, names))
	return out.files, out.err()
}
