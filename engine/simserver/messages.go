package simserver

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"tacho/engine/pytext"
)

// messagesRequest is the part of an Anthropic Messages request that matters
// here.
type messagesRequest struct {
	params
	System   json.RawMessage `json:"system"`
	Messages []struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	} `json:"messages"`
	Tools []struct {
		Name        string          `json:"name"`
		InputSchema json.RawMessage `json:"input_schema"`
	} `json:"tools"`
	ToolChoice struct {
		Type string `json:"type"`
	} `json:"tool_choice"`
}

// messages serves POST /v1/messages.
func messages(x *exchange) {
	var r messagesRequest
	defer x.end()
	if !x.begin(&r) {
		return
	}
	switch {
	case len(r.Messages) == 0:
		x.refuseMessages(http.StatusBadRequest, "messages: at least one message is required")
		return
	case r.MaxTokens == nil:
		x.refuseMessages(http.StatusBadRequest, "max_tokens: Field required")
		return
	}
	text := r.prompt()
	prompt := max(1, x.srv.cfg.Count(text))
	if !x.check(&r.params, prompt) {
		return
	}
	a := &answer{params: &r.params, prompt: prompt, text: text, lay: layMessages}
	a.n, a.finish = x.length(&r.params, prompt)
	a.reasoning = x.thinks(r.Model, a.n)
	if len(r.Tools) > 0 && r.ToolChoice.Type != "none" && x.mayCall(r.Model, r.Tools[0].Name, nil) {
		a.callFlatTool(r.Tools[0].Name, r.Tools[0].InputSchema)
	}
	a.dialect = &messagesDialect{
		id: "chatcmpl-" + x.id, model: r.Model, a: a, usage: !strings.Contains(r.Model, "nousage"),
		seed: mix(x.srv.cfg.Seed, uint64(x.index), saltText), index: -1,
	}
	x.respond(a)
}

// countTokens serves POST /v1/messages/count_tokens.
func countTokens(x *exchange) {
	var r messagesRequest
	defer x.end()
	if x.begin(&r) {
		x.reply(http.StatusOK, typeJSON, appendJSON(nil, map[string]int{"input_tokens": max(1, x.srv.cfg.Count(r.prompt()))}))
	}
}

// refuseMessages sends an error in this API's form.
func (x *exchange) refuseMessages(status int, message string) {
	x.reply(status, typeJSON, appendJSON(nil, map[string]any{
		"type": "error", "error": map[string]string{"type": "BadRequestError", "message": message},
	}))
}

// prompt flattens the system prompt, the tools and the conversation.
func (r *messagesRequest) prompt() string {
	var b strings.Builder
	b.WriteString(textOf(r.System))
	for _, t := range r.Tools {
		b.WriteString(t.Name + string(t.InputSchema))
	}
	for _, m := range r.Messages {
		b.WriteString(m.Role + "\n" + textOf(m.Content) + "\n")
	}
	return b.String()
}

// layMessages lays out a stream: the message is begun, comes in blocks, and is
// ended with the usage.
func layMessages(a *answer, seed uint64) []piece {
	return a.sections(seed, []piece{{kind: kindRole}},
		[]piece{{kind: kindFinish, finish: a.finish}, {kind: kindUsage, hold: true}, {kind: kindDone, hold: true}, {kind: kindEnd}})
}

// messagesDialect renders vLLM-shaped Messages answers. It follows one stream,
// whose blocks are numbered.
type messagesDialect struct {
	id, model string
	a         *answer
	seed      uint64
	usage     bool
	index     int
}

func (d *messagesDialect) event(dst []byte, p *piece, u usage) []byte {
	switch p.kind {
	case kindRole:
		m := map[string]any{
			"id": d.id, "type": "message", "role": "assistant", "content": []any{}, "model": d.model, "stop_reason": nil, "stop_sequence": nil,
		}
		if d.usage {
			m["usage"] = d.account(u)
		}
		return structural(dst, "message_start", map[string]any{"message": m})
	case kindOpen:
		d.index++
		if p.text == ofCall {
			return dst // with the name
		}
		return structural(dst, "content_block_start", map[string]any{"index": d.index, "content_block": map[string]any{"type": p.text, p.text: ""}})
	case kindToolName:
		return structural(dst, "content_block_start", map[string]any{"index": d.index, "content_block": d.call(map[string]any{})})
	case kindReasoning:
		return d.delta(dst, `thinking_delta","thinking`, p.text)
	case kindText:
		return d.delta(dst, `text_delta","text`, p.text)
	case kindToolArgs:
		return d.delta(dst, `input_json_delta","partial_json`, p.text)
	case kindClose:
		if p.text == ofThinking {
			dst = d.delta(dst, `signature_delta","signature`, d.signature())
		}
		return structural(dst, "content_block_stop", map[string]any{"index": d.index})
	case kindUsage:
		v := map[string]any{"delta": map[string]any{"stop_reason": d.stopReason(), "stop_sequence": nil}}
		if d.usage {
			v["usage"] = d.account(u)
		}
		return structural(dst, "message_delta", v)
	case kindDone:
		return structural(dst, "message_stop", map[string]any{})
	}
	return dst
}

// structural appends an event whose data names its type.
func structural(dst []byte, kind string, v map[string]any) []byte {
	v["type"] = kind
	dst = append(append(dst, "event: "...), kind...)
	return append(appendJSON(append(dst, "\ndata: "...), v), "\n\n"...)
}

// delta appends a piece of a block. names holds the type of the delta and the
// key of its text, with what stands between them.
func (d *messagesDialect) delta(dst []byte, names, text string) []byte {
	dst = append(dst, "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\""...)
	dst = append(append(dst, names...), `":`...)
	dst = append(pytext.AppendString(dst, text), `},"index":`...)
	return append(strconv.AppendInt(dst, int64(d.index), 10), "}\n\n"...)
}

func (d *messagesDialect) signature() string { return "sim" + d.id[len("chatcmpl-"):] }

func (d *messagesDialect) call(input any) map[string]any {
	return map[string]any{"type": "tool_use", "id": "chatcmpl-tool-" + d.id[len("chatcmpl-"):], "name": d.a.tool[0].text, "input": input}
}

// account is the usage. What was found in the prefix cache is not input here.
func (d *messagesDialect) account(u usage) map[string]any {
	v := map[string]any{"input_tokens": u.prompt - u.cached, "output_tokens": u.completion}
	if u.cached > 0 {
		v["cache_read_input_tokens"] = u.cached
	}
	return v
}

func (d *messagesDialect) stopReason() string {
	switch d.a.finish {
	case "length":
		return "max_tokens"
	case "tool_calls":
		return "tool_use"
	}
	return "end_turn"
}

func (d *messagesDialect) body(dst []byte, u usage) []byte {
	thinking, text := d.a.said(d.seed)
	var content []any
	switch {
	case d.a.tool != nil:
		content = append(content, d.call(json.RawMessage(d.a.arguments())))
	default:
		if thinking != "" {
			content = append(content, map[string]any{"type": "thinking", "thinking": thinking, "signature": d.signature()})
		}
		content = append(content, map[string]any{"type": "text", "text": text})
	}
	v := map[string]any{"id": d.id, "type": "message", "role": "assistant", "content": content, "model": d.model, "stop_reason": d.stopReason()}
	if d.usage {
		v["usage"] = d.account(u)
	}
	return appendJSON(dst, v)
}
