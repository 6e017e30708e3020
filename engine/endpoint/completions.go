package endpoint

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
	t, err := onlyTurn("completions", r)
	if err != nil {
		return dst, err
	}
	if t.Body != nil {
		return append(dst, t.Body...), nil
	}
	b := newBody(dst, o, t)
	if b.key("prompt") {
		b.texts(t, true)
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
