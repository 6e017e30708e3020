package aiperf

import (
	"encoding/json"
	"fmt"
	"iter"

	"tacho/engine/record"
	"tacho/engine/telemetry"
	"tacho/export"
)

// ServerPhase is what phases/<name>/server_metrics.json says of one phase.
type ServerPhase struct {
	BenchmarkID string
	record.Phase
	// StartNS and EndNS are the first and last reading in the phase.
	StartNS, EndNS       int64
	Configured, Answered []string
	Pages                iter.Seq[*telemetry.Page]
	Errors               []telemetry.SourceError
}

// EncodePhaseServer prints that file; data may be nil when there are warnings
// only.
func EncodePhaseServer(p *export.PhaseResult, data *ServerPhase, warnings []string) json.RawMessage {
	if data == nil {
		return encodePhaseFile(p, nil, warnings)
	}
	var w jsonWriter
	w.open('{')
	w.optStr("benchmark_id", data.BenchmarkID)
	w.str("phase", string(data.Kind))
	w.int("phase_index", int64(data.Index))
	if data.ProfilingIndex >= 0 {
		w.int("profiling_index", int64(data.ProfilingIndex))
	}
	w.str("phase_name", data.Name)
	w.str("phase_kind", string(data.Kind))
	w.key("endpoint_summaries")
	w.open('{')
	for page := range data.Pages {
		w.foreignKey(telemetry.SourceName(page.URL))
		w.open('{')
		w.str("endpoint_url", page.URL)
		w.key("info")
		w.pageInfo(&page.Info)
		w.key("metrics")
		w.open('{')
		for m := range page.Metrics {
			w.serverMetric(m, false)
		}
		w.close('}')
		w.close('}')
	}
	w.close('}')
	w.int("start_ns", data.StartNS)
	w.int("end_ns", data.EndNS)
	w.strs("endpoints_configured", data.Configured)
	w.strs("endpoints_successful", data.Answered)
	w.key("error_summary")
	w.errors(sourceErrors(data.Errors))
	w.strs("phase_results", nil)
	w.close('}')
	return encodePhaseFile(p, w.buf, warnings)
}

// DecodePhaseServer reads that file.
func DecodePhaseServer(data []byte) (p export.PhaseResult, sp *ServerPhase, warnings []string, err error) {
	p, warnings, err = decodePhaseFile(data, func(s *scanner) (err error) {
		sp, err = decodeServerPhase(s)
		return err
	})
	if err != nil {
		return p, nil, nil, fmt.Errorf("phase server metrics: %w", err)
	}
	return p, sp, warnings, nil
}

func decodeServerPhase(s *scanner) (*ServerPhase, error) {
	p := &ServerPhase{Phase: record.Phase{ProfilingIndex: -1}}
	var pages []*telemetry.Page
	err := s.object(func(key string) (err error) {
		switch key {
		case "benchmark_id":
			p.BenchmarkID, err = s.optString()
		case "phase_index":
			err = intInto(s, &p.Index)
		case "profiling_index":
			err = intInto(s, &p.ProfilingIndex)
		case "phase_name":
			p.Name, err = s.optString()
		case "phase", "phase_kind":
			var k string
			k, err = s.optString()
			p.Kind = record.PhaseKind(k)
		case "start_ns":
			p.StartNS, err = s.int()
		case "end_ns":
			p.EndNS, err = s.int()
		case "endpoints_configured":
			p.Configured, err = decodeStrings(s)
		case "endpoints_successful":
			p.Answered, err = decodeStrings(s)
		case "error_summary":
			p.Errors, err = decodeSourceErrors(s)
		case "endpoint_summaries":
			err = s.object(func(string) error {
				page, err := decodePage(s)
				pages = append(pages, page)
				return err
			})
		default:
			err = s.skip()
		}
		return err
	})
	p.Pages = func(yield func(*telemetry.Page) bool) {
		for _, page := range pages {
			if !yield(page) {
				return
			}
		}
	}
	return p, err
}

func decodePage(s *scanner) (*telemetry.Page, error) {
	page := new(telemetry.Page)
	err := s.object(func(key string) (err error) {
		switch key {
		case "endpoint_url":
			page.URL, err = s.optString()
		case "info":
			page.Info, err = decodePageInfo(s)
		case "metrics":
			page.Metrics, err = decodeServerMetrics(s)
		default:
			err = s.skip()
		}
		return err
	})
	if page.Metrics == nil {
		page.Metrics = func(func(*telemetry.ServerMetric) bool) {}
	}
	return page, err
}
