package aiperf

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/export"
)

// foreignHeaders are the metrics of the goldens that the table of metrics
// lacks: energy, network. Their tags order the CSV.
var foreignHeaders = map[string]string{
	"nvidia_average_gpu_power": "Average GPU Power", "nvidia_energy_delay_product": "Energy Delay Product",
	"nvidia_energy_per_output_token": "Energy per Output Token", "nvidia_energy_per_request": "Energy per Request",
	"nvidia_energy_per_total_token": "Energy per Total Token", "nvidia_energy_per_user": "Energy per User",
	"nvidia_goodput_per_watt": "Goodput per Watt", "nvidia_output_tokens_per_joule": "Output Tokens per Joule",
	"nvidia_output_tps_per_watt": "Output Tokens per Second per Watt", "nvidia_performance_per_watt": "Performance per Watt",
	"network_adjusted_request_latency":            "Network-Adjusted Request Latency",
	"network_adjusted_time_to_first_output_token": "Network-Adjusted Time to First Output Token",
	"network_adjusted_time_to_first_token":        "Network-Adjusted Time to First Token",
	"network_rtt":                                 "Network RTT",
	"nvidia_total_gpu_energy":                     "Total GPU Energy", "nvidia_total_gpu_power": "Total GPU Power",
}

// registryFor is the built-in table and what the run's own JSON knows beyond.
func registryFor(t *testing.T, dir string) *metric.Registry {
	t.Helper()
	reg := metric.Builtin()
	for _, name := range []string{"profile_export_aiperf.json", "foo.json"} {
		path := filepath.Join(dir, name)
		if !slices.Contains(goldens(t, "/"+name), path) {
			continue
		}
		run, err := DecodeProfileJSON(read(t, path), reg)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range run.Summary.Stats {
			if h, ok := foreignHeaders[string(s.Def.Tag)]; ok {
				s.Def.Header = h
			}
		}
	}
	return reg
}

func TestProfileCSVRoundTrip(t *testing.T) {
	for _, path := range goldens(t, "/profile_export_aiperf.csv", "/foo.csv") {
		data := read(t, path)
		run, err := DecodeProfileCSV(data, registryFor(t, filepath.Dir(path)))
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if len(run.Summary.Stats) < 10 {
			t.Errorf("%s: only %d metrics", path, len(run.Summary.Stats))
		}
		sameBytes(t, path, EncodeProfileCSV(run), data)
	}
}

// TestProfileCSVFromJSON prints the CSV from the full numbers, which also tests
// the rounding.
func TestProfileCSVFromJSON(t *testing.T) {
	for _, path := range goldens(t, "/profile_export_aiperf.csv", "/foo.csv") {
		reg := registryFor(t, filepath.Dir(path))
		data := read(t, path)
		run, err := DecodeProfileJSON(read(t, strings.TrimSuffix(path, ".csv")+".json"), reg)
		if err != nil {
			t.Fatal(err)
		}
		withGPUs, err := DecodeProfileCSV(data, reg)
		if err != nil {
			t.Fatal(err)
		}
		run.GPURows = withGPUs.GPURows
		sameBytes(t, path, EncodeProfileCSV(run), data)
	}
}

func TestSlicesRoundTrip(t *testing.T) {
	for _, path := range goldens(t, "_timeslices.json") {
		data, reg := read(t, path), metric.Builtin()
		list, config, err := DecodeSlicesJSON(data, reg)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		sameJSON(t, path, EncodeSlicesJSON(list, config), data)
		csvPath := strings.TrimSuffix(path, ".json") + ".csv"
		sameBytes(t, csvPath+" from the JSON", EncodeSlicesCSV(list), read(t, csvPath))

		fromCSV, err := DecodeSlicesCSV(read(t, csvPath), metric.Builtin())
		if err != nil {
			t.Errorf("%s: %v", csvPath, err)
			continue
		}
		sameBytes(t, csvPath, EncodeSlicesCSV(fromCSV), read(t, csvPath))
	}
}

func TestRawRoundTrip(t *testing.T) {
	dec := NewRecordDecoder(metric.NewRegistry(nil))
	for _, path := range goldens(t, "_raw.jsonl") {
		for line := range bytes.Lines(read(t, path)) {
			var row metric.Row
			var raw record.Raw
			if err := dec.DecodeRaw(line, &row, &raw); err != nil {
				t.Errorf("%s: %v", path, err)
				break
			}
			if got := AppendRaw(nil, &row, &raw); !bytes.Equal(got, line) {
				t.Errorf("%s:\n got %s\nwant %s", path, got, line)
				break
			}
		}
	}
}

func TestRawHidesSecrets(t *testing.T) {
	raw := record.Raw{Payload: []byte("not json"), Headers: []record.Header{
		{Name: "Authorization", Value: "Bearer abc"}, {Name: "X-My-Token", Value: "abc"}, {Name: "Accept", Value: "text/plain"},
	}}
	line := string(AppendRaw(nil, &metric.Row{}, &raw))
	if strings.Contains(line, "abc") || !strings.Contains(line, `"Accept":"text/plain"`) || !strings.Contains(line, `"payload":"not json"`) {
		t.Error(line)
	}
}

func TestInputsRoundTrip(t *testing.T) {
	for _, path := range goldens(t, "/inputs.json") {
		data := read(t, path)
		list, err := DecodeInputs(data)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		var b bytes.Buffer
		if err := EncodeInputs(&b, slices.Values(list)); err != nil {
			t.Fatal(err)
		}
		sameBytes(t, path, b.Bytes(), data)
	}
}

func TestOutputsRoundTrip(t *testing.T) {
	for _, path := range goldens(t, "/outputs.json") {
		data := read(t, path)
		list, err := DecodeOutputs(data)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		slices.Reverse(list)
		sameBytes(t, path, EncodeOutputs(list), data)
	}
}

// TestOutputsFromRows makes outputs.json from the records and the texts.
func TestOutputsFromRows(t *testing.T) {
	dir := goldenDir + "/chat_stream/"
	want := read(t, dir+"outputs.json")
	texts, err := DecodeOutputs(want)
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]string{}
	for _, o := range texts {
		byID[o.RequestID] = o.Text
	}
	reg := metric.Builtin()
	dec := NewRecordDecoder(reg)
	var outputs []export.Output
	for line := range bytes.Lines(read(t, dir+"profile_export.jsonl")) {
		var row metric.Row
		if err := dec.Decode(line, &row); err != nil {
			t.Fatal(err)
		}
		outputs = append(outputs, NewOutput(reg, &row, byID[row.RequestID]))
	}
	sameBytes(t, "outputs.json", EncodeOutputs(outputs), want)
}

func TestPhaseManifestRoundTrip(t *testing.T) {
	for _, path := range goldens(t, "/phase_manifest.json") {
		data := read(t, path)
		list, err := DecodePhaseManifest(data)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		sameBytes(t, path, EncodePhaseManifest(list, export.Names{}), data)
	}
}

func TestReadyMark(t *testing.T) {
	const want = `{"ready":true,"was_cancelled":false,"partial":false}`
	m, err := DecodeReady([]byte(want))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(m.Encode()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzDecodeCSV(f *testing.F) {
	f.Add("Metric,avg\r\nA (ms),1.00\r\n\r\nMetric,Value\r\nB,2.00\r\n\r\n\r\nEndpoint,x\r\n\"a,\"\"b\",1\r\n")
	f.Add(strings.Join(sliceColumns, ",") + "\r\n0,1,2,A,ms,avg,3.00\r\n")
	f.Fuzz(func(t *testing.T, data string) {
		if run, err := DecodeProfileCSV([]byte(data), metric.NewRegistry(nil)); err == nil {
			first := EncodeProfileCSV(run)
			if _, err := DecodeProfileCSV(first, metric.NewRegistry(nil)); err != nil && len(run.GPURows) == 0 {
				t.Errorf("our own file is not readable: %v\n%q", err, first)
			}
		}
		if list, err := DecodeSlicesCSV([]byte(data), metric.NewRegistry(nil)); err == nil {
			if _, err := DecodeSlicesCSV(EncodeSlicesCSV(list), metric.NewRegistry(nil)); err != nil {
				t.Errorf("our own slices are not readable: %v", err)
			}
		}
	})
}

// FuzzDecodeFiles only asks that no file, however broken, does harm, and that
// what was read can be written.
func FuzzDecodeFiles(f *testing.F) {
	f.Add([]byte(`{"data":[{"session_id":"s","payloads":[{"a":1}],"session_num":1,"metrics":{"x":1.5},"response_text":"t"}]}`))
	f.Add([]byte(`{"phases":[{"end_ns":1,"error_summary":[{"count":1,"error_details":{"message":"m"}}],"profiling_index":null}]}`))
	f.Add([]byte(`{"timeslices":[{"start_ns":1,"end_ns":2,"is_complete":false,"a":{"unit":"ms","avg":1}}],"input_config":{}}`))
	f.Add([]byte(`{"metadata":{},"responses":[{"perf_ns":1,"packets":[{"name":"data","value":"x"}]},{"text":"t"}],"payload":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if list, err := DecodeInputs(data); err == nil {
			if err := EncodeInputs(new(bytes.Buffer), slices.Values(list)); err != nil {
				t.Error(err)
			}
		}
		if list, err := DecodeOutputs(data); err == nil {
			EncodeOutputs(list)
		}
		if list, err := DecodePhaseManifest(data); err == nil {
			EncodePhaseManifest(list, export.Names{})
		}
		if list, config, err := DecodeSlicesJSON(data, metric.NewRegistry(nil)); err == nil {
			EncodeSlicesJSON(list, config)
		}
		var row metric.Row
		var raw record.Raw
		if NewRecordDecoder(metric.NewRegistry(nil)).DecodeRaw(data, &row, &raw) == nil {
			line := AppendRaw(nil, &row, &raw)
			if err := NewRecordDecoder(metric.NewRegistry(nil)).DecodeRaw(line, &row, &raw); err != nil {
				t.Errorf("our own line is not readable: %v\n%s", err, line)
			}
		}
	})
}
