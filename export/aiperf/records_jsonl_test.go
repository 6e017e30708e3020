package aiperf

import (
	"bytes"
	"math"
	"reflect"
	"testing"

	"tacho/engine/metric"
	"tacho/engine/record"
)

func TestRecordsRoundTrip(t *testing.T) {
	for _, path := range goldens(t, "/profile_export.jsonl", "/foo.jsonl") {
		reg := metric.NewRegistry(nil)
		lines := bytes.SplitAfter(read(t, path), []byte("\n"))
		var rows []metric.Row
		dec := NewRecordDecoder(reg)
		for _, line := range lines[:len(lines)-1] {
			var row metric.Row
			if err := dec.Decode(line, &row); err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if (row.Err != nil) != bytes.Contains(line, []byte(`,"error":{`)) {
				t.Errorf("%s: row.Err = %v for %.80s", path, row.Err, line)
			}
			if row.Err != nil && (row.Err.Kind == record.ErrNone || row.Err.Kind == record.ErrOther) {
				t.Errorf("%s: kind %v of %+v", path, row.Err.Kind, row.Err)
			}
			rows = append(rows, row)
		}
		if len(rows) == 0 {
			t.Errorf("%s: no rows", path)
		}
		enc := NewRecordEncoder(reg, false)
		for i := range rows {
			trace, err := DecodeTrace(lines[i])
			if err != nil {
				t.Fatal(err)
			}
			sameJSON(t, path, enc.AppendTraced(nil, &rows[i], trace), lines[i])
			if t.Failed() {
				break
			}
		}
	}
}

// fullRow has every field set.
func fullRow(reg *metric.Registry) metric.Row {
	reg.Foreign("request_latency", "ms")
	tokens := reg.Foreign("output_sequence_length", "tokens")
	tokens.Flags |= metric.Integer
	gaps := reg.Foreign("inter_chunk_latency", "ms")
	gaps.Kind = metric.PerList
	zero, two := 0, 2
	row := metric.Row{Vals: []float64{12.5, 7, math.NaN()}, Gaps: []float64{0, 1e-9, 3}}
	row.Meta = record.Meta{
		Num: 3, RequestID: "r", CorrelationID: "c", ConversationID: "s\"é\u2028", Turn: 1,
		Worker: "w", Processor: "p", Phase: record.Phase{Name: "profiling", Kind: record.Profiling, Index: 1},
		Model: "org/m", DueNS: 1, StartNS: 2, AckNS: 3, EndNS: 4, Cancelled: true, CancelNS: 5,
		ContextOverflow: true, AgentDepth: 1, ParentCorrelation: "pc", RootCorrelation: "rc",
		Source: &record.Source{TraceID: "t", Outer: &zero, Inner: &two, Kind: "k"},
		Client: record.Client{PickedNS: 6, WireNS: 7, ConnectNS: 8, ReadLateNS: 9, Kernel: true},
	}
	row.Err = &record.Failure{
		Kind: record.ErrTimeout, Code: 1, Type: "TimeoutError", Message: "a\x01\n", Cause: "b",
		CauseChain: []string{"x", "y"}, Details: "d",
	}
	return row
}

func TestRecordFieldsSurvive(t *testing.T) {
	reg := metric.NewRegistry(nil)
	want := fullRow(reg)
	line := NewRecordEncoder(reg, true).Append(nil, &want)
	var got metric.Row
	if err := NewRecordDecoder(reg).Decode(line, &got); err != nil {
		t.Fatal(err)
	}
	if math.IsNaN(got.Vals[2]) {
		got.Vals, want.Vals = got.Vals[:2], want.Vals[:2]
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v %+v\nwant %+v %+v", got, got.Err, want, want.Err)
	}
	if bytes.Contains(NewRecordEncoder(reg, false).Append(nil, &want), []byte("tacho")) {
		t.Error("our facts are in a line that should be AIPerf's alone")
	}
}

func TestDecodeRecordRejects(t *testing.T) {
	for _, line := range []string{
		``, `{}`, `[]`, `{"metadata":{}}`, `{"metadata":{},"metrics":{}`, `{"metadata":{},"metrics":{}} x`,
		`{"metadata":{"session_num":"x"},"metrics":{}}`, `{"metadata":{},"metrics":{"a":{"value":"x"}}}`,
	} {
		var row metric.Row
		if err := NewRecordDecoder(metric.NewRegistry(nil)).Decode([]byte(line), &row); err == nil {
			t.Errorf("Decode(%s) gave no error", line)
		}
	}
}

// TestAnotherUnitIsAnotherMetric: values in an unexpected unit are kept apart.
func TestAnotherUnitIsAnotherMetric(t *testing.T) {
	reg := metric.Builtin()
	var row metric.Row
	const line = `{"metadata":{},"metrics":{"request_latency":{"value":1.5,"unit":"sec"}},"tacho":{"error_kind":"x"}}`
	if err := NewRecordDecoder(reg).Decode([]byte(line), &row); err != nil {
		t.Fatal(err)
	}
	own, _ := reg.Lookup(metric.RequestLatency)
	other, ok := reg.Lookup("request_latency (sec)")
	if !ok || !math.IsNaN(row.Vals[own.ID]) || row.Vals[other.ID] != 1.5 {
		t.Errorf("1.5 sec was read as %v ms, and as %v", row.Vals[own.ID], other)
	}
}

// TestErrorKindSurvives goes through all kinds, also those that AIPerf's names
// cannot tell apart.
func TestErrorKindSurvives(t *testing.T) {
	reg := metric.NewRegistry(nil)
	for _, k := range record.ErrKinds() {
		row, got := metric.Row{Err: &record.Failure{Kind: k, Message: "m"}}, metric.Row{}
		if err := NewRecordDecoder(reg).Decode(NewRecordEncoder(reg, true).Append(nil, &row), &got); err != nil {
			t.Fatal(err)
		}
		if got.Err == nil || got.Err.Kind != k {
			t.Errorf("kind %v came back as %+v", k, got.Err)
		}
	}
}

func TestEncodeRecordDoesNotAllocate(t *testing.T) {
	reg := metric.NewRegistry(nil)
	row := fullRow(reg)
	enc := NewRecordEncoder(reg, true)
	buf := enc.Append(nil, &row)
	if n := testing.AllocsPerRun(100, func() { buf = enc.Append(buf[:0], &row) }); n > 0 {
		t.Errorf("%v allocations per line", n)
	}
}

func FuzzDecodeRecord(f *testing.F) {
	reg := metric.NewRegistry(nil)
	row := fullRow(reg)
	f.Add(NewRecordEncoder(reg, true).Append(nil, &row))
	f.Add([]byte(`{"metadata":{"session_num":0,"request_start_ns":1,"request_end_ns":1},"metrics":{"error_isl":{"value":64,"unit":"tokens"}},"error":{"message":"\ud83d\ude00\ud83d"}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		reg := metric.NewRegistry(nil)
		var row, again metric.Row
		if NewRecordDecoder(reg).Decode(line, &row) != nil {
			return
		}
		enc := NewRecordEncoder(reg, true)
		first := enc.Append(nil, &row)
		if err := NewRecordDecoder(reg).Decode(first, &again); err != nil {
			t.Fatalf("our own line is not readable: %v\n%s", err, first)
		}
		if second := enc.Append(nil, &again); !bytes.Equal(first, second) {
			t.Errorf("not stable:\n%s%s", first, second)
		}
	})
}

func BenchmarkEncodeRecord(b *testing.B) {
	reg, rows := benchRows(b)
	enc := NewRecordEncoder(reg, true)
	var buf []byte
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		buf = enc.Append(buf[:0], &rows[i%len(rows)])
	}
	b.SetBytes(int64(len(buf)))
}

func BenchmarkDecodeRecord(b *testing.B) {
	reg, rows := benchRows(b)
	line := NewRecordEncoder(reg, true).Append(nil, &rows[0])
	dec := NewRecordDecoder(reg)
	var row metric.Row
	b.ReportAllocs()
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		if err := dec.Decode(line, &row); err != nil {
			b.Fatal(err)
		}
	}
}

func benchRows(b *testing.B) (*metric.Registry, []metric.Row) {
	var t testing.T
	reg := metric.NewRegistry(nil)
	dec := NewRecordDecoder(reg)
	var rows []metric.Row
	for _, line := range bytes.Split(bytes.TrimSpace(read(&t, goldenDir+"/chat_stream/profile_export.jsonl")), []byte("\n")) {
		var row metric.Row
		if err := dec.Decode(line, &row); err != nil {
			b.Fatal(err)
		}
		rows = append(rows, row)
	}
	return reg, rows
}
