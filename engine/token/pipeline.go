package token

import (
	"slices"
	"strings"
)

// pipeline is a tokenizer.json: added tokens are cut out, the rest is normalized, cut into words
// and handed to the model.
type pipeline struct {
	name      string
	raw       *matcher // added tokens looked for in the text as it is
	cooked    *matcher // added tokens looked for in the normalized text
	normalize []normalizer
	split     []preTokenizer
	byteLevel bool // the last pre-tokenizer spells bytes as printable runes
	model     model
	memo      *memo // of the words that the model has seen
	decode    decoder

	tokens    []string         // of the model, by id; "" where there is none
	added     map[int]string   // added tokens by id
	isSpecial map[int]struct{} // ids of special tokens
	around    int              // special tokens that the post-processor adds to one text
	separator int              // BOS or EOS, -1: neither is known
	chat      Chat             // its template is empty if there is none
	tidy      bool             // tokenizer_config.json asks for blanks before punctuation to go
}

// model turns a word into ids.
type model interface {
	appendIDs(dst []int32, word string, sc *scratch) []int32
}

func (t *pipeline) Name() string { return t.name }

func (t *pipeline) Count(text string) int {
	sc := getScratch()
	defer sc.release()
	sc.ids = t.encode(sc.ids[:0], text, sc)
	return len(sc.ids)
}

func (t *pipeline) Encode(text string) []int {
	sc := getScratch()
	defer sc.release()
	sc.ids = t.encode(sc.ids[:0], text, sc)
	return toInts(sc.ids)
}

func (t *pipeline) encode(dst []int32, text string, sc *scratch) []int32 {
	token := func(id int32) { dst = append(dst, id) }
	t.raw.split(validUTF8(text), func(s string, first bool) {
		for _, f := range t.normalize {
			s = f(s)
		}
		t.cooked.split(s, func(s string, start bool) {
			dst = t.words(dst, piece{s, first && start}, sc)
		}, token)
	}, token)
	return dst
}

// words splits one stretch of normalized text and encodes its words.
func (t *pipeline) words(dst []int32, p piece, sc *scratch) []int32 {
	in, out := append(sc.pieces[0][:0], p), sc.pieces[1]
	for _, f := range t.split {
		out = f(out[:0], in)
		in, out = out, in
	}
	sc.pieces[0], sc.pieces[1] = in, out
	for _, w := range in {
		if w.text == "" {
			continue
		}
		if ids, ok := t.memo.get(w.text); ok {
			dst = append(dst, ids...)
			continue
		}
		n, word := len(dst), w.text
		if t.byteLevel {
			word = spellBytes(word)
		}
		dst = t.model.appendIDs(dst, word, sc)
		t.memo.put(w.text, dst[n:])
	}
	return dst
}

func (t *pipeline) Decode(ids []int) string {
	tokens := make([]string, 0, len(ids))
	for _, id := range ids {
		if s, ok := t.added[id]; ok {
			tokens = append(tokens, s)
		} else if id >= 0 && id < len(t.tokens) && t.tokens[id] != "" {
			tokens = append(tokens, t.tokens[id])
		}
	}
	var text string
	if t.decode == nil {
		text = strings.Join(tokens, " ")
	} else {
		text = strings.Join(t.decode(tokens), "")
	}
	if t.tidy {
		text = tidyText.Replace(text)
	}
	return text
}

func (t *pipeline) SpecialTokens() int { return t.around }

// VocabSize leaves out the added tokens that are not in the model, as transformers does.
func (t *pipeline) VocabSize() int {
	n := 0
	for _, s := range t.tokens {
		if s != "" {
			n++
		}
	}
	return n
}

// TokenIDs lists ids below [pipeline.VocabSize], as AIPerf does.
func (t *pipeline) TokenIDs(special bool) []int {
	var ids []int
	for id := range t.VocabSize() {
		if _, ok := t.isSpecial[id]; !ok || special {
			ids = append(ids, id)
		}
	}
	return slices.Clip(ids)
}

func (t *pipeline) Separator() (int, bool) { return t.separator, t.separator >= 0 }
