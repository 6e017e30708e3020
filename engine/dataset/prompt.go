package dataset

import (
	"slices"
	"strings"

	"tacho/engine/random"
)

// charsPerToken is the rule of thumb for English that stands in for a
// tokenizer when the server does the counting.
const charsPerToken = 4

// fitTries is how often a prompt is corrected before a length that is off by
// a token or so is accepted, as in AIPerf.
const fitTries = 10

// prompter cuts prompts of a wanted length from a corpus. It is immutable and
// safe for concurrent use; each caller brings its own stream.
type prompter struct {
	corpus corpus
	tok    Tokenizer // nil: lengths are estimated from characters
}

// newPrompter makes a prompter of the named corpus.
func newPrompter(name Corpus, tok Tokenizer) (prompter, error) {
	c, err := newCorpus(name, tok)
	return prompter{corpus: c, tok: tok}, err
}

// prompt returns a text of n tokens and the number of tokens it has by the
// tokenizer; without one the text has about 4 characters per token and the
// count is 0, unknown.
func (p *prompter) prompt(n int, s *random.Stream) (text string, tokens int) {
	return p.after(segment{}, n, s)
}

// after returns a text of lead and n tokens after it, joined at token level,
// so that the whole has exactly as many tokens as both together.
func (p *prompter) after(lead segment, n int, s *random.Stream) (text string, tokens int) {
	if p.tok == nil {
		return lead.text + p.chars(n*charsPerToken, s), 0
	}
	if n < 1 {
		return lead.text, len(lead.ids)
	}
	ids := p.sample(slices.Clip(lead.ids), n, s)
	return p.fit(ids, len(lead.ids)+n, s)
}

// sample appends n consecutive tokens from a random place, wrapping at the end.
// Of a vocabulary that is ids[(offset+j) % len], the prompt of vllm's random
// data set; the request number it adds to the offset is left out, since the
// offset is uniform with and without.
func (p *prompter) sample(dst []int, n int, s *random.Stream) []int {
	ids := p.corpus.ids
	if p.corpus.vocab != nil {
		ids = p.corpus.vocab
	}
	at := s.IntN(len(ids))
	for n > 0 {
		k := min(n, len(ids)-at)
		dst = append(dst, ids[at:at+k]...)
		n, at = n-k, 0
	}
	return dst
}

// fit decodes ids to a text that encodes to exactly n tokens. Cutting text
// out of its context changes how it is split, so the text is encoded again,
// cut or topped up with fresh tokens, until it holds.
func (p *prompter) fit(ids []int, n int, s *random.Stream) (string, int) {
	for range fitTries {
		text := p.tok.Decode(ids)
		ids = p.tok.Encode(text)
		switch {
		case len(ids) == n:
			return p.intern(text), n
		case len(ids) > n:
			ids = ids[:n]
		default:
			ids = p.sample(slices.Clip(ids), n-len(ids), s)
		}
	}
	text := p.tok.Decode(ids)
	return p.intern(text), p.tok.Count(text)
}

// intern returns the same text as a part of the corpus where it is one, so
// that 100,000 prompts cost no more memory than their headers.
func (p *prompter) intern(text string) string {
	if at := strings.Index(p.corpus.text, text); at >= 0 {
		return p.corpus.text[at : at+len(text)]
	}
	return text
}

// chars returns n characters from the start of a random word, wrapping at the
// end of the corpus. The corpus is ASCII, so a byte is a character.
func (p *prompter) chars(n int, s *random.Stream) string {
	text := p.corpus.text
	if n < 1 {
		return ""
	}
	at := s.IntN(len(text))
	if k := strings.IndexByte(text[at:], ' '); k >= 0 {
		at += k // with its space, as tokens of words begin with one
	}
	if at+n <= len(text) {
		return text[at : at+n]
	}
	var b strings.Builder
	b.Grow(n)
	for n > 0 {
		k := min(n, len(text)-at)
		b.WriteString(text[at : at+k])
		n, at = n-k, 0
	}
	return b.String()
}
