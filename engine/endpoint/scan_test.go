package endpoint

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// show prints what a unit says, so that two readers can be compared.
func (u *unit) show() string {
	var b strings.Builder
	fmt.Fprintf(&b, "object %v empty %v %q part %d content %q reasoning %q text %v %q usage %v %v failed %v %q",
		u.isObject, u.empty, u.object, u.part, u.content, u.reasoning, u.hasText, u.text,
		u.hasUsage, u.usage, u.failed, u.message)
	for _, c := range u.calls {
		fmt.Fprintf(&b, " call %d %q %q %q %q %v %v", c.Index, c.ID, c.Type, c.Name, c.Arguments, c.Whole, c.Legacy)
	}
	return b.String()
}

// agree checks the two readers against each other: whatever the quick one
// accepts, the complete one must read the same. It reports whether the quick
// one accepted.
func agree(t *testing.T, data []byte) bool {
	t.Helper()
	var fast, full unit
	fast.reset()
	full.reset()
	if !fast.scan(data) {
		return false
	}
	if !full.parse(data) {
		t.Fatalf("the quick reader accepts what is no JSON: %q", data)
	}
	if a, b := fast.show(), full.show(); a != b {
		t.Fatalf("the readers differ on %s\nquick %s\nfull  %s", data, a, b)
	}
	return true
}

func TestReadersAgree(t *testing.T) {
	units := corpusUnits(t)
	quick, json := 0, 0
	for _, u := range units {
		if u == "[DONE]" || u == "" {
			continue
		}
		json++
		if agree(t, []byte(u)) {
			quick++
		}
	}
	// The rest: error objects and two broken lines, which are meant for parse.
	if quick < json*99/100 {
		t.Errorf("only %d of %d units took the quick path", quick, json)
	}
}

// Broken and shuffled variants of real units.
func TestReadersAgreeOnDamage(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	seeds := decodeSeeds(t)
	bits := []string{"null", `""`, "{}", "[]", ",", ":", `"content":`, `"usage":{}`, "1e999", "-0", "01", `\u0041`, `\ud83d`, "\xff", "\x00", " ",
		`"object":"x",`, "}", "]", "true", `\`}
	for range 60_000 {
		b := []byte(seeds[r.IntN(len(seeds))])
		for range 1 + r.IntN(3) {
			if len(b) == 0 {
				break
			}
			i := r.IntN(len(b))
			j := min(len(b), i+r.IntN(12))
			switch r.IntN(3) {
			case 0:
				b = append(b[:i:i], b[j:]...)
			case 1:
				b = append(append(b[:i:i], bits[r.IntN(len(bits))]...), b[i:]...)
			case 2:
				b = append(append(b[:i:i], bits[r.IntN(len(bits))]...), b[j:]...)
			}
		}
		agree(t, b)
	}
}

// decodeSeeds is a choice of real units and of the odd ones.
func decodeSeeds(t testing.TB) []string {
	seeds := append([]string{}, oddUnits...)
	for _, name := range captureFiles(t) {
		units := captureUnits(t, name)
		for i := 0; i < len(units); i += 1 + len(units)/5 {
			seeds = append(seeds, units[i])
		}
	}
	return seeds
}

// oddUnits are legal or nearly legal JSON that servers seldom send.
var oddUnits = []string{
	``, ` `, `null`, `[]`, `{}`, `"x"`, `12`, `[DONE]`, ` [DONE]` + "\n", `{"a":1}`, `{"a":1} x`, `{"a":1}}`, `{"a":01}`, `{"a":1.}`,
	`{"object":"chat.completion.chunk","choices":null}`,
	`{"object":"chat.completion.chunk","choices":[]}`,
	`{"object":"chat.completion.chunk","choices":[null,{"delta":{"content":"x"}}]}`,
	`{"object":"chat.completion.chunk","choices":[{"delta":null}]}`,
	`{"object":"chat.completion.chunk","choices":[{"delta":{"content":"a\ud83d\udc4b\u00e9\n\"\/"}}]}`,
	`{"object":"chat.completion.chunk","choices":[{"delta":{"content":"\ud83d"}}]}`,
	`{"object":"chat.completion.chunk","choices":[{"delta":{"content":"\ud83dx\udc4b\ud83d\u0041"}}]}`,
	`{"object":"chat.completion.chunk","choices":[{"delta":{"content":"` + "a\xffb" + `"}}]}`,
	`{"object":"chat.completion.chunk","choices":[{"delta":{"content":"` + "a\nb" + `"}}]}`,
	`{"object":"chat.completion.chunk","choices":[{"delta":{"content":"\x"}}]}`,
	`{"object":"chat.completion.chunk","choices":[{"delta":{"content":["x"]}}]}`,
	`{"object":"chat.completion.chunk","choices":[{"delta":{"content":"one","content":"two"}}]}`,
	`{"object":"chat.completion.chunk","choices":[{"delta":{"c\u006fntent":"escaped key"}}]}`,
	`{"object":"chat.completion.chunk","choices":[{"message":{"content":"m"},"delta":{"content":"d"}}]}`,
	`{"object":"chat.completion","choices":[{"message":{"content":"m"},"delta":{"content":"d"}}]}`,
	`{"object":"chat.completion.chunk","object":"x","choices":[{"delta":{"content":"x"}}]}`,
	`{"choices":[{"delta":{"reasoning":"r","reasoning_content":"","content":"c"}}],"object":"chat.completion.chunk"}`,
	`{"choices":[{"delta":{"reasoning":"r","reasoning_content":"rc"}}],"object":"chat.completion.chunk"}`,
	`{"choices":[{"delta":{"tool_calls":[{"index":1,"id":null,"function":{"name":"f","arguments":null}},{"function":{"arguments":"{}"}}]}}],"object":"chat.completion.chunk"}`,
	`{"choices":[{"delta":{"tool_calls":[{"index":-1,"function":null},7]}}],"object":"chat.completion.chunk"}`,
	`{"choices":[{"delta":{"function_call":{"name":"f","arguments":"{}"}}}],"object":"chat.completion.chunk"}`,
	`{"object":"chat.completion.chunk","choices":[],"usage":{}}`,
	`{"object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":1.0,"completion_tokens":-3,"total_tokens":1e2}}`,
	`{"object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":12345678901234567890}}`,
	`{"object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":null,"input_tokens":5}}`,
	`{"object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":7,"prompt_tokens_details":{"cached_tokens":null},"cached_tokens":3}}`,
	`{"object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":7,"prompt_tokens_details":{"cached_tokens":3,"cached_tokens":4}}}`,
	`{"usage":{"input_tokens":5,"output_tokens":6,"cache_read_input_tokens":7,"cache_creation_input_tokens":8}}`,
	`{"error":{"message":"boom","code":500}}`, `{"error":"boom"}`, `{"error":{"code":7}}`, `{"error":null,"a":1}`, `{"error":0,"a":1}`, `{"error":[1,"<"]}`,
	`{"object":"error","message":"boom","code":400}`, `{"message":"hello"}`,
	`{"object":"text_completion","choices":[{"text":"x"}]}`, `{"object":"text_completion","choices":[{"text":null}]}`,
	`{"object":7,"model":8,"id":9,"choices":[{"finish_reason":3,"delta":{"content":"x"}}]}`,
	`{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `,"object":"chat.completion.chunk"}`,
	`{"a":[1,2,],"object":"chat.completion.chunk"}`, `{"a":{"b":1,},"b":2}`, `{"a":[,1]}`, `{,"a":1}`, `{"a":tru}`, `{"a":-}`, `{"a":1e}`, `{"a":1E+5,"b":-0.5e-3}`,
}

func FuzzDecode(f *testing.F) {
	for _, s := range decodeSeeds(f) {
		f.Add([]byte(s), false)
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, relaxed bool) {
		agree(t, data)
		for _, e := range All {
			var a Answer
			a.Capture = true
			d := Delta{Relaxed: relaxed}
			for range 2 { // again, over used buffers
				if e.Decode(data, &d) != nil {
					break // Decode may fail a request
				}
				a.Add(&d)
			}
			text := len(d.Counted()) + len(d.Reasoning)
			if !d.Content() && text > 0 {
				t.Errorf("%s: no content, but text %q", e.Spec().Type, d.Counted())
			}
			if d.Content() && text == 0 && d.Kind <= ToolUnit && d.role != wholePart {
				t.Errorf("%s: content without text in %q", e.Spec().Type, data)
			}
			m := a.AppendMessage(nil)
			if len(m) == 0 {
				continue
			}
			if !json.Valid(m) {
				t.Errorf("%s: message %s is not JSON", e.Spec().Type, m)
			}
			if _, err := ReadInputs(e, []byte(`{"messages":`+string(m)+`}`)); err != nil {
				t.Errorf("%s: message %s: %v", e.Spec().Type, m, err)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct {
		name, unit string
		e          Endpoint
	}{
		{"vllm", captureUnits(b, "vllm/chat_stream_usage")[20], Chat{}},
		{"llamacpp", captureUnits(b, "llamacpp/chat_stream_usage")[20], Chat{}},
		{"tool", captureUnits(b, "vllm/chat_stream_tool_call")[20], Chat{}},
		{"continuous_usage", captureUnits(b, "vllm/chat_stream_continuous_usage")[15], Chat{}},
		{"escaped", `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":" tok\u00e9n \"x\""},"finish_reason":null}]}`, Chat{}},
		{"completions", captureUnits(b, "vllm/completions_stream")[20], Completions{}},
		{"responses", captureUnits(b, "vllm/responses_stream")[8], Responses{}},
		{"messages", captureUnits(b, "vllm/messages_stream")[8], Messages{}},
		{"generate", `{"index":3,"token":{"id":3,"text":" fox","logprob":-0.1,"special":false},"generated_text":null,"details":null}`, HuggingFaceGenerate{}},
		{"embeddings", string(captureBody(b, "vllmembed/embeddings_float")), Embeddings{}},
	} {
		b.Run(c.name, func(b *testing.B) {
			data := []byte(c.unit)
			var d Delta
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				d.last.data = d.last.data[:0] // or it would be read by itself
				if err := c.e.Decode(data, &d); err != nil {
					b.Fatal(err)
				}
			}
			if !d.Content() {
				b.Fatalf("no content in %s", data)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	data := []byte(captureUnits(b, "vllm/chat_stream_usage")[20])
	var u unit
	b.ReportAllocs()
	for b.Loop() {
		u.reset()
		u.parse(data)
	}
}

func BenchmarkAnswer(b *testing.B) {
	units := captureUnits(b, "vllm/chat_stream_usage")
	var data [][]byte
	for _, u := range units {
		data = append(data, []byte(u))
	}
	var d Delta
	var a Answer
	b.ReportAllocs()
	for b.Loop() {
		a.Reset()
		for _, u := range data {
			_ = Chat{}.Decode(u, &d)
			a.Add(&d)
		}
	}
}
