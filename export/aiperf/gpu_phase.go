package aiperf

import (
	"encoding/json"
	"fmt"

	"tacho/engine/telemetry"
	"tacho/export"
)

// EncodePhaseGPU prints phases/<name>/gpu_telemetry.json: the phase, its
// statistics, which may be nil, and what went wrong.
func EncodePhaseGPU(p *export.PhaseResult, sum *telemetry.GPUSummary, warnings []string) json.RawMessage {
	var data json.RawMessage
	if sum != nil {
		data = EncodeGPUSummary(sum)
	}
	return encodePhaseFile(p, data, warnings)
}

// encodePhaseFile prints what was measured beside the requests of a phase.
func encodePhaseFile(p *export.PhaseResult, data json.RawMessage, warnings []string) json.RawMessage {
	var w jsonWriter
	w.open('{')
	if data == nil {
		w.key("data")
		w.buf = append(w.buf, "null"...)
	} else {
		w.raw("data", data)
	}
	w.key("phase")
	w.open('{')
	w.int("end_ns", p.EndNS)
	w.int("phase_index", int64(p.Index))
	w.str("phase_kind", string(p.Kind))
	w.str("phase_name", p.Name)
	w.key("profiling_index")
	if p.ProfilingIndex >= 0 {
		w.number(float64(p.ProfilingIndex), true)
	} else {
		w.buf = append(w.buf, "null"...)
	}
	w.int("start_ns", p.StartNS)
	w.bool("was_cancelled", p.Cancelled)
	w.close('}')
	w.int("schema_version", 1)
	w.strs("warnings", warnings)
	w.close('}')
	out, err := sortedJSON(w.buf)
	if err != nil {
		panic("aiperf: own JSON does not parse: " + err.Error())
	}
	return out
}

// DecodePhaseGPU reads phases/<name>/gpu_telemetry.json.
func DecodePhaseGPU(data []byte) (p export.PhaseResult, sum *telemetry.GPUSummary, warnings []string, err error) {
	p, warnings, err = decodePhaseFile(data, func(s *scanner) (err error) {
		sum, err = decodeGPUSummary(s)
		return err
	})
	if err != nil {
		return p, nil, nil, fmt.Errorf("phase gpu telemetry: %w", err)
	}
	return p, sum, warnings, nil
}

// decodePhaseFile reads such a file; member reads its data, unless that is null.
func decodePhaseFile(data []byte, member func(*scanner) error) (p export.PhaseResult, warnings []string, err error) {
	s := scanner{data: data}
	err = s.object(func(key string) (err error) {
		switch key {
		case "data":
			if s.peek() == 'n' {
				return s.skip()
			}
			return member(&s)
		case "phase":
			p, err = decodePhase(&s)
		case "warnings":
			warnings, err = decodeStrings(&s)
		default:
			err = s.skip()
		}
		return err
	})
	if err == nil {
		err = s.end()
	}
	return p, warnings, err
}
