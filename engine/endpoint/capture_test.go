package endpoint

import (
	"encoding/json"
	"os"
	"tacho/engine/record"
	"testing"
)

type wantCapture struct {
	Stream           bool
	Chunks           int
	Text, Reasoning  string
	Usage            []int
	FirstChunkTokens int `json:"first_chunk_tokens"`
}

func wantCaptures(t testing.TB) map[string]wantCapture {
	t.Helper()
	b, err := os.ReadFile("testdata/captures/want.json")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]wantCapture{}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	return want
}

func checkCapture(t *testing.T, name string, a *Answer, w wantCapture) {
	t.Helper()
	if a.Chunks != w.Chunks || string(a.Text()) != w.Text || string(a.Reasoning()) != w.Reasoning {
		t.Errorf("%s: %d chunks, text %q, reasoning %q\nwant %d, %q, %q",
			name, a.Chunks, a.Text(), a.Reasoning(), w.Chunks, w.Text, w.Reasoning)
	}
	if a.HasUsage != (w.Usage != nil) {
		t.Errorf("%s: has usage %v, want %v", name, a.HasUsage, w.Usage)
	} else if w.Usage != nil {
		u := a.Usage
		got := [5]int{u.Prompt, u.Completion, u.Total, u.Reasoning, u.CacheRead}
		if got != [5]int(w.Usage) {
			t.Errorf("%s: usage %v, want %v", name, got, w.Usage)
		}
	}
	if a.FirstChunkTokens != w.FirstChunkTokens {
		t.Errorf("%s: %d tokens in the first chunk, want %d", name, a.FirstChunkTokens, w.FirstChunkTokens)
	}
	if a.Valid() != (w.Chunks > 0) || (a.Fault() == nil) != a.Valid() {
		t.Errorf("%s: valid %v, fault %v, %d chunks", name, a.Valid(), a.Fault(), w.Chunks)
	}
}

func TestCaptures(t *testing.T) {
	want := wantCaptures(t)
	for _, name := range captureFiles(t) {
		w, ok := want[name]
		if !ok {
			t.Errorf("%s is not in want.json", name)
			continue
		}
		checkCapture(t, name, collect(t, apiOf(name), captureUnits(t, name)), w)
	}
}

// cutter is an SSE splitter that is fed pieces, as a socket would.
type cutter struct {
	tail []byte
	emit func(data string)
}

func (c *cutter) write(b []byte) {
	c.tail = append(c.tail, b...)
	for {
		at := indexBlankLine(c.tail)
		if at < 0 {
			return
		}
		for _, u := range splitSSE(c.tail[:at]) {
			c.emit(u)
		}
		c.tail = c.tail[at+2:]
	}
}

func indexBlankLine(b []byte) int {
	for i := 0; i+1 < len(b); i++ {
		if b[i] == '\n' && b[i+1] == '\n' {
			return i
		}
	}
	return -1
}

// A stream reads the same wherever its bytes are cut.
func TestCapturesCutAnywhere(t *testing.T) {
	want := wantCaptures(t)
	for _, name := range []string{"vllm/chat_stream_tool_call", "llamacpp/chat_stream_chinese_code", "vllm/completions_stream_token_ids"} {
		body := captureBody(t, name)
		api := apiOf(name)
		var d Delta
		var a Answer
		for cut := 0; cut <= len(body); cut += 41 {
			a.Reset()
			c := cutter{emit: func(u string) {
				if err := api.Decode([]byte(u), &d); err != nil {
					t.Fatal(err)
				}
				a.Add(&d)
			}}
			c.write(body[:cut])
			c.write(body[cut:])
			for _, u := range splitSSE(c.tail) {
				c.emit(u)
			}
			checkCapture(t, name, &a, want[name])
		}
	}
}

func TestCaptureWords(t *testing.T) {
	a := collect(t, Chat{}, captureUnits(t, "vllm/chat_stream_usage"))
	if !a.Done || !a.HasUsage {
		t.Errorf("done %v, usage %v", a.Done, a.HasUsage)
	}
	a = collect(t, Chat{}, captureUnits(t, "llamacpp/fault_killed_midstream"))
	if a.Done || a.HasUsage {
		t.Errorf("a stream that was cut has done %v, usage %v", a.Done, a.HasUsage)
	}
	a = collect(t, Chat{}, captureUnits(t, "vllm/error_unknown_model"))
	if a.Failed != 1 || a.FirstError != "The model `no-such-model` does not exist. Valid aliases: tiny-chat." {
		t.Errorf("error object: %d, %q", a.Failed, a.FirstError)
	}
}

// The fields are those of record.Usage, so that the engine can convert.
func TestUsageConverts(t *testing.T) {
	if record.Usage(NoUsage) != record.NoUsage {
		t.Errorf("NoUsage differs: %v, %v", NoUsage, record.NoUsage)
	}
}

func TestAssistantMessage(t *testing.T) {
	for name, want := range map[string]string{
		"vllm/chat_stream_tool_call": `[{"role":"assistant","content":"\n\n","tool_calls":[{"id":"CALLID","type":"function",` +
			`"function":{"name":"get_weather","arguments":"{\"city\": \"Paris\", \"unit\": \"C\"}"}}]}]`,
		"vllm/chat_nonstream_tool_call": `[{"role":"assistant","content":null,"tool_calls":[{"id":"CALLID","type":"function",` +
			`"function":{"name":"get_weather","arguments":"{\"city\": \"Paris\", \"unit\": \"C\"}"}}]}]`,
		"llamacpp/chat_stream_no_usage":    `[{"role":"assistant","content":"1, 2, 3, 4, 5, 6, 7, 8, 9, 10."}]`,
		"llamacpp/chat_stream_length_stop": `[{"role":"assistant","content":"This needs a longer answer. I will write several sentences.\n"}]`,
		"llamacpp/chat_nonstream":          `[{"role":"assistant","content":"TTFT is the time from sending a request to the arrival of its first token."}]`,
		"vllm/error_unknown_model":         ``,
		// Thinking that came apart from the text is part of what was said.
		"llamacpp/chat_stream_usage": `[{"role":"assistant","content":"TTFT is a latency metric. Explain it in one sentence.\n` +
			`TTFT is the time from sending a request to the arrival of its first token."}]`,
		"vllm/chat_nonstream": `[{"role":"assistant","content":"\n\nTTFT is the time from sending a request to the arrival of its first token."}]`,
	} {
		a := collect(t, Chat{}, captureUnits(t, name))
		got := string(a.AppendMessage(nil))
		if len(a.calls) > 0 {
			want = replaceFirst(want, "CALLID", string(a.calls[0].id))
			if len(a.calls[0].id) < 8 {
				t.Errorf("%s: the call has the id %q", name, a.calls[0].id)
			}
		}
		if got != want {
			t.Errorf("%s: message\n%s\nwant\n%s", name, got, want)
		}
	}
}
