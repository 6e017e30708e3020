package aiperf

import (
	"math"
	"strconv"

	"tacho/engine/metric"
	"tacho/engine/pytext"
	"tacho/engine/record"
)

// RecordEncoder appends rows to profile_export.jsonl. It is built once per
// run: keys and units are laid out beforehand, so that a line costs no
// allocation. It may be used by one goroutine at a time.
type RecordEncoder struct {
	cols  []column
	tacho bool
}

// column is one metric of the per-request file.
type column struct {
	id      metric.ID
	head    []byte // "tag":{"value":
	tail    []byte // ,"unit":"ms"}
	integer bool
	list    bool
}

// NewRecordEncoder returns an encoder for the rows of reg. With ours, each line
// ends in an object "tacho" with what this program knows beyond AIPerf: the
// model, the kind of failure and record.Client. AIPerf's readers accept unknown
// keys.
func NewRecordEncoder(reg *metric.Registry, ours bool) *RecordEncoder {
	e := &RecordEncoder{tacho: ours}
	for _, d := range reg.Defs() {
		if !d.Has(metric.InRecords) || d.Has(metric.Hidden) {
			continue
		}
		e.cols = append(e.cols, column{
			id:      d.ID,
			head:    append(pytext.AppendString(nil, string(d.Tag)), `:{"value":`...),
			tail:    append(pytext.AppendString([]byte(`,"unit":`), string(d.Unit)), '}'),
			integer: d.Has(metric.Integer),
			list:    d.Kind == metric.PerList,
		})
	}
	return e
}

// Append adds one row as one line.
func (e *RecordEncoder) Append(dst []byte, row *metric.Row) []byte {
	return e.AppendTraced(dst, row, nil)
}

// AppendTraced is Append with the socket-level account of the exchange; nil
// leaves it out.
func (e *RecordEncoder) AppendTraced(dst []byte, row *metric.Row, trace *record.Trace) []byte {
	w := jsonWriter{buf: dst}
	w.open('{')
	w.key("metadata")
	w.meta(&row.Meta)
	w.key("metrics")
	w.buf = e.appendMetrics(w.buf, row)
	if trace != nil {
		w.key("trace_data")
		w.trace(trace)
	}
	if row.Err != nil {
		w.key("error")
		w.failure(row.Err)
	}
	if e.tacho {
		w.ours(row)
	}
	w.close('}')
	return append(w.buf, '\n')
}

func (e *RecordEncoder) appendMetrics(dst []byte, row *metric.Row) []byte {
	dst = append(dst, '{')
	n := len(dst)
	for i := range e.cols {
		c := &e.cols[i]
		if c.list {
			if row.Gaps == nil {
				continue
			}
		} else if int(c.id) >= len(row.Vals) || !finite(row.Vals[c.id]) {
			continue
		}
		if len(dst) > n {
			dst = append(dst, ',')
		}
		dst = append(dst, c.head...)
		switch {
		case c.list:
			dst = append(dst, '[')
			for _, v := range row.Gaps {
				if !finite(v) {
					continue
				}
				if dst[len(dst)-1] != '[' {
					dst = append(dst, ',')
				}
				dst = pytext.AppendFloat(dst, v)
			}
			dst = append(dst, ']')
		case c.integer && isWhole(row.Vals[c.id]):
			dst = strconv.AppendInt(dst, int64(row.Vals[c.id]), 10)
		default:
			dst = pytext.AppendFloat(dst, row.Vals[c.id])
		}
		dst = append(dst, c.tail...)
	}
	return append(dst, '}')
}

// isWhole guards the integer form: a value that is not whole after all keeps
// its fraction.
func isWhole(v float64) bool { return v == math.Trunc(v) && math.Abs(v) < 1<<53 }

// ours writes what AIPerf has no place for.
func (w *jsonWriter) ours(row *metric.Row) {
	c := &row.Client
	if *c == (record.Client{}) && row.Model == "" && row.Err == nil {
		return
	}
	w.key("tacho")
	w.open('{')
	w.optStr("model", row.Model)
	if row.Err != nil {
		w.str("error_kind", row.Err.Kind.String())
	}
	w.optInt("picked_ns", c.PickedNS)
	w.optInt("wire_ns", c.WireNS)
	w.optInt("connect_ns", c.ConnectNS)
	w.optInt("read_late_ns", c.ReadLateNS)
	if c.Kernel {
		w.bool("kernel_stamps", true)
	}
	w.close('}')
}
