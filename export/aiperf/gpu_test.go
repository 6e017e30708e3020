package aiperf

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/telemetry"
	"tacho/export"
)

// gpuRuns are the goldens with GPU samples.
var gpuRuns = []struct{ dir, lines, summary, csv, console string }{
	{"telemetry", "gpu_telemetry_export.jsonl", "profile_export_aiperf.json", "profile_export_aiperf.csv", "profile_export_console.txt"},
	{"chat_stream", "gpu_telemetry_export.jsonl", "profile_export_aiperf.json", "profile_export_aiperf.csv", "profile_export_console.txt"},
	{"gpu_list", "gpu_telemetry_export.jsonl", "profile_export_aiperf.json", "profile_export_aiperf.csv", "profile_export_console.txt"},
	{"prefix_named", "foo_gpu_telemetry.jsonl", "foo.json", "foo.csv", "foo_console.txt"},
}

func goldenFile(t *testing.T, parts ...string) []byte {
	t.Helper()
	return read(t, filepath.Join(append([]string{goldenDir}, parts...)...))
}

func gpuStore(t *testing.T, lines []byte) *telemetry.GPUStore {
	t.Helper()
	f, err := os.Open(filepath.Join(goldenDir, "gpu_list", "gpu_list.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	extra, _, err := telemetry.ReadGPUList(f)
	if err != nil {
		t.Fatal(err)
	}
	store := telemetry.NewGPUStore(extra...)
	for line := range bytes.Lines(lines) {
		g, err := DecodeGPU(bytes.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		store.Add(&g, false)
	}
	return store
}

func TestGPULinesReadAndWritten(t *testing.T) {
	for _, run := range gpuRuns {
		data := goldenFile(t, run.dir, run.lines)
		var out []byte
		for line := range bytes.Lines(data) {
			g, err := DecodeGPU(line)
			if err != nil {
				t.Fatal(err)
			}
			out = AppendGPU(out, &g)
		}
		if run.dir == "gpu_list" { // AIPerf keeps how the page wrote a figure that it does not know
			out, data = bytes.ReplaceAll(out, []byte(":0}"), []byte(":0.0}")), bytes.ReplaceAll(data, []byte(":0}"), []byte(":0.0}"))
		}
		sameBytes(t, run.dir, out, data)
	}
}

func TestGPULineOfAnOlderVersion(t *testing.T) {
	line := `{"gpu_index":3,"gpu_uuid":"u","dcgm_url":"http://h:9400/metrics","timestamp_ns":5,"telemetry_data":{"gpu_power_usage":12.5,"my_metric":7}}`
	g, err := DecodeGPU([]byte(line))
	if err != nil {
		t.Fatal(err)
	}
	if g.Index != 3 || g.Source != "http://h:9400/metrics" || g.Values[telemetry.PowerUsage] != 12.5 || !math.IsNaN(g.Values[telemetry.GPUUtil]) {
		t.Errorf("got %+v", g)
	}
	if len(g.Extra) != 1 || g.Extra[0] != (telemetry.ExtraValue{Tag: "my_metric", Value: 7}) {
		t.Errorf("extra %v", g.Extra)
	}
}

// What AIPerf computed from the samples must come out of its streamed file, to
// the last digit: JSON, CSV, console.
func TestGPUSummaryFromLines(t *testing.T) {
	for _, golden := range gpuRuns {
		t.Run(golden.dir, func(t *testing.T) {
			run, err := DecodeProfileJSON(goldenFile(t, golden.dir, golden.summary), metric.Builtin())
			if err != nil {
				t.Fatal(err)
			}
			start, end := run.Summary.StartNS, run.Summary.EndNS
			store := gpuStore(t, goldenFile(t, golden.dir, golden.lines))
			sum := store.Summary(start, end+telemetry.FinalScrapeGraceNS)
			decoded, err := DecodeGPUSummary(run.Telemetry)
			if err != nil {
				t.Fatal(err)
			}
			// The run's end was cut to microseconds before the grace was added.
			if d := sum.EndNS - decoded.EndNS; d < -1000 || d > 1000 {
				t.Errorf("the window ends %d ns off", d)
			}
			sum.EndNS = decoded.EndNS
			var want, got jsonWriter
			want.rawValue(run.Telemetry)
			got.rawValue(EncodeGPUSummary(sum))
			sameBytes(t, "telemetry_data", got.buf, want.buf)

			got = jsonWriter{}
			got.rawValue(EncodeGPUSummary(decoded))
			sameBytes(t, "telemetry_data read and written", got.buf, want.buf)

			csv, err := DecodeProfileCSV(goldenFile(t, golden.dir, golden.csv), metric.Builtin())
			if err != nil {
				t.Fatal(err)
			}
			if rows := GPURows(sum); !reflect.DeepEqual(rows, csv.GPURows) {
				t.Errorf("rows\n%v\nwant\n%v", rows, csv.GPURows)
			}
			fromRows, err := DecodeGPURows(csv.GPURows)
			if err != nil {
				t.Fatal(err)
			}
			if rows := GPURows(fromRows); !reflect.DeepEqual(rows, csv.GPURows) {
				t.Errorf("rows read and written\n%v\nwant\n%v", rows, csv.GPURows)
			}
			if text := goldenFile(t, golden.dir, golden.console); !bytes.Contains(text, GPUConsole(run.Summary, sum)) {
				t.Errorf("console has no\n%s", GPUConsole(run.Summary, sum))
			}
		})
	}
}

// The power metrics of every golden come out of its samples and totals.
func TestPowerFromLines(t *testing.T) {
	for _, golden := range gpuRuns {
		reg := metric.Builtin()
		run, err := DecodeProfileJSON(goldenFile(t, golden.dir, golden.summary), reg)
		if err != nil {
			t.Fatal(err)
		}
		start, end := run.Summary.StartNS, run.Summary.EndNS
		if golden.dir == "telemetry" { // its manifest has the exact window
			phases, err := DecodePhaseManifest(goldenFile(t, golden.dir, "phase_manifest.json"))
			if err != nil {
				t.Fatal(err)
			}
			start, end = phases[1].StartNS, phases[1].EndNS
		}
		bare := *run.Summary
		bare.Stats, bare.StartNS, bare.EndNS = nil, start, end
		for _, s := range run.Summary.Stats {
			if !s.Def.Has(metric.External) {
				bare.Stats = append(bare.Stats, s)
			}
		}
		concurrency := map[string]int{"prefix_named": 2}[golden.dir]
		if concurrency == 0 {
			concurrency = 4
		}
		AddPower(reg, &bare, gpuStore(t, goldenFile(t, golden.dir, golden.lines)), concurrency)
		if len(bare.Stats) != len(run.Summary.Stats) {
			t.Errorf("%s: %d metrics, want %d", golden.dir, len(bare.Stats), len(run.Summary.Stats))
		}
		seen := 0
		for _, want := range run.Summary.Stats {
			if !want.Def.Has(metric.External) {
				continue
			}
			seen++
			got, ok := bare.Get(want.Def.Tag)
			if !ok {
				t.Errorf("%s: %s is absent", golden.dir, want.Def.Tag)
				continue
			}
			// The window is cut to microseconds in two of the files.
			if math.Abs(got.Avg-want.Avg) > 1e-6*math.Abs(want.Avg) {
				t.Errorf("%s: %s is %v, want %v", golden.dir, want.Def.Tag, got.Avg, want.Avg)
			}
			if golden.dir == "telemetry" && got.Avg != want.Avg && math.Abs(got.Avg-want.Avg) > 1e-15*math.Abs(want.Avg)*4 {
				t.Errorf("%s is %v, want %v to the last digit or two", want.Def.Tag, got.Avg, want.Avg)
			}
		}
		if seen < 11 {
			t.Errorf("%s: only %d power metrics", golden.dir, seen)
		}
	}
}

func TestPhaseGPUFiles(t *testing.T) {
	store := gpuStore(t, goldenFile(t, "telemetry", "gpu_telemetry_export.jsonl"))
	for _, phase := range []string{"warmup", "profiling"} {
		data := goldenFile(t, "telemetry", "phases", phase, "gpu_telemetry.json")
		p, sum, warnings, err := DecodePhaseGPU(data)
		if err != nil {
			t.Fatal(err)
		}
		sameBytes(t, phase+" read and written", EncodePhaseGPU(&p, sum, warnings), data)

		again := store.Summary(p.StartNS, p.EndNS)
		// AIPerf notes the start a little off the phase's own.
		again.StartNS, again.EndNS = sum.StartNS, sum.EndNS
		sameBytes(t, phase+" from lines", EncodePhaseGPU(&p, again, nil), data)
	}
}

func TestPhaseFileWithoutData(t *testing.T) {
	p := export.PhaseResult{Phase: record.Phase{Name: "a", Kind: record.Warmup, ProfilingIndex: -1}, StartNS: 1, EndNS: 2}
	data := EncodePhaseGPU(&p, nil, []string{"it was down"})
	got, sum, warnings, err := DecodePhaseGPU(data)
	if err != nil || sum != nil || len(warnings) != 1 || got.Name != "a" || got.ProfilingIndex != -1 {
		t.Errorf("%+v %v %v %v from %s", got, sum, warnings, err, data)
	}
}

func TestGPUConsoleWithoutGPUs(t *testing.T) {
	run, err := DecodeProfileJSON(goldenFile(t, "telemetry", "profile_export_aiperf.json"), metric.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	text := string(GPUConsole(run.Summary, &telemetry.GPUSummary{Configured: []string{"http://a:9400/metrics"}}))
	for _, want := range []string{"Platform: unknown", "No GPU telemetry data", "Unreachable endpoints:\n  • a:9400"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
}

func FuzzDecodeGPU(f *testing.F) {
	f.Add([]byte(`{"gpu_index":0,"gpu_uuid":"GPU-0","hostname":"h","platform":"nvidia","timestamp_ns":5,"telemetry_source_url":"http://h/metrics","telemetry_data":{"nvidia_power_usage":1.5}}`))
	f.Add([]byte(`{"telemetry_data":{"x":null,"gpu_power_usage":1e400}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		g, err := DecodeGPU(line)
		if err != nil {
			return
		}
		one := AppendGPU(nil, &g)
		again, err := DecodeGPU(one)
		if err != nil {
			t.Fatalf("%s: %v", one, err)
		}
		if two := AppendGPU(nil, &again); !bytes.Equal(one, two) {
			t.Errorf("%s became %s", one, two)
		}
	})
}
