package endpoint

import (
	"encoding/json"
	"strings"
	"testing"

	"tacho/engine/dataset"
)

func replaceFirst(s, old, new string) string { return strings.Replace(s, old, new, 1) }

// payload is a golden body, to make the turn from that it came from.
type payload struct {
	Messages []struct {
		Role    string
		Content string
	}
	Prompt              string
	Model               string
	Stream              bool
	MaxCompletionTokens int `json:"max_completion_tokens"`
	MaxTokens           int `json:"max_tokens"`
}

func readPayload(t testing.TB, raw []byte) (Options, Request) {
	t.Helper()
	var p payload
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	r := Request{}
	turn := &dataset.Turn{MaxTokens: p.MaxCompletionTokens + p.MaxTokens}
	for i, m := range p.Messages {
		next := &dataset.Turn{Texts: []dataset.Text{{Content: m.Content}}}
		if m.Role == "assistant" {
			next = &dataset.Turn{Messages: append(append([]byte("["), appendSimple(nil, m.Role, m.Content)...), ']')}
		} else if i == len(p.Messages)-1 {
			next.MaxTokens = turn.MaxTokens
		}
		r.Turns = append(r.Turns, next)
	}
	if p.Messages == nil {
		turn.Texts = []dataset.Text{{Content: p.Prompt}}
		r.Turns = []*dataset.Turn{turn}
	}
	return Options{Model: p.Model, Stream: p.Stream}, r
}

// Every body that AIPerf sent in a golden run comes out the same, byte by byte.
func TestEncodeGoldens(t *testing.T) {
	for _, run := range rawRuns {
		n := 0
		for _, g := range goldenRaw(t, run) {
			o, r := readPayload(t, g.Payload)
			got, err := Chat{}.Encode(nil, &o, &r)
			if err != nil || string(got) != string(g.Payload) {
				t.Fatalf("%s: %v\n got %s\nwant %s", run, err, got, g.Payload)
			}
			n++
		}
		if n == 0 {
			t.Errorf("%s has no records", run)
		}
	}
}

func TestEncodeInputs(t *testing.T) {
	for run, api := range map[string]Endpoint{
		"completions_stream": Completions{}, "chat_stream": Chat{}, "chat_nostream": Chat{}, "error_kinds": Chat{},
	} {
		for id, payloads := range goldenInputs(t, run) {
			for _, p := range payloads {
				o, r := readPayload(t, p)
				got, err := api.Encode(nil, &o, &r)
				if err != nil || string(got) != string(p) {
					t.Fatalf("%s %s: %v\n got %s\nwant %s", run, id, err, got, p)
				}
			}
		}
	}
}

// A multi-turn run is repeated from its inputs and the answers it got: the
// history that AIPerf sent must come out of Answer.
func TestEncodeHistory(t *testing.T) {
	inputs := goldenInputs(t, "multi_turn")
	records := map[string][3]*goldenRecord{}
	raw := goldenRaw(t, "multi_turn")
	for i := range raw {
		g := &raw[i]
		r := records[g.Metadata.ConversationID]
		r[g.Metadata.TurnIndex] = g
		records[g.Metadata.ConversationID] = r
	}
	if len(records) != 6 {
		t.Fatalf("%d conversations, want 6", len(records))
	}
	for id, turns := range records {
		var history []*dataset.Turn
		for i, g := range turns {
			o, r := readPayload(t, inputs[id][i])
			history = append(history, r.Turns...)
			r.Turns = history
			got, err := Chat{}.Encode(nil, &o, &r)
			if err != nil || string(got) != string(g.Payload) {
				t.Fatalf("%s turn %d: %v\n got %s\nwant %s", id, i, err, got, g.Payload)
			}
			a := collect(t, Chat{}, g.units())
			history = append(history, &dataset.Turn{Messages: a.AppendMessage(nil)})
		}
	}
}

func kvs(t testing.TB, s string) []dataset.KV {
	t.Helper()
	if s == "" {
		return nil
	}
	out, err := dataset.ParseKVs([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestEncodeExtras(t *testing.T) {
	const head = `{"messages":[{"role":"user","content":"hi"}],"model":"m",`
	for _, c := range []struct {
		name, extra, turn string
		o                 Options
		want              string
	}{
		{"plain", "", "", Options{}, `"stream":false,"max_completion_tokens":9}`},
		{"stream", "", "", Options{Stream: true}, `"stream":true,"max_completion_tokens":9,"stream_options":{"include_usage":true}}`},
		{"legacy", "", "", Options{LegacyMaxTokens: true}, `"stream":false,"max_tokens":9}`},
		{"per chunk", "", "", Options{Stream: true, PerChunkUsage: true},
			`"stream":true,"max_completion_tokens":9,"stream_options":{"include_usage":true,"continuous_usage_stats":true}}`},
		{"appended in order", `{"temperature": 0, "ignore_eos": true}`, "", Options{Stream: true},
			`"stream":true,"max_completion_tokens":9,"temperature":0,"ignore_eos":true,"stream_options":{"include_usage":true}}`},
		{"overrides in place", `{"x":1,"max_completion_tokens":null,"stream":true}`, "", Options{},
			`"stream":true,"max_completion_tokens":null,"x":1,"stream_options":{"include_usage":true}}`},
		{"switches streaming off", `{"stream":false}`, "", Options{Stream: true}, `"stream":false,"max_completion_tokens":9}`},
		{"stream 0 is off", `{"stream":0.0}`, "", Options{Stream: true}, `"stream":0.0,"max_completion_tokens":9}`},
		{"turn wins at the run's place", `{"a":1,"b":2}`, `{"a":{"c": [1, 2]},"d":null}`, Options{},
			`"stream":false,"max_completion_tokens":9,"a":{"c":[1,2]},"b":2,"d":null}`},
		{"last of repeated keys", `{"a":1,"b":2,"a":3}`, "", Options{}, `"stream":false,"max_completion_tokens":9,"a":3,"b":2}`},
		{"own stream_options keep their place", `{"stream_options":{"x":1},"z":0}`, "", Options{Stream: true},
			`"stream":true,"max_completion_tokens":9,"stream_options":{"x":1,"include_usage":true},"z":0}`},
		{"include_usage off", `{"stream_options":{"include_usage":false}}`, "", Options{Stream: true, PerChunkUsage: true},
			`"stream":true,"max_completion_tokens":9,"stream_options":{"include_usage":false,"continuous_usage_stats":true}}`},
		{"null stream_options", `{"stream_options":null}`, "", Options{Stream: true},
			`"stream":true,"max_completion_tokens":9,"stream_options":{"include_usage":true}}`},
		{"empty stream_options", `{"stream_options":{}}`, "", Options{Stream: true},
			`"stream":true,"max_completion_tokens":9,"stream_options":{"include_usage":true}}`},
		{"strange stream_options", `{"stream_options":[1]}`, "", Options{Stream: true},
			`"stream":true,"max_completion_tokens":9,"stream_options":[1]}`},
		{"stream_options without streaming", `{"stream_options":{}}`, "", Options{},
			`"stream":false,"max_completion_tokens":9,"stream_options":{}}`},
		{"quoted key", `{"a\"b":1}`, "", Options{}, `"stream":false,"max_completion_tokens":9,"a\"b":1}`},
	} {
		c.o.Model, c.o.Extra = "m", kvs(t, c.extra)
		r := Request{Turns: []*dataset.Turn{{Texts: []dataset.Text{{Content: "hi"}}, MaxTokens: 9, Extra: kvs(t, c.turn)}}}
		got, err := Chat{}.Encode([]byte("PRE"), &c.o, &r)
		if want := "PRE" + head + c.want; err != nil || string(got) != want {
			t.Errorf("%s: %v\n got %s\nwant %s", c.name, err, got, want)
		}
	}
	o := Options{Extra: kvs(t, `{"messages":[],"model":"other"}`)}
	got, err := Chat{}.Encode(nil, &o, &Request{Turns: []*dataset.Turn{{}}})
	if want := `{"messages":[],"model":"other","stream":false}`; err != nil || string(got) != want {
		t.Errorf("overridden messages: %v\n got %s\nwant %s", err, got, want)
	}
}

func TestEncodeMessages(t *testing.T) {
	text := func(s ...string) (out []dataset.Text) {
		for _, s := range s {
			out = append(out, dataset.Text{Content: s})
		}
		return out
	}
	for _, c := range []struct {
		name string
		r    Request
		o    Options
		want string // the messages
	}{
		{"escapes", Request{Turns: []*dataset.Turn{{Texts: text("\"\\\b\t\n\f\r\x01\x7f é\u2028<&> \xff 👋")}}}, Options{},
			`[{"role":"user","content":"\"\\\b\t\n\f\r\u0001` + "\x7f é\u2028<&> \uFFFD 👋" + `"}]`},
		{"system and context", Request{System: "be brief", UserContext: "ctx", Turns: []*dataset.Turn{{Texts: text("a")}}}, Options{},
			`[{"role":"system","content":"be brief"},{"role":"user","content":"ctx"},{"role":"user","content":"a"}]`},
		{"context alone", Request{UserContext: "ctx", Turns: []*dataset.Turn{{Texts: text("a")}}}, Options{},
			`[{"role":"user","content":"ctx"},{"role":"user","content":"a"}]`},
		{"two texts", Request{Turns: []*dataset.Turn{{Texts: text("a", "", "b")}}}, Options{},
			`[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]`},
		{"forced parts", Request{Turns: []*dataset.Turn{{Texts: text("a")}}}, Options{ForceParts: true},
			`[{"role":"user","content":[{"type":"text","text":"a"}]}]`},
		{"nothing", Request{Turns: []*dataset.Turn{{}}}, Options{}, `[{"role":"user","content":""}]`},
		{"media", Request{Turns: []*dataset.Turn{{
			Role: "tool", Texts: text("a"),
			Images: []dataset.Media{{Content: "data:image/png;base64,AA"}, {Content: "http://x/y.png", UUID: "u1"}},
			Audios: []dataset.Media{{Content: "wav,UklG"}, {Content: "data:audio/mp3;base64,SUQz"}},
			Videos: []dataset.Media{{Content: "http://x/v.mp4"}},
		}}}, Options{},
			`[{"role":"tool","content":[{"type":"text","text":"a"},` +
				`{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}},` +
				`{"type":"image_url","image_url":{"url":"http://x/y.png"},"uuid":"u1"},` +
				`{"type":"input_audio","input_audio":{"data":"UklG","format":"wav"}},` +
				`{"type":"input_audio","input_audio":{"data":"SUQz","format":"mp3"}},` +
				`{"type":"video_url","video_url":{"url":"http://x/v.mp4"}}]}]`},
		{"ready-made messages", Request{System: "s", Turns: []*dataset.Turn{
			{Messages: json.RawMessage(`[{"role":"user","content":"q"}]`)}, {Messages: json.RawMessage(`[]`)},
			{Texts: text("z")}}}, Options{},
			`[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"user","content":"z"}]`},
		{"merged system text", Request{System: "s", UserContext: "c", Turns: []*dataset.Turn{{Role: "system", Texts: text("own")}, {Texts: text("q")}}},
			Options{}, `[{"role":"system","content":"s\n\nown"},{"role":"user","content":"c"},{"role":"user","content":"q"}]`},
		{"merged system parts", Request{System: "s", Turns: []*dataset.Turn{{Role: "system", Texts: text("x", "y")}}}, Options{},
			`[{"role":"system","content":[{"type":"text","text":"s"},{"type":"text","text":"x"},{"type":"text","text":"y"}]}]`},
		{"merged ready-made system", Request{System: "s", Turns: []*dataset.Turn{{Messages: json.RawMessage(
			`[{"name":"n","role":"system","content":"own"},{"role":"user","content":"q"}]`)}}}, Options{},
			`[{"name":"n","role":"system","content":"s\n\nown"},{"role":"user","content":"q"}]`},
		{"merged ready-made parts", Request{System: "s", UserContext: "c", Turns: []*dataset.Turn{{Messages: json.RawMessage(
			`[{"role":"system","content":[{"type":"text","text":"own"}]}]`)}}}, Options{},
			`[{"role":"system","content":[{"type":"text","text":"s"},{"type":"text","text":"own"}]},{"role":"user","content":"c"}]`},
		{"merged empty ready-made system", Request{System: "s", Turns: []*dataset.Turn{{Messages: json.RawMessage(
			`[{"role":"system"}]`)}}}, Options{}, `[{"role":"system","content":"s"}]`},
	} {
		got, err := appendMessages(nil, &c.o, &c.r)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %v\n got %s\nwant %s", c.name, err, got, c.want)
		}
		if !json.Valid(got) {
			t.Errorf("%s: not JSON: %s", c.name, got)
		}
	}
}

func TestEncodeChatFields(t *testing.T) {
	tools := json.RawMessage(`[{"type":"function"}]`)
	r := Request{Turns: []*dataset.Turn{{Tools: json.RawMessage(`[]`), MaxTokens: 1}, {Tools: tools}, {Model: "own", MaxTokens: 5}}}
	got, err := Chat{}.Encode(nil, &Options{Model: "m", Stream: false}, &r)
	want := `{"messages":[{"role":"user","content":""},{"role":"user","content":""},{"role":"user","content":""}],` +
		`"model":"own","stream":false,"tools":[{"type":"function"}],"max_completion_tokens":5}`
	if err != nil || string(got) != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
	body := json.RawMessage(`{"any": "thing"}`)
	for _, e := range All {
		got, err := e.Encode(nil, &Options{Extra: kvs(t, `{"a":1}`)}, &Request{Turns: []*dataset.Turn{{Body: body}}})
		if err != nil || string(got) != string(body) {
			t.Errorf("%s: a ready-made body became %s, %v", e.Spec().Type, got, err)
		}
	}
}

func TestEncodeCompletions(t *testing.T) {
	text := func(s ...string) *dataset.Turn {
		turn := &dataset.Turn{}
		for _, s := range s {
			turn.Texts = append(turn.Texts, dataset.Text{Content: s})
		}
		return turn
	}
	for _, c := range []struct {
		turn *dataset.Turn
		want string
	}{
		{text("a"), `"a"`}, {text("a", ""), `"a"`}, {text("a", "b"), `["a","b"]`}, {text(), `[]`},
	} {
		got, err := Completions{}.Encode(nil, &Options{Model: "m", Stream: true, PerChunkUsage: true}, &Request{Turns: []*dataset.Turn{c.turn}})
		want := `{"prompt":` + c.want + `,"model":"m","stream":true,"stream_options":{"include_usage":true}}`
		if err != nil || string(got) != want {
			t.Errorf("%v\n got %s\nwant %s", err, got, want)
		}
	}
}

func TestEncodeErrors(t *testing.T) {
	for name, c := range map[string]struct {
		e Endpoint
		r Request
	}{
		"no turn":         {Chat{}, Request{}},
		"two turns":       {Completions{}, Request{Turns: []*dataset.Turn{{}, {}}}},
		"audio, no comma": {Chat{}, Request{Turns: []*dataset.Turn{{Audios: []dataset.Media{{Content: "UklG"}}}}}},
		"messages object": {Chat{}, Request{Turns: []*dataset.Turn{{Messages: json.RawMessage(`{}`)}}}},
	} {
		dst := []byte("keep")
		got, err := c.e.Encode(dst, &Options{}, &c.r)
		if err == nil || string(got) != "keep" {
			t.Errorf("%s: got %q, %v; want an error and dst untouched", name, got, err)
		}
	}
}

func BenchmarkEncodeChat(b *testing.B) {
	o := Options{Model: "m", Stream: true, Extra: kvs(b, `{"ignore_eos":true,"min_tokens":100}`)}
	r := Request{Turns: []*dataset.Turn{{Texts: []dataset.Text{{Content: strings.Repeat("some words ", 200)}}, MaxTokens: 100}}}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if dst, err = (Chat{}).Encode(dst[:0], &o, &r); err != nil {
			b.Fatal(err)
		}
	}
}
