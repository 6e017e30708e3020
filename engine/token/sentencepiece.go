package token

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// A SentencePiece model is a protobuf message. Of those that merge pairs (BPE, as Llama 2 and the
// first Mistral models have them) the tokenizer.json that Hugging Face's converter would write is
// made and read; the order of the merges follows from the scores of what they make.

// sentencePieceFiles are the names that models have.
var sentencePieceFiles = []string{"*.model", "*.model.v*"}

// The kinds of pieces and models in SentencePiece's definition of the message.
const (
	pieceUnknown = 2
	pieceControl = 3
	modelBPE     = 2
)

type spPiece struct {
	text  string
	score float32
	kind  uint64
}

// spModel is what is read of a model.
type spModel struct {
	pieces               []spPiece
	kind                 uint64
	byteFallback         bool
	charMap, dummyPrefix bool
	collapse             bool
}

// parseSentencePiece makes a tokenizer.json of a model.
func parseSentencePiece(data []byte) ([]byte, error) {
	m := spModel{dummyPrefix: true, collapse: true, kind: 1}
	if err := m.read(data); err != nil {
		return nil, fmt.Errorf("it is no SentencePiece model: %w", err)
	}
	switch {
	case len(m.pieces) == 0:
		return nil, errors.New("it is no SentencePiece model: it has no pieces")
	case m.kind != modelBPE || m.charMap || m.collapse:
		return nil, fmt.Errorf("it is a SentencePiece model that does not merge pairs of plain text, which must be converted: %s writes a tokenizer.json", converter)
	}
	return m.tokenizerJSON()
}

func (m *spModel) read(data []byte) error {
	return fields(data, func(n protowire.Number, v uint64, b []byte) error {
		switch n {
		case 1:
			var p spPiece
			p.kind = 1
			err := fields(b, func(n protowire.Number, v uint64, b []byte) error {
				switch n {
				case 1:
					p.text = string(b)
				case 2:
					p.score = math.Float32frombits(uint32(v))
				case 3:
					p.kind = v
				}
				return nil
			})
			m.pieces = append(m.pieces, p)
			return err
		case 2:
			return fields(b, func(n protowire.Number, v uint64, _ []byte) error {
				switch n {
				case 3:
					m.kind = v
				case 35:
					m.byteFallback = v != 0
				}
				return nil
			})
		case 3:
			return fields(b, func(n protowire.Number, v uint64, b []byte) error {
				switch n {
				case 2:
					m.charMap = len(b) > 0
				case 3:
					m.dummyPrefix = v != 0
				case 4:
					m.collapse = v != 0
				}
				return nil
			})
		}
		return nil
	})
}

// fields visits the fields of a message: v of a number, b of bytes.
func fields(data []byte, visit func(n protowire.Number, v uint64, b []byte) error) error {
	for len(data) > 0 {
		n, kind, size := protowire.ConsumeTag(data)
		if size < 0 {
			return protowire.ParseError(size)
		}
		data = data[size:]
		var v uint64
		var b []byte
		switch kind {
		case protowire.VarintType:
			v, size = protowire.ConsumeVarint(data)
		case protowire.Fixed32Type:
			var x uint32
			x, size = protowire.ConsumeFixed32(data)
			v = uint64(x)
		case protowire.BytesType:
			b, size = protowire.ConsumeBytes(data)
		default:
			size = protowire.ConsumeFieldValue(n, kind, data)
		}
		if size < 0 {
			return protowire.ParseError(size)
		}
		data = data[size:]
		if err := visit(n, v, b); err != nil {
			return err
		}
	}
	return nil
}

// tokenizerJSON writes the model as Hugging Face's converter does.
func (m *spModel) tokenizerJSON() ([]byte, error) {
	vocab := make(map[string]int, len(m.pieces))
	var added []map[string]any
	unknown := ""
	for id, p := range m.pieces {
		vocab[p.text] = id
		if p.kind == pieceUnknown || p.kind == pieceControl {
			added = append(added, map[string]any{"id": id, "content": p.text, "special": true, "normalized": false})
		}
		if p.kind == pieceUnknown {
			unknown = p.text
		}
	}
	normalizers := []map[string]any{{"type": "Replace", "pattern": map[string]any{"String": " "}, "content": string(lowerOneEighth)}}
	decoders := []map[string]any{
		{"type": "Replace", "pattern": map[string]any{"String": string(lowerOneEighth)}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
	}
	if m.dummyPrefix {
		normalizers = slices.Insert(normalizers, 0, map[string]any{"type": "Prepend", "prepend": string(lowerOneEighth)})
		decoders = append(decoders, map[string]any{"type": "Strip", "content": " ", "start": 1, "stop": 0})
	}
	j := map[string]any{
		"version": "1.0", "added_tokens": added,
		"normalizer": map[string]any{"type": "Sequence", "normalizers": normalizers},
		"decoder":    map[string]any{"type": "Sequence", "decoders": decoders},
		"model": map[string]any{
			"type": "BPE", "unk_token": unknown, "fuse_unk": true, "byte_fallback": m.byteFallback, "vocab": vocab, "merges": m.merges(vocab),
		},
	}
	if id, ok := vocab["<s>"]; ok {
		begin := map[string]any{"SpecialToken": map[string]any{"id": "<s>", "type_id": 0}}
		j["post_processor"] = map[string]any{
			"type": "TemplateProcessing", "single": []any{begin, map[string]any{"Sequence": map[string]any{"id": "A", "type_id": 0}}}, "pair": []any{},
			"special_tokens": map[string]any{"<s>": map[string]any{"id": "<s>", "ids": []int{id}, "tokens": []string{"<s>"}}},
		}
	}
	return json.Marshal(j)
}

// merges are all pairs of pieces that make a piece, the best result first.
func (m *spModel) merges(vocab map[string]int) []string {
	type pair struct{ left, right, made int }
	var all []pair
	for id, p := range m.pieces {
		if p.kind != 1 {
			continue
		}
		for at := range p.text {
			if at == 0 {
				continue
			}
			l, ok := vocab[p.text[:at]]
			r, ok2 := vocab[p.text[at:]]
			if ok && ok2 {
				all = append(all, pair{l, r, id})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b pair) int {
		return cmp.Or(cmp.Compare(m.pieces[b.made].score, m.pieces[a.made].score), cmp.Compare(a.made, b.made), cmp.Compare(a.left, b.left), cmp.Compare(a.right, b.right))
	})
	out := make([]string, len(all))
	for i, p := range all {
		out[i] = strings.Join([]string{m.pieces[p.left].text, m.pieces[p.right].text}, " ")
	}
	return out
}
