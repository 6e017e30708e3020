package endpoint

import (
	"fmt"

	"tacho/engine/pytext"
)

// Completions is OpenAI's legacy Completions API.
type Completions struct{}

// Spec describes the API.
func (Completions) Spec() Spec {
	return Spec{
		Type: "completions", Title: "LLM Metrics", Path: "/v1/completions",
		CanStream: true, ProducesTokens: true, TokenizesInput: true,
		OneTurn: true,
	}
}

// Encode appends a request body in AIPerf's key order. One text is a bare
// string, several are a list.
func (Completions) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	if len(r.Turns) != 1 {
		return dst, fmt.Errorf("encode completions request: it has %d turns, and this API carries exactly 1", len(r.Turns))
	}
	t := r.Turns[0]
	if t.Body != nil {
		return append(dst, t.Body...), nil
	}
	b := newBody(dst, o, t)
	if b.key("prompt") {
		texts := 0
		for _, x := range t.Texts {
			if x.Content != "" {
				texts++
			}
		}
		if texts != 1 {
			b.dst = append(b.dst, '[')
		}
		open := len(b.dst)
		for _, x := range t.Texts {
			if x.Content == "" {
				continue
			}
			if len(b.dst) > open {
				b.dst = append(b.dst, ',')
			}
			b.dst = pytext.AppendString(b.dst, x.Content)
		}
		if texts != 1 {
			b.dst = append(b.dst, ']')
		}
	}
	b.str("model", modelOf(t, o))
	b.bool("stream", o.Stream)
	if t.MaxTokens > 0 {
		b.int("max_tokens", t.MaxTokens)
	}
	return b.finish(o.Stream, false), nil
}

// Decode reads a chunk or a whole answer; both have one shape here.
func (Completions) Decode(data []byte, d *Delta) error {
	u, ok := d.read(data)
	if !ok {
		return nil
	}
	switch string(u.object) {
	case "text_completion", "completion":
	default:
		if !d.loosen(u.hasText) {
			return nil
		}
	}
	if len(u.text) > 0 {
		d.Kind, d.Text = TextUnit, u.text
	}
	return nil
}
