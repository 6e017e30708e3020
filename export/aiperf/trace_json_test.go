package aiperf

import (
	"bytes"
	"testing"

	"tacho/engine/record"
)

// Reading trace_data and writing it again gives the same bytes: keys, order and
// durations are AIPerf's.
func TestTraceRoundTrip(t *testing.T) {
	seen := 0
	for _, line := range bytes.Split(bytes.TrimSpace(read(t, goldenDir+"/http_trace/profile_export.jsonl")), []byte("\n")) {
		trace, err := DecodeTrace(line)
		if err != nil || trace == nil {
			t.Fatalf("%v of %.200s", err, line)
		}
		w := jsonWriter{}
		w.trace(trace)
		from := bytes.Index(line, []byte(`{"trace_type"`))
		if want := line[from:min(from+len(w.buf), len(line))]; !bytes.Equal(w.buf, want) {
			t.Errorf("\n got %s\nwant %s", w.buf, want)
		}
		seen++
	}
	if seen < 12 {
		t.Errorf("%d shapes seen", seen)
	}
}

func TestTraceRedactsAndKeepsIPv6(t *testing.T) {
	w := jsonWriter{}
	w.trace(&record.Trace{
		HTTP: record.HTTP{SendStartNS: 5, SendEndNS: 8}, Status: 200, Reason: "OK",
		PoolStartNS: 1, PoolEndNS: 4, Local: "[::1]:80",
		RequestHeaders:  []record.Header{{Name: "Authorization", Value: "Bearer sk"}},
		ResponseHeaders: []record.Header{{Name: "Set-Cookie", Value: "sk"}},
	})
	for _, want := range []string{`"local_ip":"::1","local_port":80`, `"blocked_ns":3`, `"sending_ns":3`, `"Authorization":"<redacted>"`, `"Set-Cookie":"<redacted>"`} {
		if !bytes.Contains(w.buf, []byte(want)) {
			t.Errorf("%s lacks %s", w.buf, want)
		}
	}
	if bytes.Contains(w.buf, []byte("sk")) {
		t.Errorf("a secret in %s", w.buf)
	}
}

func FuzzDecodeTrace(f *testing.F) {
	f.Add([]byte(`{"metadata":{},"trace_data":{"request_send_start_ns":1,"local_ip":"a","local_port":2,"request_headers":{"a":"b"}}}`))
	f.Add([]byte(`{"trace_data":null}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		trace, err := DecodeTrace(line)
		if err != nil || trace == nil {
			return
		}
		w := jsonWriter{}
		w.open('{')
		w.key("trace_data")
		w.trace(trace)
		w.close('}')
		if _, err := DecodeTrace(w.buf); err != nil {
			t.Errorf("%s is not read back: %v", w.buf, err)
		}
	})
}
