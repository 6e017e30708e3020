package aiperf

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacho/engine/record"
	"tacho/engine/telemetry"
)

// The goldens' lines, read and written again as a run writes them.
func TestTelemetryFiles(t *testing.T) {
	dir := t.TempDir()
	golden := filepath.Join("..", "..", "testdata", "aiperf-0.13", "telemetry")
	f := NewTelemetryFiles(dir, "sub/gpu.jsonl", "server.jsonl", "states.jsonl")
	if _, err := os.Stat(filepath.Join(dir, "sub")); err == nil {
		t.Error("a file was made before there was a line for it")
	}
	gpus := read(t, filepath.Join(golden, "gpu_telemetry_export.jsonl"))
	var list []telemetry.GPUSample
	for line := range bytes.Lines(gpus) {
		g, err := DecodeGPU(bytes.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, g)
	}
	f.WriteGPUs(list[:3])
	f.Flush()
	if n := bytes.Count(read(t, filepath.Join(dir, "sub", "gpu.jsonl")), []byte("\n")); n != 3 {
		t.Errorf("%d lines after a flush, want 3", n)
	}
	f.WriteGPUs(list[3:])
	scrapes := read(t, filepath.Join(golden, "server_metrics_export.jsonl"))
	d := NewScrapeDecoder(nil)
	for line := range bytes.Lines(scrapes) {
		s, err := d.Decode(bytes.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		f.WriteScrape(s)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, filepath.Join(dir, "sub", "gpu.jsonl")), gpus) || !bytes.Equal(read(t, filepath.Join(dir, "server.jsonl")), scrapes) {
		t.Error("the lines are not the goldens'")
	}
	// What is kept of a scrape is what the reader of roles sees in it.
	var roles telemetry.RoleReader
	d = NewScrapeDecoder(nil)
	states := bytes.Split(bytes.TrimSpace(read(t, filepath.Join(dir, "states.jsonl"))), []byte("\n"))
	for line := range bytes.Lines(scrapes) {
		s, err := d.Decode(bytes.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeServerState(states[0])
		if err != nil {
			t.Fatal(err)
		}
		want := roles.Read(s)
		if want.Phase != nil {
			want.Phase = &record.Phase{Index: want.Phase.Index}
		}
		if a, b := fmt.Sprintf("%+v %v", got.Phase, got.Values), fmt.Sprintf("%+v %v", want.Phase, want.Values); a != b || got.URL != want.URL || got.AtNS != want.AtNS || got.Make != want.Make || got.Series != want.Series {
			t.Fatalf("got  %s %s\nwant %s %s", got.Make, a, want.Make, b)
		}
		states = states[1:]
	}
	if len(states) != 0 {
		t.Errorf("%d states too many", len(states))
	}
	if st := f.Status(); len(st) != 3 || st[2].Rows == 0 || st[0].Rows != int64(len(list)) || st[0].Err != nil {
		t.Errorf("%+v", st)
	}
}

func TestTelemetryFilesThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "taken"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	f := NewTelemetryFiles(dir, "taken/gpu.jsonl", "", "")
	f.WriteGPUs(make([]telemetry.GPUSample, 2))
	f.WriteScrape(&telemetry.Scrape{})
	f.Flush()
	if err := f.Close(); err == nil || !strings.Contains(err.Error(), "taken/gpu.jsonl") {
		t.Errorf("error %v", err)
	}
	if st := f.Status(); len(st) != 1 || st[0].Lost != 2 || st[0].Err == nil {
		t.Errorf("%+v", st)
	}
}
