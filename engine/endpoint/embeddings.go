package endpoint

import (
	"encoding/json"
	"errors"
)

// Embeddings is OpenAI's Embeddings API.
type Embeddings struct{}

// Spec describes the API.
func (Embeddings) Spec() Spec {
	return Spec{
		Type: "embeddings", Title: "Embeddings Metrics", Path: "/v1/embeddings",
		TokenizesInput: true, OneTurn: true,
	}
}

// Encode appends a request payload: all texts of the turn as a list.
func (Embeddings) Encode(dst []byte, o *Options, r *Request) ([]byte, error) {
	t, err := onlyTurn("embeddings", r)
	if err != nil {
		return dst, err
	}
	if t.Body != nil {
		return append(dst, t.Body...), nil
	}
	b := newBody(dst, o, t)
	b.str("model", modelOf(t, o))
	if b.key("input") {
		b.texts(t, false)
	}
	return b.end(), nil
}

// Decode reads an answer, which is content if it has a vector. A list of
// anything else fails the request, and usage is not read, as in AIPerf.
func (Embeddings) Decode(data []byte, d *Delta) error { return d.vectors(data) }

var vectorNames = []string{"data", "error", "object", "message"}

func (d *Delta) vectors(data []byte) error {
	m, ok := d.members(data, vectorNames)
	if !ok {
		return nil
	}
	d.fail(m[1], m[2], m[3])
	if !truthy(m[0]) {
		d.Foreign = !d.Failed
		return nil
	}
	n, named, ok := countVectors(m[0])
	switch {
	case !ok || !named && n == 0:
		return errors.New("the answer's data is not a list of embeddings")
	case !named && !d.loosen(true):
		return errors.New(`the answer's data does not say "object": "embedding"`)
	case n > 0:
		d.Kind = EmbeddingUnit
	}
	return nil
}

var embeddingNames = []string{"object", "embedding"}

// countVectors counts the vectors in a list of objects; named says that all of
// them are called embeddings. ok is false if an element is no object.
func countVectors(list json.RawMessage) (n int, named, ok bool) {
	named = true
	ok = eachElement(list, func(item json.RawMessage) bool {
		var m members
		if !m.read(item, embeddingNames) {
			return false
		}
		named = named && string(m[0]) == `"embedding"`
		if m[1] != nil && string(m[1]) != "null" {
			n++
		}
		return true
	})
	return n, named, ok
}

// eachElement calls f for each element of a JSON array until f reports false.
// It reports whether raw is an array and f was content with all of it.
func eachElement(raw json.RawMessage, f func(json.RawMessage) bool) bool {
	s := scanner{b: raw}
	if !s.eat('[') {
		return false
	}
	for first := true; ; first = false {
		end, ok := s.element(first)
		if end && ok {
			return true
		}
		if !ok {
			break
		}
		s.space()
		start := s.i
		if !s.skip(0) {
			break
		}
		if !f(raw[start:s.i]) {
			return false
		}
	}
	return false
}
