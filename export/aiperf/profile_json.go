package aiperf

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/stats"
	"tacho/export"
)

// leading are the metrics that stand before the run's facts, in AIPerf's order.
// All others follow at the end, in registry order.
var leading = []metric.Tag{
	metric.RequestThroughput, metric.RequestLatency, metric.RequestCount, metric.TTFT, metric.TTST,
	metric.ITL, metric.OutputTokenThroughput, metric.OutputTokenThroughputPerUser, metric.OSL,
	metric.ISL, metric.Goodput, metric.GoodRequestCount, metric.OutputTokens, metric.ReasoningTokens,
	metric.ICL, metric.TotalOutputTokens, metric.TotalReasoningTokens, metric.BenchmarkDuration, metric.TotalISL,
	metric.TotalOSL, metric.ErrorRequestCount, metric.ErrorISL, metric.TotalErrorISL,
}

// EncodeProfileJSON prints profile_export_aiperf.json.
func EncodeProfileJSON(run *export.Run) []byte {
	return encodeProfile(run, run.Summary)
}

// encodeProfile prints a summary, that of the run or of one of its phases, with
// the run's facts around it.
func encodeProfile(run *export.Run, sum *stats.Summary) []byte {
	w := jsonWriter{pretty: true}
	w.open('{')
	w.optStr("schema_version", run.SchemaVersion)
	w.optStr("aiperf_version", run.FormatVersion)
	w.optStr("benchmark_id", run.BenchmarkID)
	for _, tag := range leading {
		if s, ok := sum.Get(tag); ok && exported(s) {
			w.stat(s)
		}
	}
	w.raw("telemetry_data", run.Telemetry)
	w.raw("input_config", run.InputConfig)
	w.info(&run.Info)
	w.bool("was_cancelled", run.Cancelled)
	w.bool("is_complete", run.Complete)
	w.optStr("incomplete_reason", run.Reason)
	w.key("error_summary")
	w.errors(run.Errors)
	if sum.StartNS != 0 {
		w.key("start_time")
		w.quoted(appendLocal(nil, sum.StartNS))
	}
	if sum.EndNS != 0 {
		w.key("end_time")
		w.quoted(appendLocal(nil, sum.EndNS))
	}
	w.raw("branch_stats", run.Branches)
	if run.Warmup != nil {
		w.key("warmup_metrics")
		w.open('{')
		w.stats(run.Warmup)
		w.close('}')
	}
	w.raw("pooled_spec_decode_acceptance_histogram", run.Acceptance)
	for i := range sum.Stats {
		if s := &sum.Stats[i]; !slices.Contains(leading, s.Def.Tag) && exported(s) {
			w.stat(s)
		}
	}
	w.close('}')
	return w.buf
}

func (w *jsonWriter) quoted(text []byte) {
	w.buf = append(append(append(w.buf, '"'), text...), '"')
}

// info writes run_info.
func (w *jsonWriter) info(i *export.Info) {
	if *i == (export.Info{}) {
		return
	}
	w.key("run_info")
	w.open('{')
	w.optStr("benchmark_id", i.BenchmarkID)
	w.optStr("sweep_id", i.SweepID)
	if i.RandomSeed != nil {
		w.int("random_seed", *i.RandomSeed)
	}
	w.int("trial", int64(i.Trial))
	w.optStr("run_label", i.RunLabel)
	if v := i.Variation; v != nil {
		w.str("variation_label", v.Label)
		w.int("variation_index", int64(v.Index))
		w.raw("variation_values", v.Values)
	}
	w.optStr("cli_command", i.CLICommand)
	w.close('}')
}

// errors writes an error summary; it is there, empty, in a clean run too.
func (w *jsonWriter) errors(list []stats.ErrorGroup) {
	w.open('[')
	for i := range list {
		w.element()
		w.open('{')
		w.key("error_details")
		w.failure(&list[i].Failure)
		w.int("count", list[i].Count)
		w.close('}')
	}
	w.close(']')
}

// DecodeProfileJSON reads profile_export_aiperf.json. Metrics are resolved in
// reg, which gets a foreign definition for each that it lacks. Keys that are
// neither known nor metrics are ignored.
func DecodeProfileJSON(data []byte, reg *metric.Registry) (*export.Run, error) {
	run := &export.Run{Registry: reg, Summary: new(stats.Summary)}
	s := scanner{data: data}
	err := s.object(func(key string) error {
		ok, err := decodeFact(&s, run, key)
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		if ok {
			return nil
		}
		if s.peek() != '{' {
			return s.skip()
		}
		st, ok, err := decodeStat(&s, reg, key)
		if ok {
			run.Summary.Stats = append(run.Summary.Stats, st)
		}
		return err
	})
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return nil, fmt.Errorf("summary: %w", err)
	}
	sortStats(run.Summary)
	return run, nil
}

// decodeFact reads what is not a metric; false means that key is none of it and
// nothing was read.
func decodeFact(s *scanner, run *export.Run, key string) (known bool, err error) {
	switch key {
	case "schema_version":
		run.SchemaVersion, err = s.optString()
	case "aiperf_version":
		run.FormatVersion, err = s.optString()
	case "benchmark_id":
		run.BenchmarkID, err = s.optString()
	case "telemetry_data":
		run.Telemetry, err = rawValue(s)
	case "input_config":
		run.InputConfig, err = rawValue(s)
	case "run_info":
		err = decodeInfo(s, &run.Info)
	case "was_cancelled":
		run.Cancelled, err = s.bool()
	case "is_complete":
		run.Complete, err = s.bool()
	case "incomplete_reason":
		run.Reason, err = s.optString()
	case "error_summary":
		run.Errors, err = decodeErrors(s)
	case "start_time":
		run.Summary.StartNS, err = decodeTime(s)
	case "end_time":
		run.Summary.EndNS, err = decodeTime(s)
	case "branch_stats":
		run.Branches, err = rawValue(s)
	case "warmup_metrics":
		run.Warmup, err = decodeSummary(s, run.Registry)
	case "pooled_spec_decode_acceptance_histogram":
		run.Acceptance, err = rawValue(s)
	default:
		return false, nil
	}
	return true, err
}

// rawOrNull copies a value as it is.
func rawOrNull(s *scanner) (json.RawMessage, error) {
	v, err := s.value()
	return slices.Clone(json.RawMessage(v)), err
}

// rawValue is rawOrNull in which null is absent.
func rawValue(s *scanner) (json.RawMessage, error) {
	v, err := s.value()
	if err != nil || string(v) == "null" {
		return nil, err
	}
	return slices.Clone(json.RawMessage(v)), nil
}

func decodeTime(s *scanner) (int64, error) {
	text, err := s.optString()
	if err != nil || text == "" {
		return 0, err
	}
	return parseLocal(text)
}

func decodeInfo(s *scanner, i *export.Info) error {
	variation := func() *export.Variation {
		if i.Variation == nil {
			i.Variation = new(export.Variation)
		}
		return i.Variation
	}
	return s.object(func(key string) (err error) {
		switch key {
		case "benchmark_id":
			i.BenchmarkID, err = s.optString()
		case "sweep_id":
			i.SweepID, err = s.optString()
		case "random_seed":
			if s.peek() == 'n' {
				return s.skip()
			}
			var v int64
			v, err = s.int()
			i.RandomSeed = &v
		case "trial":
			err = intInto(s, &i.Trial)
		case "run_label":
			i.RunLabel, err = s.optString()
		case "variation_label":
			variation().Label, err = s.optString()
		case "variation_index":
			err = intInto(s, &variation().Index)
		case "variation_values":
			variation().Values, err = rawValue(s)
		case "cli_command":
			i.CLICommand, err = s.optString()
		default:
			err = s.skip()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		return nil
	})
}

func decodeErrors(s *scanner) ([]stats.ErrorGroup, error) {
	var out []stats.ErrorGroup
	d := RecordDecoder{names: map[string]string{}}
	err := s.array(func() error {
		var e stats.ErrorGroup
		err := s.object(func(key string) (err error) {
			switch key {
			case "error_details":
				err = d.failure(s, &e.Failure)
			case "count":
				e.Count, err = s.int()
			default:
				err = s.skip()
			}
			return err
		})
		e.Failure.Kind = kindOf(&e.Failure, &record.Meta{})
		out = append(out, e)
		return err
	})
	return out, err
}

// sortStats puts a summary in registry order.
func sortStats(sum *stats.Summary) {
	slices.SortStableFunc(sum.Stats, func(a, b stats.Stat) int { return cmp.Compare(a.Def.ID, b.Def.ID) })
}
