package simserver

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// keyPaths collects the path of every key in v, list positions left out.
func keyPaths(prefix string, v any, into map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			into[prefix+k] = true
			keyPaths(prefix+k+".", e, into)
		}
	case []any:
		for _, e := range v {
			keyPaths(prefix, e, into)
		}
	}
}

func pathsOf(t *testing.T, docs []string) map[string]bool {
	t.Helper()
	m := map[string]bool{}
	for _, d := range docs {
		if d == "[DONE]" {
			continue
		}
		var v any
		if err := json.Unmarshal([]byte(d), &v); err != nil {
			t.Fatalf("%v: %s", err, d)
		}
		keyPaths("", v, m)
	}
	return m
}

// TestShapesAreThoseOfVLLM compares the keys of our answers with answers
// captured from vLLM 0.32: we send nothing that it does not send, and
// everything a benchmark reads.
func TestShapesAreThoseOfVLLM(t *testing.T) {
	cfg := Fast()
	cfg.Reasoning = Reasoning{Share: 0.5, Field: "reasoning"}
	plain := start(t, cfg)
	cfg.ToolCalls = true
	tools := start(t, cfg)
	needChat := []string{"id", "object", "created", "model", "choices", "choices.index", "choices.finish_reason", "usage.prompt_tokens", "usage.completion_tokens", "usage.total_tokens"}
	for _, c := range []struct {
		capture, path, body string
		srv                 *Server
		need                []string
	}{
		{"vllm_chat_stream.body", "/v1/chat/completions", chatBody("m", 6, streaming), plain, append([]string{"choices.delta.role", "choices.delta.content", "choices.delta.reasoning"}, needChat...)},
		{"vllm_chat.body", "/v1/chat/completions", chatBody("m", 6, ""), plain, append([]string{"choices.message.role", "choices.message.content", "choices.message.reasoning"}, needChat...)},
		{"vllm_chat_stream_tool.body", "/v1/chat/completions", chatBody("m", 60, streaming+toolsJSON), tools, append([]string{"choices.delta.tool_calls.id", "choices.delta.tool_calls.type", "choices.delta.tool_calls.function.name", "choices.delta.tool_calls.function.arguments"}, needChat...)},
		{"vllm_completions_stream.body", "/v1/completions", `{"prompt":"a","max_tokens":6` + streaming + `}`, plain, append([]string{"choices.text"}, needChat...)},
		{"vllm_responses_stream.body", "/v1/responses", `{"model":"m","input":"a","max_output_tokens":6,"stream":true}`, plain, []string{
			"type", "delta", "text", "item_id", "output_index", "content_index", "sequence_number", "item.id", "item.type", "item.content.text", "part.type",
			"response.id", "response.object", "response.status", "response.output.content.text", "response.usage.input_tokens", "response.usage.output_tokens_details.reasoning_tokens"}},
		{"vllm_responses.body", "/v1/responses", `{"model":"m","input":[{"role":"user","content":"a"}],"max_output_tokens":6}`, plain, []string{
			"id", "object", "status", "output.type", "output.content.text", "usage.total_tokens"}},
		{"vllm_messages_stream.body", "/v1/messages", `{"model":"m","messages":[{"role":"user","content":"a"}],"max_tokens":6,"stream":true}`, plain, []string{
			"type", "index", "delta.type", "delta.text", "delta.thinking", "delta.signature", "delta.stop_reason", "content_block.type", "content_block.thinking",
			"message.id", "message.usage.input_tokens", "usage.input_tokens", "usage.output_tokens"}},
		{"vllm_messages_stream_tool.body", "/v1/messages", `{"model":"m","messages":[{"role":"user","content":"a"}],"max_tokens":60,"stream":true,"tools":[{"name":"f","input_schema":{"properties":{"a":{"type":"string"}}}}]}`,
			tools, []string{"delta.partial_json", "content_block.id", "content_block.name", "content_block.input"}},
		{"vllm_messages.body", "/v1/messages", `{"model":"m","messages":[{"role":"user","content":"a"}],"max_tokens":6}`, plain, []string{
			"id", "type", "role", "content.type", "content.thinking", "content.signature", "content.text", "stop_reason", "usage.input_tokens", "usage.output_tokens"}},
		{"vllm_embeddings.body", "/v1/embeddings", `{"model":"m","input":"a"}`, plain, []string{
			"id", "object", "model", "data.index", "data.object", "data.embedding", "usage.prompt_tokens", "usage.total_tokens"}},
		{"vllm_rerank.body", "/v1/rerank", `{"model":"m","query":"q","documents":["a","b"]}`, plain, []string{
			"id", "model", "usage.prompt_tokens", "results.index", "results.relevance_score", "results.document.text"}},
	} {
		t.Run(c.capture, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join("testdata", c.capture))
			if err != nil {
				t.Fatal(err)
			}
			resp, text := do(t, c.srv, c.path, c.body, "")
			real, ours := []string{string(raw)}, []string{text}
			if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
				real, ours = events(string(raw)), events(text)
			}
			realPaths, ourPaths := pathsOf(t, real), pathsOf(t, ours)
			// vLLM sends these two only when told to; here they are always on.
			realPaths["usage.prompt_tokens_details"], realPaths["usage.prompt_tokens_details.cached_tokens"] = true, true
			realPaths["usage.completion_tokens_details"], realPaths["usage.completion_tokens_details.reasoning_tokens"] = true, true
			realPaths["response.incomplete_details.reason"], realPaths["incomplete_details.reason"] = true, true // of an answer that was cut
			for p := range ourPaths {
				if !realPaths[p] {
					t.Errorf("we send %q, vLLM does not", p)
				}
			}
			for _, p := range c.need {
				if !ourPaths[p] || !realPaths[p] {
					t.Errorf("%q: we send it: %v, vLLM sends it: %v", p, ourPaths[p], realPaths[p])
				}
			}
		})
	}
}

const toolsJSON = `,"tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{
	"city":{"type":"string"},"days":{"type":"integer"},"unit":{"type":"string","enum":["C","F"]},"now":{"type":"boolean"}}}}}]`

type chunk struct {
	Object  string `json:"object"`
	Choices []struct {
		Text  string `json:"text"`
		Delta struct {
			Role      string `json:"role"`
			Content   string `json:"content"`
			Reasoning string `json:"reasoning_content"`
			ToolCalls []struct {
				Function struct{ Name, Arguments string } `json:"function"`
			} `json:"tool_calls"`
		} `json:"delta"`
		FinishReason string `json:"finish_reason"`
	} `json:"choices"`
	Usage *struct {
		PromptTokens     int `json:"prompt_tokens"`
		CompletionTokens int `json:"completion_tokens"`
		TotalTokens      int `json:"total_tokens"`
		Prompt           struct {
			CachedTokens int `json:"cached_tokens"`
		} `json:"prompt_tokens_details"`
		Completion struct {
			ReasoningTokens int `json:"reasoning_tokens"`
		} `json:"completion_tokens_details"`
	} `json:"usage"`
}

func chunks(t *testing.T, text string) []chunk {
	t.Helper()
	var cs []chunk
	for _, e := range events(text) {
		if e == "[DONE]" {
			continue
		}
		var c chunk
		if err := json.Unmarshal([]byte(e), &c); err != nil {
			t.Fatalf("%v: %s", err, e)
		}
		cs = append(cs, c)
	}
	return cs
}

func TestStreamContents(t *testing.T) {
	cfg := Fast()
	cfg.Output.Tokens = 12
	cfg.ToolCalls = true
	cfg.Count = func(s string) int { return len(strings.Fields(s)) }
	s := start(t, cfg)
	for name, c := range map[string]struct {
		body               string
		content, reasoning int // events
		finish             string
		usage              bool
	}{
		"limit":                {chatBody("m", 7, streaming), 7, 0, "length", true},
		"newer name":           {`{"model":"m","messages":[{"role":"user","content":"a b"}],"max_completion_tokens":5,"max_tokens":9,"stream":true}`, 5, 0, "length", false},
		"no limit":             {`{"model":"m","messages":[{"role":"user","content":"a b"}],"stream":true,"stop":["x"],"ignore_eos":true,"min_tokens":3}`, 12, 0, "stop", false},
		"reasoning":            {chatBody("some-reason-model", 9, streaming), 6, 3, "length", true},
		"no usage":             {chatBody("nousage", 4, streaming), 4, 0, "length", false},
		"short":                {chatBody("short", 40, streaming), 1, 0, "stop", true},
		"content parts":        {`{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a b c"},{"type":"image_url","image_url":{"url":"data:x"}}]}],"max_tokens":3,"stream":true}`, 3, 0, "length", false},
		"tools but no calling": {chatBody("m", 4, streaming+toolsJSON+`,"tool_choice":"none"`), 4, 0, "length", true},
	} {
		t.Run(name, func(t *testing.T) {
			_, text := do(t, s, "/v1/chat/completions", c.body, "")
			content, reasoning, finish, usage := 0, 0, "", false
			for i, ch := range chunks(t, text) {
				if ch.Object != "chat.completion.chunk" {
					t.Errorf("object %q", ch.Object)
				}
				if ch.Usage != nil {
					usage = true
					if u := ch.Usage; u.CompletionTokens != c.content+c.reasoning || u.Completion.ReasoningTokens != c.reasoning || u.TotalTokens != u.PromptTokens+u.CompletionTokens || u.PromptTokens == 0 {
						t.Errorf("usage %+v", u)
					}
				}
				for _, choice := range ch.Choices {
					if (choice.Delta.Role == "assistant") != (i == 0) {
						t.Errorf("event %d has role %q", i, choice.Delta.Role)
					}
					if choice.Delta.Content != "" {
						content++
					}
					if choice.Delta.Reasoning != "" {
						reasoning++
						if content > 0 {
							t.Error("reasoning after content")
						}
					}
					if choice.FinishReason != "" {
						if finish != "" {
							t.Error("finished twice")
						}
						finish = choice.FinishReason
					}
				}
			}
			if content != c.content || reasoning != c.reasoning || finish != c.finish || usage != c.usage {
				t.Errorf("%d content, %d reasoning, finish %q, usage %v; want %d, %d, %q, %v", content, reasoning, finish, usage, c.content, c.reasoning, c.finish, c.usage)
			}
			if !strings.HasSuffix(text, "data: [DONE]\n\n") {
				t.Error("no [DONE] at the end")
			}
		})
	}
}

func TestContinuousUsage(t *testing.T) {
	s := start(t, Fast())
	for _, path := range []string{"/v1/chat/completions", "/v1/completions"} {
		body := `{"model":"m","prompt":"a","messages":[{"role":"user","content":"a"}],"max_tokens":5,"stream":true,"stream_options":{"include_usage":true,"continuous_usage_stats":true}}`
		_, text := do(t, s, path, body, "")
		var counts []int
		for _, c := range chunks(t, text) {
			if c.Usage == nil {
				t.Fatal("an event without usage")
			}
			counts = append(counts, c.Usage.CompletionTokens)
		}
		want := []int{1, 2, 3, 4, 5, 5}
		if strings.Contains(path, "chat") {
			want = append([]int{0}, want...)
		}
		if !slices.Equal(counts, want) {
			t.Errorf("%s: completion tokens %v, want %v", path, counts, want)
		}
	}
}

func TestToolCalls(t *testing.T) {
	cfg := Fast()
	cfg.ToolCalls = true
	s := start(t, cfg)
	_, text := do(t, s, "/v1/chat/completions", chatBody("m", 60, streaming+toolsJSON), "")
	name, args, finish, tokens := "", "", "", 0
	for _, c := range chunks(t, text) {
		for _, ch := range c.Choices {
			for _, tc := range ch.Delta.ToolCalls {
				name += tc.Function.Name
				args += tc.Function.Arguments
				tokens++
			}
			finish += ch.FinishReason
		}
		if c.Usage != nil && c.Usage.CompletionTokens != tokens {
			t.Errorf("usage says %d tokens, %d pieces came", c.Usage.CompletionTokens, tokens)
		}
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(args), &got); err != nil {
		t.Fatalf("arguments %q: %v", args, err)
	}
	if name != "get_weather" || got["unit"] != "C" || got["days"] != 7.0 || got["city"] != "Paris" || got["now"] != true || finish != "tool_calls" || tokens < 10 {
		t.Errorf("name %q, arguments %v, finish %q, %d pieces", name, got, finish, tokens)
	}
	_, whole := do(t, s, "/v1/chat/completions", chatBody("m", 60, toolsJSON), "")
	mustContain(t, "whole answer", whole, `"name":"get_weather"`, `"finish_reason":"tool_calls"`, `\"city\": \"Paris\"`)
	_, cut := do(t, s, "/v1/chat/completions", chatBody("m", 4, streaming+toolsJSON), "")
	mustContain(t, "cut answer", cut, `"finish_reason":"length"`)
}

func TestEarlyStopKeepsItsBounds(t *testing.T) {
	x := &exchange{srv: &Server{cfg: Config{Output: Output{Tokens: 50, EarlyStop: 0.5}}.withDefaults()}}
	limit, stops := 100, 0
	for i := range 2000 {
		x.index = i
		n, finish := x.length(&params{MaxTokens: &limit, MinTokens: 40}, 10)
		if n < 40 || n > 100 || (finish == "length") != (n == 100) {
			t.Fatalf("length %d, finish %q", n, finish)
		}
		if finish == "stop" {
			stops++
		}
		if n, finish = x.length(&params{MaxTokens: &limit, IgnoreEOS: true}, 10); n != 100 || finish != "length" {
			t.Fatalf("with ignore_eos: length %d, finish %q", n, finish)
		}
	}
	if stops < 900 || stops > 1100 {
		t.Errorf("%d of 2000 stopped early, want about half", stops)
	}
}

func TestPrefixCacheOnTheWire(t *testing.T) {
	s := start(t, Fast())
	prompt := strings.Repeat("shared words ", 100)
	for i, want := range []bool{false, true} {
		_, text := do(t, s, "/v1/completions", `{"max_tokens":2,"prompt":"`+prompt+`"`+streaming+`}`, "")
		for _, c := range chunks(t, text) {
			if c.Usage != nil && (c.Usage.Prompt.CachedTokens > 300) != want {
				t.Errorf("request %d: %d of %d prompt tokens cached", i, c.Usage.Prompt.CachedTokens, c.Usage.PromptTokens)
			}
		}
	}
}

func FuzzRequestParsers(f *testing.F) {
	f.Add([]byte(`"text"`))
	f.Add([]byte(`[1,2,3]`))
	f.Add([]byte(`[[1],[2]]`))
	f.Add([]byte(`["a","b"]`))
	f.Add([]byte(`[{"type":"text","text":"a"}]`))
	f.Add([]byte(`{"function":{"name":"f","parameters":{"properties":{"a\"":{"type":"array"},"b":{"enum":[{}]}}}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, ids, ok := promptText(b); ids < 0 || !ok && ids != 0 {
			t.Errorf("%d ids", ids)
		}
		_ = textOf(b)
		var tl tool
		if json.Unmarshal(b, &tl) == nil {
			if args := strings.Join(tl.arguments(), ""); !json.Valid([]byte(args)) {
				t.Errorf("arguments %q are not JSON", args)
			}
		}
	})
}
