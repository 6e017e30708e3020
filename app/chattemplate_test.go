package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tacho/engine/endpoint"
	"tacho/engine/jinja"
	"tacho/engine/simserver"
)

// tokenizerWithChat is a folder with a small tokenizer and a chat template.
func tokenizerWithChat(t *testing.T, template string) string {
	t.Helper()
	dir := t.TempDir()
	b, err := os.ReadFile("../engine/token/testdata/minilm/tokenizer.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	config := []byte("{}")
	if template != "" {
		if config, err = json.Marshal(map[string]string{"chat_template": template, "bos_token": "[CLS]"}); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range map[string][]byte{"tokenizer.json.gz": b, "tokenizer_config.json": config} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// With the chat template inputs are counted as the server would count them, and
// made-up prompts are shorter by it, so that the length asked for is the length
// counted.
func TestChatTemplateCounts(t *testing.T) {
	s := startSim(t, simserver.Fast())
	const template = "{% for m in messages %}{{ m.role }} says : {{ m.content }} .\n{% endfor %}{% if add_generation_prompt %}assistant says :{% endif %}"
	tok := tokenizerWithChat(t, template)
	run := func(args ...string) (isl float64, manifest string) {
		t.Helper()
		out := filepath.Join(t.TempDir(), "run")
		r := tacho(t, append([]string{"profile", "--model", "mock", "--url", s.URL(), "--streaming", "--request-count", "4", "--random-seed", "3", "--no-gpu-telemetry", "--no-server-metrics", "--artifact-dir", out}, args...)...)
		if r.code != 0 {
			t.Fatalf("exit %d\n%s", r.code, r.stderr)
		}
		b, err := os.ReadFile(filepath.Join(out, "manifest.json"))
		if err != nil {
			t.Fatal(err)
		}
		return readJSON(t, filepath.Join(out, "profile_export_aiperf.json"))["input_sequence_length"].(map[string]any)["avg"].(float64), string(b)
	}
	file := filepath.Join(t.TempDir(), "in.jsonl")
	if err := os.WriteFile(file, []byte(`{"text":"one two three"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if isl, _ := run("--tokenizer", tok, "--input-file", file); isl != 3 {
		t.Errorf("three words count %v", isl)
	}
	// "user says : one two three . assistant says :"
	if isl, _ := run("--tokenizer", tok, "--input-file", file, "--apply-chat-template"); isl != 10 {
		t.Errorf("three words and seven of the template count %v", isl)
	}
	// The tokenizer itself says that a server adds [CLS] and [SEP], which the
	// template does not write: prompts are shorter by those as well.
	if isl, _ := run("--tokenizer", tok, "--isl", "40", "--apply-chat-template"); isl < 37 || isl > 41 {
		t.Errorf("prompts of 40 tokens count %v", isl)
	}
	if isl, m := run("--tokenizer", tokenizerWithChat(t, ""), "--input-file", file, "--apply-chat-template"); isl != 3 || !strings.Contains(m, "has no chat template") {
		t.Errorf("without a template: %v\n%s", isl, m)
	}
	if _, m := run("--tokenizer", tokenizerWithChat(t, "{% macro x() %}"), "--input-file", file, "--apply-chat-template"); !strings.Contains(m, "chat template cannot be used") {
		t.Errorf("a template that cannot be read goes unnoticed\n%s", m)
	}
}

// A template that refuses the messages leaves their texts to be counted.
func TestChatTemplateOfABody(t *testing.T) {
	for body, want := range map[string]string{
		`{"messages":[{"role":"user","content":"a"}]}`: "user:a;",
		`{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url"},{"type":"text","text":"b"}]}]}`: "user:a b;",
		`{"messages":[{"role":"system","content":"a"}]}`:                                                                        "",
		`{"prompt":"a"}`: "",
		`no JSON`:        "",
	} {
		c := testTemplate(t, "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('no') }}{% endif %}{{ m.role }}:{{ m.content }};{% endfor %}")
		if got, ok := c.input([]byte(body)); got != want || ok != (want != "") {
			t.Errorf("%s: %q %v, want %q", body, got, ok, want)
		}
	}
}

func testTemplate(t *testing.T, src string) *chatTemplate {
	t.Helper()
	tmpl, err := jinja.CompileChat(src)
	if err != nil {
		t.Fatal(err)
	}
	return &chatTemplate{tmpl: tmpl, e: endpoint.Chat{}}
}
