package endpoint

// Chat is OpenAI's Chat Completions API.
type Chat struct{}

// Spec describes the API.
func (Chat) Spec() Spec {
	return Spec{
		Type: "chat", Title: "LLM Metrics", Path: "/v1/chat/completions",
		CanStream: true, System: true, ProducesTokens: true, TokenizesInput: true,
		Images: true, Audio: true, Video: true,
	}
}

// Encode appends a request body in AIPerf's key order. Tools are the latest
// that any turn gives; model, length and extra keys are those of the last.
func (Chat) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	last, err := lastTurn("chat", r)
	if err != nil {
		return dst, err
	}
	if last.Body != nil {
		return append(dst, last.Body...), nil
	}
	b := newBody(dst, o, last)
	if b.key("messages") {
		if b.dst, err = appendMessages(b.dst, o, r); err != nil {
			return dst, err
		}
	}
	b.str("model", modelOf(last, o))
	b.bool("stream", o.Stream)
	b.tools(r)
	if last.MaxTokens > 0 {
		if o.LegacyMaxTokens {
			b.int("max_tokens", last.MaxTokens)
		} else {
			b.int("max_completion_tokens", last.MaxTokens)
		}
	}
	return b.finish(o.Stream, o.PerChunkUsage), nil
}

// Decode reads a chunk or a whole answer. Reasoning goes before tool calls,
// and those before text, when one unit carries several.
func (Chat) Decode(data []byte, d *Delta) error {
	u, ok := d.read(data)
	if !ok {
		return nil
	}
	want := partMessage
	switch string(u.object) {
	case "chat.completion":
	case "chat.completion.chunk":
		want = partDelta
	default:
		if want = u.part; !d.loosen(u.part != partNone) {
			return nil
		}
	}
	if u.part != want {
		return nil
	}
	d.Calls = u.calls
	for i := range u.calls {
		if c := &u.calls[i]; !c.Legacy {
			d.tool = append(append(d.tool, c.Name...), c.Arguments...)
		}
	}
	d.Text = u.content
	switch {
	case len(u.reasoning) > 0:
		d.Kind, d.Reasoning = ReasoningUnit, u.reasoning
	case len(d.tool) > 0:
		d.Kind, d.Tool = ToolUnit, d.tool
	case len(u.content) > 0:
		d.Kind = TextUnit
	}
	return nil
}
