package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// wordPiece takes the longest piece of the vocabulary again and again, the later ones with a
// prefix. A word that cannot be covered is one unknown token.
type wordPiece struct {
	vocab    map[string]int32
	unk      int32
	prefix   string
	maxRunes int
}

func newWordPiece(m *modelNode) (*wordPiece, error) {
	w := &wordPiece{prefix: "##", maxRunes: 100}
	if m.ContinuingSubwordPrefix != nil {
		w.prefix = *m.ContinuingSubwordPrefix
	}
	if m.MaxInputCharsPerWord > 0 {
		w.maxRunes = m.MaxInputCharsPerWord
	}
	if err := json.Unmarshal(m.Vocab, &w.vocab); err != nil {
		return nil, fmt.Errorf("WordPiece vocab: %w", err)
	}
	var err error
	w.unk, err = unknown(m, w.vocab, "[UNK]")
	return w, err
}

// unknown returns the id of the model's unknown token.
func unknown(m *modelNode, vocab map[string]int32, byDefault string) (int32, error) {
	name := byDefault
	if m.UnkToken != nil {
		name = *m.UnkToken
	}
	id, ok := vocab[name]
	if !ok {
		return 0, fmt.Errorf("unknown token %q is not in the vocabulary", name)
	}
	return id, nil
}

func (w *wordPiece) appendIDs(dst []int32, word string, _ *scratch) []int32 {
	if utf8.RuneCountInString(word) > w.maxRunes {
		return append(dst, w.unk)
	}
	n := len(dst)
	for at := 0; at < len(word); {
		end := len(word)
		for ; end > at; end = lastRune(word, end) {
			s := word[at:end]
			if at > 0 {
				s = w.prefix + s
			}
			if id, ok := w.vocab[s]; ok {
				dst = append(dst, id)
				break
			}
		}
		if end == at {
			return append(dst[:n], w.unk)
		}
		at = end
	}
	return dst
}

// lastRune is where the rune that ends at end starts.
func lastRune(s string, end int) int {
	_, n := utf8.DecodeLastRuneInString(s[:end])
	return end - n
}

// wordLevel knows whole words only.
type wordLevel struct {
	vocab map[string]int32
	unk   int32 // -1: unknown words vanish
}

func newWordLevel(m *modelNode) (*wordLevel, error) {
	w := &wordLevel{unk: -1}
	if err := json.Unmarshal(m.Vocab, &w.vocab); err != nil {
		return nil, fmt.Errorf("WordLevel vocab: %w", err)
	}
	if len(w.vocab) == 0 {
		return nil, errors.New("WordLevel vocab is empty")
	}
	if id, err := unknown(m, w.vocab, "<unk>"); err == nil {
		w.unk = id
	}
	return w, nil
}

func (w *wordLevel) appendIDs(dst []int32, word string, _ *scratch) []int32 {
	if id, ok := w.vocab[word]; ok {
		return append(dst, id)
	}
	if w.unk >= 0 {
		return append(dst, w.unk)
	}
	return dst
}
