package endpoint

import (
	"bytes"
	"encoding/json"
	"slices"

	"tacho/engine/pytext"
)

// Responses is OpenAI's Responses API.
type Responses struct{}

// Spec describes the API.
func (Responses) Spec() Spec {
	return Spec{
		Type: "responses", Title: "LLM Metrics", Path: "/v1/responses",
		CanStream: true, System: true, ProducesTokens: true, TokenizesInput: true,
		Images: true, Audio: true,
	}
}

// Encode appends a request payload in AIPerf's key order. With an answer before
// (Request.Previous) only the last turn is sent; the server has the others.
func (Responses) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	last, err := lastTurn("responses", r)
	if err != nil {
		return dst, err
	}
	if last.Body != nil {
		return append(dst, last.Body...), nil
	}
	b := newBody(dst, o, last)
	b.asked = true
	if b.key("input") {
		b.dst = append(b.dst, '[')
		start, turns := len(b.dst), r.Turns
		if r.Previous != "" {
			turns = turns[len(turns)-1:]
		} else if r.UserContext != "" {
			b.dst = append(b.dst, `{"type":"message","role":"user","content":`...)
			b.dst = append(pytext.AppendString(b.dst, r.UserContext), '}')
		}
		if b.dst, err = appendTurns(b.dst, start, turns, o, responsesStyle); err != nil {
			return dst, err
		}
		b.dst = append(b.dst, ']')
	}
	b.str("model", modelOf(last, o))
	b.bool("stream", o.Stream)
	if r.Previous != "" {
		b.str("previous_response_id", r.Previous)
	}
	if r.System != "" {
		b.str("instructions", r.System)
	}
	if last.MaxTokens > 0 {
		b.int("max_output_tokens", last.MaxTokens)
	}
	b.tools(r)
	return b.ask(o.Stream && o.ServerTokens, false), nil
}

// unsafeItems are kinds of output that the API takes back only together with
// settings that made them; sent alone they are refused.
var unsafeItems = []string{
	"web_search_call", "file_search_call", "image_generation_call", "code_interpreter_call", "computer_call", "reasoning",
}

// replayable leaves out the items of an answer that cannot be sent back.
func replayable(array json.RawMessage, inner []byte) []byte {
	if !slices.ContainsFunc(unsafeItems, func(kind string) bool { return bytes.Contains(inner, []byte(kind)) }) {
		return inner
	}
	var out []byte
	for _, item := range asList(bytes.TrimSpace(array)) {
		if kind, ok := asString(asObject(item)["type"]); ok && slices.Contains(unsafeItems, kind) {
			continue
		}
		out = append(separate(out, 0), item...)
	}
	return out
}

// Inputs counts the instructions too, before all else.
func (Responses) Inputs(payload []byte) (Inputs, error) {
	return walkInputs(payload, responsesParts, func(w *inputWalk, in object) {
		raw := in["instructions"]
		if s, ok := asString(raw); ok {
			w.add(s)
		}
		for _, part := range asList(raw) {
			w.addNonEmpty(part)
			w.addNonEmpty(asObject(part)["text"])
		}
	}, nil)
}

var responsesParts = partTypes{text: []string{"input_text", "output_text"}, image: "input_image", audio: "input_audio"}
