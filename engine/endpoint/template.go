package endpoint

import (
	"encoding/json"
	"errors"
	"fmt"

	"tacho/engine/dataset"
	"tacho/engine/jinja"
)

// Template sends what a Jinja template of the user makes of a turn, to the URL
// as it is given, and makes what it can of the answers. Prepare gives it the
// template; without one it cannot encode.
type Template struct {
	body     *jinja.Template
	field    responseField
	src, jmp string
}

// Source is the template's text, and the expression that finds the content of an
// answer; empty leaves that to its shape.
func (e Template) Source() (body, responseField string) { return e.src, e.jmp }

// namedTemplates are templates that go by a name.
var namedTemplates = map[string]string{"nv-embedqa": `{"text": {{ texts|tojson }}}`}

// Spec describes the API.
func (Template) Spec() Spec {
	return Spec{
		Type: "template", Title: "LLM Metrics",
		CanStream: true, ProducesTokens: true, TokenizesInput: true,
		Images: true, Audio: true, Video: true,
	}
}

// Encode appends what the template renders, which must be JSON, with the user's
// extras merged over it.
func (e Template) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	t, err := lastTurn("template", r)
	if err != nil {
		return dst, err
	}
	if t.Body != nil {
		return append(dst, t.Body...), nil
	}
	if e.body == nil {
		return dst, encodeError("template", errors.New("no template was given"))
	}
	text, err := e.body.Render(nil, templateVars(t, o, r))
	if err != nil {
		return dst, encodeError("template", err)
	}
	if !json.Valid(text) {
		return dst, encodeError("template", fmt.Errorf("the template made no JSON: %.100q", text))
	}
	if len(o.Extra)+len(t.Extra) == 0 {
		return appendJSON(dst, text), nil
	}
	kvs, err := dataset.ParseKVs(text)
	if err != nil {
		return dst, encodeError("template", fmt.Errorf("the template made no object to put extra inputs in: %.100q", text))
	}
	kvs = lastOfEach(append(append(kvs, o.Extra...), t.Extra...))
	dst = append(dst, '{')
	for i, kv := range kvs {
		if i > 0 {
			dst = append(dst, ',')
		}
		key, _ := json.Marshal(kv.Key)
		dst = append(appendJSON(dst, key), ':')
		dst = appendJSON(dst, kv.Value)
	}
	return append(dst, '}'), nil
}

// Decode reads an event or a whole answer: what the expression finds, which
// must then find something, or without one what it looks like.
func (e Template) Decode(data []byte, d *Delta) error {
	switch {
	case e.field.query == nil:
		d.detect(data)
	case d.plain(data):
	default:
		d.Foreign = !e.field.find(data, d)
	}
	return nil
}
