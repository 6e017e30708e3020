package endpoint

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"tacho/engine/dataset"
	"tacho/engine/token"
)

// turnOf makes the turn that a golden payload came from.
func turnOf(t testing.TB, raw []byte) (*Options, *dataset.Turn) {
	t.Helper()
	var p struct {
		Model, Prompt string
		Input         json.RawMessage
		Inputs        string
		Stream        bool
		Parameters    struct {
			MaxNewTokens int `json:"max_new_tokens"`
		}
		MaxOutputTokens int `json:"max_output_tokens"`
		Query           struct{ Text string }
		Passages        []struct{ Text string }
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	turn := &dataset.Turn{MaxTokens: p.Parameters.MaxNewTokens + p.MaxOutputTokens}
	add := func(name string, texts ...string) {
		for _, s := range texts {
			if s != "" {
				turn.Texts = append(turn.Texts, dataset.Text{Name: name, Content: s})
			}
		}
	}
	add("", p.Prompt, p.Inputs)
	for _, raw := range asList(p.Input) {
		s, ok := asString(raw)
		if !ok {
			s, _ = asString(asObject(raw)["content"])
		}
		add("", s)
	}
	add("query", p.Query.Text)
	for _, x := range p.Passages {
		add("passages", x.Text)
	}
	return &Options{Model: p.Model, Stream: p.Stream}, turn
}

// The payloads of golden runs come out the same, byte by byte, and have the
// input token counts that AIPerf wrote.
func TestGoldenPayloads(t *testing.T) {
	tok := token.Builtin()
	for run, api := range map[string]Endpoint{
		"embeddings": Embeddings{}, "rankings": NIMRankings{}, "responses": Responses{}, "hf_generate": HuggingFaceGenerate{}, "images": ImageGeneration{},
	} {
		isl := map[string]float64{}
		for _, m := range jsonLines[struct {
			Metadata struct {
				ConversationID string `json:"conversation_id"`
			}
			Metrics map[string]struct{ Value any }
		}](t, filepath.Join(goldens, run, "profile_export.jsonl")) {
			if n, ok := m.Metrics["input_sequence_length"].Value.(float64); ok {
				isl[m.Metadata.ConversationID] = n
			}
		}
		payloads := goldenInputs(t, run)
		if len(payloads) < 12 {
			t.Errorf("%s has only %d payloads", run, len(payloads))
		}
		for id, list := range payloads {
			for _, p := range list {
				o, turn := turnOf(t, p)
				got, err := api.Encode(nil, o, &Request{Turns: []*dataset.Turn{turn}})
				if err != nil || string(got) != string(p) {
					t.Fatalf("%s %s: %v\n got %s\nwant %s", run, id, err, got, p)
				}
				in, err := ReadInputs(api, got)
				if err != nil {
					t.Fatal(err)
				}
				want, ok := isl[id]
				if n := tok.Count(in.Text); ok && n != int(want) {
					t.Errorf("%s %s: ISL %d, AIPerf has %v", run, id, n, want)
				}
				// NIM's rankings have objects, which AIPerf does not count.
				if ok != (in.Texts > 0) {
					t.Errorf("%s %s: %d texts, and an ISL: %v", run, id, in.Texts, ok)
				}
			}
		}
	}
}
