package endpoint

import (
	"encoding/json"
	"slices"

	"tacho/engine/dataset"
	"tacho/engine/pytext"
)

// blockPiece is what a unit says of one content block of a Messages answer.
type blockPiece struct {
	op    blockOp
	index int // -1 when the server does not say
	raw   json.RawMessage
	text  []byte
}

type blockOp uint8

const (
	textPiece blockOp = iota
	openThinking
	openTool
	wholeThinking
	wholeTool
	thinkingPiece
	signaturePiece
	inputPiece
)

// block is a thinking or tool block of a Messages answer.
type block struct {
	tool     bool
	index    int
	kvs      []dataset.KV // as it was opened, without its type
	streamed bool
	thinking []byte
	sign     []byte
	input    []byte
}

// count is the number of blocks of a kind so far.
func (h *history) count(tool bool) (n int) {
	for i := range h.blocks {
		if h.blocks[i].tool == tool {
			n++
		}
	}
	return n
}

// find returns the open block of a kind with an index, nil if there is none.
func (h *history) find(tool bool, index int) *block {
	if index < 0 {
		return nil
	}
	for i := range h.blocks {
		if b := &h.blocks[i]; b.tool == tool && b.index == index {
			return b
		}
	}
	return nil
}

func (h *history) block(p *blockPiece) {
	switch p.op {
	case textPiece:
		h.text = append(h.text, p.text...)
	case openThinking, openTool, wholeThinking, wholeTool:
		tool := p.op == openTool || p.op == wholeTool
		index := p.index
		if index < 0 {
			index = h.count(tool)
		}
		b := h.find(tool, index)
		if b == nil {
			h.blocks = append(h.blocks, block{})
			b = &h.blocks[len(h.blocks)-1]
		}
		kvs, err := dataset.ParseKVs(p.raw)
		if err != nil {
			kvs = nil
		}
		kvs = slices.DeleteFunc(kvs, func(kv dataset.KV) bool { return kv.Key == "type" })
		*b = block{tool: tool, index: index, kvs: kvs, streamed: p.op == openThinking || p.op == openTool}
	case thinkingPiece, signaturePiece:
		if b := h.find(false, p.index); b != nil {
			if p.op == thinkingPiece {
				b.thinking = append(b.thinking, p.text...)
			} else {
				b.sign = append(b.sign, p.text...)
			}
		}
	case inputPiece:
		if b := h.find(true, p.index); b != nil {
			b.input = append(b.input, p.text...)
		}
	}
}

// appendBlocks appends a Messages answer with its blocks as a JSON array of one
// message, and reports whether it has any besides text.
func (h *history) appendBlocks(dst []byte) ([]byte, bool) {
	if len(h.blocks) == 0 {
		return dst, false
	}
	slices.SortStableFunc(h.blocks, func(a, b block) int { return a.index - b.index })
	dst = append(dst, `[{"role":"assistant","content":[`...)
	start := len(dst)
	sep := func() {
		if len(dst) > start {
			dst = append(dst, ',')
		}
	}
	for i := range h.blocks {
		if b := &h.blocks[i]; !b.tool {
			sep()
			dst = b.appendThinking(dst)
		}
	}
	if len(h.text) > 0 {
		sep()
		dst = append(pytext.AppendString(append(dst, `{"type":"text","text":`...), string(h.text)), '}')
	}
	for i := range h.blocks {
		if b := &h.blocks[i]; b.tool {
			sep()
			dst = b.appendTool(dst)
		}
	}
	return append(dst, "]}]"...), true
}

// appendThinking appends a thinking block: as it was opened, with the text and
// the signature that came.
func (b *block) appendThinking(dst []byte) []byte {
	dst = append(dst, `{"type":"thinking"`...)
	added := func(key string) []byte {
		switch {
		case !b.streamed:
			return nil
		case key == "thinking":
			return b.thinking
		case key == "signature":
			return b.sign
		}
		return nil
	}
	seen := map[string]bool{}
	for _, kv := range b.kvs {
		seen[kv.Key] = true
		if string(kv.Value) == "null" {
			continue
		}
		dst = appendKey(dst, kv.Key)
		if s, ok := asString(kv.Value); ok {
			dst = pytext.AppendString(dst, s+string(added(kv.Key)))
		} else {
			dst = appendJSON(dst, kv.Value)
		}
	}
	if b.streamed {
		for _, key := range []string{"thinking", "signature"} {
			if !seen[key] {
				dst = pytext.AppendString(appendKey(dst, key), string(added(key)))
			}
		}
	}
	return append(dst, '}')
}

// appendTool appends a tool call: as it was opened, with the input that came.
// Input that is no JSON stays a string, so that the server says so.
func (b *block) appendTool(dst []byte) []byte {
	input := []byte(nil)
	switch {
	case len(b.input) > 0 && json.Valid(b.input):
		input = appendJSON(nil, b.input)
	case len(b.input) > 0:
		input = pytext.AppendString(nil, string(b.input))
	}
	dst = append(dst, `{"type":"tool_use"`...)
	seen := false
	for _, kv := range b.kvs {
		if kv.Key == "input" {
			seen = true
			if input != nil {
				dst = append(appendKey(dst, kv.Key), input...)
				continue
			}
		}
		if string(kv.Value) != "null" {
			dst = appendJSON(appendKey(dst, kv.Key), kv.Value)
		}
	}
	if !seen && b.streamed {
		if input == nil {
			input = []byte("{}")
		}
		dst = append(appendKey(dst, "input"), input...)
	}
	return append(dst, '}')
}
