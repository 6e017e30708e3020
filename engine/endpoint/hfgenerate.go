package endpoint

import (
	"bytes"
	"encoding/json"
	"strings"

	"tacho/engine/dataset"
)

// HuggingFaceGenerate is the API of Hugging Face's Text Generation Inference.
type HuggingFaceGenerate struct{}

// Spec describes the API.
func (HuggingFaceGenerate) Spec() Spec {
	return Spec{
		Type: "huggingface-generate", Title: "LLM Metrics", Path: "/generate", StreamPath: "/generate_stream",
		CanStream: true, ProducesTokens: true, TokenizesInput: true, OneTurn: true,
	}
}

// Encode appends a request payload: the texts joined with a space. The user's
// extras for the run are parameters, those of the turn keys beside them. That
// the answer is to stream the path says, not the payload.
func (HuggingFaceGenerate) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	t, err := onlyTurn("huggingface-generate", r)
	if err != nil {
		return dst, err
	}
	if t.Body != nil {
		return append(dst, t.Body...), nil
	}
	b := body{dst: append(dst, '{'), layers: [2][]dataset.KV{nil, t.Extra}}
	b.str("inputs", joined(t.Texts))
	if b.key("parameters") {
		p := body{dst: append(b.dst, '{'), layers: [2][]dataset.KV{o.Extra, nil}}
		if t.MaxTokens > 0 {
			p.int("max_new_tokens", t.MaxTokens)
		}
		b.dst = p.end()
	}
	return b.end(), nil
}

// joined is the texts that are not empty with a space between them.
func joined(texts []dataset.Text) string {
	if len(texts) == 1 {
		return texts[0].Content
	}
	var b strings.Builder
	for i := range texts {
		if s := texts[i].Content; s != "" {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(s)
		}
	}
	return b.String()
}

var generateNames = []string{"token", "generated_text", "error", "text"}

// Decode reads an event, whose token is content, or a whole answer, an object
// or a list of them, of which the first is read. AIPerf goes by whether the run
// streams; here the presence of a token decides.
func (HuggingFaceGenerate) Decode(data []byte, d *Delta) error {
	if list := bytes.TrimSpace(data); isArray(list) {
		if !d.open(data) {
			return nil
		}
		data = asList(json.RawMessage(list))[0]
	}
	m, ok := d.members(data, generateNames)
	if !ok {
		return nil
	}
	d.fail(m[2], nil, nil)
	text := m[1]
	switch {
	case truthy(m[0]):
		var token members
		if !token.read(m[0], generateNames) {
			d.Foreign = true
			return nil
		}
		text = token[3]
	case m[0] == nil && m[1] == nil:
		d.Foreign = !d.Failed
	}
	if d.Text = d.words(text); d.Text != nil {
		d.Kind = TextUnit
	}
	return nil
}
