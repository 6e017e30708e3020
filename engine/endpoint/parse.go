package endpoint

import (
	"bytes"
	"encoding/json"
	"io"
)

// parse fills the unit with the standard library's JSON. It reports false if
// the data is no JSON; values of a type that cannot be used count as absent.
func (u *unit) parse(data []byte) bool {
	var v any
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber() // a number beyond float64 is still JSON
	if dec.Decode(&v) != nil {
		return false
	}
	if _, err := dec.Token(); err != io.EOF {
		return false // something follows the value
	}
	m, ok := v.(map[string]any)
	if !ok || len(m) == 0 {
		u.empty = falsy(v)
		return true
	}
	u.isObject = true
	u.object = str(m["object"])
	u.parseError(m)
	if raw, ok := m["usage"].(map[string]any); ok && len(raw) > 0 {
		u.usage, u.hasUsage = usageOf(raw), true
	}
	choices, _ := m["choices"].([]any)
	if len(choices) == 0 {
		return true
	}
	choice, ok := choices[0].(map[string]any)
	if !ok {
		return true
	}
	if text, ok := choice["text"].(string); ok {
		u.text, u.hasText = []byte(text), true
	}
	delta, hasDelta := choice["delta"].(map[string]any)
	message, hasMessage := choice["message"].(map[string]any)
	switch {
	case hasDelta && (!hasMessage || string(u.object) != "chat.completion"):
		u.part = partDelta
		u.parseMessage(delta)
	case hasMessage:
		u.part = partMessage
		u.parseMessage(message)
	}
	return true
}

func (u *unit) parseMessage(m map[string]any) {
	u.content = str(m["content"])
	if u.reasoning = str(m["reasoning_content"]); len(u.reasoning) == 0 {
		u.reasoning = str(m["reasoning"])
	}
	whole := u.part == partMessage
	calls, _ := m["tool_calls"].([]any)
	for _, v := range calls {
		call, ok := v.(map[string]any)
		if !ok {
			continue
		}
		c := ToolPiece{Index: asCount(call["index"]), ID: str(call["id"]), Type: str(call["type"]), Whole: whole}
		if fn, ok := call["function"].(map[string]any); ok {
			c.Name, c.Arguments = str(fn["name"]), str(fn["arguments"])
		}
		u.calls = append(u.calls, c)
	}
	if fn, ok := m["function_call"].(map[string]any); ok {
		u.calls = append(u.calls, ToolPiece{
			Index: -1, Name: str(fn["name"]), Arguments: str(fn["arguments"]), Whole: whole, Legacy: true,
		})
	}
}

// parseError finds the two forms in which servers put an error into a stream
// or a 200 body: an "error" key, and an object named "error".
func (u *unit) parseError(m map[string]any) {
	e := m["error"]
	if falsy(e) {
		if string(u.object) == "error" {
			u.failed, u.message = true, str(m["message"])
		}
		return
	}
	u.failed = true
	switch e := e.(type) {
	case string:
		u.message = []byte(e)
	case map[string]any:
		if u.message = str(e["message"]); len(u.message) > 0 {
			return
		}
		u.message = compact(e)
	default:
		u.message = compact(e)
	}
}

// compact is a decoded value as JSON again, keys sorted.
func compact(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return nil
	}
	return bytes.TrimSpace(b.Bytes())
}

// str is a JSON string, nil if the value is none.
func str(v any) []byte {
	s, _ := v.(string)
	if s == "" {
		return nil
	}
	return []byte(s)
}

// falsy is Python's idea of a value that is not there.
func falsy(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case json.Number:
		f, err := v.Float64()
		return err == nil && f == 0
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}
