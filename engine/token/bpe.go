package token

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// bpe is byte-pair encoding over runes, as a tokenizer.json describes it. Byte-level vocabularies
// reach it with their bytes spelled as runes.
type bpe struct {
	vocab    map[string]int32
	merges   map[uint64]bpeMerge // by the ids of both sides, left<<32 | right
	bytes    [256]int32          // ids of <0x00> … <0xFF>, -1: absent; all absent without byte_fallback
	unk      int32               // -1: none
	fuseUnk  bool
	whole    bool   // ignore_merges: a word of the vocabulary is taken as it is
	prefix   string // before every symbol but the first
	suffix   string // after the last symbol
	cuttable bool   // no token has ▁ after anything else, see cutWords
}

type bpeMerge struct{ rank, id int32 }

// lowerOneEighth is what SentencePiece writes for a blank.
const lowerOneEighth = "▁"

func newBPE(m *modelNode) (*bpe, error) {
	b := &bpe{unk: -1, fuseUnk: m.FuseUnk, whole: m.IgnoreMerges, prefix: m.prefix(), suffix: m.EndOfWordSuffix}
	if m.Dropout != nil && *m.Dropout != 0 {
		return nil, fmt.Errorf("BPE: dropout %v makes counts random and is not supported", *m.Dropout)
	}
	if err := json.Unmarshal(m.Vocab, &b.vocab); err != nil {
		return nil, fmt.Errorf("BPE vocab: %w", err)
	}
	if m.UnkToken != nil {
		id, ok := b.vocab[*m.UnkToken]
		if ok {
			b.unk = id
		}
	}
	for i := range b.bytes {
		id, ok := b.vocab[byteToken(byte(i))]
		if !ok || !m.ByteFallback {
			id = -1
		}
		b.bytes[i] = id
	}
	pairs, err := mergePairs(m.Merges)
	if err != nil {
		return nil, err
	}
	_, b.cuttable = b.vocab[lowerOneEighth]
	b.cuttable = b.cuttable && b.prefix == "" && b.suffix == "" && !b.whole
	b.merges = make(map[uint64]bpeMerge, len(pairs))
	for rank, p := range pairs {
		left, ok1 := b.vocab[p[0]]
		right, ok2 := b.vocab[p[1]]
		if len(p[1]) < len(b.prefix) {
			return nil, fmt.Errorf("BPE merge %d: %q is shorter than the prefix %q", rank, p[1], b.prefix)
		}
		id, ok3 := b.vocab[p[0]+p[1][len(b.prefix):]]
		if !ok1 || !ok2 || !ok3 {
			return nil, fmt.Errorf("BPE merge %d: %q + %q is not in the vocabulary", rank, p[0], p[1])
		}
		b.merges[pairKey(left, right)] = bpeMerge{int32(rank), id}
		if strings.HasPrefix(p[1], lowerOneEighth) && strings.Trim(p[0], lowerOneEighth) != "" {
			b.cuttable = false
		}
	}
	return b, nil
}

func byteToken(b byte) string { return fmt.Sprintf("<0x%02X>", b) }

func pairKey(left, right int32) uint64 { return uint64(uint32(left))<<32 | uint64(uint32(right)) }

// mergePairs reads both forms of the merges: ["a b", …] and, newer, [["a", "b"], …].
func mergePairs(raw json.RawMessage) ([][2]string, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	if i := bytes.IndexByte(raw, '['); i >= 0 {
		if rest := bytes.TrimLeft(raw[i+1:], " \t\r\n"); len(rest) > 0 && rest[0] == '[' {
			var pairs [][2]string
			if err := json.Unmarshal(raw, &pairs); err != nil {
				return nil, fmt.Errorf("BPE merges: %w", err)
			}
			return pairs, nil
		}
	}
	var lines []string
	if err := json.Unmarshal(raw, &lines); err != nil {
		return nil, fmt.Errorf("BPE merges: %w", err)
	}
	pairs := make([][2]string, 0, len(lines))
	for i, line := range lines {
		if strings.HasPrefix(line, "#version") {
			continue
		}
		left, right, ok := strings.Cut(line, " ")
		if !ok {
			return nil, fmt.Errorf("BPE merge %d: %q is not a pair", i, line)
		}
		pairs = append(pairs, [2]string{left, right})
	}
	return pairs, nil
}

func (b *bpe) appendIDs(dst []int32, word string, sc *scratch) []int32 {
	if b.whole {
		if id, ok := b.vocab[word]; ok {
			return append(dst, id)
		}
	}
	sc.syms = sc.syms[:0]
	b.symbols(word, sc)
	for i := range sc.syms {
		sc.syms[i].prev, sc.syms[i].next = int32(i-1), int32(i+1)
	}
	if n := len(sc.syms); n > 0 {
		sc.syms[n-1].next = -1
	}
	return sc.mergeAll(dst, func(l, r int32) (merge, bool) {
		m, ok := b.merges[pairKey(sc.syms[l].id, sc.syms[r].id)]
		return merge{rank: m.rank, pos: l, id: m.id}, ok
	})
}

// symbols appends the first symbols of word to sc.syms: one per rune, else one per byte, else
// unknown. An unknown one is held back until the next known one, so that it can grow.
func (b *bpe) symbols(word string, sc *scratch) {
	add := func(id int32) { sc.syms = append(sc.syms, symbol{id: id}) }
	pending := false
	for i, r := range word {
		end := i + utf8.RuneLen(r)
		s := word[i:end]
		if b.prefix != "" && i > 0 {
			s = b.prefix + s
		}
		if b.suffix != "" && end == len(word) {
			s += b.suffix
		}
		if id, ok := b.vocab[s]; ok {
			if pending {
				add(b.unk)
				pending = false
			}
			add(id)
			continue
		}
		if b.hasBytes(s) {
			for j := range len(s) {
				add(b.bytes[s[j]])
			}
			continue
		}
		if b.unk >= 0 {
			if pending && !b.fuseUnk {
				add(b.unk)
			}
			pending = true
		}
	}
	if pending {
		add(b.unk)
	}
}

func (b *bpe) hasBytes(s string) bool {
	for i := range len(s) {
		if b.bytes[s[i]] < 0 {
			return false
		}
	}
	return true
}

// cutWords splits before every run of ▁ that follows something else. Vocabularies made by SentencePiece
// come without a pre-tokenizer, so that a whole text is one word; where no merge reaches across
// such a border the ids are the same, and the words become short enough to be remembered.
func cutWords(dst, src []piece) []piece {
	for _, p := range src {
		s, at := p.text, 0
		for i := 0; i < len(s); {
			n := strings.Index(s[i:], lowerOneEighth)
			if n < 0 {
				break
			}
			if i += n; n > 0 && i > at {
				dst = append(dst, piece{s[at:i], p.start && at == 0})
				at = i
			}
			i += len(lowerOneEighth)
		}
		dst = append(dst, piece{s[at:], p.start && at == 0})
	}
	return dst
}
