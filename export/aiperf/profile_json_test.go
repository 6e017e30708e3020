package aiperf

import (
	"testing"

	"tacho/engine/metric"
)

func TestProfileJSONRoundTrip(t *testing.T) {
	for _, path := range goldens(t, "/profile_export_aiperf.json", "/foo.json") {
		data := read(t, path)
		run, err := DecodeProfileJSON(data, metric.NewRegistry(nil))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if run.BenchmarkID == "" || len(run.Summary.Stats) < 10 || run.Summary.StartNS == 0 || run.InputConfig == nil {
			t.Errorf("%s: not all was read: %+v", path, run)
		}
		sameJSON(t, path, EncodeProfileJSON(run), data)
	}
}

func FuzzDecodeProfileJSON(f *testing.F) {
	f.Add([]byte(`{"schema_version":"1.4","request_latency":{"unit":"ms","avg":1.0,"count":3,"sum":3.0},"input_config":{"a":[1,{}]},` +
		`"run_info":{"random_seed":1,"variation_index":2},"error_summary":[{"error_details":{"code":500,"message":"x"},"count":2}],` +
		`"start_time":"2026-11-24T05:55:36.912875","warmup_metrics":{"a":{"unit":"ms","avg":2}},"telemetry_data":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		run, err := DecodeProfileJSON(data, metric.NewRegistry(nil))
		if err != nil {
			return
		}
		first := EncodeProfileJSON(run)
		again, err := DecodeProfileJSON(first, metric.NewRegistry(nil))
		if err != nil {
			t.Fatalf("our own summary is not readable: %v\n%s", err, first)
		}
		sameJSON(t, "second encoding", EncodeProfileJSON(again), first)
	})
}
