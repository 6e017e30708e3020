package aiperf

import (
	"os"
	"path/filepath"
	"testing"

	"tacho/engine/record"
	"tacho/engine/telemetry"
)

// The first line is AIPerf 0.13.0's.
func TestRTTFile(t *testing.T) {
	dir := t.TempDir()
	f := NewRTTFile(dir, "rtt.jsonl")
	box := telemetry.RTTTarget{URL: "http://127.0.0.1:18991", Host: "127.0.0.1", Port: 18991}
	f.Write(telemetry.RTTSample{RTTTarget: box, AtNS: 1795523099719059327, RTTNS: 835587})
	f.Write(telemetry.RTTSample{RTTTarget: box, AtNS: 1, Err: &record.Failure{Type: "TimeoutError", Message: "TimeoutError()"}})
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "rtt.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"timestamp_ns":1795523099719059327,"target_url":"http://127.0.0.1:18991","target_host":"127.0.0.1","target_port":18991,"probe_type":"tcp_connect","rtt_ns":835587,"success":true}
{"timestamp_ns":1,"target_url":"http://127.0.0.1:18991","target_host":"127.0.0.1","target_port":18991,"probe_type":"tcp_connect","success":false,"error":{"type":"TimeoutError","message":"TimeoutError()"}}
`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if st := f.Status(); len(st) != 1 || st[0].Rows != 2 {
		t.Errorf("%+v", st)
	}
}
