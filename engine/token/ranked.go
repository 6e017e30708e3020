package token

import (
	"slices"
	"strings"
)

// ranked is a tiktoken encoding: a rank table, a split pattern and special tokens.
type ranked struct {
	name     string
	ranks    *ranks
	scan     scanner
	special  *matcher
	texts    map[int]string // of the special ids
	eot      int            // id of <|endoftext|>
	maxToken int
	memo     *memo
}

func newRanked(enc *encoding, r *ranks) *ranked {
	t := &ranked{
		name: enc.name, ranks: r, scan: enc.scan, memo: newMemo(),
		texts: make(map[int]string), maxToken: r.size() - 1,
	}
	var tokens []addedToken
	for text, id := range enc.special() {
		tokens = append(tokens, addedToken{id: int32(id), content: text})
		t.texts[id] = text
		t.maxToken = max(t.maxToken, id)
		if text == endOfText {
			t.eot = id
		}
	}
	t.special = newMatcher(tokens)
	return t
}

func (t *ranked) Name() string { return t.name }

func (t *ranked) Count(text string) int {
	sc := getScratch()
	defer sc.release()
	sc.ids = t.encode(sc.ids[:0], text, sc)
	return len(sc.ids)
}

func (t *ranked) Encode(text string) []int {
	sc := getScratch()
	defer sc.release()
	sc.ids = t.encode(sc.ids[:0], text, sc)
	return toInts(sc.ids)
}

func (t *ranked) encode(dst []int32, text string, sc *scratch) []int32 {
	text = validUTF8(text)
	for text != "" {
		at, end, token := t.special.next(text, 0)
		for rest := text[:at]; rest != ""; {
			n := t.scan(rest)
			dst = t.piece(dst, rest[:n], sc)
			rest = rest[n:]
		}
		if token == nil {
			break
		}
		dst = append(dst, token.id)
		text = text[end:]
	}
	return dst
}

func (t *ranked) piece(dst []int32, s string, sc *scratch) []int32 {
	if id, ok := t.ranks.find(s); ok {
		return append(dst, id)
	}
	if ids, ok := t.memo.get(s); ok {
		return append(dst, ids...)
	}
	// One symbol per byte, so that the index of a symbol is also where its bytes start.
	syms := sc.start(len(s))
	for i := range syms {
		syms[i].id = t.ranks.bytes[s[i]]
	}
	n := len(dst)
	dst = sc.mergeAll(dst, func(a, b int32) (merge, bool) {
		end := int32(len(s))
		if next := syms[b].next; next >= 0 {
			end = next
		}
		id, ok := t.ranks.find(s[a:end])
		return merge{rank: id, pos: a, id: id}, ok
	})
	t.memo.put(s, dst[n:])
	return dst
}

func (t *ranked) Decode(ids []int) string {
	var b strings.Builder
	for _, id := range ids {
		if id >= 0 && id < t.ranks.size() && t.ranks.text(id) != "" {
			b.WriteString(t.ranks.text(id))
		} else {
			b.WriteString(t.texts[id])
		}
	}
	return validUTF8(b.String())
}

// SpecialTokens is 0: a rank encoding says nothing about what a server adds.
func (t *ranked) SpecialTokens() int { return 0 }

func (t *ranked) VocabSize() int { return t.maxToken + 1 }

func (t *ranked) TokenIDs(special bool) []int {
	var ids []int
	for id := range t.ranks.size() {
		if t.ranks.text(id) != "" {
			ids = append(ids, id)
		}
	}
	if special {
		for id := range t.texts {
			ids = append(ids, id)
		}
		slices.Sort(ids)
	}
	return ids
}

// Separator is <|endoftext|>: rank encodings have no BOS.
func (t *ranked) Separator() (int, bool) { return t.eot, true }

func toInts(ids []int32) []int {
	out := make([]int, len(ids))
	for i, id := range ids {
		out[i] = int(id)
	}
	return out
}
