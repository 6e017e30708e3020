package endpoint

import (
	"encoding/json"
	"strconv"
)

// Members of an event or a whole answer, in the order of responsesNames.
const (
	respType = iota
	respDelta
	respText
	respOutputIndex
	respContentIndex
	respResponse
	respItem
	respObject
	respOutput
	respOutputText
	respUsage
	respID
	respStatus
	respError
	respMessage
)

var responsesNames = []string{
	"type", "delta", "text", "output_index", "content_index", "response", "item",
	"object", "output", "output_text", "usage", "id", "status", "error", "message",
}

// Decode reads an event or a whole answer. The pieces of text, of thinking and
// of a call's arguments are content; a text that comes whole after its pieces
// is content without text (Answer.Add sees to that).
func (Responses) Decode(data []byte, d *Delta) error {
	m, ok := d.members(data, responsesNames)
	if !ok {
		return nil
	}
	d.speaks(responsesDialect)
	d.identify(m)
	d.fail(m[respError], m[respObject], m[respMessage])
	if m[respType] != nil {
		d.responsesEvent(m)
		return nil
	}
	if string(m[respObject]) != `"response"` && !d.loosen(isArray(m[respOutput])) {
		return nil
	}
	d.account(m[respUsage])
	d.takeItems(m[respOutput])
	d.responsesOutput(m)
	return nil
}

// responsesEvent reads an event of a stream.
func (d *Delta) responsesEvent(m *members) {
	delta := func(kind Kind) []byte {
		text := d.words(m[respDelta])
		if len(text) > 0 {
			d.Kind = kind
		}
		return text
	}
	switch string(d.words(m[respType])) {
	case "response.output_text.delta":
		d.Text = delta(TextUnit)
		d.part, d.role = partOf(m), pieceOfPart
	case "response.output_text.done":
		if d.Text = d.words(m[respText]); d.Text != nil {
			d.Kind = TextUnit
		}
		d.part, d.role = partOf(m), wholePart
	case "response.reasoning_text.delta":
		d.Reasoning = delta(ReasoningUnit)
	case "response.function_call_arguments.delta":
		d.Tool = delta(ToolUnit)
	case "response.output_item.done":
		if isObject(m[respItem]) {
			d.replay.items = append(d.replay.items, outputItem{m[respItem], true})
		}
	case "response.completed":
		var r members
		if r.read(m[respResponse], responsesNames) {
			d.account(r[respUsage])
			d.takeItems(r[respOutput])
		}
	case "response.failed", "response.incomplete", "response.error", "error":
		d.responsesFailure(m)
	}
}

// responsesFailure reads an event that ends a stream too early. One that was
// only cut short is no error.
func (d *Delta) responsesFailure(m *members) {
	d.replay.broken, d.replay.noID = true, true
	var r members
	switch {
	case r.read(m[respResponse], responsesNames):
		d.fail(r[respError], nil, nil)
	case string(d.words(m[respType])) == "error" && !d.Failed:
		d.Failed, d.Error = true, d.words(m[respMessage])
	}
}

// identify takes the id under which the server keeps the answer.
func (d *Delta) identify(m *members) {
	id, status := m[respID], m[respStatus]
	if raw := m[respResponse]; isObject(raw) {
		var r members
		id, status = nil, nil
		if r.read(raw, responsesNames) {
			id, status = r[respID], r[respStatus]
		}
	}
	switch string(status) {
	case `"failed"`, `"incomplete"`:
		d.replay.noID = true
	}
	d.replay.id = d.words(id)
}

// takeItems keeps the output of a whole answer.
func (d *Delta) takeItems(output json.RawMessage) {
	for _, item := range asList(output) {
		if isObject(item) {
			d.replay.items = append(d.replay.items, outputItem{item, false})
		}
	}
}

// responsesOutput reads the content of a whole answer: thinking before text,
// and text before calls, each from all items. Of the thinking only summaries
// are read, as in AIPerf.
func (d *Delta) responsesOutput(m *members) {
	var text, thinking, calls []byte
	for _, raw := range asList(m[respOutput]) {
		item := asObject(raw)
		switch kind, _ := asString(item["type"]); kind {
		case "reasoning":
			thinking = appendParted(thinking, item["summary"], "summary_text")
		case "message":
			text = appendParted(text, item["content"], "output_text")
		case "function_call":
			for _, key := range []string{"name", "arguments"} {
				s, _ := asString(item[key])
				calls = append(calls, s...)
			}
		}
	}
	switch {
	case len(thinking) > 0:
		d.Kind, d.Reasoning, d.Text = ReasoningUnit, thinking, text
	case len(text) > 0:
		d.Kind, d.Text = TextUnit, text
	case len(calls) > 0:
		d.Kind, d.Tool = ToolUnit, calls
	default:
		if d.Text = d.words(m[respOutputText]); d.Text != nil {
			d.Kind = TextUnit
		}
	}
}

// appendParted appends the texts of the parts of one type.
func appendParted(dst []byte, list json.RawMessage, kind string) []byte {
	for _, raw := range asList(list) {
		part := asObject(raw)
		if k, _ := asString(part["type"]); k == kind {
			s, _ := asString(part["text"])
			dst = append(dst, s...)
		}
	}
	return dst
}

// partOf names the part that an event belongs to.
func partOf(m *members) partID {
	return partID{asIndex(m[respOutputIndex]), asIndex(m[respContentIndex])}
}

// asIndex is a JSON number that is a place in a list, -1 if it is none.
func asIndex(raw json.RawMessage) int {
	n, err := strconv.Atoi(string(raw))
	if err != nil || n < 0 {
		return -1
	}
	return n
}
