package token

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// A SentencePiece model is a protobuf message. Of one that merges pairs (BPE, as Llama 2 and the
// first Mistral models have them) the tokenizer.json that Hugging Face's converter would write is
// made and read; the order of the merges follows from the scores of what they make. One that
// looks for the most likely pieces (Unigram, as T5 and XLM-R have them) is built as it is.

// sentencePieceFiles are the names that models have.
var sentencePieceFiles = []string{"*.model", "*.model.v*", "*.model.gz"}

// The kinds of pieces and models in SentencePiece's definition of the message.
const (
	pieceNormal      = 1
	pieceUnknown     = 2
	pieceControl     = 3
	pieceUserDefined = 4
	modelUnigram     = 1
	modelBPE         = 2
)

type spPiece struct {
	text  string
	score float32
	kind  uint64
}

// spModel is what is read of a model.
type spModel struct {
	pieces       []spPiece
	kind         uint64
	byteFallback bool
	rules        spRules
}

// parseSentencePiece builds a tokenizer of a model, and of the tokenizer_config.json beside it.
func parseSentencePiece(name string, data, config []byte) (*pipeline, error) {
	m := spModel{rules: spRules{prefix: true, collapse: true, escape: true}, kind: modelUnigram}
	if err := m.read(data); err != nil {
		return nil, fmt.Errorf("it is no SentencePiece model: %w", err)
	}
	if len(m.pieces) == 0 {
		return nil, errors.New("it is no SentencePiece model: it has no pieces")
	}
	switch m.kind {
	case modelUnigram:
		return m.unigram(name, config)
	case modelBPE:
		return m.pairs(name, config)
	}
	return nil, errors.New("it is a SentencePiece model of words or characters, which no language model is known to have; BPE and Unigram ones are read")
}

func (m *spModel) read(data []byte) error {
	return fields(data, func(n protowire.Number, v uint64, b []byte) error {
		switch n {
		case 1:
			var p spPiece
			p.kind = pieceNormal
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
				case 24:
					m.rules.suffix = v != 0
				case 35:
					m.byteFallback = v != 0
				}
				return nil
			})
		case 3:
			return fields(b, func(n protowire.Number, v uint64, b []byte) error {
				switch n {
				case 2:
					if len(b) > 0 {
						var err error
						m.rules.chars, err = parsePrecompiled(b)
						return err
					}
				case 3:
					m.rules.prefix = v != 0
				case 4:
					m.rules.collapse = v != 0
				case 5:
					m.rules.escape = v != 0
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

// merges are all pairs of pieces that make a piece, the best result first.
func (m *spModel) merges(vocab map[string]int) []string {
	type pair struct{ left, right, made int }
	var all []pair
	for id, p := range m.pieces {
		if p.kind != pieceNormal {
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
