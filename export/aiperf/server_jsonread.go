package aiperf

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"tacho/engine/telemetry"
)

// DecodeServerJSON reads server_metrics_export.json. All of its metrics are in
// memory then, and Metrics and Warmup may be run through more than once.
func DecodeServerJSON(data []byte) (*ServerRun, error) {
	run := new(ServerRun)
	s := scanner{data: data}
	err := s.object(func(key string) (err error) {
		switch key {
		case "schema_version":
			run.SchemaVersion, err = s.optString()
		case "aiperf_version":
			run.FormatVersion, err = s.optString()
		case "benchmark_id":
			run.BenchmarkID, err = s.optString()
		case "summary":
			err = decodeServerSummary(&s, run)
		case "metrics_phase":
			run.MetricsPhase, err = s.optString()
		case "metrics":
			run.Metrics, err = decodeServerMetrics(&s)
		case "warmup_metrics":
			run.Warmup, err = decodeServerMetrics(&s)
		case "input_config":
			run.InputConfig, err = rawValue(&s)
		default:
			err = s.skip()
		}
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		return nil
	})
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return nil, fmt.Errorf("server metrics json: %w", err)
	}
	return run, nil
}

func decodeServerSummary(s *scanner, run *ServerRun) error {
	return s.object(func(key string) (err error) {
		switch key {
		case "endpoints_configured":
			run.Configured, err = decodeStrings(s)
		case "endpoints_successful":
			run.Answered, err = decodeStrings(s)
		case "start_time":
			run.StartNS, err = decodeTime(s)
		case "end_time":
			run.EndNS, err = decodeTime(s)
		case "endpoint_info":
			err = s.object(func(url string) error {
				in, err := decodePageInfo(s)
				run.Info = append(run.Info, NamedInfo{url, in})
				return err
			})
		case "phase_time_ranges":
			err = s.object(func(name string) error {
				r := PhaseRange{Name: name}
				err := s.object(func(key string) (err error) {
					switch key {
					case "start_ns":
						r.StartNS, err = s.int()
					case "end_ns":
						r.EndNS, err = s.int()
					default:
						err = s.skip()
					}
					return err
				})
				run.Ranges = append(run.Ranges, r)
				return err
			})
		default:
			err = s.skip()
		}
		return err
	})
}

func decodePageInfo(s *scanner) (telemetry.PageInfo, error) {
	in := telemetry.PageInfo{MedianUpdateMS: absentFloat}
	err := s.object(func(key string) (err error) {
		switch key {
		case "total_fetches":
			err = intInto(s, &in.Fetches)
		case "first_fetch_ns":
			in.FirstFetchNS, err = s.int()
		case "last_fetch_ns":
			in.LastFetchNS, err = s.int()
		case "avg_fetch_latency_ms":
			err = optFloatInto(s, &in.AvgLatencyMS)
		case "unique_updates":
			err = intInto(s, &in.Updates)
		case "first_update_ns":
			in.FirstUpdateNS, err = s.int()
		case "last_update_ns":
			in.LastUpdateNS, err = s.int()
		case "duration_seconds":
			err = optFloatInto(s, &in.DurationSec)
		case "avg_update_interval_ms":
			err = optFloatInto(s, &in.AvgUpdateMS)
		case "median_update_interval_ms":
			err = optFloatInto(s, &in.MedianUpdateMS)
		default:
			err = s.skip()
		}
		return err
	})
	return in, err
}

func decodeServerMetrics(s *scanner) (iter.Seq[*telemetry.ServerMetric], error) {
	list, err := decodeMetricList(s)
	return slices.Values(list), err
}

func decodeMetricList(s *scanner) (list []*telemetry.ServerMetric, err error) {
	err = s.object(func(name string) error {
		m := &telemetry.ServerMetric{Name: name}
		list = append(list, m)
		return s.object(func(key string) (err error) {
			switch key {
			case "type":
				var k string
				k, err = s.optString()
				m.Kind = telemetry.Kind(k)
			case "description":
				m.Help, err = s.optString()
			case "unit":
				m.Unit, err = s.optString()
			case "series":
				err = s.array(func() error {
					x, err := decodeSeries(s)
					m.Series = append(m.Series, x)
					return err
				})
			default:
				err = s.skip()
			}
			return err
		})
	})
	for _, m := range list {
		for i := range m.Series {
			m.Series[i].Kind = m.Kind
		}
	}
	return list, err
}

func decodeSeries(s *scanner) (telemetry.SeriesStats, error) {
	x := telemetry.SeriesStats{Stats: telemetry.NoServerStats()}
	err := s.object(func(key string) (err error) {
		switch key {
		case "endpoint_url":
			x.URL, err = s.optString()
		case "labels":
			x.Labels, err = decodeLabels(s)
		case "stats":
			err = s.object(func(key string) error { return decodeServerStat(s, key, &x.Stats) })
		case "buckets":
			x.Buckets, err = decodeBuckets(s)
		case "timeslices":
			err = s.array(func() error {
				t, err := decodeServerSlice(s)
				x.Slices = append(x.Slices, t)
				return err
			})
		default:
			err = s.skip()
		}
		return err
	})
	return x, err
}

func decodeLabels(s *scanner) (list []telemetry.Label, err error) {
	err = s.object(func(name string) error {
		v, err := s.optString()
		list = append(list, telemetry.Label{Name: name, Value: v})
		return err
	})
	return list, err
}

func decodeServerStat(s *scanner, key string, st *telemetry.ServerStats) error {
	at := map[string]*float64{
		"avg": &st.Avg, "min": &st.Min, "max": &st.Max, "std": &st.Std, "sum": &st.Sum,
		"total": &st.Total, "rate": &st.Rate, "rate_avg": &st.RateAvg, "rate_min": &st.RateMin, "rate_max": &st.RateMax, "rate_std": &st.RateStd,
		"count_rate": &st.CountRate, "sum_rate": &st.SumRate,
	}[key]
	for i := range st.P {
		if key == percentileNames[i] || key == estimateNames[i] {
			at = &st.P[i]
		}
	}
	switch {
	case key == "count":
		n, err := s.int()
		st.Count = n
		return err
	case at == nil:
		return s.skip()
	}
	return optFloatInto(s, at)
}

func decodeBuckets(s *scanner) ([]telemetry.BucketCount, error) {
	list := []telemetry.BucketCount{}
	err := s.object(func(bound string) error {
		n, err := s.int()
		list = append(list, telemetry.BucketCount{Bound: bound, Count: n})
		return err
	})
	return list, err
}

var errNoWindow = errors.New("a time slice without a window")

func decodeServerSlice(s *scanner) (telemetry.ServerSlice, error) {
	x := telemetry.ServerSlice{
		Complete: true, Avg: absentFloat, Min: absentFloat, Max: absentFloat, Total: absentFloat, Rate: absentFloat, Count: -1, Sum: absentFloat,
	}
	err := s.object(func(key string) (err error) {
		switch key {
		case "start_ns":
			x.StartNS, err = s.int()
		case "end_ns":
			x.EndNS, err = s.int()
		case "is_complete":
			x.Complete, err = s.bool()
		case "count":
			x.Count, err = s.int()
		case "buckets":
			x.Buckets, err = decodeBuckets(s)
		default:
			at := map[string]*float64{"avg": &x.Avg, "min": &x.Min, "max": &x.Max, "total": &x.Total, "rate": &x.Rate, "sum": &x.Sum}[key]
			if at == nil {
				return s.skip()
			}
			err = optFloatInto(s, at)
		}
		return err
	})
	if err == nil && x.EndNS < x.StartNS {
		err = errNoWindow
	}
	return x, err
}
