package simserver

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"tacho/engine/pytext"
)

// responsesRequest is the part of a Responses request that matters here.
type responsesRequest struct {
	params
	Input           json.RawMessage `json:"input"`
	Instructions    string          `json:"instructions"`
	MaxOutputTokens *int            `json:"max_output_tokens"`
	Tools           []responsesTool `json:"tools"`
	ToolChoice      json.RawMessage `json:"tool_choice"`
}

// responsesTool is a tool in the flat form of this API.
type responsesTool struct {
	Name       string          `json:"name"`
	Parameters json.RawMessage `json:"parameters"`
}

// responses serves POST /v1/responses.
func responses(x *exchange) {
	var r responsesRequest
	defer x.end()
	if !x.begin(&r) {
		return
	}
	text, ok := r.prompt()
	if !ok {
		x.refuse(http.StatusBadRequest, "Bad Request", "input", "1 validation error:\n  input: a string or a list of items is required")
		return
	}
	r.MaxTokens, r.MaxCompletionTokens = r.MaxOutputTokens, nil
	prompt := max(1, x.srv.cfg.Count(text))
	if !x.check(&r.params, prompt) {
		return
	}
	a := &answer{params: &r.params, prompt: prompt, text: text, lay: layResponses}
	a.n, a.finish = x.length(&r.params, prompt)
	a.reasoning = x.thinks(r.Model, a.n)
	if len(r.Tools) > 0 && x.mayCall(r.Model, r.Tools[0].Name, r.ToolChoice) {
		a.callFlatTool(r.Tools[0].Name, r.Tools[0].Parameters)
	}
	a.dialect = &responsesDialect{
		id: x.id, model: r.Model, a: a, created: wall(x.arrivalNS) / 1e9, usage: !strings.Contains(r.Model, "nousage"),
		seed: mix(x.srv.cfg.Seed, uint64(x.index), saltText), noObject: x.fault != nil && x.fault.noObject, output: -1,
	}
	x.respond(a)
}

// prompt flattens the instructions and the items.
func (r *responsesRequest) prompt() (text string, ok bool) {
	var b strings.Builder
	b.WriteString(r.Instructions)
	for _, t := range r.Tools {
		b.WriteString(t.Name + string(t.Parameters))
	}
	var one string
	if json.Unmarshal(r.Input, &one) == nil && len(r.Input) > 0 && r.Input[0] == '"' {
		return b.String() + one, true
	}
	var items []struct {
		Role      string          `json:"role"`
		Content   json.RawMessage `json:"content"`
		Arguments string          `json:"arguments"`
		Output    string          `json:"output"`
	}
	if json.Unmarshal(r.Input, &items) != nil || len(items) == 0 {
		return "", false
	}
	for _, it := range items {
		b.WriteString(it.Role + "\n" + textOf(it.Content) + it.Arguments + it.Output + "\n")
	}
	return b.String(), true
}

// layResponses lays out a stream: the answer is announced, comes in stretches,
// and is told once more in full.
func layResponses(a *answer, seed uint64) []piece {
	return a.sections(seed, []piece{{kind: kindRole}}, []piece{{kind: kindFinish, finish: a.finish}, {kind: kindUsage}, {kind: kindEnd}})
}

// responsesDialect renders vLLM-shaped Responses answers. It follows one
// stream, whose events are numbered.
type responsesDialect struct {
	id, model       string
	created         int64
	a               *answer
	seed            uint64
	usage, noObject bool

	sequence, output int
	said             []byte // of the open item
	done             []any  // items that are closed
}

func (d *responsesDialect) event(dst []byte, p *piece, u usage) []byte {
	switch p.kind {
	case kindRole:
		for _, kind := range []string{"response.created", "response.in_progress"} {
			dst = d.structural(dst, kind, map[string]any{"response": d.response("in_progress", []any{}, nil)})
		}
		return dst
	case kindOpen:
		d.output++
		d.said = d.said[:0]
		if p.text == ofCall {
			return dst // with the name
		}
		dst = d.structural(dst, "response.output_item.added", d.place(map[string]any{"item": d.item(p.text, "in_progress")}, false))
		return d.structural(dst, "response.content_part.added", d.place(map[string]any{"part": d.part(p.text)}, true))
	case kindReasoning:
		return d.delta(dst, "response.reasoning_text.delta", p.text)
	case kindText:
		return d.delta(dst, "response.output_text.delta", p.text)
	case kindToolName:
		item := d.call("in_progress", "")
		return d.structural(dst, "response.output_item.added", d.place(map[string]any{"item": item}, false))
	case kindToolArgs:
		return d.delta(dst, "response.function_call_arguments.delta", p.text)
	case kindClose:
		return d.close(dst, p.text)
	case kindUsage:
		status := "completed"
		if d.a.finish == "length" {
			status = "incomplete"
		}
		return d.structural(dst, "response.completed", map[string]any{"response": d.response(status, d.done, &u)})
	}
	return dst // no [DONE] in this API
}

// structural appends an event that is no delta.
func (d *responsesDialect) structural(dst []byte, kind string, v map[string]any) []byte {
	v["type"], v["sequence_number"] = kind, d.sequence
	d.sequence++
	dst = append(append(dst, "event: "...), kind...)
	return append(appendJSON(append(dst, "\ndata: "...), v), "\n\n"...)
}

// delta appends a piece of text. The key order is vLLM's.
func (d *responsesDialect) delta(dst []byte, kind, text string) []byte {
	d.said = append(d.said, text...)
	dst = append(append(dst, "event: "...), kind...)
	dst = append(dst, "\ndata: {\"content_index\":0,\"delta\":"...)
	dst = pytext.AppendString(dst, text)
	dst = append(dst, `,"item_id":"`...)
	dst = append(append(dst, d.itemID()...), `","output_index":`...)
	dst = strconv.AppendInt(dst, int64(d.output), 10)
	dst = strconv.AppendInt(append(dst, `,"sequence_number":`...), int64(d.sequence), 10)
	d.sequence++
	dst = append(append(dst, `,"type":"`...), kind...)
	return append(dst, "\"}\n\n"...)
}

// close appends the events that end a stretch, which tell it in full.
func (d *responsesDialect) close(dst []byte, of string) []byte {
	text := string(d.said)
	var item any
	switch of {
	case ofCall:
		item = d.call("completed", text)
		dst = d.structural(dst, "response.function_call_arguments.done", d.place(map[string]any{"arguments": text, "name": d.a.tool[0].text}, false))
	case ofThinking:
		item = d.item(of, "completed", d.part(of, text))
		dst = d.structural(dst, "response.reasoning_text.done", d.place(map[string]any{"text": text}, true))
		dst = d.structural(dst, "response.content_part.done", d.place(map[string]any{"part": d.part(of, text)}, true))
	default:
		item = d.item(of, "completed", d.part(of, text))
		dst = d.structural(dst, "response.output_text.done", d.place(map[string]any{"text": text, "logprobs": []any{}}, true))
		dst = d.structural(dst, "response.content_part.done", d.place(map[string]any{"part": d.part(of, text)}, true))
	}
	d.done = append(d.done, item)
	return d.structural(dst, "response.output_item.done", d.place(map[string]any{"item": item}, false))
}

// place adds where in the answer an event belongs.
func (d *responsesDialect) place(v map[string]any, inItem bool) map[string]any {
	v["output_index"] = d.output
	if inItem {
		v["content_index"], v["item_id"] = 0, d.itemID()
	}
	return v
}

func (d *responsesDialect) itemID() string { return "item_" + d.id + "_" + strconv.Itoa(d.output) }

func (d *responsesDialect) part(of string, text ...string) map[string]any {
	s := strings.Join(text, "")
	if of == ofThinking {
		return map[string]any{"type": "reasoning_text", "text": s}
	}
	return map[string]any{"type": "output_text", "text": s, "annotations": []any{}, "logprobs": nil}
}

// item is a stretch as an item of the output.
func (d *responsesDialect) item(of, status string, parts ...map[string]any) map[string]any {
	content := []any{}
	for _, p := range parts {
		content = append(content, p)
	}
	if of == ofThinking {
		return map[string]any{"id": d.itemID(), "type": "reasoning", "summary": []any{}, "content": content, "encrypted_content": nil, "status": status}
	}
	return map[string]any{"id": d.itemID(), "type": "message", "role": "assistant", "content": content, "status": status, "phase": nil}
}

func (d *responsesDialect) call(status, arguments string) map[string]any {
	return map[string]any{
		"id": d.itemID(), "call_id": "call_" + d.id, "type": "function_call", "name": d.a.tool[0].text, "arguments": arguments, "status": status,
	}
}

// response is the answer as a whole, with what is finished of it.
func (d *responsesDialect) response(status string, output []any, u *usage) map[string]any {
	v := map[string]any{
		"id": "resp_" + d.id, "created_at": d.created, "model": d.model, "status": status, "output": output,
		"incomplete_details": nil, "usage": nil, "tool_choice": "auto", "tools": []any{}, "parallel_tool_calls": true,
		"temperature": 1.0, "top_p": 1.0, "instructions": nil, "metadata": nil, "previous_response_id": nil,
	}
	if !d.noObject {
		v["object"] = "response"
	}
	if status == "incomplete" {
		v["incomplete_details"] = map[string]any{"reason": "max_output_tokens"}
	}
	if u != nil && d.usage {
		v["usage"] = map[string]any{
			"input_tokens": u.prompt, "input_tokens_details": map[string]any{"cached_tokens": u.cached},
			"output_tokens": u.completion, "output_tokens_details": map[string]any{"reasoning_tokens": u.reasoning},
			"total_tokens": u.prompt + u.completion,
		}
	}
	return v
}

func (d *responsesDialect) body(dst []byte, u usage) []byte {
	a := d.a
	u.reasoning = a.reasoning
	thinking, text := a.said(d.seed)
	var output []any
	add := func(of, text string) {
		d.output++
		output = append(output, d.item(of, "completed", d.part(of, text)))
	}
	switch {
	case a.tool != nil:
		d.output++
		output = append(output, d.call("completed", a.arguments()))
	default:
		if thinking != "" {
			add(ofThinking, thinking)
		}
		add(ofText, text)
	}
	status := "completed"
	if a.finish == "length" {
		status = "incomplete"
	}
	return appendJSON(dst, d.response(status, output, &u))
}
