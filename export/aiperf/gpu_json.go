package aiperf

import (
	"encoding/json"
	"fmt"

	"tacho/engine/stats"
	"tacho/engine/telemetry"
)

// EncodeGPUSummary prints AIPerf's telemetry_data. Run.Telemetry takes it as it
// is; the summary JSON lays it out.
func EncodeGPUSummary(sum *telemetry.GPUSummary) json.RawMessage {
	var w jsonWriter
	w.open('{')
	w.key("summary")
	w.open('{')
	w.strs("endpoints_configured", sum.Configured)
	w.strs("endpoints_successful", sum.Answered)
	w.local("start_time", sum.StartNS)
	w.local("end_time", sum.EndNS)
	w.close('}')
	w.key("endpoints")
	w.open('{')
	for i := range sum.Endpoints {
		e := &sum.Endpoints[i]
		w.foreignKey(e.Name)
		w.open('{')
		w.key("gpus")
		w.open('{')
		for j := range e.GPUs {
			w.gpu(&e.GPUs[j])
		}
		w.close('}')
		w.close('}')
	}
	w.close('}')
	w.key("error_summary")
	w.errors(sourceErrors(sum.Errors))
	w.close('}')
	return w.buf
}

// sourceErrors are failures of sources as those of requests are written.
func sourceErrors(list []telemetry.SourceError) []stats.ErrorGroup {
	out := make([]stats.ErrorGroup, len(list))
	for i, e := range list {
		out[i] = stats.ErrorGroup{Failure: e.Failure, Count: e.Count}
	}
	return out
}

func decodeSourceErrors(s *scanner) ([]telemetry.SourceError, error) {
	list, err := decodeErrors(s)
	var out []telemetry.SourceError
	for _, e := range list {
		out = append(out, telemetry.SourceError{Failure: e.Failure, Count: e.Count})
	}
	return out, err
}

// strs writes a list of texts, also an empty one.
func (w *jsonWriter) strs(k string, list []string) {
	if len(list) > 0 {
		w.optStrs(k, list)
		return
	}
	w.key(k)
	w.open('[')
	w.close(']')
}

// local writes a time as AIPerf does.
func (w *jsonWriter) local(k string, ns int64) {
	w.str(k, string(appendLocal(nil, ns)))
}

func (w *jsonWriter) gpu(g *telemetry.GPUResult) {
	w.foreignKey(g.Key)
	w.open('{')
	w.int("gpu_index", int64(g.Index))
	w.str("gpu_name", g.Model)
	w.str("gpu_uuid", g.UUID)
	w.str("platform", string(g.Platform))
	w.optStr("hostname", g.Host)
	w.optStr("namespace", g.Namespace)
	w.optStr("pod_name", g.Pod)
	w.key("metrics")
	w.open('{')
	for i := range g.Metrics {
		m := &g.Metrics[i]
		w.foreignKey(m.Tag)
		w.open('{')
		w.str("unit", m.Unit)
		w.dist(&m.Dist)
		w.close('}')
	}
	w.close('}')
	w.close('}')
}

// percentileNames are those of a metric object, as telemetry.Percentiles.
var percentileNames = [len(telemetry.Percentiles)]string{"p1", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p99"}

func (w *jsonWriter) dist(d *telemetry.Dist) {
	w.optFloat("avg", d.Avg)
	for i, name := range percentileNames {
		w.optFloat(name, d.P[i])
	}
	w.optFloat("min", d.Min)
	w.optFloat("max", d.Max)
	w.optFloat("std", d.Std)
	if d.Count >= 0 {
		w.int("count", d.Count)
	}
	w.optFloat("sum", d.Sum)
}

// DecodeGPUSummary reads telemetry_data.
func DecodeGPUSummary(data []byte) (*telemetry.GPUSummary, error) {
	s := scanner{data: data}
	sum, err := decodeGPUSummary(&s)
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return nil, fmt.Errorf("telemetry data: %w", err)
	}
	return sum, nil
}

func decodeGPUSummary(s *scanner) (*telemetry.GPUSummary, error) {
	sum := new(telemetry.GPUSummary)
	err := s.object(func(key string) error {
		switch key {
		case "summary":
			return s.object(func(key string) (err error) {
				switch key {
				case "endpoints_configured":
					sum.Configured, err = decodeStrings(s)
				case "endpoints_successful":
					sum.Answered, err = decodeStrings(s)
				case "start_time":
					sum.StartNS, err = decodeTime(s)
				case "end_time":
					sum.EndNS, err = decodeTime(s)
				default:
					err = s.skip()
				}
				return err
			})
		case "endpoints":
			return s.object(func(name string) error {
				e := telemetry.GPUEndpoint{Name: name}
				err := s.object(func(key string) error {
					if key != "gpus" {
						return s.skip()
					}
					return s.object(func(key string) error {
						g, err := decodeGPUResult(s, key)
						e.GPUs = append(e.GPUs, g)
						return err
					})
				})
				sum.Endpoints = append(sum.Endpoints, e)
				return err
			})
		case "error_summary":
			list, err := decodeSourceErrors(s)
			sum.Errors = list
			return err
		}
		return s.skip()
	})
	return sum, err
}

func decodeGPUResult(s *scanner, name string) (telemetry.GPUResult, error) {
	g := telemetry.GPUResult{Key: name}
	err := s.object(func(key string) error {
		if key != "metrics" {
			return decodeGPUID(s, key, &g.GPUID)
		}
		return s.object(func(tag string) error {
			m := telemetry.GPUMetric{Tag: tag, Dist: telemetry.NoDist()}
			if f, ok := telemetry.FieldByTag(tag); ok {
				m.Header = telemetry.Fields[f].Header
			} else {
				m.Header = telemetry.ExtraOf(tag).Header
			}
			err := s.object(func(key string) (err error) {
				if key == "unit" {
					m.Unit, err = s.optString()
					return err
				}
				return decodeDist(s, key, &m.Dist)
			})
			g.Metrics = append(g.Metrics, m)
			return err
		})
	})
	return g, err
}

// decodeDist reads one number of a metric object.
func decodeDist(s *scanner, key string, d *telemetry.Dist) error {
	at := map[string]*float64{"avg": &d.Avg, "min": &d.Min, "max": &d.Max, "std": &d.Std, "sum": &d.Sum}[key]
	if key == "count" {
		n, err := s.int()
		d.Count = n
		return err
	}
	for i, name := range percentileNames {
		if name == key {
			at = &d.P[i]
		}
	}
	if at == nil {
		return s.skip()
	}
	return optFloatInto(s, at)
}

func decodeStrings(s *scanner) ([]string, error) {
	out := []string{}
	err := s.array(func() error {
		v, err := s.optString()
		out = append(out, v)
		return err
	})
	return out, err
}
