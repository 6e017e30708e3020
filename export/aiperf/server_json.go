package aiperf

import (
	"io"
	"iter"

	"tacho/engine/telemetry"
)

// serverFlush is how much of the JSON is made before it is written.
const serverFlush = 256 << 10

// WriteServerJSON writes server_metrics_export.json, metric by metric.
func WriteServerJSON(out io.Writer, run *ServerRun) error {
	w := &jsonWriter{pretty: true}
	var failed error
	flush := func(least int) {
		if failed == nil && len(w.buf) >= least {
			_, failed = out.Write(w.buf)
			w.buf = w.buf[:0]
		}
	}
	w.open('{')
	w.str("schema_version", run.SchemaVersion)
	w.str("aiperf_version", run.FormatVersion)
	w.optStr("benchmark_id", run.BenchmarkID)
	w.key("summary")
	w.open('{')
	w.strs("endpoints_configured", run.Configured)
	w.strs("endpoints_successful", run.Answered)
	w.local("start_time", run.StartNS)
	w.local("end_time", run.EndNS)
	if len(run.Info) > 0 {
		w.key("endpoint_info")
		w.open('{')
		for i := range run.Info {
			w.foreignKey(run.Info[i].URL)
			w.pageInfo(&run.Info[i].PageInfo)
		}
		w.close('}')
	}
	w.key("phase_time_ranges")
	w.open('{')
	for _, r := range run.Ranges {
		w.foreignKey(r.Name)
		w.open('{')
		w.int("start_ns", r.StartNS)
		w.int("end_ns", r.EndNS)
		w.close('}')
	}
	w.close('}')
	w.close('}')
	w.str("metrics_phase", run.MetricsPhase)
	for _, part := range []struct {
		key     string
		metrics iter.Seq[*telemetry.ServerMetric]
	}{{"metrics", run.Metrics}, {"warmup_metrics", run.Warmup}} {
		if part.metrics == nil {
			continue
		}
		w.key(part.key)
		w.open('{')
		for m := range part.metrics {
			sortSeries(m.Series)
			w.serverMetric(m, true)
			flush(serverFlush)
			if failed != nil {
				return failed
			}
		}
		w.close('}')
	}
	w.raw("input_config", run.InputConfig)
	w.close('}')
	flush(0)
	return failed
}

func (w *jsonWriter) pageInfo(in *telemetry.PageInfo) {
	w.open('{')
	w.int("total_fetches", int64(in.Fetches))
	w.int("first_fetch_ns", in.FirstFetchNS)
	w.int("last_fetch_ns", in.LastFetchNS)
	w.float("avg_fetch_latency_ms", in.AvgLatencyMS)
	w.int("unique_updates", int64(in.Updates))
	w.int("first_update_ns", in.FirstUpdateNS)
	w.int("last_update_ns", in.LastUpdateNS)
	w.float("duration_seconds", in.DurationSec)
	w.float("avg_update_interval_ms", in.AvgUpdateMS)
	w.optFloat("median_update_interval_ms", in.MedianUpdateMS)
	w.close('}')
}

// serverMetric writes a metric under its name; whole adds what the files of
// phases leave out: the unit and the page of each series.
func (w *jsonWriter) serverMetric(m *telemetry.ServerMetric, whole bool) {
	w.foreignKey(m.Name)
	w.open('{')
	w.str("type", string(m.Kind))
	w.str("description", m.Help)
	if whole {
		w.optStr("unit", m.Unit)
	}
	w.key("series")
	w.open('[')
	for i := range m.Series {
		w.element()
		w.series(&m.Series[i], whole)
	}
	w.close(']')
	w.close('}')
}

func (w *jsonWriter) series(x *telemetry.SeriesStats, whole bool) {
	w.open('{')
	if whole {
		w.str("endpoint_url", x.URL)
	}
	if len(x.Labels) > 0 {
		w.key("labels")
		w.labels(x.Labels)
	}
	w.key("stats")
	w.open('{')
	w.serverStats(x.Kind, &x.Stats)
	w.close('}')
	w.buckets(x.Buckets)
	if len(x.Slices) > 0 {
		w.key("timeslices")
		w.open('[')
		for i := range x.Slices {
			w.element()
			w.serverSlice(x.Kind, &x.Slices[i])
		}
		w.close(']')
	}
	w.close('}')
}

func (w *jsonWriter) labels(list []telemetry.Label) {
	w.open('{')
	for _, l := range list {
		w.foreignKey(l.Name)
		w.quote(l.Value)
	}
	w.close('}')
}

func (w *jsonWriter) serverStats(kind telemetry.Kind, s *telemetry.ServerStats) {
	switch kind {
	case telemetry.Counter:
		w.optFloat("total", s.Total)
		w.optFloat("rate", s.Rate)
		w.optFloat("rate_avg", s.RateAvg)
		w.optFloat("rate_min", s.RateMin)
		w.optFloat("rate_max", s.RateMax)
		w.optFloat("rate_std", s.RateStd)
	case telemetry.Histogram:
		if s.Count >= 0 {
			w.int("count", s.Count)
		}
		w.optFloat("sum", s.Sum)
		w.optFloat("avg", s.Avg)
		w.optFloat("count_rate", s.CountRate)
		w.optFloat("sum_rate", s.SumRate)
		for i, name := range estimateNames {
			w.optFloat(name, s.P[i])
		}
	default:
		w.optFloat("avg", s.Avg)
		w.optFloat("min", s.Min)
		w.optFloat("max", s.Max)
		w.optFloat("std", s.Std)
		for i, name := range percentileNames {
			w.optFloat(name, s.P[i])
		}
	}
}

func (w *jsonWriter) buckets(list []telemetry.BucketCount) {
	if list == nil {
		return
	}
	w.key("buckets")
	w.open('{')
	for _, b := range list {
		w.foreignKey(b.Bound)
		w.plainInt(b.Count)
	}
	w.close('}')
}

func (w *jsonWriter) serverSlice(kind telemetry.Kind, x *telemetry.ServerSlice) {
	w.open('{')
	w.int("start_ns", x.StartNS)
	w.int("end_ns", x.EndNS)
	if !x.Complete {
		w.bool("is_complete", false)
	}
	switch kind {
	case telemetry.Counter:
		w.optFloat("total", x.Total)
		w.optFloat("rate", x.Rate)
	case telemetry.Histogram:
		w.int("count", x.Count)
		w.optFloat("sum", x.Sum)
		w.optFloat("avg", x.Avg)
		w.buckets(x.Buckets)
	default:
		w.optFloat("avg", x.Avg)
		w.optFloat("min", x.Min)
		w.optFloat("max", x.Max)
	}
	w.close('}')
}
