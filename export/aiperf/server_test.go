package aiperf

import (
	"bytes"
	"testing"

	"tacho/engine/telemetry"
)

var serverRuns = []struct{ dir, json, csv, lines, parquet string }{
	{"telemetry", "server_metrics_export.json", "server_metrics_export.csv", "server_metrics_export.jsonl", "server_metrics_export.parquet"},
	{"prefix_named", "foo_server_metrics.json", "foo_server_metrics.csv", "foo_server_metrics.jsonl", "foo_server_metrics.parquet"},
	{"chat_stream", "server_metrics_export.json", "server_metrics_export.csv", "", ""},
}

func TestServerJSONReadAndWritten(t *testing.T) {
	for _, run := range serverRuns {
		data := goldenFile(t, run.dir, run.json)
		r, err := DecodeServerJSON(data)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := WriteServerJSON(&out, r); err != nil {
			t.Fatal(err)
		}
		sameBytes(t, run.dir, out.Bytes(), data)
	}
}

func TestServerCSV(t *testing.T) {
	for _, run := range serverRuns {
		data := goldenFile(t, run.dir, run.csv)
		fromJSON, err := DecodeServerJSON(goldenFile(t, run.dir, run.json))
		if err != nil {
			t.Fatal(err)
		}
		sameBytes(t, run.dir+" from the json", EncodeServerCSV(fromJSON), data)
		fromCSV, err := DecodeServerCSV(data)
		if err != nil {
			t.Fatal(err)
		}
		sameBytes(t, run.dir+" read and written", EncodeServerCSV(fromCSV), data)
	}
}

func TestScrapesReadAndWritten(t *testing.T) {
	for _, run := range serverRuns {
		if run.lines == "" {
			continue
		}
		data := goldenFile(t, run.dir, run.lines)
		var out []byte
		d := NewScrapeDecoder(nil)
		shapes := map[*telemetry.Shape]bool{}
		for line := range bytes.Lines(data) {
			s, err := d.Decode(line)
			if err != nil {
				t.Fatal(err)
			}
			shapes[s.Shape] = true
			out = AppendScrape(out, s)
		}
		sameBytes(t, run.dir, out, data)
		if len(shapes) != 1 {
			t.Errorf("%s: %d shapes of one page", run.dir, len(shapes))
		}
	}
}

func TestPhaseServerFiles(t *testing.T) {
	for _, phase := range []string{"warmup", "profiling"} {
		data := goldenFile(t, "telemetry", "phases", phase, "server_metrics.json")
		p, sp, warnings, err := DecodePhaseServer(data)
		if err != nil {
			t.Fatal(err)
		}
		sameBytes(t, phase, EncodePhaseServer(&p, sp, warnings), data)
	}
}
