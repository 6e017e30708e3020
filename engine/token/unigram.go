package token

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// unigram finds the cover of a word whose pieces have the highest sum of scores (Viterbi).
type unigram struct {
	pieces  []string // sorted, for the search of all pieces that a text starts with
	ids     []int32  // of pieces
	scores  []float64
	byText  map[string]int32
	unk     int32 // -1: none
	unkCost float64
	bytes   [256]int32 // ids of <0x00> … <0xFF>, -1: absent
	byteAll bool       // byte_fallback
}

// unkPenalty is what an unknown rune costs below the worst piece.
const unkPenalty = 10

type viterbi struct {
	score float64
	start int32 // of the last piece of the best cover that ends here, -1: none yet
	id    int32
}

// unigramPiece is one row of a vocabulary.
type unigramPiece struct {
	text  string
	score float64
	id    int32
	mute  bool // it has an id and is never found in a text
}

func newUnigram(m *modelNode) (*unigram, error) {
	var rows [][2]json.RawMessage
	if err := json.Unmarshal(m.Vocab, &rows); err != nil {
		return nil, fmt.Errorf("Unigram vocab: %w", err)
	}
	if len(rows) == 0 {
		return nil, errors.New("Unigram vocab is empty")
	}
	all := make([]unigramPiece, 0, len(rows))
	worst := math.Inf(1)
	for i, row := range rows {
		e := unigramPiece{id: int32(i)}
		if err := errors.Join(json.Unmarshal(row[0], &e.text), json.Unmarshal(row[1], &e.score)); err != nil {
			return nil, fmt.Errorf("Unigram vocab entry %d: %w", i, err)
		}
		worst = min(worst, e.score)
		all = append(all, e)
	}
	u := makeUnigram(all, worst, m.ByteFallback)
	if m.UnkID != nil {
		if *m.UnkID < 0 || *m.UnkID >= len(rows) {
			return nil, fmt.Errorf("Unigram: unk_id %d is not in the vocabulary", *m.UnkID)
		}
		u.unk = int32(*m.UnkID)
	}
	return u, nil
}

// makeUnigram makes a model without an unknown token; worst is the lowest score.
func makeUnigram(all []unigramPiece, worst float64, byteAll bool) *unigram {
	u := &unigram{byText: make(map[string]int32, len(all)), unk: -1, unkCost: worst - unkPenalty, byteAll: byteAll}
	for _, e := range all {
		u.byText[e.text] = e.id
	}
	for i := range u.bytes {
		id, ok := u.byText[byteToken(byte(i))]
		if !ok {
			id = -1
		}
		u.bytes[i] = id
	}
	all = slices.DeleteFunc(all, func(e unigramPiece) bool { return e.mute || e.text == "" })
	slices.SortFunc(all, func(a, b unigramPiece) int {
		return cmp.Or(strings.Compare(a.text, b.text), cmp.Compare(a.id, b.id))
	})
	for _, e := range all {
		// Of two pieces with the same text the later one counts, as in the reference's map.
		if n := len(u.pieces); n > 0 && u.pieces[n-1] == e.text {
			u.ids[n-1], u.scores[n-1] = e.id, e.score
			continue
		}
		u.pieces, u.ids, u.scores = append(u.pieces, e.text), append(u.ids, e.id), append(u.scores, e.score)
	}
	return u
}

// prefixes calls f for every piece that s starts with, the shortest first. It narrows the sorted
// pieces byte by byte.
func (u *unigram) prefixes(s string, f func(i, length int)) {
	lo, hi := 0, len(u.pieces)
	for n := range len(s) {
		c := s[n]
		list := u.pieces[lo:hi]
		from := sort.Search(len(list), func(i int) bool { return len(list[i]) > n && list[i][n] >= c })
		to := from + sort.Search(len(list)-from, func(i int) bool { return list[from+i][n] > c })
		lo, hi = lo+from, lo+to
		if lo == hi {
			return
		}
		if len(u.pieces[lo]) == n+1 {
			f(lo, n+1)
			lo++
		}
	}
}

func (u *unigram) appendIDs(dst []int32, word string, sc *scratch) []int32 {
	best := slices.Grow(sc.best[:0], len(word)+1)[:len(word)+1]
	sc.best = best
	for i := range best {
		best[i] = viterbi{start: -1}
	}
	for at := 0; at < len(word); {
		_, size := utf8.DecodeRuneInString(word[at:])
		here, single := best[at].score, false
		reach := func(end int, score float64, id int32) {
			if b := &best[end]; b.start < 0 || score > b.score {
				*b = viterbi{score, int32(at), id}
			}
		}
		u.prefixes(word[at:], func(i, n int) {
			reach(at+n, u.scores[i]+here, u.ids[i])
			single = single || n == size
		})
		if !single {
			reach(at+size, u.unkCost+here, u.unk)
		}
		at += size
	}
	return u.trace(dst, word, best)
}

// trace walks the best cover from its end, joins neighbouring unknown runes, and appends its ids
// in the right order.
func (u *unigram) trace(dst []int32, word string, best []viterbi) []int32 {
	n := len(dst)
	for end := len(word); end > 0; {
		b := best[end]
		start := int(b.start)
		if b.id != u.unk {
			dst = append(dst, b.id)
			end = start
			continue
		}
		for start > 0 && u.unk >= 0 && best[start].id == u.unk {
			start = int(best[start].start)
		}
		dst = u.unknown(dst, word[start:end])
		end = start
	}
	slices.Reverse(dst[n:])
	return dst
}

// unknown appends the ids of a stretch that no piece covers, last first: itself if the vocabulary
// happens to have the joined text, its bytes, or the unknown token, if there is one.
func (u *unigram) unknown(dst []int32, s string) []int32 {
	if id, ok := u.byText[s]; ok {
		return append(dst, id)
	}
	if u.byteAll {
		n := len(dst)
		for i := len(s) - 1; i >= 0; i-- {
			id := u.bytes[s[i]]
			if id < 0 {
				dst = dst[:n]
				break
			}
			dst = append(dst, id)
		}
		if len(dst) > n {
			return dst
		}
	}
	if u.unk < 0 {
		return dst
	}
	return append(dst, u.unk)
}
