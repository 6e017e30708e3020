package aiperf

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/parquet-go/parquet-go"

	"tacho/engine/pytext"
	"tacho/engine/telemetry"
	"tacho/export"
)

// The columns of the Parquet file; those of the labels stand between the two
// parts, in order.
var (
	parquetBefore = []string{"endpoint_url", "metric_name", "metric_type", "unit", "description", "timestamp_ns"}
	parquetAfter  = []string{"value", "sum", "count", "bucket_le", "bucket_count"}
)

// orderedNode is a group whose columns keep their order; parquet.Group sorts
// them.
type orderedNode struct {
	parquet.Group
	order []string
}

// Fields implements parquet.Node.
func (n orderedNode) Fields() []parquet.Field {
	fields := n.Group.Fields()
	slices.SortFunc(fields, func(a, b parquet.Field) int {
		return cmp.Compare(slices.Index(n.order, a.Name()), slices.Index(n.order, b.Name()))
	})
	return fields
}

func parquetSchema(labels []string) *parquet.Schema {
	n := orderedNode{parquet.Group{}, slices.Concat(parquetBefore, labels, parquetAfter)}
	text := parquet.Optional(parquet.Encoded(parquet.String(), &parquet.RLEDictionary))
	double := parquet.Optional(parquet.Encoded(parquet.Leaf(parquet.DoubleType), &parquet.RLEDictionary))
	for _, name := range n.order {
		n.Group[name] = text
	}
	n.Group["timestamp_ns"] = parquet.Optional(parquet.Encoded(parquet.Int(64), &parquet.RLEDictionary))
	for _, name := range []string{"value", "sum", "count", "bucket_count"} {
		n.Group[name] = double
	}
	return parquet.NewSchema("schema", n)
}

// parquetRows bounds the rows of one group, which are in memory together.
const parquetRows = 100_000

// ParquetRun is what the metadata of the Parquet file says.
type ParquetRun struct {
	ServerRun
	// Host is the machine's name, At when the file is written.
	Host string
	At   time.Time
	// Concurrency is the configured one, 0 for none; Rate the request rate, NaN
	// for none.
	Concurrency int
	Rate        float64
	Models      []string
}

// WriteServerParquet writes server_metrics_export.parquet: the samples of the
// profiling window as a table.
func WriteServerParquet(out io.Writer, run *ParquetRun, store *telemetry.ServerStore) error {
	labels := slices.DeleteFunc(store.LabelNames(), func(name string) bool {
		return slices.Contains(parquetBefore, name) || slices.Contains(parquetAfter, name)
	})
	end := max(run.EndNS, store.LastUpdateNS())
	options := []parquet.WriterOption{
		parquetSchema(labels), parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(parquetRows),
		parquet.CreatedBy("tacho", "", ""),
	}
	for _, kv := range parquetMeta(run, store, labels, end) {
		options = append(options, parquet.KeyValueMetadata(kv[0], kv[1]))
	}
	w := parquet.NewWriter(out, options...)
	var row parquet.Row
	for r := range store.Rows(run.StartNS, end) {
		row = parquetRow(row[:0], r, labels)
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			return fmt.Errorf("server metrics parquet: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("server metrics parquet: %w", err)
	}
	return nil
}

func parquetMeta(run *ParquetRun, store *telemetry.ServerStore, labels []string, endNS int64) [][2]string {
	list := func(v []string) string {
		w := jsonWriter{}
		w.open('[')
		for _, s := range v {
			w.element()
			w.quote(s)
		}
		w.close(']')
		return string(w.buf)
	}
	total, counts := 0, "{"
	for i, k := range []telemetry.Kind{telemetry.Gauge, telemetry.Counter, telemetry.Histogram, telemetry.Unknown} {
		n := store.SeriesCount(k)
		total += n
		if i > 0 {
			counts += ","
		}
		counts += strconv.Quote(string(k)) + ":" + strconv.Itoa(n)
	}
	concurrency := none
	if run.Concurrency > 0 {
		concurrency = strconv.Itoa(run.Concurrency)
	}
	urls := slices.Sorted(slices.Values(store.URLs()))
	duration := endNS - run.StartNS
	meta := [][2]string{
		{"aiperf.benchmark_id", run.BenchmarkID},
		{"aiperf.concurrency", concurrency},
		{"aiperf.endpoint_count", strconv.Itoa(len(urls))},
		{"aiperf.endpoint_urls", list(urls)},
		{"aiperf.export_timestamp_utc", run.At.UTC().Format("2006-01-02T15:04:05.000000-07:00")},
		{"aiperf.exporter", "ServerMetricsParquetExporter"},
		{"aiperf.hostname", run.Host},
		{"aiperf.input_config", string(compactJSON(run.InputConfig))},
		{"aiperf.label_columns", list(labels)},
		{"aiperf.label_count", strconv.Itoa(len(labels))},
		{"aiperf.metric_count", strconv.Itoa(total)},
		{"aiperf.metric_type_counts", counts + "}"},
		{"aiperf.model_names", list(run.Models)},
		{"aiperf.profiling_duration_ns", strconv.FormatInt(duration, 10)},
		{"aiperf.profiling_duration_seconds", string(pytext.AppendFloat(nil, float64(duration)/1e9))},
	}
	if finite(run.Rate) {
		meta = append(meta, [2]string{"aiperf.request_rate", string(pytext.AppendFloat(nil, run.Rate))})
	}
	return append(meta,
		[2]string{"aiperf.schema_note", "Label columns vary by endpoint/model. Use union_by_name=true for cross-file queries."},
		[2]string{"aiperf.schema_version", "1.0"},
		[2]string{"aiperf.time_filter_end_ns", strconv.FormatInt(endNS, 10)},
		[2]string{"aiperf.time_filter_start_ns", strconv.FormatInt(run.StartNS, 10)},
		[2]string{"aiperf.version", cmp.Or(run.FormatVersion, export.AIPerfVersion)})
}

func compactJSON(text json.RawMessage) []byte {
	var w jsonWriter
	w.rawValue(text)
	return w.buf
}

func parquetRow(row parquet.Row, r *telemetry.SampleRow, labels []string) parquet.Row {
	add := func(v parquet.Value, there bool) {
		if !there {
			v = parquet.NullValue()
			row = append(row, v.Level(0, 0, len(row)))
			return
		}
		row = append(row, v.Level(0, 1, len(row)))
	}
	text := func(s string, there bool) { add(parquet.ByteArrayValue([]byte(s)), there) }
	double := func(v float64) { add(parquet.DoubleValue(v), finite(v)) }
	text(r.URL, true)
	text(r.Name, true)
	text(string(r.Kind), true)
	text(r.Unit, r.Unit != "")
	text(r.Help, true)
	add(parquet.Int64Value(r.AtNS), true)
	for _, name := range labels {
		text(labelValue(r.Labels, name), hasLabel(r.Labels, name))
	}
	double(r.Value)
	double(r.Sum)
	double(r.Count)
	text(r.Bound, r.Bound != "")
	double(r.Bucket)
	return row
}

// ReadServerParquet reads such a file: its metadata and its rows, which are
// valid until the next one.
func ReadServerParquet(in io.ReaderAt, size int64) (meta map[string]string, rows iter.Seq2[*telemetry.SampleRow, error], err error) {
	f, err := parquet.OpenFile(in, size)
	if err != nil {
		return nil, nil, fmt.Errorf("server metrics parquet: %w", err)
	}
	meta = map[string]string{}
	for _, kv := range f.Metadata().KeyValueMetadata {
		meta[kv.Key] = kv.Value
	}
	var names []string
	for _, field := range f.Schema().Fields() {
		if !field.Leaf() {
			return nil, nil, fmt.Errorf("server metrics parquet: column %s is not flat", field.Name())
		}
		names = append(names, field.Name())
	}
	return meta, func(yield func(*telemetry.SampleRow, error) bool) {
		for _, group := range f.RowGroups() {
			if !readGroup(group, names, yield) {
				return
			}
		}
	}, nil
}

func readGroup(group parquet.RowGroup, names []string, yield func(*telemetry.SampleRow, error) bool) bool {
	rows := group.Rows()
	defer rows.Close()
	buf := make([]parquet.Row, 256)
	for {
		n, err := rows.ReadRows(buf)
		for _, row := range buf[:n] {
			r := sampleOf(row, names)
			if !yield(&r, nil) {
				return false
			}
		}
		if err == io.EOF {
			return true
		}
		if err != nil {
			yield(nil, fmt.Errorf("server metrics parquet: %w", err))
			return false
		}
	}
}

// sampleOf reads a row; a column that is not known is a label.
func sampleOf(row parquet.Row, names []string) telemetry.SampleRow {
	r := telemetry.SampleRow{Value: math.NaN(), Sum: math.NaN(), Count: math.NaN(), Bucket: math.NaN()}
	for _, v := range row {
		if v.IsNull() || v.Column() >= len(names) {
			continue
		}
		switch name := names[v.Column()]; name {
		case "endpoint_url":
			r.URL = v.String()
		case "metric_name":
			r.Name = v.String()
		case "metric_type":
			r.Kind = telemetry.Kind(v.String())
		case "unit":
			r.Unit = v.String()
		case "description":
			r.Help = v.String()
		case "timestamp_ns":
			r.AtNS = v.Int64()
		case "value":
			r.Value = v.Double()
		case "sum":
			r.Sum = v.Double()
		case "count":
			r.Count = v.Double()
		case "bucket_le":
			r.Bound = v.String()
		case "bucket_count":
			r.Bucket = v.Double()
		default:
			r.Labels = append(r.Labels, telemetry.Label{Name: name, Value: v.String()})
		}
	}
	return r
}
