package endpoint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Inputs is what the body of a request puts in front of the model.
type Inputs struct {
	// Text is every text joined with one space, the way AIPerf counts ISL;
	// Texts is how many there were.
	Text  string
	Texts int
	// IDs is the number of tokens given as ids; they add to the count.
	IDs int
	// Images, Audios and Videos are counted, not measured.
	Images, Audios, Videos int
}

// items are the parts of a body that InputTexts looks at.
type items struct {
	Messages json.RawMessage `json:"messages"`
	Input    json.RawMessage `json:"input"`
	Tools    json.RawMessage `json:"tools"`
	Prompt   json.RawMessage `json:"prompt"`
	Query    json.RawMessage `json:"query"`
	Passages json.RawMessage `json:"passages"`
	Inputs   json.RawMessage `json:"inputs"`
}

// item is a message, or an item of the Responses API.
type item struct {
	Type      json.RawMessage `json:"type"`
	Role      json.RawMessage `json:"role"`
	Content   json.RawMessage `json:"content"`
	ToolCalls json.RawMessage `json:"tool_calls"`
	Name      json.RawMessage `json:"name"`
	Arguments json.RawMessage `json:"arguments"`
	Output    json.RawMessage `json:"output"`
}

// inputWalk gathers the texts of a body.
type inputWalk struct {
	Inputs
	b strings.Builder
}

func (w *inputWalk) add(s string) {
	if w.Texts > 0 {
		w.b.WriteByte(' ')
	}
	w.b.WriteString(s)
	w.Texts++
}

// addNonEmpty adds a raw JSON string unless it is empty or something else.
func (w *inputWalk) addNonEmpty(raw json.RawMessage) {
	if s, ok := asString(raw); ok && s != "" {
		w.add(s)
	}
}

// InputTexts collects from the body that was really sent what counts as
// input: message contents and text parts of all roles, tool calls, tool
// schemas; or the prompt, the input, the query with its passages, the inputs.
// It fails only if the body is no JSON object.
func InputTexts(body []byte) (Inputs, error) {
	var in items
	if err := json.Unmarshal(body, &in); err != nil {
		return Inputs{}, fmt.Errorf("read request body: %w", err)
	}
	var w inputWalk
	found := w.items(in.Messages)
	found = w.items(in.Input) || found
	w.tools(in.Tools)
	if !found {
		w.flat(&in)
	}
	w.Text = w.b.String()
	return w.Inputs, nil
}

// items walks an array of messages. It reports whether the value is one.
func (w *inputWalk) items(raw json.RawMessage) bool {
	list := asList(raw)
	found := false
	msgs := make([]item, len(list))
	for i, r := range list {
		if isObject(r) && json.Unmarshal(r, &msgs[i]) == nil {
			// Plain strings, as in embeddings, have neither key.
			found = found || msgs[i].Role != nil || msgs[i].Type != nil
		}
	}
	if !found {
		return false
	}
	for i := range msgs {
		w.item(&msgs[i])
	}
	return true
}

func (w *inputWalk) item(m *item) {
	if s, ok := asString(m.Content); ok {
		w.add(s)
	} else {
		for _, p := range asList(m.Content) {
			w.part(p)
		}
	}
	for _, c := range asList(m.ToolCalls) {
		var call struct {
			Function item `json:"function"`
		}
		if isObject(c) && json.Unmarshal(c, &call) == nil {
			w.addNonEmpty(call.Function.Name)
			w.addNonEmpty(call.Function.Arguments)
		}
	}
	switch kind, _ := asString(m.Type); kind {
	case "function_call":
		w.addNonEmpty(m.Name)
		w.addNonEmpty(m.Arguments)
	case "function_call_output":
		w.addNonEmpty(m.Output)
	}
}

func (w *inputWalk) part(raw json.RawMessage) {
	var p struct {
		Type json.RawMessage `json:"type"`
		Text json.RawMessage `json:"text"`
	}
	if !isObject(raw) || json.Unmarshal(raw, &p) != nil {
		return
	}
	switch kind, _ := asString(p.Type); kind {
	case "text", "input_text", "output_text":
		if s, ok := asString(p.Text); ok {
			w.add(s)
		}
	case "image_url", "input_image", "image":
		w.Images++
	case "input_audio":
		w.Audios++
	case "video_url":
		w.Videos++
	}
}

// tools adds names, descriptions and parameters, nested as in chat and at the
// top as in the Responses API. Parameters count as their compact JSON.
func (w *inputWalk) tools(raw json.RawMessage) {
	type schema struct {
		Name        json.RawMessage `json:"name"`
		Description json.RawMessage `json:"description"`
		Parameters  json.RawMessage `json:"parameters"`
	}
	for _, t := range asList(raw) {
		var tool struct {
			Function json.RawMessage `json:"function"`
			schema
		}
		if !isObject(t) || json.Unmarshal(t, &tool) != nil {
			continue
		}
		var fn schema
		if isObject(tool.Function) && json.Unmarshal(tool.Function, &fn) != nil {
			fn = schema{}
		}
		for _, s := range []schema{fn, tool.schema} {
			w.addNonEmpty(s.Name)
			w.addNonEmpty(s.Description)
			if isObject(s.Parameters) {
				var b bytes.Buffer
				if json.Compact(&b, s.Parameters) == nil {
					w.add(b.String())
				}
			}
		}
	}
}

// flat handles bodies without messages; the first shape that fits is taken.
func (w *inputWalk) flat(in *items) {
	if w.strings(in.Prompt) || w.strings(in.Input) || w.passages(in) {
		return
	}
	if s, ok := asString(in.Inputs); ok {
		w.add(s)
	}
}

// strings takes a string, a list of strings, a list of token ids or a list of
// such lists.
func (w *inputWalk) strings(raw json.RawMessage) bool {
	if s, ok := asString(raw); ok {
		w.add(s)
		return true
	}
	if !isArray(raw) {
		return false
	}
	var texts []string
	if json.Unmarshal(raw, &texts) == nil && !hasNull(raw) {
		for _, s := range texts {
			w.add(s)
		}
		return true
	}
	var ids []int64
	if json.Unmarshal(raw, &ids) == nil && !hasNull(raw) {
		w.IDs += len(ids)
		return true
	}
	var batch [][]int64
	if json.Unmarshal(raw, &batch) == nil && !hasNull(raw) {
		for _, ids := range batch {
			w.IDs += len(ids)
		}
		return true
	}
	return false
}

func (w *inputWalk) passages(in *items) bool {
	query, ok := asString(in.Query)
	if !ok || !isArray(in.Passages) {
		return false
	}
	w.add(query)
	for _, p := range asList(in.Passages) {
		if s, ok := asString(p); ok {
			w.add(s)
			continue
		}
		var m struct {
			Text json.RawMessage `json:"text"`
		}
		if isObject(p) && json.Unmarshal(p, &m) == nil {
			if s, ok := asString(m.Text); ok {
				w.add(s)
			}
		}
	}
	return true
}

func isObject(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '{' }
func isArray(raw json.RawMessage) bool  { return len(raw) > 0 && raw[0] == '[' }

// hasNull says that an element is null, which encoding/json takes for a zero.
func hasNull(raw json.RawMessage) bool {
	for _, v := range asList(raw) {
		if string(v) == "null" {
			return true
		}
	}
	return false
}

func asString(raw json.RawMessage) (string, bool) {
	if len(raw) == 0 || raw[0] != '"' {
		return "", false
	}
	var s string
	return s, json.Unmarshal(raw, &s) == nil
}

func asList(raw json.RawMessage) []json.RawMessage {
	if !isArray(raw) {
		return nil
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}
