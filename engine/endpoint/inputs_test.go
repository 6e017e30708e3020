package endpoint

import (
	"path/filepath"
	"testing"

	"tacho/engine/token"
)

// goldenMetrics is a line of AIPerf's profile_export.jsonl.
type goldenMetrics struct {
	Metadata struct {
		RequestID string `json:"x_request_id"`
	} `json:"metadata"`
	Metrics map[string]struct {
		Value any `json:"value"`
	} `json:"metrics"`
	Error *struct {
		Type string `json:"type"`
	} `json:"error"`
}

// From the body and the answer of every golden request come the token counts
// and the chunk count that AIPerf wrote for it.
func TestCountsAsInGoldens(t *testing.T) {
	tok := token.Builtin()
	compared := 0
	for _, run := range rawRuns {
		rows := map[string]goldenMetrics{}
		for _, m := range jsonLines[goldenMetrics](t, filepath.Join(goldens, run, "profile_export.jsonl")) {
			rows[m.Metadata.RequestID] = m
		}
		for _, g := range goldenRaw(t, run) {
			row, ok := rows[g.Metadata.RequestID]
			if !ok {
				t.Fatalf("%s: %s is not in the JSONL", run, g.Metadata.RequestID)
			}
			in, err := InputTexts(g.Payload)
			if err != nil {
				t.Fatal(err)
			}
			a := collect(t, Chat{}, g.units())
			got := map[string]int{
				"input_sequence_length":          tok.Count(in.Text),
				"error_isl":                      tok.Count(in.Text),
				"output_token_count":             tok.Count(string(a.Text())),
				"usage_prompt_tokens":            a.Usage.Prompt,
				"usage_completion_tokens":        a.Usage.Completion,
				"usage_total_tokens":             a.Usage.Total,
				"usage_reasoning_tokens":         a.Usage.Reasoning,
				"usage_prompt_cache_read_tokens": a.Usage.CacheRead,
			}
			for tag, n := range got {
				want, ok := row.Metrics[tag].Value.(float64)
				if !ok {
					continue
				}
				compared++
				if n != int(want) {
					t.Errorf("%s %s: %s is %d, AIPerf has %v", run, g.Metadata.RequestID, tag, n, want)
				}
			}
			if row.Error == nil && !a.Valid() {
				t.Errorf("%s %s: not valid, but for AIPerf it is", run, g.Metadata.RequestID)
			}
			if icl, ok := row.Metrics["inter_chunk_latency"].Value.([]any); ok && len(icl)+1 != a.Chunks {
				t.Errorf("%s %s: %d content chunks, AIPerf has %d gaps", run, g.Metadata.RequestID, a.Chunks, len(icl))
			}
		}
	}
	if compared < 900 {
		t.Errorf("only %d numbers were compared", compared)
	}
}

func TestInputTexts(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       Inputs
	}{
		{"messages", `{"messages":[{"role":"system","content":"a"},{"role":"user","content":[{"type":"text","text":"b"},{"type":"image_url"},
			{"type":"input_audio"},{"type":"video_url"},{"type":"other","text":"no"},{"type":"text","text":7}]}]}`,
			Inputs{Text: "a b", Texts: 2, Images: 1, Audios: 1, Videos: 1}},
		{"tool calls", `{"messages":[{"role":"assistant","content":null,"tool_calls":[{"function":{"name":"f","arguments":"{}"}},{"function":null},3]},
			{"role":"tool","content":"r"}]}`, Inputs{Text: "f {} r", Texts: 3}},
		{"tools", `{"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type": "object", "b": 1}}},
			{"name":"top","description":""}],"messages":[{"role":"user","content":"q"}]}`,
			Inputs{Text: `q f d {"type":"object","b":1} top`, Texts: 5}},
		{"empty contents join", `{"messages":[{"role":"user","content":""},{"role":"user","content":"b"}]}`, Inputs{Text: " b", Texts: 2}},
		{"prompt", `{"prompt":"p","input":"i"}`, Inputs{Text: "p", Texts: 1}},
		{"prompts", `{"prompt":["p","q"]}`, Inputs{Text: "p q", Texts: 2}},
		{"ids", `{"prompt":[1,2,3]}`, Inputs{IDs: 3}},
		{"batches of ids", `{"input":[[1,2],[3]]}`, Inputs{IDs: 3}},
		{"mixed list", `{"input":["a",1],"inputs":"x"}`, Inputs{Text: "x", Texts: 1}},
		{"null in list", `{"input":["a",null],"inputs":"x"}`, Inputs{Text: "x", Texts: 1}},
		{"no prompts", `{"prompt":[],"inputs":"x"}`, Inputs{}},
		{"embeddings", `{"input":["a","b"]}`, Inputs{Text: "a b", Texts: 2}},
		{"ranking", `{"query":"q","passages":["a",{"text":"b"},{"x":1}]}`, Inputs{Text: "q a b", Texts: 3}},
		{"ranking with objects counts nothing", `{"query":{"text":"q"},"passages":[{"text":"b"}]}`, Inputs{}},
		{"generate", `{"inputs":"x","parameters":{}}`, Inputs{Text: "x", Texts: 1}},
		{"items", `{"input":[{"role":"user","content":"a"},{"type":"function_call","name":"f","arguments":"{}"},
			{"type":"function_call_output","output":"o"}]}`, Inputs{Text: "a f {} o", Texts: 4}},
		{"empty messages fall back", `{"messages":[],"prompt":"p"}`, Inputs{Text: "p", Texts: 1}},
		{"keys are exact", `{"Prompt":"p","Messages":[{"role":"user","content":"a"}]}`, Inputs{}},
		{"nothing", `{}`, Inputs{}},
	} {
		got, err := InputTexts([]byte(c.body))
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", c.name, got, err, c.want)
		}
	}
	for _, bad := range []string{"", "[]", `"x"`, "{"} {
		if _, err := InputTexts([]byte(bad)); err == nil {
			t.Errorf("InputTexts(%q) gave no error", bad)
		}
	}
}

func FuzzInputTexts(f *testing.F) {
	f.Add([]byte(`{"messages":[{"role":"user","content":[{"type":"text","text":"b"}]}],"tools":[{"function":{"name":"f"}}]}`))
	f.Add([]byte(`{"prompt":[[1,2],[3]]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		in, err := InputTexts(body)
		if err == nil && (in.Texts == 0) != (in.Text == "") && in.Text != "" {
			t.Errorf("%d texts, but %q", in.Texts, in.Text)
		}
	})
}

func BenchmarkInputTexts(b *testing.B) {
	body := goldenRaw(b, "chat_stream")[0].Payload
	b.ReportAllocs()
	for b.Loop() {
		if _, err := InputTexts(body); err != nil {
			b.Fatal(err)
		}
	}
}
