package endpoint

import (
	"bytes"
	"encoding/json"
)

// Members of an event or a whole answer, in the order of anthropicNames.
const (
	anthType = iota
	anthIndex
	anthDelta
	anthBlock
	anthMessage
	anthContent
	anthUsage
	anthError
)

var anthropicNames = []string{"type", "index", "delta", "content_block", "message", "content", "usage", "error"}

// Members of a delta or a content block, in the order of anthropicDeltaNames.
const (
	anthDeltaType = iota
	anthDeltaText
	anthDeltaThinking
	anthDeltaJSON
	anthDeltaSignature
)

var anthropicDeltaNames = []string{"type", "text", "thinking", "partial_json", "signature"}

// Decode reads an event or a whole answer. The pieces of text, of thinking and
// of a call's input are content. Usage comes in two events, of which the later
// may lack what the earlier said (Answer.Add puts them together).
func (Messages) Decode(data []byte, d *Delta) error {
	m, ok := d.members(data, anthropicNames)
	if !ok {
		return nil
	}
	d.speaks(anthropicDialect)
	d.fail(m[anthError], nil, nil)
	switch string(lower(d.words(m[anthType]))) {
	case "content_block_delta":
		d.anthropicDelta(m)
	case "content_block_start":
		d.anthropicBlock(m)
	case "message_start":
		var inner members
		if inner.read(m[anthMessage], anthropicNames) {
			d.foldUsage(inner[anthUsage])
		}
	case "message_delta":
		d.foldUsage(m[anthUsage])
	case "message":
		d.foldUsage(m[anthUsage])
		d.anthropicContent(m[anthContent])
	case "ping", "content_block_stop", "message_stop", "error":
	default:
		if loose := isArray(m[anthContent]) && m[anthType] == nil; d.loosen(loose) {
			d.foldUsage(m[anthUsage])
			d.anthropicContent(m[anthContent])
		}
	}
	return nil
}

// foldUsage takes over a usage object that may be part of the account.
func (d *Delta) foldUsage(raw json.RawMessage) {
	if d.account(raw); d.HasUsage {
		d.folds = raw
	}
}

func (d *Delta) anthropicDelta(m *members) {
	var in members
	if !in.read(m[anthDelta], anthropicDeltaNames) {
		return
	}
	piece := blockPiece{index: asIndex(m[anthIndex])}
	switch string(lower(d.words(in[anthDeltaType]))) {
	case "text_delta":
		d.Text = d.words(in[anthDeltaText])
		d.kindIf(TextUnit, d.Text)
		piece.op, piece.text = textPiece, d.Text
	case "thinking_delta":
		d.Reasoning = d.words(in[anthDeltaThinking])
		d.kindIf(ReasoningUnit, d.Reasoning)
		piece.op, piece.text = thinkingPiece, d.Reasoning
	case "input_json_delta":
		d.Tool = d.words(in[anthDeltaJSON])
		d.kindIf(ToolUnit, d.Tool)
		piece.op, piece.text = inputPiece, d.Tool
	case "signature_delta":
		piece.op, piece.text = signaturePiece, d.words(in[anthDeltaSignature])
	default:
		return
	}
	d.replay.blocks = append(d.replay.blocks, piece)
}

// kindIf sets the kind of a unit that has a text.
func (d *Delta) kindIf(k Kind, text []byte) {
	if len(text) > 0 {
		d.Kind = k
	}
}

// anthropicBlock keeps the head of a thinking or tool block.
func (d *Delta) anthropicBlock(m *members) {
	piece := blockPiece{index: asIndex(m[anthIndex]), raw: m[anthBlock]}
	switch kind := asObject(m[anthBlock])["type"]; {
	case isKind(kind, "thinking"):
		piece.op = openThinking
	case isKind(kind, "tool_use"):
		piece.op = openTool
	default:
		return
	}
	d.replay.blocks = append(d.replay.blocks, piece)
}

// anthropicContent reads the content of a whole answer: thinking before calls,
// and calls before text, each from all blocks. The text beside calls is not
// counted (see Delta.Counted).
func (d *Delta) anthropicContent(content json.RawMessage) {
	var text, thinking, calls []byte
	for _, raw := range asList(content) {
		piece := blockPiece{index: -1, raw: raw}
		switch b := asObject(raw); {
		case isKind(b["type"], "text"):
			s, _ := asString(b["text"])
			text = append(text, s...)
			piece.op, piece.text = textPiece, []byte(s)
		case isKind(b["type"], "thinking"):
			s, _ := asString(b["thinking"])
			thinking = append(thinking, s...)
			piece.op = wholeThinking
		case isKind(b["type"], "tool_use"):
			s, _ := asString(b["name"])
			calls = append(calls, s...)
			if truthy(b["input"]) {
				calls = appendJSON(calls, b["input"])
			}
			piece.op = wholeTool
		default:
			continue
		}
		d.replay.blocks = append(d.replay.blocks, piece)
	}
	d.Text = text
	switch {
	case len(thinking) > 0:
		d.Kind, d.Reasoning = ReasoningUnit, thinking
	case len(calls) > 0:
		d.Kind, d.Tool = ToolUnit, calls
	case len(text) > 0:
		d.Kind = TextUnit
	}
}

// lower is an ASCII name in lower case, the name itself where it is.
func lower(name []byte) []byte {
	for _, c := range name {
		if 'A' <= c && c <= 'Z' {
			return bytes.ToLower(name)
		}
	}
	return name
}
