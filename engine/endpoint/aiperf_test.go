package endpoint

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"tacho/engine/dataset"
)

// A case of testdata/aiperf: what AIPerf 0.13's own endpoint classes made of a
// request or of an answer.
type aiperfCase struct {
	Name, Type, Model         string
	Stream, Legacy, PerChunk  bool
	ServerTokens              bool `json:"serverTokens"`
	System, Context, Previous string
	Turns                     []aiperfTurn
	Extra                     json.RawMessage
	Template                  *struct {
		Body          string
		ResponseField string `json:"response_field"`
	}
	Payload, Error, Form                 string
	Inputs                               Inputs
	Units                                []string
	Capture                              string
	Kinds                                map[string]int
	Chunks, Last                         int
	Text, Reasoning, History, ResponseID string
	HasText                              bool
	Usage                                *[6]int
	Video                                []*float64
}

type aiperfTurn struct {
	Role, Model                   string
	MaxTokens                     int
	Texts, Images, Audios, Videos []aiperfMedia
	Messages, Tools, Extra        json.RawMessage
}

// aiperfMedia is a text or a medium, with a name or without.
type aiperfMedia struct{ Name, Content, UUID string }

func (m *aiperfMedia) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &m.Content)
	}
	type plain aiperfMedia
	return json.Unmarshal(b, (*plain)(m))
}

func aiperfCases(t testing.TB, file string) []aiperfCase {
	t.Helper()
	return jsonLines[aiperfCase](t, "testdata/aiperf/"+file)
}

func (c *aiperfCase) id() string { return c.Type + "/" + c.Name }

// setup makes the API, the options and the request of a case.
func (c *aiperfCase) setup(t testing.TB) (Endpoint, *Options, *Request) {
	t.Helper()
	e, err := Lookup(c.Type)
	if err != nil {
		t.Fatal(err)
	}
	model := c.Model
	if model == "" {
		model = "m"
	}
	o := &Options{
		Model: model, Stream: c.Stream && e.Spec().CanStream, LegacyMaxTokens: c.Legacy,
		PerChunkUsage: c.PerChunk, ServerTokens: c.ServerTokens, Extra: kvs(t, string(c.Extra)),
	}
	var s Settings
	if c.Template != nil {
		s.Template, s.ResponseField = c.Template.Body, c.Template.ResponseField
	}
	if e, err = Prepare(e, o, s); err != nil {
		t.Fatalf("%s: %v", c.id(), err)
	}
	r := &Request{System: c.System, UserContext: c.Context, Previous: c.Previous}
	for _, x := range c.Turns {
		turn := &dataset.Turn{Role: x.Role, Model: x.Model, MaxTokens: x.MaxTokens, Messages: x.Messages, Tools: x.Tools, Extra: kvs(t, string(x.Extra))}
		for _, m := range x.Texts {
			turn.Texts = append(turn.Texts, dataset.Text{Name: m.Name, Content: m.Content})
		}
		for _, l := range []struct {
			from []aiperfMedia
			to   *[]dataset.Media
		}{{x.Images, &turn.Images}, {x.Audios, &turn.Audios}, {x.Videos, &turn.Videos}} {
			for _, m := range l.from {
				*l.to = append(*l.to, dataset.Media{Content: m.Content, UUID: m.UUID})
			}
		}
		r.Turns = append(r.Turns, turn)
	}
	return e, o, r
}

// Every payload, every form and every count of input is AIPerf's, byte by byte,
// but for what is listed.
func TestEncodeAsAIPerf(t *testing.T) {
	differs := map[string]string{
		// AIPerf takes the head of the URI for a format, and names the file after it.
		"audio-transcription/data URI": `"filename":"audio.wav","content_type":"audio/wav"`,
	}
	forms := 0
	for _, c := range aiperfCases(t, "encode.jsonl") {
		e, o, r := c.setup(t)
		got, err := e.Encode([]byte("PRE"), o, r)
		if c.Error != "" {
			if err == nil || string(got) != "PRE" {
				t.Errorf("%s: got %s, %v; AIPerf fails with %s", c.id(), got, err, c.Error)
			}
			continue
		}
		if part, ok := differs[c.id()]; ok && strings.Contains(string(got), part) {
			continue
		}
		if err != nil || string(got) != "PRE"+c.Payload {
			t.Errorf("%s: %v\n got %s\nwant PRE%s", c.id(), err, got, c.Payload)
			continue
		}
		if in, err := ReadInputs(e, got[3:]); c.Payload[0] == '{' && (err != nil || in != c.Inputs) {
			t.Errorf("%s: inputs %+v, %v, want %+v", c.id(), in, err, c.Inputs)
		}
		if e.Spec().Form {
			forms++
			want, err := base64.StdEncoding.DecodeString(c.Form)
			if err != nil {
				t.Fatal(err)
			}
			f := NewForm()
			form, err := f.Append(nil, got[3:])
			if form = bytes.ReplaceAll(form, []byte(f.boundary), []byte("BOUNDARY")); err != nil || string(form) != string(want) {
				t.Errorf("%s: form %v\n got %q\nwant %q", c.id(), err, form, want)
			}
		}
	}
	if forms < 20 {
		t.Errorf("only %d forms were compared", forms)
	}
}

var kindNames = map[Kind]string{
	TextUnit: "text", ReasoningUnit: "reasoning", ToolUnit: "tool", EmbeddingUnit: "embedding", RankingUnit: "ranking",
	RetrievalUnit: "retrieval", ImageUnit: "image", VideoUnit: "video",
}

// Every answer reads as it does for AIPerf: what is content and of which kind,
// the texts, the usage, and what is sent back as history.
func TestDecodeAsAIPerf(t *testing.T) {
	// What differs on purpose. A word says why.
	differs := map[string]string{
		"huggingface-generate/null token":         "the whole text of a stream's event without a token is read",
		"huggingface-generate/whole token object": "a token goes before the whole text",
		"template/field bad expression":           "refused by Prepare",
		"raw/field bad expression":                "refused by Prepare",
	}
	checked := map[string]int{}
	for _, c := range aiperfCases(t, "decode.jsonl") {
		if why := differs[c.id()]; why != "" {
			continue
		}
		checked[c.Type]++
		e, _, _ := c.setup(t)
		units := c.Units
		if c.Capture != "" {
			units = captureUnits(t, c.Capture)
		}
		var d Delta
		a := Answer{Capture: true}
		a.Reset()
		kinds, last := map[string]int{}, -1
		failed := error(nil)
		for i, u := range units {
			if failed = e.Decode([]byte(u), &d); failed != nil {
				break
			}
			a.Add(&d)
			if d.Content() {
				kinds[kindNames[d.Kind]]++
				last = i
			}
		}
		if (c.Error != "") != (failed != nil) {
			t.Errorf("%s: error %v, AIPerf has %q", c.id(), failed, c.Error)
		}
		if failed != nil {
			continue
		}
		if !equalCounts(kinds, c.Kinds) || a.Chunks != c.Chunks || c.Capture == "" && last != c.Last {
			t.Errorf("%s: %v, %d chunks, the last at %d; want %v, %d, %d", c.id(), kinds, a.Chunks, last, c.Kinds, c.Chunks, c.Last)
		}
		if string(a.Text()) != c.Text || string(a.Reasoning()) != c.Reasoning || a.HasText() != c.HasText {
			t.Errorf("%s: text %q (%v), thinking %q; want %q (%v), %q", c.id(), a.Text(), a.HasText(), a.Reasoning(), c.Text, c.HasText, c.Reasoning)
		}
		if a.HasUsage != (c.Usage != nil) {
			t.Errorf("%s: has usage %v, want %v", c.id(), a.HasUsage, c.Usage)
		} else if u := a.Usage; c.Usage != nil {
			if got := [6]int{u.Prompt, u.Completion, u.Total, u.Reasoning, u.CacheRead, u.CacheWrite}; got != *c.Usage {
				t.Errorf("%s: usage %v, want %v", c.id(), got, *c.Usage)
			}
		}
		if c.History != "" {
			checkHistory(t, &c, e, &a)
		}
		if c.Type == "responses" && a.ResponseID() != c.ResponseID {
			t.Errorf("%s: id %q, want %q", c.id(), a.ResponseID(), c.ResponseID)
		}
		for i, v := range c.Video {
			got, want := []float64{a.Video.InferenceSec, a.Video.PeakMemoryMB}[i], math.NaN()
			if v != nil {
				want = *v
			}
			if got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Errorf("%s: video %v, want %v", c.id(), a.Video, c.Video)
			}
		}
	}
	for _, e := range All {
		switch e.(type) {
		case Chat, Completions, Rankings: // see the golden runs
		default:
			if checked[e.Spec().Type] < 3 {
				t.Errorf("%s: only %d answers were checked", e.Spec().Type, checked[e.Spec().Type])
			}
		}
	}
}

// checkHistory sends the answer back in a next request.
func checkHistory(t *testing.T, c *aiperfCase, e Endpoint, a *Answer) {
	t.Helper()
	text := func(s string) *dataset.Turn { return &dataset.Turn{Texts: []dataset.Text{{Content: s}}} }
	r := &Request{Turns: []*dataset.Turn{text("q")}}
	if m := a.AppendMessage(nil); len(m) > 0 {
		r.Turns = append(r.Turns, &dataset.Turn{Role: "assistant", Messages: m})
	}
	r.Turns = append(r.Turns, text("r"))
	body, err := e.Encode(nil, &Options{Model: "m"}, r)
	if err != nil {
		t.Fatalf("%s: %v", c.id(), err)
	}
	in := asObject(body)
	list := asList(append(in["input"], in["messages"]...))
	got := "["
	for i, m := range list[1 : len(list)-1] {
		if i > 0 {
			got += ","
		}
		got += string(m)
	}
	if got += "]"; got != c.History {
		t.Errorf("%s: history\n got %s\nwant %s", c.id(), got, c.History)
	}
}

func equalCounts(a, b map[string]int) bool {
	if len(a) != len(b) {
		return false
	}
	for k, n := range a {
		if b[k] != n {
			return false
		}
	}
	return true
}
