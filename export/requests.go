package export

import (
	"math"
	"strconv"
	"strings"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
)

// RequestsHeader is the first line of profile_export_requests.csv.
const RequestsHeader = "request_id,model,start_time,time_to_first_token_s,inter_token_latency_s,request_latency_s," +
	"output_token_throughput_per_request,input_tokens,output_tokens,request_output_error\r\n"

// NewRequestsSink returns the sink of profile_export_requests.csv: one row per
// profiling request, times in seconds, ready for pandas.read_csv. An absent
// number is an empty field (NaN there); request_output_error is empty when the
// request succeeded. start_time is UTC with nanoseconds. Warm-up requests are
// left out: a mean over the file is a mean over the run.
func NewRequestsSink(dir, name string, reg *metric.Registry) (*FileSink, error) {
	return NewFileSink(dir, name, RequestsHeader, RequestsEncoder(reg))
}

// RequestsEncoder returns the encoder of one row of that file. A metric that
// the registry lacks is an empty column.
func RequestsEncoder(reg *metric.Registry) Encode {
	id := func(tag metric.Tag) metric.ID {
		if d, ok := reg.Lookup(tag); ok {
			return d.ID
		}
		return -1
	}
	ttft, itl, latency := id(metric.TTFT), id(metric.ITL), id(metric.RequestLatency)
	e2e := id(metric.E2EOutputTokenThroughput)
	isl, osl, errISL := id(metric.ISL), id(metric.OSL), id(metric.ErrorISL)
	return func(dst []byte, row *metric.Row, _ *record.Raw) []byte {
		if row.Phase.Kind == record.Warmup {
			return dst
		}
		get := func(id metric.ID) float64 {
			if id < 0 || int(id) >= len(row.Vals) {
				return math.NaN()
			}
			return row.Vals[id]
		}
		dst = appendField(dst, row.RequestID)
		dst = append(dst, ',')
		dst = appendField(dst, row.Model)
		dst = append(dst, ',')
		dst = time.Unix(0, row.StartNS).UTC().AppendFormat(dst, "2006-01-02T15:04:05.000000000Z07:00")
		for _, v := range [...]float64{get(ttft) / 1e3, get(itl) / 1e3, get(latency) / 1e3, get(e2e)} {
			dst = append(dst, ',')
			dst = appendNumber(dst, v)
		}
		in := get(isl)
		if math.IsNaN(in) {
			in = get(errISL)
		}
		for _, v := range [...]float64{in, get(osl)} {
			dst = append(dst, ',')
			dst = appendNumber(dst, v)
		}
		dst = append(dst, ',')
		if row.Err != nil {
			dst = appendField(dst, errorText(row.Err))
		}
		return append(dst, '\r', '\n')
	}
}

// errorText is never empty, so that a failed request cannot look like a good
// one.
func errorText(f *record.Failure) string {
	var b strings.Builder
	if f.Code != 0 {
		b.WriteString(strconv.Itoa(f.Code))
		b.WriteByte(' ')
	}
	// The messages of exceptions begin with their class.
	if !strings.HasPrefix(f.Message, f.Type+"(") {
		b.WriteString(f.Type)
	}
	if f.Message != "" {
		if b.Len() > 0 && !strings.HasSuffix(b.String(), " ") {
			b.WriteString(": ")
		}
		b.WriteString(f.Message)
	}
	if b.Len() == 0 {
		b.WriteString(f.Kind.String())
	}
	return b.String()
}

func appendNumber(dst []byte, v float64) []byte {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return dst
	}
	return strconv.AppendFloat(dst, v, 'g', -1, 64)
}

// appendField quotes as RFC 4180 wants it, only where needed.
func appendField(dst []byte, s string) []byte {
	if !strings.ContainsAny(s, ",\"\r\n") {
		return append(dst, s...)
	}
	dst = append(dst, '"')
	dst = append(dst, strings.ReplaceAll(s, `"`, `""`)...)
	return append(dst, '"')
}
