package replay

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"tacho/engine/metric"
	"tacho/export/aiperf"
)

// goldenLines are all record lines of the goldens.
func goldenLines(tb testing.TB) [][]byte {
	tb.Helper()
	var out [][]byte
	err := filepath.WalkDir(goldenDir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, "profile_export.jsonl") && !strings.HasSuffix(path, "foo.jsonl") {
			return err
		}
		data, err := os.ReadFile(path)
		for line := range bytes.Lines(data) {
			out = append(out, line)
		}
		return err
	})
	if err != nil || len(out) < 500 {
		tb.Fatalf("%d lines, %v", len(out), err)
	}
	return out
}

// both decodes a line with both decoders and fails where they differ.
func both(t *testing.T, d *briefDecoder, full *aiperf.RecordDecoder, reg *metric.Registry, line []byte) (fast bool) {
	t.Helper()
	var b brief
	var row metric.Row
	slow := d.slow
	err, want := d.decode(line, &b), full.Decode(line, &row)
	if (err == nil) != (want == nil) {
		t.Fatalf("%q: error %v, the complete decoder %v", line, err, want)
	}
	if err != nil {
		return false
	}
	if b.startNS != row.StartNS || b.endNS != row.EndNS || b.dueNS != row.DueNS || b.pickedNS != row.Client.PickedNS || b.phase != row.Phase {
		t.Fatalf("%q:\n%+v, want\n%+v", line, b, row.Meta)
	}
	if !reflect.DeepEqual(b.err, row.Err) {
		t.Fatalf("%q: failure %+v, want %+v", line, b.err, row.Err)
	}
	for i, def := range d.cols {
		if def, ok := reg.Lookup(def.Tag); !ok || !near(b.vals[i], row.Vals[def.ID]) {
			t.Fatalf("%q: %s is %v, want %v", line, d.cols[i].Tag, b.vals[i], row.Vals[def.ID])
		}
	}
	good, _ := reg.Lookup(metric.GoodRequestCount)
	if !near(b.good, row.Vals[good.ID]) || b.hasGaps != (row.Gaps != nil) || len(b.gaps) != len(row.Gaps) {
		t.Fatalf("%q: good %v, gaps %v; want %v, %v", line, b.good, b.gaps, row.Vals[good.ID], row.Gaps)
	}
	for i, g := range row.Gaps {
		if !near(b.gaps[i], g) {
			t.Fatalf("%q: gap %d is %v, want %v", line, i, b.gaps[i], g)
		}
	}
	return d.slow == slow
}

func near(a, b float64) bool {
	return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-15*max(math.Abs(a), math.Abs(b))
}

func TestBriefAgreesWithTheCompleteDecoder(t *testing.T) {
	d, reg := newBriefDecoder(candidates), metric.Builtin()
	full := aiperf.NewRecordDecoder(reg)
	for range 2 { // the second time all failures are known
		for _, line := range goldenLines(t) {
			both(t, d, full, reg, line)
		}
	}
	for _, line := range goldenLines(t) {
		if !both(t, d, full, reg, line) {
			t.Errorf("not read the fast way: %.200s", line)
		}
	}
}

// Lines that are almost as usual.
var oddLines = []string{
	`{"metadata":{"request_start_ns":1,"request_end_ns":2},"metrics":{}}`,
	`{"metadata":{},"metrics":{}}`,
	`{"metadata":{"request_start_ns":null,"was_cancelled":null,"worker_id":null},"metrics":{}}`,
	`{"metadata":{"request_start_ns":01},"metrics":{}}`,
	`{"metadata":{"request_start_ns":9223372036854775808},"metrics":{}}`,
	`{"metadata":{"request_start_ns":-9223372036854775807},"metrics":{}}`,
	`{"metadata":{"request_start_ns":1.5},"metrics":{}}`,
	`{"metadata":{"turn_index":1e3},"metrics":{}}`,
	`{"metadata":{"conversation_id":"a\"b"},"metrics":{}}`,
	"{\"metadata\":{\"conversation_id\":\"a\tb\"},\"metrics\":{}}",
	`{"metadata":{"conversation_id":"αβγ"},"metrics":{}}`,
	`{"metadata":{"conversation_id":7},"metrics":{}}`,
	`{"metadata":{"new_key":7},"metrics":{}}`,
	`{"metadata":{"phase_kind":"","benchmark_phase":"warmup","phase_name":"p","phase_index":3,"profiling_index":2},"metrics":{}}`,
	`{"metadata":{},"metrics":{"time_to_first_token":{"value":1.5,"unit":"ms"}}}`,
	`{"metadata":{},"metrics":{"time_to_first_token":{"value":1.5,"unit":"sec"}}}`,
	`{"metadata":{},"metrics":{"time_to_first_token":{"value":null,"unit":"ms"}}}`,
	`{"metadata":{},"metrics":{"time_to_first_token":{"unit":"ms","value":3}}}`,
	`{"metadata":{},"metrics":{"time_to_first_token":{"value":[1,2],"unit":"ms"}}}`,
	`{"metadata":{},"metrics":{"inter_chunk_latency":{"value":3,"unit":"ms"}}}`,
	`{"metadata":{},"metrics":{"inter_chunk_latency":{"value":[],"unit":"ms"}}}`,
	`{"metadata":{},"metrics":{"inter_chunk_latency":{"value":[1,null],"unit":"ms"}}}`,
	`{"metadata":{},"metrics":{"inter_chunk_latency":{"value":[1,2,],"unit":"ms"}}}`,
	`{"metadata":{},"metrics":{"new":{"value":1.5,"unit":"x"},"request_latency":{"value":-1e-05,"unit":"ms"}}}`,
	`{"metadata":{},"metrics":{"new":{"value":true,"unit":"x"}}}`,
	`{"metadata":{},"metrics":{"new":{"value":[1],"unit":"x"}}}`,
	`{"metadata":{},"metrics":{"request_latency":{"value":1e999,"unit":"ms"}}}`,
	`{"metadata":{},"metrics":{"request_latency":{"value":1.,"unit":"ms"}}}`,
	`{"metadata":{},"metrics":{"request_latency":{"value":.5,"unit":"ms"}}}`,
	`{"metadata":{},"metrics":{"request_latency":{"value":-,"unit":"ms"}}}`,
	`{"metadata":{},"metrics":{"request_latency":{"value":00,"unit":"ms"}}}`,
	`{"metadata":{},"metrics":{"request_latency":{"value":123456789012345678901234567890,"unit":"ms"}}}`,
	`{"metadata":{},"metrics":{"request_latency":{"value":0.0000000000000000000000000000012345,"unit":"ms"}}}`,
	`{"metadata":{},"metrics":{"request_latency":{"value":1,"unit":"ms"},"request_latency":{"value":2,"unit":"ms"}}}`,
	`{"metadata":{},"metrics":{"good_request_count":{"value":1,"unit":"requests"}},"error":null}`,
	`{"metadata":{"was_cancelled":true},"metrics":{},"error":{"code":499,"type":"RequestCancellationError","message":"m"}}`,
	`{"metadata":{"was_cancelled":true},"metrics":{},"error":{"code":700,"type":"X","message":"m"}}`,
	`{"metadata":{"was_cancelled":false},"metrics":{},"error":{"code":700,"type":"X","message":"m"}}`,
	`{"metadata":{"was_cancelled":false},"metrics":{},"error":{"code":700,"type":"X","message":"m"},"tacho":{"error_kind":"refused","new":1}}`,
	`{"metadata":{"was_cancelled":false},"metrics":{},"error":{"code":700,"type":"X","message":"m"},"tacho":{"error_kind":"refused"}}`,
	`{"metadata":{"was_cancelled":false},"metrics":{},"error":{"code":700,"type":"X","message":"m"},"tacho":{"error_kind":"unheard of"}}`,
	`{"metadata":{"was_cancelled":false},"metrics":{},"error":{"code":700,"type":"X","message":"m"},"tacho":{"error_kind":null}}`,
	`{"metadata":{"was_cancelled":5},"metrics":{}}`,
	`{"metadata":{},"metrics":{},"error":{}}`,
	`{"metadata":{},"metrics":{},"error":{"code":"x"}}`,
	`{"metadata":{},"metrics":{},"error":{"code":1,"message":"a"},"error":{"code":2,"message":"b"}}`,
	`{"metadata":{},"metrics":{},"error":{"code":1},"error":null}`,
	`{"metadata":{},"metrics":{},"error":[]}`,
	`{"metadata":{},"metrics":{},"error":{"message":"a\"b\\\n\u00e9\ud83d\ude00"}}`,
	`{"metadata":{},"metrics":{},"error":{"message":"\u00g0"}}`,
	`{"metadata":{},"metrics":{},"error":{"message":"\u00"}}`,
	`{"metadata":{},"metrics":{},"error":{"message":"\x"}}`,
	`{"metadata":{},"metrics":{},"error":{"message":"\`,
	`{"metadata":{},"metrics":{},"tacho":{}}`,
	`{"metadata":{},"metrics":{},"tacho":{"model":"m","picked_ns":5,"kernel_stamps":true}}`,
	`{"metadata":{},"metrics":{},"tacho":{"error_kind":"refused"}}`,
	`{"metadata":{},"metrics":{},"trace_data":{"a":[1,{"b":null},"c",-1.5e3,true],"d":{},"e":[]},"error":null,"tacho":{}}`,
	`{"metadata":{},"metrics":{},"trace_data":{"a":[1,]}}`,
	`{"metadata":{},"metrics":{},"trace_data":{"a" 1}}`,
	`{"metadata":{},"metrics":{},"trace_data":nulls}`,
	`{"metadata":{},"metrics":{},"trace_data":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}`,
	`{"metadata":{},"metrics":{},"more":{}}`,
	`{"metadata":{},"metrics":{},"metadata":{"request_start_ns":5}}`,
	`{"metadata":{},"metrics":{}} x`,
	`{"metadata":{},"metrics":{}}` + " \r\n",
	`{"metrics":{},"metadata":{}}`,
	`{"metadata":{}}`,
	`{"metadata":{},"metrics":{}`,
	"",
}

func TestBriefOfOddLines(t *testing.T) {
	d, reg := newBriefDecoder(candidates), metric.Builtin()
	full := aiperf.NewRecordDecoder(reg)
	for range 2 { // the second time all keys are known
		for _, line := range oddLines {
			both(t, d, full, reg, []byte(line))
		}
	}
}

func FuzzBriefDecoder(f *testing.F) {
	for i, line := range goldenLines(f) {
		if i%20 == 0 {
			f.Add(line)
		}
	}
	for _, line := range oddLines {
		f.Add([]byte(line))
	}
	typical := goldenLines(f)[40]
	f.Fuzz(func(t *testing.T, line []byte) {
		d, reg := newBriefDecoder(candidates), metric.Builtin()
		full := aiperf.NewRecordDecoder(reg)
		both(t, d, full, reg, typical) // so that there is a shape to depart from
		for range 2 {
			both(t, d, full, reg, line)
		}
	})
}

func TestReadNumber(t *testing.T) {
	for _, text := range []string{"0", "-0", "7", "12345678", "123456789", "1234567890123456789", "0.5", "28.433132999999998",
		"0.000000000123456789", "1795500348280686483", "99999999.99999999", "5e-06", "1E+3", "0.1e1", "12345678901234567890.5"} {
		v, q, ok := readNumber([]byte(text+","), 0)
		want := parse(t, text)
		if !ok || q != len(text) || !near(v, want) {
			t.Errorf("%s: %v, %d, %v", text, v, q, ok)
		}
	}
}

func TestGapCode(t *testing.T) {
	for _, v := range []float64{0.001, 0.01, 1, 17.123, 99.9, 1234, 2e6} {
		if got := gapOf(gapCode(v)); math.Abs(got-v) > 0.00025*v {
			t.Errorf("%v ms comes back as %v", v, got)
		}
	}
	if gapCode(0) != 0 || gapCode(-3) != 0 || gapCode(math.NaN()) != 0 || gapCode(math.Inf(1)) != math.MaxUint16 || gapOf(0) != 0 {
		t.Error("the ends of the codes")
	}
	for c := 1; c < math.MaxUint16; c++ {
		if gapCode(gapOf(uint16(c))) != uint16(c) {
			t.Fatalf("code %d does not come back", c)
		}
	}
}

func BenchmarkBriefDecoder(b *testing.B) {
	lines := goldenLines(b)[:0:0]
	for _, l := range goldenLines(b) {
		if bytes.Contains(l, []byte("inter_chunk_latency")) {
			lines = append(lines, l)
		}
	}
	size := 0
	for _, l := range lines {
		size += len(l)
	}
	b.SetBytes(int64(size / len(lines)))
	d := newBriefDecoder(candidates)
	var br brief
	for i := 0; b.Loop(); i++ {
		if err := d.decode(lines[i%len(lines)], &br); err != nil {
			b.Fatal(err)
		}
	}
}

func parse(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
