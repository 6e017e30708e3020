package endpoint

import (
	"strings"
	"testing"
)

func TestAnswerErrorInStream(t *testing.T) {
	content := `{"object":"chat.completion.chunk","choices":[{"delta":{"content":"x"}}]}`
	a := collect(t, Chat{}, []string{content, `{"error":{"message":"first"}}`, `{"error":"second"}`, "[DONE]"})
	if !a.Valid() || a.Fault() != nil {
		t.Errorf("AIPerf takes an error after content for a success; got %+v", a.Fault())
	}
	if a.Failed != 2 || a.FirstError != "first" || !a.Done || string(a.Text()) != "x" {
		t.Errorf("failed %d, first %q, done %v, text %q", a.Failed, a.FirstError, a.Done, a.Text())
	}
	a = collect(t, Chat{}, []string{`{"error":{"message":"first"}}`, "[DONE]"})
	f := a.Fault()
	if a.Valid() || f == nil || f.Type != "InvalidInferenceResultError" || f.Code != 0 || !strings.Contains(f.Cause, "first") {
		t.Errorf("an error without content: %+v", f)
	}
}

// The faults are worded as in AIPerf's files.
func TestFaultsAsInGolden(t *testing.T) {
	n := map[string]int{}
	for _, g := range goldenRaw(t, "error_kinds") {
		a := collect(t, Chat{}, g.units())
		switch {
		case g.Error == nil:
			if !a.Valid() {
				t.Errorf("%s is valid in the golden: %+v", g.Metadata.ConversationID, a.Fault())
			}
			n["valid"]++
		case g.Error.Type == "SSEResponseError":
			f := EventFault("scripted comment text", true, "")
			if f.Code != g.Error.Code || f.Type != g.Error.Type || f.Message != g.Error.Message {
				t.Errorf("event fault %+v, want %+v", f, g.Error)
			}
			n["event"]++
		default:
			f := a.Fault()
			if f == nil || f.Code != g.Error.Code || f.Type != g.Error.Type || f.Message != g.Error.Message {
				t.Errorf("%s: fault %+v, want %+v", g.Metadata.ConversationID, f, g.Error)
			}
			n["empty"]++
		}
	}
	if n["valid"] != 6 || n["event"] != 3 || n["empty"] != 6 {
		t.Errorf("cases seen: %v", n)
	}
}

func TestFaultCauses(t *testing.T) {
	for unit, want := range map[string]string{
		`{"choices":[{"delta":{"content":"x"}}]}`: "relaxed",
		`<html>`: "not JSON",
		`{"object":"chat.completion.chunk","choices":[{"delta":{"content":""}}]}`: "no content",
	} {
		if f := collect(t, Chat{}, []string{unit}).Fault(); f == nil || !strings.Contains(f.Cause, want) {
			t.Errorf("%s: %+v, want a cause with %q", unit, f, want)
		}
	}
	const nothing = "InvalidInferenceResultError('Invalid inference result: No responses were received')"
	if f := collect(t, Chat{}, nil).Fault(); f == nil || f.Message != nothing {
		t.Errorf("an empty answer: %+v, want %s", f, nothing)
	}
	if f := (&Answer{Blank: 1}).Fault(); f == nil || !strings.Contains(f.Message, "actual content") {
		t.Errorf("an answer of comments: %+v", f)
	}
	if f := EventFault("", false, "the block"); f.Message != "SSEResponseError('Error occurred in SSE response: Unknown error in SSE response: the block')" {
		t.Errorf("event without comment: %s", f.Message)
	}
}

func TestToolCallsByIndex(t *testing.T) {
	chunk := func(calls string) string {
		return `{"object":"chat.completion.chunk","choices":[{"delta":{"tool_calls":[` + calls + `]}}]}`
	}
	for name, c := range map[string]struct {
		units []string
		want  string
	}{
		"interleaved": {[]string{
			chunk(`{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":""}}`),
			chunk(`{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\""}},{"index":1,"function":{"arguments":"2"}}`),
			chunk(`{"index":0,"function":{"arguments":":1}"}}`),
		}, `{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"b","type":"function","function":{"name":"g","arguments":"2"}}`},
		"without index": {[]string{chunk(`{"id":"a","function":{"name":"f"}}`), chunk(`{"id":"b","function":{"name":"g"}}`)},
			`{"id":"a","function":{"name":"f","arguments":""}},{"id":"b","function":{"name":"g","arguments":""}}`},
		"old form": {[]string{
			`{"object":"chat.completion.chunk","choices":[{"delta":{"function_call":{"name":"f","arguments":"{"}}}]}`,
			`{"object":"chat.completion.chunk","choices":[{"delta":{"function_call":{"arguments":"}"}}}]}`,
		}, `{"type":"function","function":{"name":"f","arguments":"{}"}}`},
		"old form, whole": {[]string{
			`{"object":"chat.completion","choices":[{"message":{"function_call":{"name":"f","arguments":"{}"}}}]}`,
		}, `{"type":"function","function":{"name":"f","arguments":"{}"}}`},
	} {
		want := `[{"role":"assistant","content":null,"tool_calls":[` + c.want + `]}]`
		if got := string(collect(t, Chat{}, c.units).AppendMessage(nil)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

// An Answer that is used again forgets everything, though it keeps buffers.
func TestAnswerReset(t *testing.T) {
	used := collect(t, Chat{}, captureUnits(t, "vllm/chat_stream_tool_call"))
	for _, name := range []string{"vllm/chat_stream_usage", "llamacpp/chat_stream_tool_call", "vllm/error_unknown_model"} {
		used.Reset()
		var d Delta
		for _, u := range captureUnits(t, name) {
			if err := (Chat{}).Decode([]byte(u), &d); err != nil {
				t.Fatal(err)
			}
			used.Add(&d)
		}
		fresh := collect(t, Chat{}, captureUnits(t, name))
		if got, want := string(used.AppendMessage(nil)), string(fresh.AppendMessage(nil)); got != want {
			t.Errorf("%s after another: %s, want %s", name, got, want)
		}
		if used.Usage != fresh.Usage || used.Chunks != fresh.Chunks {
			t.Errorf("%s after another: %+v, want %+v", name, used, fresh)
		}
	}
	used.text = make([]byte, 0, keepBytes+1)
	used.Reset()
	if cap(used.text) > keepBytes {
		t.Error("a huge buffer survives Reset")
	}
}

func TestFirstChunkTokens(t *testing.T) {
	chunk := func(text string, n string) string {
		return `{"object":"chat.completion.chunk","choices":[{"delta":{"content":"` + text + `"}}],"usage":{"completion_tokens":` + n + `}}`
	}
	if a := collect(t, Chat{}, []string{chunk("", "1"), chunk("ab", "3"), chunk("c", "4")}); a.FirstChunkTokens != 3 {
		t.Errorf("first content chunk says 3 tokens, got %d", a.FirstChunkTokens)
	}
}
