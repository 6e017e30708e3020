package aiperf

import (
	"bytes"
	"encoding/json"
	"iter"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tacho/engine/metric"
	"tacho/engine/record"
	"tacho/engine/telemetry"
	"tacho/export"
)

// goldenStore makes a store of what AIPerf streamed in the golden "telemetry".
// Readings that equal the one before are in no line: their times come from the
// Parquet file, and for the seven after its window from the slices that they
// fell into.
func goldenStore(t *testing.T) (*telemetry.ServerStore, *ServerRun) {
	t.Helper()
	want, err := DecodeServerJSON(goldenFile(t, "telemetry", "server_metrics_export.json"))
	if err != nil {
		t.Fatal(err)
	}
	var scrapes []*telemetry.Scrape
	known := map[int64]bool{}
	d := NewScrapeDecoder(want.Metrics)
	for line := range bytes.Lines(goldenFile(t, "telemetry", "server_metrics_export.jsonl")) {
		s, err := d.Decode(line)
		if err != nil {
			t.Fatal(err)
		}
		scrapes, known[s.AtNS] = append(scrapes, s), true
	}
	warmup, profiling := scrapes[1].Phase, scrapes[len(scrapes)-1].Phase
	add := func(at int64, phase *record.Phase) {
		scrapes = append(scrapes, &telemetry.Scrape{URL: scrapes[0].URL, AtNS: at, Phase: phase, Same: true})
	}
	_, rows := readGoldenParquet(t)
	for _, r := range rows {
		if !known[r.AtNS] {
			known[r.AtNS] = true
			add(r.AtNS, profiling)
		}
	}
	last := want.Info[0].LastFetchNS
	end := int64(1795500387585469914) // of the fourth slice
	for i := range 5 {
		add(last-1_600_000_000+int64(i)*300_000_000, profiling)
	}
	add(end+10_000_000, profiling)
	add(last, profiling)
	add(1795500378850969914, warmup)
	add(1795500378765819496, nil) // before the warm-up, from its rates
	slices.SortFunc(scrapes, func(a, b *telemetry.Scrape) int { return int(a.AtNS - b.AtNS) })
	store := telemetry.NewServerStore()
	for i, s := range scrapes {
		if s.Same {
			s.Shape, s.Values = scrapes[i-1].Shape, scrapes[i-1].Values
		}
		store.Add(s)
	}
	return store, want
}

func readGoldenParquet(t *testing.T) (map[string]string, []telemetry.SampleRow) {
	t.Helper()
	return readParquet(t, goldenFile(t, "telemetry", "server_metrics_export.parquet"))
}

func readParquet(t *testing.T, data []byte) (map[string]string, []telemetry.SampleRow) {
	t.Helper()
	meta, rows, err := ReadServerParquet(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out []telemetry.SampleRow
	for r, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, *r)
	}
	return meta, out
}

// withoutInfo leaves out the metrics that the lines have not.
func withoutInfo(metrics iter.Seq[*telemetry.ServerMetric]) iter.Seq[*telemetry.ServerMetric] {
	return func(yield func(*telemetry.ServerMetric) bool) {
		for m := range metrics {
			if !strings.HasSuffix(m.Name, "_info") && !yield(m) {
				return
			}
		}
	}
}

// goldenRun is the run as far as the server files need it.
func goldenRun(t *testing.T, want *ServerRun) *export.Run {
	t.Helper()
	phases, err := DecodePhaseManifest(goldenFile(t, "telemetry", "phase_manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	full, err := DecodeProfileJSON(goldenFile(t, "telemetry", "profile_export_aiperf.json"), metric.Builtin())
	if err != nil {
		t.Fatal(err)
	}
	full.Phases, full.InputConfig, full.SliceNS = phases, want.InputConfig, int64(2*time.Second)
	full.Summary.StartNS, full.Summary.EndNS = phases[1].StartNS, phases[1].EndNS
	return full
}

// What AIPerf computed comes out of what it streamed, to the last digit: the
// JSON with its slices and percentile estimates, the CSV, the files of the
// phases.
func TestServerMetricsFromLines(t *testing.T) {
	store, want := goldenStore(t)
	run := goldenRun(t, want)
	got := NewServerRun(run, store)
	if got.Info[0].Fetches != want.Info[0].Fetches {
		t.Fatalf("%d readings, want %d", got.Info[0].Fetches, want.Info[0].Fetches)
	}
	got.Info[0].AvgLatencyMS = want.Info[0].AvgLatencyMS // the lines lack some
	want.Metrics, want.Warmup = withoutInfo(want.Metrics), withoutInfo(want.Warmup)
	var a, b bytes.Buffer
	for r, out := range map[*ServerRun]*bytes.Buffer{got: &a, want: &b} {
		if err := WriteServerJSON(out, r); err != nil {
			t.Fatal(err)
		}
	}
	sameBytes(t, "json", a.Bytes(), b.Bytes())
	sameBytes(t, "csv", EncodeServerCSV(got), EncodeServerCSV(want))

	for i, phase := range []string{"warmup", "profiling"} {
		data := goldenFile(t, "telemetry", "phases", phase, "server_metrics.json")
		p, sp, _, err := DecodePhaseServer(data)
		if err != nil {
			t.Fatal(err)
		}
		for page := range sp.Pages {
			page.Metrics = withoutInfo(page.Metrics)
		}
		own := NewServerPhase(run, &run.Phases[i].Phase, store)
		var latency float64
		for page := range sp.Pages {
			latency = page.Info.AvgLatencyMS
		}
		pages := own.Pages
		own.Pages = func(yield func(*telemetry.Page) bool) {
			for page := range pages {
				page.Info.AvgLatencyMS = latency
				if !yield(page) {
					return
				}
			}
		}
		sameBytes(t, phase, EncodePhaseServer(&p, own, nil), EncodePhaseServer(&p, sp, nil))
	}
}

func TestServerParquet(t *testing.T) {
	store, want := goldenStore(t)
	run := goldenRun(t, want)
	wantMeta, wantRows := readGoldenParquet(t)
	wantRows = slices.DeleteFunc(wantRows, func(r telemetry.SampleRow) bool { return strings.HasSuffix(r.Name, "_info") })
	var out bytes.Buffer
	at, err := time.Parse("2006-01-02T15:04:05.000000-07:00", wantMeta["aiperf.export_timestamp_utc"])
	if err != nil {
		t.Fatal(err)
	}
	err = WriteServerParquet(&out, &ParquetRun{
		ServerRun: *NewServerRun(run, store), Host: "bench", At: at, Concurrency: 4, Rate: math.NaN(), Models: []string{"mock-model"},
	}, store)
	if err != nil {
		t.Fatal(err)
	}
	meta, rows := readParquet(t, out.Bytes())
	if len(rows) != len(wantRows) {
		t.Fatalf("%d rows, want %d", len(rows), len(wantRows))
	}
	for i := range rows {
		a, b := rows[i], wantRows[i]
		// NaN is absent in both.
		for _, v := range []*float64{&a.Value, &a.Sum, &a.Count, &a.Bucket, &b.Value, &b.Sum, &b.Count, &b.Bucket} {
			if math.IsNaN(*v) {
				*v = -1
			}
		}
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("row %d is %+v, want %+v", i, a, b)
		}
	}
	for key, value := range wantMeta {
		switch key {
		case "ARROW:schema", "aiperf.python_version", "aiperf.pyarrow_version":
			continue // of the program that wrote it
		case "aiperf.label_columns", "aiperf.label_count", "aiperf.metric_count", "aiperf.metric_type_counts":
			continue // without the metric that the lines lack
		case "aiperf.input_config":
			// AIPerf prints the configuration without what was not set.
			if !json.Valid([]byte(meta[key])) {
				t.Errorf("%s is %q", key, meta[key])
			}
			continue
		}
		if meta[key] != value {
			t.Errorf("%s is %q, want %q", key, meta[key], value)
		}
	}
}

func TestServerExportersWriteFiles(t *testing.T) {
	store, want := goldenStore(t)
	run := goldenRun(t, want)
	AttachServers(run, store, nil)
	if run.Phases[0].Server == nil || run.Phases[1].Server == nil {
		t.Error("a phase has no server metrics")
	}
	dir := t.TempDir()
	files, err := export.Write(run, export.NewNames("x"), dir, ServerExporters(store, []string{"json", "csv", "parquet", "jsonl"}, ServerFacts{Rate: 2.5}))
	if err != nil || len(files) != 3 {
		t.Fatalf("%v %v", files, err)
	}
	for _, name := range []string{"x_server_metrics.json", "x_server_metrics.csv", "x_server_metrics.parquet"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || len(data) < 1000 {
			t.Errorf("%s: %d bytes, %v", name, len(data), err)
		}
	}
	files, err = export.Write(run, export.NewNames(""), dir, ServerExporters(telemetry.NewServerStore(), []string{"json"}, ServerFacts{}))
	if err != nil || len(files) != 0 {
		t.Errorf("a run without readings leaves %v, %v", files, err)
	}
}
