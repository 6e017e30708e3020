package endpoint

import "testing"

func TestDecodeChat(t *testing.T) {
	const chunk = `{"object":"chat.completion.chunk","choices":[{"index":0,"delta":`
	for _, c := range []struct {
		name, data string
		kind       Kind
		output     bool
		counted    string
		reasoning  string
	}{
		{"role only", chunk + `{"role":"assistant","content":""}}]}`, NoContent, false, "", ""},
		{"null content", chunk + `{"role":"assistant","content":null}}]}`, NoContent, false, "", ""},
		{"empty delta", chunk + `{},"finish_reason":"stop"}]}`, NoContent, false, "", ""},
		{"refusal", chunk + `{"refusal":"no"}}]}`, NoContent, false, "", ""},
		{"text", chunk + `{"content":" a"}}]}`, TextUnit, true, " a", ""},
		{"reasoning_content", chunk + `{"reasoning_content":"r"}}]}`, ReasoningUnit, false, "", "r"},
		{"reasoning", chunk + `{"reasoning":"r"}}]}`, ReasoningUnit, false, "", "r"},
		{"reasoning beside text", chunk + `{"reasoning":"r","content":"c"}}]}`, ReasoningUnit, true, "c", "r"},
		{"empty reasoning beside text", chunk + `{"reasoning":"","content":"c"}}]}`, TextUnit, true, "c", ""},
		{"tool call", chunk + `{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{"}},{"index":1,"function":{"name":"g"}}]}}]}`,
			ToolUnit, true, "f{g", ""},
		{"prose beside a tool call is not counted", chunk + `{"content":"prose","tool_calls":[{"function":{"arguments":"x"}}]}}]}`,
			ToolUnit, true, "x", ""},
		{"tool call without text", chunk + `{"content":"prose","tool_calls":[{"id":"1","function":{"name":""}}]}}]}`, TextUnit, true, "prose", ""},
		{"tool call beside reasoning is not counted", chunk + `{"reasoning":"r","tool_calls":[{"function":{"arguments":"x"}}]}}]}`,
			ReasoningUnit, false, "", "r"},
		{"function_call is not counted", chunk + `{"function_call":{"name":"f","arguments":"x"}}}]}`, NoContent, false, "", ""},
		{"second choice", `{"object":"chat.completion.chunk","choices":[{"delta":{}},{"delta":{"content":"x"}}]}`, NoContent, false, "", ""},
		{"message in a chunk", `{"object":"chat.completion.chunk","choices":[{"message":{"content":"x"}}]}`, NoContent, false, "", ""},
		{"whole", `{"object":"chat.completion","choices":[{"message":{"content":"x"}}]}`, TextUnit, true, "x", ""},
		{"delta in a whole", `{"object":"chat.completion","choices":[{"delta":{"content":"x"}}]}`, NoContent, false, "", ""},
		{"completions object", `{"object":"text_completion","choices":[{"text":"x"}]}`, NoContent, false, "", ""},
		{"surrogates", chunk + `{"content":"\ud83d\udc4b\u00e9 é \ud83d"}}]}`, TextUnit, true, "👋é é \uFFFD", ""},
	} {
		var d Delta
		if err := (Chat{}).Decode([]byte(c.data), &d); err != nil {
			t.Fatal(err)
		}
		if d.Kind != c.kind || d.Output() != c.output || string(d.Counted()) != c.counted || string(d.Reasoning) != c.reasoning {
			t.Errorf("%s: kind %d output %v counted %q reasoning %q, want %d %v %q %q",
				c.name, d.Kind, d.Output(), d.Counted(), d.Reasoning, c.kind, c.output, c.counted, c.reasoning)
		}
	}
}

func TestDecodeMarks(t *testing.T) {
	type marks struct{ done, notJSON, foreign, loose, failed, usage, content bool }
	for _, c := range []struct {
		data            string
		strict, lenient marks
	}{
		{"[DONE]", marks{done: true}, marks{done: true}},
		{"", marks{notJSON: true}, marks{notJSON: true}},
		{`{"object": "chat.completion.chunk", "choices": [{"del`, marks{notJSON: true}, marks{notJSON: true}},
		{"{}", marks{}, marks{}},
		{"null", marks{}, marks{}},
		{"[1]", marks{foreign: true}, marks{foreign: true}},
		{`{"detail":"Not Found"}`, marks{foreign: true}, marks{foreign: true}},
		{`{"choices":[{"delta":{"content":"x"}}]}`, marks{foreign: true, loose: true}, marks{loose: true, content: true}},
		{`{"choices":[{"message":{"content":"x"}}]}`, marks{foreign: true, loose: true}, marks{loose: true, content: true}},
		{`{"object":"chunk","choices":[{"delta":{"content":"x"}}]}`, marks{foreign: true, loose: true}, marks{loose: true, content: true}},
		{`{"choices":[],"usage":{"prompt_tokens":1}}`, marks{foreign: true, usage: true}, marks{usage: true}},
		{`{"object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":1}}`, marks{usage: true}, marks{usage: true}},
		{`{"object":"chat.completion.chunk","choices":[],"usage":{}}`, marks{}, marks{}},
		{`{"error":{"message":"boom"}}`, marks{failed: true}, marks{failed: true}},
		{`{"object":"error","message":"boom"}`, marks{failed: true}, marks{failed: true}},
	} {
		for relaxed, want := range map[bool]marks{false: c.strict, true: c.lenient} {
			d := Delta{Relaxed: relaxed}
			if err := (Chat{}).Decode([]byte(c.data), &d); err != nil {
				t.Fatal(err)
			}
			got := marks{d.Done, d.NotJSON, d.Foreign, d.Loose, d.Failed, d.HasUsage, d.Content()}
			if got != want {
				t.Errorf("relaxed %v: %s\n got %+v\nwant %+v", relaxed, c.data, got, want)
			}
		}
	}
}

func TestDecodeCompletions(t *testing.T) {
	for _, c := range []struct {
		data    string
		relaxed bool
		want    string
		loose   bool
	}{
		{`{"object":"text_completion","choices":[{"text":" x"}]}`, false, " x", false},
		{`{"object":"completion","choices":[{"text":"x"}]}`, false, "x", false},
		{`{"object":"text_completion","choices":[{"text":"","finish_reason":"length"}]}`, false, "", false},
		{`{"choices":[{"text":"x"}]}`, false, "", true},
		{`{"choices":[{"text":"x"}]}`, true, "x", true},
		{`{"object":"chat.completion","choices":[{"message":{"content":"x"}}]}`, true, "", false},
	} {
		d := Delta{Relaxed: c.relaxed}
		if err := (Completions{}).Decode([]byte(c.data), &d); err != nil {
			t.Fatal(err)
		}
		if string(d.Counted()) != c.want || d.Loose != c.loose || d.Content() != (c.want != "") {
			t.Errorf("%s relaxed %v: %q loose %v, want %q %v", c.data, c.relaxed, d.Counted(), d.Loose, c.want, c.loose)
		}
	}
}

func TestErrorMessages(t *testing.T) {
	for data, want := range map[string]string{
		`{"error":{"message":"boom","code":500}}`:          "boom",
		`{"error":"boom"}`:                                 "boom",
		`{"error":{"code":7,"what":"<x>"}}`:                `{"code":7,"what":"<x>"}`,
		`{"error":[1]}`:                                    `[1]`,
		`{"object":"error","message":"boom","code":"400"}`: "boom",
	} {
		var d Delta
		if err := (Chat{}).Decode([]byte(data), &d); err != nil || string(d.Error) != want {
			t.Errorf("%s: message %q, want %q", data, d.Error, want)
		}
	}
}

func TestUsageNames(t *testing.T) {
	with := func(change func(*Usage)) Usage {
		u := NoUsage
		change(&u)
		return u
	}
	for data, want := range map[string]Usage{
		`{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":4},
		  "completion_tokens_details":{"reasoning_tokens":2,"accepted_prediction_tokens":1,"rejected_prediction_tokens":3}}`: {
			10, 5, 15, 2, 4, -1, -1, 1, 3, -1, -1, -1, -1},
		`{"prompt_tokens_details":{"audio_tokens":4},"completion_tokens_details":{"audio_tokens":0},"prompt_audio_seconds":2.5}`: with(func(u *Usage) {
			u.PromptAudio, u.CompletionAudio, u.PromptAudioSec = 4, 0, 2.5
		}),
		`{"prompt_tokens":1,"prompt_tokens_details":{"audio_tokens":null},"completion_tokens_details":{"audio_tokens":7}}`: with(func(u *Usage) {
			u.Prompt, u.CompletionAudio = 1, 7
		}),
		`{"prompt_audio_seconds":{}}`: NoUsage,
		`{"input_tokens":50,"output_tokens":6,"cache_read_input_tokens":5,"cache_creation_input_tokens":3}`: with(func(u *Usage) {
			u.Prompt, u.Completion, u.CacheRead, u.CacheWrite = 58, 6, 5, 3
		}),
		`{"inputTokens":50,"outputTokens":6,"totalTokens":56,"cacheReadInputTokens":5,"cacheWriteInputTokens":3}`: with(func(u *Usage) {
			u.Prompt, u.Completion, u.Total, u.CacheRead, u.CacheWrite = 58, 6, 56, 5, 3
		}),
		`{"input_tokens":50,"input_tokens_details":{"cached_tokens":7},"output_tokens_details":{"reasoning_tokens":0}}`: with(func(u *Usage) {
			u.Prompt, u.CacheRead, u.Reasoning = 50, 7, 0
		}),
		`{"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2,"totalTokenCount":3,"thoughtsTokenCount":4,"cachedContentTokenCount":5,"toolUsePromptTokenCount":6}}`: {
			1, 2, 3, 4, 5, -1, -1, -1, -1, 6, -1, -1, -1},
		`{"prompt_cache_hit_tokens":3,"prompt_cache_miss_tokens":4}`: with(func(u *Usage) { u.CacheRead, u.CacheMiss = 3, 4 }),
		`{"tokens":{"input_tokens":9,"output_tokens":8},"cached_tokens":2}`: with(func(u *Usage) {
			u.Prompt, u.Completion, u.CacheRead = 9, 8, 2
		}),
		`{"meta":{"tokens":{"input_tokens":9},"cached_tokens":2}}`: with(func(u *Usage) { u.Prompt, u.CacheRead = 9, 2 }),
		`{"input_token_count":9,"generated_token_count":8}`:        with(func(u *Usage) { u.Prompt, u.Completion = 9, 8 }),
		// The first name that is present decides, even with null.
		`{"prompt_tokens":null,"input_tokens":9}`:                         NoUsage,
		`{"prompt_tokens":7.0,"completion_tokens":-1,"total_tokens":"x"}`: with(func(u *Usage) { u.Prompt = 7 }),
	} {
		var d Delta
		if err := (Chat{}).Decode([]byte(`{"object":"chat.completion.chunk","usage":`+data+`}`), &d); err != nil {
			t.Fatal(err)
		}
		if !d.HasUsage || d.Usage != want {
			t.Errorf("%s\n got %v %v\nwant %v", data, d.HasUsage, d.Usage, want)
		}
	}
}
