package aiperf

import (
	"bytes"
	"testing"

	"tacho/engine/telemetry"
	"tacho/export"
)

// A line that is read is written the same from then on, and its numbers do no
// harm to what is made of them.
func FuzzDecodeScrape(f *testing.F) {
	f.Add([]byte(`{"endpoint_url":"http://h/metrics","timestamp_ns":5,"endpoint_latency_ns":3,"metrics":{"a":[{"value":1}],` +
		`"h":[{"labels":{"x":"y"},"buckets":{"0.5":1,"+Inf":2},"sum":3,"count":2}]},"benchmark_phase":"profiling","phase_index":1,"profiling_index":0}`))
	f.Add([]byte(`{"metrics":{"a":[{"buckets":{},"count":1},{"buckets":null}],"b":[]}}`))
	f.Add([]byte(`{"metrics":{"a":[{"value":null}],"a":[{"value":2,"sum":1}]}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		s, err := NewScrapeDecoder(nil).Decode(line)
		if err != nil {
			return
		}
		if len(s.Values) != s.Shape.Columns {
			t.Fatalf("%d values, %d columns", len(s.Values), s.Shape.Columns)
		}
		one := AppendScrape(nil, s)
		again, err := NewScrapeDecoder(nil).Decode(one)
		if err != nil {
			t.Fatalf("%s: %v", one, err)
		}
		if two := AppendScrape(nil, again); !bytes.Equal(one, two) {
			t.Errorf("%s became %s", one, two)
		}
		store := telemetry.NewServerStore()
		board := telemetry.NewBoard(0, 0)
		for _, x := range []*telemetry.Scrape{s, again} {
			store.Add(x)
			board.AddScrape(x)
		}
		board.State(1)
		run := NewServerRun(&export.Run{SliceNS: 2}, store)
		if err := WriteServerJSON(new(bytes.Buffer), run); err != nil {
			t.Error(err)
		}
		EncodeServerCSV(run)
	})
}

func FuzzDecodeServerFiles(f *testing.F) {
	f.Add([]byte(`{"summary":{"endpoints_configured":[]},"metrics":{"a":{"type":"gauge","series":[{"stats":{"avg":1}}]}}}`))
	f.Add([]byte("Endpoint,Type,Metric,Unit,avg\r\nh,gauge,a,,1\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if run, err := DecodeServerJSON(data); err == nil {
			if err := WriteServerJSON(new(bytes.Buffer), run); err != nil {
				t.Error(err)
			}
			EncodeServerCSV(run)
		}
		if run, err := DecodeServerCSV(data); err == nil {
			EncodeServerCSV(run)
		}
		if p, sp, warnings, err := DecodePhaseServer(data); err == nil && sp != nil {
			EncodePhaseServer(&p, sp, warnings)
		}
		if p, sum, warnings, err := DecodePhaseGPU(data); err == nil && sum != nil {
			EncodePhaseGPU(&p, sum, warnings)
		}
		if sum, err := DecodeGPUSummary(data); err == nil && sum != nil {
			EncodeGPUSummary(sum)
		}
	})
}
