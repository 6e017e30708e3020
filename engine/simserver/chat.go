package simserver

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"tacho/engine/pytext"
)

// chatRequest is the part of a chat completion request that matters here.
type chatRequest struct {
	params
	Messages []struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	} `json:"messages"`
	Tools      []tool          `json:"tools"`
	ToolChoice json.RawMessage `json:"tool_choice"`
}

// chat serves POST /v1/chat/completions.
func chat(x *exchange) {
	var r chatRequest
	defer x.end()
	if !x.begin(&r) {
		return
	}
	if len(r.Messages) == 0 {
		x.refuse(http.StatusBadRequest, "Bad Request", "messages", "1 validation error:\n  messages: a list with at least one message is required")
		return
	}
	text := r.prompt()
	prompt := max(1, x.srv.cfg.Count(text))
	if !x.check(&r.params, prompt) {
		return
	}
	a := &answer{params: &r.params, prompt: prompt, text: text, role: true}
	a.n, a.finish = x.length(&r.params, prompt)
	a.reasoning = x.thinks(r.Model, a.n)
	if x.callsTool(&r) {
		a.callTool(r.Tools[0])
	}
	a.dialect = newChatDialect(x, a)
	x.respond(a)
}

// prompt flattens the conversation, so that two requests with the same opening
// messages share a prefix.
func (r *chatRequest) prompt() string {
	var b strings.Builder
	for _, t := range r.Tools {
		b.Write(t.raw)
		b.WriteByte('\n')
	}
	for _, m := range r.Messages {
		b.WriteString(m.Role)
		b.WriteByte('\n')
		b.WriteString(textOf(m.Content))
		b.WriteByte('\n')
	}
	return b.String()
}

// chatDialect renders vLLM-shaped chat completions.
type chatDialect struct {
	prefix     []byte // up to the choices of an event
	whole      []byte // the same for an answer in one piece
	id         string
	field      string // of reasoning text
	continuous bool
	usage      bool
	a          *answer
	seed       uint64
}

func newChatDialect(x *exchange, a *answer) *chatDialect {
	d := &chatDialect{
		id: "chatcmpl-" + x.id, field: x.srv.cfg.Reasoning.Field, a: a,
		continuous: a.params.options().ContinuousUsage,
		usage:      !strings.Contains(a.params.Model, "nousage"),
		seed:       mix(x.srv.cfg.Seed, uint64(x.index), saltText),
	}
	d.continuous = d.continuous && d.usage
	d.prefix = envelope(d.id, "chat.completion.chunk", x, a)
	d.whole = envelope(d.id, "chat.completion", x, a)
	return d
}

// envelope returns the opening of an answer object up to its choices. object
// is left out if the fault says so.
func envelope(id, object string, x *exchange, a *answer) []byte {
	b := append([]byte(`{"id":`), pytext.AppendString(nil, id)...)
	if x.fault == nil || !x.fault.noObject {
		b = append(b, `,"object":"`+object+`"`...)
	}
	b = append(b, `,"created":`...)
	b = strconv.AppendInt(b, wall(x.arrivalNS)/1e9, 10)
	b = append(b, `,"model":`...)
	b = pytext.AppendString(b, a.params.Model)
	return append(b, `,"choices":[`...)
}

func (d *chatDialect) event(dst []byte, p *piece, u usage) []byte {
	if p.kind == kindDone {
		return append(dst, "data: [DONE]\n\n"...)
	}
	dst = append(dst, "data: "...)
	dst = append(dst, d.prefix...)
	if p.kind == kindUsage {
		dst = append(dst, `],"usage":`...)
		dst = u.append(dst)
		return append(dst, "}\n\n"...)
	}
	dst = append(dst, `{"index":0,"delta":{`...)
	switch p.kind {
	case kindRole:
		dst = append(dst, `"role":"assistant","content":""`...)
	case kindText:
		dst = append(dst, `"content":`...)
		dst = pytext.AppendString(dst, p.text)
	case kindReasoning:
		dst = append(dst, '"')
		dst = append(dst, d.field...)
		dst = append(dst, `":`...)
		dst = pytext.AppendString(dst, p.text)
	case kindToolName:
		dst = append(dst, `"content":null,"tool_calls":[{"id":`...)
		dst = pytext.AppendString(dst, d.toolID())
		dst = append(dst, `,"type":"function","index":0,"function":{"name":`...)
		dst = pytext.AppendString(dst, p.text)
		dst = append(dst, `}}]`...)
	case kindToolArgs:
		dst = append(dst, `"content":null,"tool_calls":[{"index":0,"function":{"arguments":`...)
		dst = pytext.AppendString(dst, p.text)
		dst = append(dst, `}}]`...)
	}
	dst = append(dst, `},"logprobs":null,"finish_reason":`...)
	if p.finish == "" {
		dst = append(dst, `null}]`...)
	} else {
		dst = pytext.AppendString(dst, p.finish)
		dst = append(dst, `,"stop_reason":null}]`...)
	}
	if d.continuous {
		dst = append(dst, `,"usage":`...)
		dst = u.append(dst)
	}
	return append(dst, "}\n\n"...)
}

func (d *chatDialect) body(dst []byte, u usage) []byte {
	a := d.a
	u.reasoning = a.reasoning
	think, say := a.said(d.seed)
	dst = append(dst, d.whole...)
	dst = append(dst, `{"index":0,"message":{"role":"assistant","content":`...)
	if a.tool != nil {
		dst = append(dst, `null,"refusal":null,"tool_calls":[{"id":`...)
		dst = pytext.AppendString(dst, d.toolID())
		dst = append(dst, `,"type":"function","function":{"name":`...)
		dst = pytext.AppendString(dst, a.tool[0].text)
		dst = append(dst, `,"arguments":`...)
		dst = pytext.AppendString(dst, a.arguments())
		dst = append(dst, `}}]`...)
	} else {
		dst = pytext.AppendString(dst, say)
		dst = append(dst, `,"refusal":null`...)
		if a.reasoning > 0 {
			dst = append(dst, `,"`+d.field+`":`...)
			dst = pytext.AppendString(dst, think)
		}
	}
	dst = append(dst, `},"logprobs":null,"finish_reason":`...)
	dst = pytext.AppendString(dst, a.finish)
	dst = append(dst, `,"stop_reason":null}]`...)
	if d.usage {
		dst = append(dst, `,"usage":`...)
		dst = u.append(dst)
	}
	return append(dst, '}')
}

func (d *chatDialect) toolID() string { return "chatcmpl-tool-" + d.id[len("chatcmpl-"):] }

// append appends the usage object in vLLM's key order.
func (u usage) append(dst []byte) []byte {
	num := func(key string, n int) {
		dst = append(dst, key...)
		dst = strconv.AppendInt(dst, int64(n), 10)
	}
	num(`{"prompt_tokens":`, u.prompt)
	num(`,"total_tokens":`, u.prompt+u.completion)
	num(`,"completion_tokens":`, u.completion)
	num(`,"prompt_tokens_details":{"cached_tokens":`, u.cached)
	num(`},"completion_tokens_details":{"reasoning_tokens":`, u.reasoning)
	return append(dst, "}}"...)
}
