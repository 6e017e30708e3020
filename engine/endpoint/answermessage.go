package endpoint

import (
	"slices"

	"tacho/engine/pytext"
)

// AppendMessage appends the answer as a JSON array of messages or items, the
// form of dataset.Turn.Messages, for the turns that follow. In chat that is one
// assistant message: the text, and tool calls by their index; the Responses and
// Messages APIs take their own items and blocks back. As in AIPerf 0.13 the
// text of an answer without calls includes the thinking that came apart from
// it. It appends nothing if there is nothing to repeat. Capture must have been
// set.
func (a *Answer) AppendMessage(dst []byte) []byte {
	h := &a.history
	switch h.dialect {
	case responsesDialect:
		if out, ok := h.appendItems(dst); ok {
			return out
		}
	case anthropicDialect:
		if out, ok := h.appendBlocks(dst); ok {
			return out
		}
	}
	text := a.content
	if len(a.calls) == 0 {
		if text = h.said; len(text) == 0 {
			return dst
		}
	}
	dst = append(dst, `[{"role":"assistant","content":`...)
	if len(text) == 0 {
		dst = append(dst, "null"...)
	} else {
		dst = pytext.AppendString(dst, string(text))
	}
	if len(a.calls) > 0 {
		slices.SortStableFunc(a.calls, func(x, y toolCall) int { return x.index - y.index })
		dst = append(dst, `,"tool_calls":[`...)
		for i, c := range a.calls {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, '{')
			if len(c.id) > 0 {
				dst = append(pytext.AppendString(append(dst, `"id":`...), string(c.id)), ',')
			}
			if len(c.kind) > 0 {
				dst = append(pytext.AppendString(append(dst, `"type":`...), string(c.kind)), ',')
			}
			dst = pytext.AppendString(append(dst, `"function":{"name":`...), string(c.name))
			dst = append(pytext.AppendString(append(dst, `,"arguments":`...), string(c.arg)), "}}"...)
		}
		dst = append(dst, ']')
	}
	if h.dialect == responsesDialect {
		dst = append(dst, `,"type":"message"`...)
	}
	return append(dst, "}]"...)
}
