package app

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tacho/engine/endpoint"
	"tacho/engine/metric"
	"tacho/engine/simserver"
	"tacho/export/replay"
)

// endpointRun is how the test below runs one API, and the metrics that tell it
// from others: those of its input and of its answers.
type endpointRun struct {
	args   string
	input  string
	answer string
}

const (
	textIn    = "input_sequence_length"
	imagesIn  = "num_images image_throughput image_latency"
	audioIn   = "audio_duration rtfx"
	tokensOut = "output_sequence_length output_token_count output_token_throughput"
	nothing   = "output_sequence_length" // which is 0, as in AIPerf
	pictures  = "--image-width-mean 24 --image-height-mean 16 --image-format png"
)

var endpointRuns = map[string]endpointRun{
	"chat":                 {"", textIn, tokensOut},
	"completions":          {"", textIn, tokensOut},
	"responses":            {"", textIn, tokensOut},
	"messages":             {"--api-key k", textIn, tokensOut},
	"huggingface-generate": {"", textIn, tokensOut},
	"solido-rag":           {"", "", tokensOut},
	"embeddings":           {"-b 2", textIn, nothing},
	"nim-embeddings":       {"", textIn, nothing},
	"chat-embeddings":      {"", textIn, nothing},
	"nim-rankings":         {"--rankings-passages-mean 3", "", nothing},
	"cohere-rankings":      {"--rankings-passages-mean 3", "", nothing},
	"hf-tei-rankings":      {"--rankings-passages-mean 3", "", nothing},
	"rankings":             {"--rankings-passages-mean 3", "", nothing},
	"image-generation":     {"", textIn, nothing},
	"image-edit":           {pictures, textIn, nothing},
	"image-retrieval":      {pictures, imagesIn, ""},
	"audio-transcription":  {"--audio-length-mean 0.05", audioIn, ""},
	"video-generation":     {"", textIn, nothing + " video_inference_time video_peak_memory"},
	"raw":                  {"--input-file BODIES --custom-dataset-type raw_payload --endpoint /v1/chat/completions", textIn, tokensOut},
	"template":             {"--endpoint /v1/chat/completions --extra-inputs TEMPLATE", textIn, tokensOut},
}

// streamed are the metrics that streaming adds where tokens come.
const streamed = "time_to_first_token inter_token_latency inter_chunk_latency"

// each is how many requests every API gets.
const each = 4

// TestEveryEndpoint runs each API, with streaming where it streams, against the
// simulated server, from the command line to the files; recomputes the files from
// the records; and compares the metrics with those that the API has. With -v it
// prints the table of the README.
func TestEveryEndpoint(t *testing.T) {
	t.Parallel()
	srv := startSim(t, simserver.Fast())
	var table strings.Builder
	table.WriteString("| `--endpoint-type` | streaming | requests ok | records | files valid | metrics beside latency and throughput |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, e := range endpoint.All {
		spec := e.Spec()
		r, ok := endpointRuns[spec.Type]
		if !ok {
			t.Errorf("%s is not run", spec.Type)
			continue
		}
		for _, stream := range []bool{false, true}[:1+btoi(spec.CanStream)] {
			name := spec.Type + map[bool]string{true: "/streaming"}[stream]
			t.Run(name, func(t *testing.T) {
				dir := runEndpoint(t, srv, spec, r.args, stream)
				tags, records := checkEndpoint(t, dir, spec, r, stream)
				fmt.Fprintf(&table, "| %s | %s | %d of %d | %d | yes | %s |\n", spec.Type, map[bool]string{true: "yes", false: "no"}[stream], each, each, records, strings.Join(tags, ", "))
			})
		}
	}
	t.Logf("\n%s", table.String())
	b, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !t.Failed() && !bytes.Contains(b, []byte(table.String())) {
		t.Errorf("the README's table of endpoints should be:\n%s", table.String())
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// runEndpoint runs the program and returns the folder of the run.
func runEndpoint(t *testing.T, srv *simserver.Server, spec endpoint.Spec, args string, stream bool) string {
	t.Helper()
	bodies := filepath.Join(t.TempDir(), "bodies.jsonl")
	line := fmt.Sprintf(`{"model":"m","messages":[{"role":"user","content":"a b c"}],"max_tokens":5,"stream":%v}`, stream)
	if err := os.WriteFile(bodies, []byte(strings.Repeat(line+"\n", 2)), 0o644); err != nil {
		t.Fatal(err)
	}
	const template = `{"payload_template":"{\"model\":{{ model|tojson }},\"messages\":[{\"role\":\"user\",\"content\":{{ text|tojson }}}],\"max_tokens\":5,\"stream\":{{ stream|tojson }}}"}`
	dir := filepath.Join(t.TempDir(), "run")
	line = fmt.Sprintf("profile -m m --url %s --endpoint-type %s --request-count %d --concurrency 2 --ui none --no-gpu-telemetry --no-server-metrics --export-level raw --random-seed 7 --artifact-dir %s",
		srv.URL(), spec.Type, each, dir)
	if spec.ProducesTokens || spec.TokenizesInput {
		line += " --tokenizer builtin"
		if spec.Type != "raw" {
			line += " --isl 9 --osl 5"
		}
	}
	if stream {
		line += " --streaming"
	}
	words := strings.Fields(line + " " + args)
	for i, w := range words {
		words[i] = map[string]string{"BODIES": bodies, "TEMPLATE": template}[w]
		if words[i] == "" {
			words[i] = w
		}
	}
	res := tachoWith(t, map[string]string{"AIPERF_HTTP_VIDEO_POLL_INTERVAL": "0.005"}, words...)
	if res.code != 0 {
		t.Fatalf("exit %d\n%s\n%s", res.code, res.stdout, res.stderr)
	}
	return dir
}

// checkEndpoint checks the files of a run and returns the metrics of its own and
// the number of records.
func checkEndpoint(t *testing.T, dir string, spec endpoint.Spec, r endpointRun, stream bool) (own []string, records int) {
	t.Helper()
	report, err := replay.Verify(dir)
	if err != nil || !report.OK() || report.Checked < 100 {
		t.Errorf("verify: %v, %v", report, err)
	}
	inRecords := map[string]bool{}
	records = eachLine(t, filepath.Join(dir, "profile_export.jsonl"), func(line []byte) {
		var rec struct {
			Metrics map[string]any `json:"metrics"`
			Error   any            `json:"error"`
		}
		if err := json.Unmarshal(line, &rec); err != nil || rec.Error != nil {
			t.Errorf("record %s: %v", line, err)
		}
		for tag := range rec.Metrics {
			inRecords[tag] = true
		}
	})
	if n := eachLine(t, filepath.Join(dir, "profile_export_raw.jsonl"), func(line []byte) {
		if !json.Valid(line) {
			t.Errorf("raw record %s", line)
		}
	}); records != each || n != each {
		t.Errorf("%d records and %d raw ones, want %d", records, n, each)
	}

	want := strings.Fields(r.input + " " + r.answer + " request_latency request_throughput")
	never := strings.Fields(textIn + " " + tokensOut + " " + imagesIn + " " + audioIn + " video_inference_time video_peak_memory " + streamed)
	if stream && spec.ProducesTokens {
		want = append(want, strings.Fields(streamed)...)
	}
	summary := readJSON(t, filepath.Join(dir, "profile_export_aiperf.json"))
	if spec.Type == "raw" { // the bodies say how long the answers are to be
		want = append(want, "osl_mismatch_diff_pct")
	}
	for _, tag := range want {
		if summary[tag] == nil {
			t.Errorf("the summary lacks %s", tag)
		}
	}
	for _, tag := range never {
		if has := summary[tag] != nil; has && !slices.Contains(want, tag) {
			t.Errorf("the summary has %s", tag)
		}
	}
	if cfg := summary["input_config"].(map[string]any)["endpoint"].(map[string]any); cfg["type"] == nil && spec.Type != "chat" ||
		strings.HasSuffix(fmt.Sprint(cfg["type"]), "rankings") && cfg["type"] == "rankings" {
		t.Errorf("endpoint of input_config: %v", cfg)
	}
	for _, tag := range []string{textIn, "num_images", "audio_duration", "video_inference_time", "time_to_first_token"} {
		if inRecords[tag] != (summary[tag] != nil) {
			t.Errorf("%s: in the records %v, in the summary %v", tag, inRecords[tag], summary[tag] != nil)
		}
	}
	for _, tag := range never {
		d, ok := metric.Builtin().Lookup(metric.Tag(tag))
		if ok && summary[tag] != nil {
			own = append(own, d.Short)
		}
	}
	return own, records
}

func eachLine(t *testing.T, path string, do func(line []byte)) (n int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		n++
		do(s.Bytes())
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}

// Runs of AIPerf 0.13, and what is repeated here of each.
var endpointGoldens = map[string]struct {
	kind   string
	stream bool
	args   string
}{
	"chat_nostream":      {"chat", false, ""},
	"completions_stream": {"completions", true, ""},
	"embeddings":         {"embeddings", false, ""},
	"hf_generate":        {"huggingface-generate", true, ""},
	"images":             {"image-generation", false, ""},
	"rankings":           {"nim-rankings", false, "--rankings-passages-mean 4"},
	"responses":          {"responses", true, ""},
}

// TestMetricsOfEndpointsAsInAIPerf compares the metrics in each file, and the
// shape of the bodies, with those of a run of AIPerf. What a server says of its
// tokens is the server's matter.
func TestMetricsOfEndpointsAsInAIPerf(t *testing.T) {
	srv := startSim(t, simserver.Fast())
	for name, g := range endpointGoldens {
		t.Run(name, func(t *testing.T) {
			e, err := endpoint.Lookup(g.kind)
			if err != nil {
				t.Fatal(err)
			}
			got := runEndpoint(t, srv, e.Spec(), g.args, g.stream)
			want := filepath.Join("../testdata/aiperf-0.13", name)
			for what, read := range map[string]func(*testing.T, string) map[string]bool{"summary": summaryTags, "CSV": csvNames, "records": recordTags, "bodies": bodyKeys} {
				a, b := read(t, got), read(t, want)
				for tag := range maps.Keys(a) {
					if !b[tag] {
						t.Errorf("%s: %s is ours alone", what, tag)
					}
				}
				for tag := range maps.Keys(b) {
					if !a[tag] {
						t.Errorf("%s: %s is missing", what, tag)
					}
				}
			}
		})
	}
}

// ofServer tells whether a metric depends on what the server says of its tokens,
// or on how many requests went wrong.
func ofServer(name string) bool {
	name = strings.ToLower(strings.ReplaceAll(name, "_", " "))
	for _, part := range []string{"usage", "cache", "osl mismatch", "discrepancy"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

func summaryTags(t *testing.T, dir string) map[string]bool {
	tags := map[string]bool{}
	for tag, v := range readJSON(t, filepath.Join(dir, "profile_export_aiperf.json")) {
		if m, ok := v.(map[string]any); ok && m["unit"] != nil && !ofServer(tag) {
			tags[tag] = true
		}
	}
	return tags
}

func csvNames(t *testing.T, dir string) map[string]bool {
	f, err := os.Open(filepath.Join(dir, "profile_export_aiperf.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, row := range rows {
		if !ofServer(row[0]) {
			names[row[0]] = true
		}
	}
	return names
}

func recordTags(t *testing.T, dir string) map[string]bool {
	tags := map[string]bool{}
	eachLine(t, filepath.Join(dir, "profile_export.jsonl"), func(line []byte) {
		var rec struct {
			Metrics map[string]any `json:"metrics"`
		}
		if err := json.Unmarshal(line, &rec); err != nil {
			t.Fatal(err)
		}
		for tag := range rec.Metrics {
			if !ofServer(tag) {
				tags[tag] = true
			}
		}
	})
	return tags
}

// bodyKeys are the keys of the first body of inputs.json, in their order and
// with what is in them, as paths.
func bodyKeys(t *testing.T, dir string) map[string]bool {
	b, err := os.ReadFile(filepath.Join(dir, "inputs.json"))
	if err != nil {
		t.Fatal(err)
	}
	var in struct {
		Data []struct {
			Payloads []json.RawMessage `json:"payloads"`
		} `json:"data"`
	}
	if err := json.Unmarshal(b, &in); err != nil || len(in.Data) == 0 {
		t.Fatalf("%s: %v", dir, err)
	}
	paths := map[string]bool{}
	dec := json.NewDecoder(bytes.NewReader(in.Data[0].Payloads[0]))
	var walk func(at string)
	walk = func(at string) {
		tok, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		switch tok {
		case json.Delim('{'):
			for i := 0; dec.More(); i++ {
				key, err := dec.Token()
				if err != nil {
					t.Fatal(err)
				}
				walk(fmt.Sprintf("%s.%d:%s", at, i, key))
			}
			dec.Token()
		case json.Delim('['):
			for dec.More() {
				walk(at + "[]")
			}
			dec.Token()
		default:
			paths[fmt.Sprintf("%s %T", at, tok)] = true
		}
	}
	walk("")
	return paths
}
