package profiles

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAppendJSON(t *testing.T) {
	v := Object{{"s", "a\"\\\n\t\u0001é°"}, {"n", nil}, {"i", 3}, {"f", 3.0}, {"nan", math.NaN()}, {"e", Object{}}, {"l", []any{}}, {"b", []any{true, Object{{"x", "\xff"}}}}}
	want := "{\n  \"s\": \"a\\\"\\\\\\n\\t\\u0001é°\",\n  \"n\": null,\n  \"i\": 3,\n  \"f\": 3.0,\n  \"nan\": null,\n  \"e\": {},\n  \"l\": [],\n  \"b\": [\n    true,\n    {\n      \"x\": \"\uFFFD\"\n    }\n  ]\n}"
	if got := string(AppendJSON(nil, v, "  ", 0)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got, _ := v[:1].MarshalJSON(); string(got) != `{"s":"a\"\\\n\t\u0001é°"}` {
		t.Errorf("compact %s", got)
	}
}

func TestCLICommand(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"-m m --isl 64 --request-rate 1.50 --ui none", "-m 'm' --isl 64 --request-rate 1.5 --ui None"},
		{"--streaming=true --x 007 --y 1e3 --z -5 --w true", "--streaming=true --x '007' --y '1e3' --z -5 --w True"},
		{"--url=http://u:p@h --concurrency=3", "--url=http://<redacted>@h --concurrency=3"},
		{`--goodput "a:1 b:2" -H X:1 Authorization:x`, "--goodput 'a:1 b:2' -H 'X:1' 'Authorization:<redacted>'"},
		{"", ""},
	} {
		want := strings.TrimSpace("tacho profile " + c.want)
		if got := CLICommand(splitShell(c.line)); got != want {
			t.Errorf("%s\n got %s\nwant %s", c.line, got, want)
		}
	}
}

func TestCleanPrefix(t *testing.T) {
	for in, want := range map[string]string{
		"foo": "foo", "foo.json": "foo", "foo_raw.jsonl": "foo", "foo_timeslices.csv": "foo", "foo_server_metrics.parquet": "foo",
		"foo_console.txt": "foo", "foo_gpu_telemetry.jsonl": "foo", "foo_network_latency.jsonl": "foo", "foo.json.csv": "foo.json", "foo.txt": "foo.txt", "": "",
	} {
		if got := CleanPrefix(in); got != want {
			t.Errorf("CleanPrefix(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestArtifactDir(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"-m org/mock-model --concurrency 2", "artifacts/org_mock-model-openai-chat-concurrency2"},
		{"-m m", "artifacts/m-openai-chat-concurrency1"},
		{"-m a/b,c --endpoint-type completions --request-rate 25", "artifacts/a_b_multi-openai-completions-request_rate25.0"},
		{"-m m --request-rate 2.5 --concurrency 10", "artifacts/m-openai-chat-concurrency10-request_rate2.5"},
		{"-m m --warmup-request-count 3 --warmup-concurrency 9 --concurrency 2", "artifacts/m-openai-chat-concurrency2"},
		{"-m m --artifact-dir x/../y", "y"},
		{"-m m --artifact-dir /tmp/z/", "/tmp/z"},
		{`-m ..\x/../y`, "artifacts/.._x_.._y-openai-chat-concurrency1"},
	} {
		p, _, err := ParseArgs(strings.Fields(c.line), testEnv)
		if err != nil {
			t.Fatal(err)
		}
		want := c.want
		if want[0] != '/' {
			want = "/bench/" + want
		}
		if p.Artifacts.Dir.V != want || ArtifactDir(p) != want {
			t.Errorf("%s: %s, want %s", c.line, p.Artifacts.Dir.V, want)
		}
	}
}

func TestExportLevel(t *testing.T) {
	for line, want := range map[string]string{"": "records", "--export-level summary": "summary", "--export-level records": "records", "--export-level RAW": "raw"} {
		p, _, err := parse(t, line)
		if err != nil || p.ExportLevel() != want {
			t.Errorf("%q: level %s, %v; want %s", line, p.ExportLevel(), err, want)
		}
	}
}

func TestHelpFits(t *testing.T) {
	for _, width := range []int{20, 40, 80, 120, 300} {
		var b strings.Builder
		if err := Help(&b, width, false); err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(b.String(), "\nEndpoint\n")
		for line := range strings.SplitSeq(body, "\n") {
			if n := utf8.RuneCountInString(line); n > max(width, 46) { // the longest name of all
				t.Errorf("width %d: %d columns: %s", width, n, line)
			}
		}
		for _, f := range Fields {
			if f.Flag != "" && (f.Refuse == "") != strings.Contains(b.String(), "--"+f.Flag) && f.Flag != "stream" {
				t.Errorf("width %d: --%s shown: %v", width, f.Flag, f.Refuse != "")
			}
		}
	}
	var plain, colored strings.Builder
	if Help(&plain, 80, false); strings.Contains(plain.String(), "\x1b") {
		t.Error("escape codes without colour")
	}
	if Help(&colored, 80, true); strings.NewReplacer("\x1b[1m", "", "\x1b[0m", "").Replace(colored.String()) != plain.String() {
		t.Error("colour changes the text")
	}
}

// The examples of the help page are real command lines.
func TestHelpExamples(t *testing.T) {
	text := strings.ReplaceAll(helpExample, "\\\n", " ")
	env := testEnv
	env.Metrics = tags{"time_to_first_token", "inter_token_latency"}
	env.ReadFile = func(string) ([]byte, error) {
		return []byte(file("  phases: {type: concurrency, duration: 5}\n")), nil
	}
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		if cmd, ok := strings.CutPrefix(strings.TrimSpace(line), "tacho profile "); ok {
			n++
			if _, _, err := ParseArgs(splitShell(cmd), env); err != nil {
				t.Errorf("%s: %v", cmd, err)
			}
		}
	}
	if n != 3 {
		t.Errorf("%d examples", n)
	}
}

func TestOptionsTable(t *testing.T) {
	var b strings.Builder
	if err := OptionsTable(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != len(Fields)+2 {
		t.Errorf("%d lines for %d options", len(lines), len(Fields))
	}
	for _, line := range lines {
		if got := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); got != 9 {
			t.Errorf("%d columns: %s", got-1, line)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"--concurrency", "--concurrency-max", "--isl", "--osl", "--url"}
	for in, want := range map[string]string{
		"--concurency": "--concurrency", "--conccurency": "--concurrency", "--ocncurrency": "--concurrency", "--Concurrency": "--concurrency",
		"--conc": "--concurrency", "--ils": "--isl", "--quite-different": "", "--": "", "--max": "--concurrency-max",
		"--max-tokens": "", "--urls": "--url",
	} {
		if got := nearest(in, words); got != want {
			t.Errorf("nearest(%s) = %q, want %q", in, got, want)
		}
	}
}

func TestCloneSharesNothing(t *testing.T) {
	p, _, err := parse(t, "-u a b -H X:1 --extra-inputs k:1 --goodput request_latency:1 --warmup-request-count 3 --server-metrics h:1 --gpu-telemetry h:2")
	if err != nil {
		t.Fatal(err)
	}
	before := string(AppendJSON(nil, InputConfig(p), "", 0))
	q := p.Clone()
	q.Models.Items[0].Name.V, q.Endpoint.URLs.V[0], q.Endpoint.Headers.V[0].Value, q.Endpoint.Extra.V[0].Value = "x", "x", "x", "x"
	q.SLOs.V[0].Limit, q.Phases[0].Requests.V, q.Datasets[0].Entries.V = 9, 9, 9
	q.ServerMetrics.URLs.V[0], q.ServerMetrics.Formats.V[0], q.GPUTelemetry.URLs.V[0] = "x", "x", "x"
	if after := string(AppendJSON(nil, InputConfig(p), "", 0)); after != before {
		t.Errorf("was %s\nnow %s", before, after)
	}
}
