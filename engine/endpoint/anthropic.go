package endpoint

import (
	"encoding/json"
	"strings"
)

// Messages is Anthropic's Messages API.
type Messages struct{}

// anthropicLength is the length to ask for where a turn names none: the API
// insists on one, and AIPerf on this one.
const anthropicLength = 1024

// Spec describes the API.
func (Messages) Spec() Spec {
	return Spec{
		Type: "messages", Title: "LLM Metrics", Path: "/v1/messages",
		CanStream: true, System: true, ProducesTokens: true, TokenizesInput: true,
		Images: true, Auth: AnthropicKey,
	}
}

// Encode appends a request payload in AIPerf's key order. The system prompt has
// a key of its own, and "stream" stands only where it is true.
func (Messages) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	last, err := lastTurn("messages", r)
	if err != nil {
		return dst, err
	}
	if last.Body != nil {
		return append(dst, last.Body...), nil
	}
	b := newBody(dst, o, last)
	b.str("model", modelOf(last, o))
	if b.key("messages") {
		b.dst = append(b.dst, '[')
		start := len(b.dst)
		if r.UserContext != "" {
			b.dst = appendSimple(b.dst, "user", r.UserContext)
		}
		if b.dst, err = appendTurns(b.dst, start, r.Turns, o, anthropicStyle); err != nil {
			return dst, err
		}
		b.dst = append(b.dst, ']')
	}
	length := last.MaxTokens
	if length == 0 {
		length = anthropicLength
	}
	b.int("max_tokens", length)
	if o.Stream {
		b.bool("stream", true)
	}
	if r.System != "" {
		b.str("system", r.System)
	}
	b.tools(r)
	return b.end(), nil
}

// Inputs counts the system prompt first, and last the schemas of tools and what
// is in blocks of calls and their results.
func (Messages) Inputs(payload []byte) (Inputs, error) {
	return walkInputs(payload, partTypes{text: []string{"text"}, image: "image"}, anthropicSystem, anthropicTools)
}

func anthropicSystem(w *inputWalk, in object) {
	w.addNonEmpty(in["system"])
	for _, raw := range asList(in["system"]) {
		w.addNonEmpty(raw)
		if part := asObject(raw); isKind(part["type"], "text") {
			w.addNonEmpty(part["text"])
		}
	}
}

func anthropicTools(w *inputWalk, in object) {
	for _, raw := range asList(in["tools"]) {
		w.addObject(asObject(raw)["input_schema"])
	}
	for _, raw := range asList(in["messages"]) {
		for _, raw := range asList(asObject(raw)["content"]) {
			part := asObject(raw)
			switch {
			case isKind(part["type"], "tool_use"):
				w.addNonEmpty(part["name"])
				w.addObject(part["input"])
			case isKind(part["type"], "tool_result"):
				w.addNonEmpty(part["content"])
				for _, raw := range asList(part["content"]) {
					if sub := asObject(raw); isKind(sub["type"], "text") {
						w.addNonEmpty(sub["text"])
					}
				}
			}
		}
	}
}

// isKind says that a raw value is a name, in any letter case.
func isKind(raw json.RawMessage, name string) bool {
	s, ok := asString(raw)
	return ok && strings.EqualFold(s, name)
}
