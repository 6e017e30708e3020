package app

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tacho/engine/simserver"
)

// Each kind of input, end to end: it runs, leaves a record for each request,
// and files that agree with one another.
func TestEveryInputRuns(t *testing.T) {
	t.Parallel()
	s := startSim(t, simserver.Fast())
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const capture = `{"captureData":{"endpointInput":{"data":"{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"max_tokens\":5}","encoding":"JSON"},"endpointOutput":{"data":"{\"usage\":{\"prompt_tokens\":12}}","encoding":"JSON"}},"eventMetadata":{"eventId":"e1","inferenceTime":"2026-01-05T10:00:00Z"},"eventVersion":"0"}` + "\n"
	const payload = `{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":4}` + "\n"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(`{"text":"packed","output_length":3}` + "\n"))
	z.Close()
	pool := filepath.Dir(file("pool/a.jsonl", `{"text":"one"}`+"\n"+`{"text":"two"}`+"\n"))
	file("pool/b.jsonl", `{"text":"three"}`+"\n")
	for _, c := range []struct {
		name string
		args []string
		// requests is how many are sent; inputs is what inputs.json holds.
		requests int
		inputs   []string
	}{
		{"single_turn", []string{"--input-file", file("s.jsonl", `{"text":"first of all","output_length":7}`+"\n"+`{"texts":["a","b"],"session_id":"x"}`+"\n")}, 4, []string{`"first of all"`, `"max_completion_tokens": 7`, `"session_id": "x"`}},
		{"single_turn, packed", []string{"--input-file", file("s.jsonl.gz", packed.String())}, 4, []string{`"packed"`}},
		{"multi_turn", []string{"--input-file", file("m.jsonl", `{"session_id":"trip","turns":[{"role":"system","text":"Be brief."},{"text":"Plan a day."},{"text":"And with rain?","delay":1}]}`+"\n"), "--num-sessions", "2"}, 4, []string{`"Be brief."`, `"And with rain?"`}},
		{"random_pool", []string{"--input-file", pool, "--custom-dataset-type", "random-pool"}, 4, []string{`"three"`}},
		{"mooncake_trace", []string{"--input-file", "../testdata/aiperf-0.13/inputs/mooncake.jsonl", "--no-fixed-schedule"}, 4, []string{`"max_completion_tokens": 8`}},
		{"bailian_trace", []string{"--input-file", file("b.jsonl", `{"chat_id":7,"parent_chat_id":-1,"timestamp":0.5,"input_length":40,"output_length":12,"type":"text","turn":1,"hash_ids":[1,2,3]}`+"\n"), "--no-fixed-schedule"}, 4, []string{`"session_id": "7"`, `"max_completion_tokens": 12`}},
		{"burst_gpt_trace", []string{"--input-file", file("burst.csv", "Timestamp,Request tokens,Response tokens\n1,20,6\n2,30,7\n"), "--no-fixed-schedule"}, 4, []string{`"max_completion_tokens": 6`}},
		{"sagemaker_data_capture", []string{"--input-file", file("c.jsonl", capture), "--no-fixed-schedule"}, 4, []string{`"hello"`}},
		{"raw_payload", []string{"--input-file", file("r.jsonl", payload), "--custom-dataset-type", "raw_payload"}, 4, []string{`"max_tokens": 4`, `"model": "m"`}},
		{"inputs_json", []string{"--input-file", file("i.json", `{"data":[{"session_id":"u1","payloads":[`+payload+`]}]}`)}, 4, []string{`"session_id": "u1"`}},
		{"public", []string{"--public-dataset", "aimo", "--input-file", file("aimo.jsonl", `{"problem":"What is 2+2?"}`+"\n")}, 4, []string{`"What is 2+2?"`}},
		{"trace, reshaped", []string{"--input-file", "../testdata/aiperf-0.13/inputs/mooncake.jsonl", "--no-fixed-schedule", "--synthesis-prompt-len-multiplier", "0.1", "--synthesis-max-osl", "3"}, 4, []string{`"max_completion_tokens": 3`}},
		{"prefixes", []string{"--isl", "8", "--num-prefix-prompts", "2", "--prefix-prompt-length", "20"}, 4, []string{`"user"`}},
		{"system and context", []string{"--isl", "8", "--shared-system-prompt-length", "5", "--user-context-prompt-length", "6"}, 4, []string{`"system"`}},
		{"system prompt", []string{"--isl", "8", "--system-prompt", "Be brief."}, 4, []string{`"Be brief."`}},
		{"pairs", []string{"--seq-dist", "10,4:50;20,6:50", "--num-prompts", "30"}, 4, []string{`"max_completion_tokens": 6`}},
		{"window", []string{"--isl", "20", "--osl", "4", "--random-range-ratio", "0.5"}, 4, nil},
		{"code", []string{"--isl", "8", "--prompt-corpus", "coding"}, 4, nil},
		{"vocabulary", []string{"--isl", "8", "--prompt-corpus", "random"}, 4, nil},
		{"pictures and sounds", []string{"--isl", "8", "--image-width-mean", "4", "--image-height-mean", "4", "--audio-length-mean", "0.01"}, 4, []string{`data:image/jpeg;base64,`, `"input_audio"`}},
		{"several turns", []string{"--isl", "8", "--session-turns-mean", "2", "--num-sessions", "2"}, 4, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "run")
			args := append([]string{"profile", "--model", "mock", "--url", s.URL(), "--tokenizer", "builtin", "--streaming", "--random-seed", "3", "--concurrency", "2",
				"--ui", "none", "--no-gpu-telemetry", "--no-server-metrics", "--artifact-dir", out}, c.args...)
			if !slices.Contains(args, "--num-sessions") {
				args = append(args, "--request-count", fmt.Sprint(c.requests))
			}
			if r := tacho(t, args...); r.code != 0 {
				t.Fatalf("exit %d\n%s", r.code, r.stderr)
			}
			if n := len(lines(t, filepath.Join(out, "profile_export.jsonl"))); n != c.requests {
				t.Errorf("%d records, want %d", n, c.requests)
			}
			b, err := os.ReadFile(filepath.Join(out, "inputs.json"))
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.inputs {
				if !bytes.Contains(b, []byte(want)) {
					t.Errorf("inputs.json lacks %s:\n%.600s", want, b)
				}
			}
			if r := tacho(t, "verify", out); r.code != 0 {
				t.Errorf("verify: exit %d\n%s%s", r.code, r.stdout, r.stderr)
			}
		})
	}
}

// sent are the request bodies of a run, in the order in which they went out.
func sent(t *testing.T, dir string) []string {
	t.Helper()
	type exchange struct {
		Metadata struct {
			Start int64 `json:"request_start_ns"`
		}
		Payload json.RawMessage
	}
	var list []exchange
	for _, line := range lines(t, filepath.Join(dir, "profile_export_raw.jsonl")) {
		var e exchange
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b exchange) int { return int(a.Metadata.Start - b.Metadata.Start) })
	var out []string
	for _, e := range list {
		var b bytes.Buffer
		if err := json.Compact(&b, e.Payload); err != nil {
			t.Fatal(err)
		}
		out = append(out, b.String())
	}
	return out
}

// One seed sends the same requests in the same order, and the inputs.json of a
// run sends them again.
func TestRequestsAreRepeated(t *testing.T) {
	s := startSim(t, simserver.Fast())
	dir := t.TempDir()
	run := func(name string, args ...string) []string {
		out := filepath.Join(dir, name)
		r := tacho(t, append([]string{"profile", "--model", "mock", "--url", s.URL(), "--tokenizer", "builtin", "--streaming", "--concurrency", "1", "--request-count", "9",
			"--ui", "none", "--no-gpu-telemetry", "--no-server-metrics", "--export-level", "raw", "--artifact-dir", out}, args...)...)
		if r.code != 0 {
			t.Fatalf("%s: exit %d\n%s", name, r.code, r.stderr)
		}
		return sent(t, out)
	}
	same := func(what string, a, b []string) {
		t.Helper()
		if len(a) != 9 || !slices.Equal(a, b) {
			t.Errorf("%s: %d and %d requests, equal %v\n%.300s\n%.300s", what, len(a), len(b), slices.Equal(a, b), a, b)
		}
	}
	made := []string{"--isl", "12", "--isl-stddev", "4", "--osl", "4", "--osl-stddev", "1", "--num-prompts", "6", "--dataset-sampling-strategy", "random"}
	first := run("first", append(made, "--random-seed", "11")...)
	same("the same seed", first, run("second", append(made, "--random-seed", "11")...))
	if other := run("other", append(made, "--random-seed", "12")...); slices.Equal(first, other) {
		t.Error("another seed sends the same")
	}
	// The inputs.json holds each prompt once; sent in order, they come in order.
	inOrder := []string{"--isl", "12", "--osl", "4", "--num-prompts", "9", "--random-seed", "11"}
	same("inputs.json", run("in-order", inOrder...), run("again", "--input-file", filepath.Join(dir, "in-order", "inputs.json"), "--custom-dataset-type", "inputs_json"))
}

// A file with something wrong in it: the run does not start, and one line says
// where and what.
func TestBadInputDoesNotStart(t *testing.T) {
	s := startSim(t, simserver.Fast())
	dir := t.TempDir()
	for _, c := range []struct{ name, text, kind, want string }{
		{"bad.jsonl", "{\"text\":\"a\"}\n{\"text\":}\n", "", "bad.jsonl:2: it is no JSON"},
		{"types.jsonl", "{\"text\":\"a\"}\n{\"texts\":[1]}\n", "", `types.jsonl:2: texts is "[1]": expected a list of strings`},
		{"empty.jsonl", "", "", "empty.jsonl: the file is empty"},
		{"unknown.jsonl", "{\"a\":1}\n", "", "unknown.jsonl:1: the first record has"},
		{"trace.jsonl", "{\"input_length\":5}\n{\"input_length\":0}\n", "mooncake_trace", "trace.jsonl:2: input_length is 0"},
		{"picture.jsonl", "{\"text\":\"a\",\"image\":\"none.png\"}\n", "", "picture.jsonl:1: "},
		{"inputs.json", `{"data":[{"session_id":"a","payloads":[]}]}`, "inputs_json", "inputs.json:1: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(dir, c.name)
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			args := []string{"profile", "--model", "mock", "--url", s.URL(), "--tokenizer", "builtin", "--input-file", path, "--no-gpu-telemetry", "--no-server-metrics", "--artifact-dir", filepath.Join(dir, "out")}
			if c.kind != "" {
				args = append(args, "--custom-dataset-type", c.kind)
			}
			r := tacho(t, args...)
			if r.code != exitUsage || !strings.Contains(r.stderr, "tacho: "+filepath.Join(dir, c.want)) {
				t.Errorf("exit %d, want %q\n%s", r.code, c.want, r.stderr)
			}
			if _, err := os.Stat(filepath.Join(dir, "out", "profile_export.jsonl")); err == nil {
				t.Error("there are records")
			}
		})
	}
}

func TestMissingInputNamesItsOption(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.jsonl")
	r := tacho(t, "profile", "--model", "mock", "--url", startSim(t, simserver.Fast()).URL(), "--tokenizer", "builtin", "--input-file", path, "--artifact-dir", t.TempDir())
	if r.code != exitUsage || !strings.Contains(r.stderr, path+": no such file or directory\n--input-file ") {
		t.Errorf("exit %d\n%s", r.code, r.stderr)
	}
}

// A run of a file is repeated from any folder, and says so when the file is not
// what it was.
func TestRerunOfAFile(t *testing.T) {
	s := startSim(t, simserver.Fast())
	dir := t.TempDir()
	path := filepath.Join(dir, "in.jsonl")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"text":"one"}` + "\n")
	back, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	rel, err := filepath.Rel(back, path)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "run")
	r := tacho(t, "profile", "--model", "mock", "--url", s.URL(), "--tokenizer", "builtin", "--request-count", "2", "--extra-inputs", "max_tokens:4", "--input-file", rel, "--no-gpu-telemetry", "--no-server-metrics", "--random-seed", "1", "--artifact-dir", out)
	if r.code != 0 {
		t.Fatalf("exit %d\n%s", r.code, r.stderr)
	}
	if d := readJSON(t, filepath.Join(out, "profile_export_aiperf.json"))["input_config"].(map[string]any)["datasets"].([]any)[0].(map[string]any); d["path"] != rel {
		t.Errorf("input_config has the path %v, want it as typed, %s", d["path"], rel)
	}
	t.Chdir(dir)
	const other = "what is sent is not what the first run sent"
	hash := func(run string) any {
		m := readJSON(t, filepath.Join(run, "manifest.json"))
		if m["dataset_sha256"] == "" {
			t.Errorf("%s: no hash of the data set", run)
		}
		return m["dataset_sha256"]
	}
	if r := tacho(t, "rerun", out); r.code != 0 || hash(out) != hash(out+"-rerun") {
		t.Errorf("exit %d, hashes %v and %v\n%s", r.code, hash(out), hash(out+"-rerun"), r.stderr)
	}
	write(`{"text":"another"}` + "\n")
	if r := tacho(t, "rerun", out); r.code != 0 || hash(out) == hash(out+"-rerun") {
		t.Errorf("exit %d\n%s", r.code, r.stderr)
	}
	b, err := os.ReadFile(filepath.Join(out+"-rerun", "manifest.json"))
	if err != nil || !bytes.Contains(b, []byte(other)) {
		t.Errorf("%v; manifest lacks %q:\n%s", err, other, b)
	}
}

// Lines of one session are sent one after another, each for itself, as AIPerf
// sends them; the turns of a conversation are sent with what was said before.
func TestWhatGoesAlong(t *testing.T) {
	s := startSim(t, simserver.Fast())
	dir := t.TempDir()
	for _, c := range []struct {
		name, text string
		messages   []int // in each request
	}{
		{"lines of a session", `{"text":"one","session_id":"a"}` + "\n" + `{"text":"two","session_id":"a"}` + "\n", []int{1, 1}},
		{"turns", `{"session_id":"a","turns":[{"text":"one"},{"text":"two"}]}` + "\n", []int{1, 3}},
		{"messages of a trace", `{"session_id":"a","messages":[{"role":"user","content":"x"}]}` + "\n" +
			`{"session_id":"a","messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"},{"role":"user","content":"z"}]}` + "\n", []int{1, 3}},
	} {
		path, out := filepath.Join(dir, c.name+".jsonl"), filepath.Join(dir, c.name)
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		r := tacho(t, "profile", "--model", "mock", "--url", s.URL(), "--tokenizer", "builtin", "--input-file", path, "--num-sessions", "1", "--concurrency", "1",
			"--no-gpu-telemetry", "--no-server-metrics", "--export-level", "raw", "--artifact-dir", out)
		if r.code != 0 {
			t.Errorf("%s: exit %d\n%s", c.name, r.code, r.stderr)
			continue
		}
		var got []int
		for _, body := range sent(t, out) {
			var b struct{ Messages []json.RawMessage }
			if err := json.Unmarshal([]byte(body), &b); err != nil {
				t.Fatal(err)
			}
			got = append(got, len(b.Messages))
		}
		if !slices.Equal(got, c.messages) {
			t.Errorf("%s: %v messages, want %v", c.name, got, c.messages)
		}
	}
}
