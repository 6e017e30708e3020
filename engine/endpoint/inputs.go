package endpoint

import (
	"encoding/json"
	"fmt"
	"slices"
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

// inputWalk gathers the texts of a body.
type inputWalk struct {
	Inputs
	parts partTypes
	b     strings.Builder
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

// addObject adds an object as its JSON, compact; other values are left out.
func (w *inputWalk) addObject(raw json.RawMessage) {
	if isObject(raw) {
		w.add(string(appendJSON(nil, raw)))
	}
}

// InputReader is an Endpoint whose payload is not read as InputTexts reads it.
type InputReader interface {
	Inputs(payload []byte) (Inputs, error)
}

// ReadInputs collects from a payload what counts as input, as AIPerf does for
// the API. It fails only if the payload is no JSON object.
func ReadInputs(e Endpoint, payload []byte) (Inputs, error) {
	if r, ok := e.(InputReader); ok {
		return r.Inputs(payload)
	}
	return InputTexts(payload)
}

// InputTexts collects from a payload what counts as input for most APIs:
// message contents and text parts of all roles, tool calls, tool schemas; or
// the prompt, the input, the query with its passages, the inputs. It fails
// only if the payload is no JSON object.
func InputTexts(payload []byte) (Inputs, error) {
	return walkInputs(payload, chatParts, nil, nil)
}

// partTypes are the types of content parts that an API counts.
type partTypes struct {
	text                []string
	image, audio, video string
}

var chatParts = partTypes{text: []string{"text"}, image: "image_url", audio: "input_audio", video: "video_url"}

// walkInputs reads a payload; before and after, if set, add what an API has at
// places of its own.
func walkInputs(payload []byte, parts partTypes, before, after func(*inputWalk, object)) (Inputs, error) {
	// Maps, not structs: those would take keys in any letter case.
	var in object
	if err := json.Unmarshal(payload, &in); err != nil {
		return Inputs{}, fmt.Errorf("read request payload: %w", err)
	}
	w := inputWalk{parts: parts}
	if before != nil {
		before(&w, in)
	}
	found := w.items(in["messages"])
	found = w.items(in["input"]) || found
	w.tools(in["tools"])
	if !found {
		w.flat(in)
	}
	if after != nil {
		after(&w, in)
	}
	w.Text = w.b.String()
	return w.Inputs, nil
}

// items walks an array of messages. It reports whether the value is one.
func (w *inputWalk) items(raw json.RawMessage) bool {
	list := asList(raw)
	found := false
	items := make([]object, len(list))
	for i, r := range list {
		items[i] = asObject(r)
		// Plain strings, as in embeddings, have neither key.
		_, role := items[i]["role"]
		_, kind := items[i]["type"]
		found = found || role || kind
	}
	if !found {
		return false
	}
	for _, m := range items {
		w.item(m)
	}
	return true
}

// item takes a message, or an item of the Responses API.
func (w *inputWalk) item(m object) {
	if s, ok := asString(m["content"]); ok {
		w.add(s)
	} else {
		for _, p := range asList(m["content"]) {
			w.part(asObject(p))
		}
	}
	for _, c := range asList(m["tool_calls"]) {
		fn := asObject(asObject(c)["function"])
		w.addNonEmpty(fn["name"])
		w.addNonEmpty(fn["arguments"])
	}
	switch kind, _ := asString(m["type"]); kind {
	case "function_call":
		w.addNonEmpty(m["name"])
		w.addNonEmpty(m["arguments"])
	case "function_call_output":
		w.addNonEmpty(m["output"])
	}
}

func (w *inputWalk) part(p object) {
	kind, _ := asString(p["type"])
	switch {
	case kind == "":
	case slices.Contains(w.parts.text, kind):
		if s, ok := asString(p["text"]); ok {
			w.add(s)
		}
	case kind == w.parts.image:
		w.Images++
	case kind == w.parts.audio:
		w.Audios++
	case kind == w.parts.video:
		w.Videos++
	}
}

// tools adds names, descriptions and parameters, nested as in chat and at the
// top as in the Responses API. Parameters count as their compact JSON.
func (w *inputWalk) tools(raw json.RawMessage) {
	for _, t := range asList(raw) {
		tool := asObject(t)
		for _, schema := range []object{asObject(tool["function"]), tool} {
			w.addNonEmpty(schema["name"])
			w.addNonEmpty(schema["description"])
			w.addObject(schema["parameters"])
		}
	}
}

// flat handles bodies without messages; the first shape that fits is taken.
func (w *inputWalk) flat(in object) {
	if w.strings(in["prompt"]) || w.strings(in["input"]) || w.passages(in) {
		return
	}
	if s, ok := asString(in["inputs"]); ok {
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

func (w *inputWalk) passages(in object) bool {
	query, ok := asString(in["query"])
	if !ok || !isArray(in["passages"]) {
		return false
	}
	w.add(query)
	for _, p := range asList(in["passages"]) {
		if isObject(p) {
			p = asObject(p)["text"]
		}
		if s, ok := asString(p); ok {
			w.add(s)
		}
	}
	return true
}

// object is a JSON object by its exact keys.
type object map[string]json.RawMessage

// asObject is nil if the value is no object.
func asObject(raw json.RawMessage) object {
	var o object
	if !isObject(raw) || json.Unmarshal(raw, &o) != nil {
		return nil
	}
	return o
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
