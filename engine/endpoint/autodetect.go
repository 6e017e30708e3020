package endpoint

import (
	"bytes"
	"encoding/json"
)

// Members of an answer of unknown shape, in the order of autoNames.
const (
	autoData = iota
	autoEmbeddings
	autoEmbedding
	autoRankings
	autoResults
	autoText
	autoContent
	autoResponse
	autoOutput
	autoResult
	autoChoices
	autoError
	autoObject
	autoMessage
)

var autoNames = []string{
	"data", "embeddings", "embedding", "rankings", "results",
	"text", "content", "response", "output", "result", "choices",
	"error", "object", "message",
}

// detect reads an answer of unknown shape as AIPerf does: vectors, then ranks,
// then text, in the shapes that are common; a bare list by what is in it. A
// body that is no JSON, or nothing, is text as it is. Usage is not read.
func (d *Delta) detect(data []byte) {
	if d.plain(data) {
		return
	}
	if raw := json.RawMessage(bytes.TrimSpace(data)); !isObject(raw) {
		d.convert(raw)
		return
	}
	m, ok := d.members(data, autoNames)
	if !ok {
		return
	}
	d.fail(m[autoError], m[autoObject], m[autoMessage])
	switch {
	case hasVectors(m):
		d.Kind = EmbeddingUnit
	case isArray(m[autoRankings]) || isArray(m[autoResults]):
		d.Kind = RankingUnit
	default:
		d.Text = d.anyText(m)
		d.kindIf(TextUnit, d.Text)
	}
	d.Foreign = !d.Content() && !d.Failed
}

// plain handles data that is text as it stands. AIPerf takes the end mark of a
// stream for text too; a Relaxed delta knows it.
func (d *Delta) plain(data []byte) bool {
	if d.open(data) {
		return false
	}
	if d.Done && d.Relaxed {
		return true
	}
	d.reset()
	d.whole(data)
	return true
}

// anyText finds the text of an object of unknown shape. The first name that
// holds a string decides, be it empty.
func (d *Delta) anyText(m *members) []byte {
	for _, raw := range m[autoText : autoResult+1] {
		if text, ok := d.text(raw); ok {
			return text
		}
		if text, ok := joinedStrings(raw); ok {
			return text
		}
	}
	list := asList(m[autoChoices])
	if len(list) == 0 {
		return nil
	}
	choice := asObject(list[0])
	for _, raw := range []json.RawMessage{choice["text"], asObject(choice["message"])["content"], asObject(choice["delta"])["content"]} {
		if truthy(raw) {
			return d.words(raw)
		}
	}
	return nil
}

// joinedStrings joins a list of strings; ok is false for any other value.
func joinedStrings(raw json.RawMessage) (text []byte, ok bool) {
	list := asList(raw)
	for _, v := range list {
		s, ok := asString(v)
		if !ok {
			return nil, false
		}
		text = append(text, s...)
	}
	return text, len(list) > 0
}

// convert takes a value for what it looks like: a text, a vector or vectors, a
// list of ranks. It reports whether it is any of them.
func (d *Delta) convert(raw json.RawMessage) bool {
	if text, ok := d.text(raw); ok {
		d.Text = text
		d.kindIf(TextUnit, text)
		return d.Content()
	}
	if list := asList(raw); len(list) > 0 {
		inner := asList(list[0])
		switch {
		case len(inner) > 0 && isNumber(inner[0]), isNumber(list[0]):
			d.Kind = EmbeddingUnit
		case isObject(list[0]):
			d.Kind = RankingUnit
		}
	}
	return d.Content()
}
