package aiperf

import (
	"cmp"
	"encoding/json"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"

	"tacho/engine/pytext"
	"tacho/engine/telemetry"
)

// ServerRun is what server_metrics_export.json says, apart from the metrics
// themselves, which may be too many to hold.
type ServerRun struct {
	SchemaVersion, FormatVersion, BenchmarkID string
	Configured, Answered                      []string
	// StartNS and EndNS are the profiling window, Unix nanoseconds.
	StartNS, EndNS int64
	// Info is how the reading went, by address of the page.
	Info []NamedInfo
	// Ranges are the phases in time: profiling, then warmup if there was one.
	Ranges []PhaseRange
	// MetricsPhase is the phase of Metrics: profiling.
	MetricsPhase string
	// Metrics are those of the profiling phases, by name; Warmup those of the
	// warm-up phases, nil without.
	Metrics, Warmup iter.Seq[*telemetry.ServerMetric]
	InputConfig     json.RawMessage
}

// NamedInfo is how the reading of one page went.
type NamedInfo struct {
	URL string
	telemetry.PageInfo
}

// PhaseRange is a phase in time.
type PhaseRange struct {
	Name           string
	StartNS, EndNS int64
}

// ServerSchemaVersion is that of the JSON.
const ServerSchemaVersion = "1.1"

// sortSeries orders the series of a metric by page, then labels as Python
// prints them.
func sortSeries(list []telemetry.SeriesStats) {
	slices.SortStableFunc(list, func(a, b telemetry.SeriesStats) int {
		return cmp.Or(cmp.Compare(a.URL, b.URL), cmp.Compare(pythonDict(a.Labels), pythonDict(b.Labels)))
	})
}

// pythonDict prints labels as str() of a Python dict, empty for none.
func pythonDict(labels []telemetry.Label) string {
	if len(labels) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteByte('{')
	for i, l := range labels {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(pytext.Repr(l.Name))
		b.WriteString(": ")
		b.WriteString(pytext.Repr(l.Value))
	}
	b.WriteByte('}')
	return b.String()
}

// estimateNames are the names of a histogram's percentiles.
var estimateNames = func() (out [len(percentileNames)]string) {
	for i, p := range percentileNames {
		out[i] = p + "_estimate"
	}
	return out
}()

// absentFloat is a number that is not there.
var absentFloat = math.NaN()

// quote writes a text and plainInt a whole number as a bare value.
func (w *jsonWriter) quote(v string)   { w.buf = pytext.AppendString(w.buf, v) }
func (w *jsonWriter) plainInt(v int64) { w.buf = strconv.AppendInt(w.buf, v, 10) }
