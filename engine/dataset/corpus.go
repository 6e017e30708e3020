package dataset

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
)

// Corpus names where the words of made-up prompts come from.
type Corpus string

// The corpora. Of random vocabulary a prompt takes consecutive token ids, as
// the random data set of vllm's benchmark does; it needs a tokenizer.
const (
	Sonnet     Corpus = "sonnet"
	Coding     Corpus = "coding"
	Vocabulary Corpus = "random"
)

// corpusText is Shakespeare's Sonnets and A Midsummer Night's Dream, both in
// the public domain, one verse or sentence a line, without titles, numbers
// and stage directions.
//
//go:embed corpus.txt
var corpusText string

// chunkChars is how many characters of lines close a chunk. AIPerf encodes
// its corpus in such chunks, so that the tokens do not depend on how the work
// is split; we keep the rule.
const chunkChars = 10_000

// verseChunks cuts running text into pieces of whole lines, each line after one
// space. (AIPerf has none between chunks, where two words then become one.)
func verseChunks(text string) []string {
	var chunks, lines []string
	size := 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		lines = append(lines, line)
		size += len(line)
		if size >= chunkChars {
			chunks = append(chunks, " "+strings.Join(lines, " "))
			lines, size = nil, 0
		}
	}
	if len(lines) > 0 {
		chunks = append(chunks, " "+strings.Join(lines, " "))
	}
	return chunks
}

// codeChunks cuts code into pieces of whole lines, which it leaves as they are.
func codeChunks(text string) []string {
	var chunks []string
	for len(text) > chunkChars {
		end := strings.IndexByte(text[chunkChars:], '\n')
		if end < 0 {
			break
		}
		end += chunkChars + 1
		chunks, text = append(chunks, text[:end]), text[end:]
	}
	if text != "" {
		chunks = append(chunks, text)
	}
	return chunks
}

// corpus is the material that prompts are cut from.
type corpus struct {
	text string // all chunks, end to end; none for a vocabulary
	hash string // of text
	ids  []int  // text by the tokenizer; nil without one
	// vocab are the ids to draw from when there is no text.
	vocab []int
}

// plain is a text before any tokenizer.
type plain struct {
	chunks     []string
	text, hash string
}

func newPlain(chunks []string) plain {
	text := strings.Join(chunks, "")
	sum := sha256.Sum256([]byte(text))
	return plain{chunks, text, hex.EncodeToString(sum[:8])}
}

var (
	verses = sync.OnceValue(func() plain { return newPlain(verseChunks(corpusText)) })
	code   = sync.OnceValue(func() plain { return newPlain(codeChunks(codingText())) })
)

// newCorpus encodes a built-in text, chunk by chunk and without special
// tokens. With a nil tokenizer the result has characters only.
func newCorpus(name Corpus, t Tokenizer) (corpus, error) {
	var p plain
	switch name {
	case "", Sonnet:
		p = verses()
	case Coding:
		p = code()
	case Vocabulary:
		return newVocabulary(t)
	default:
		return corpus{}, fmt.Errorf("unknown prompt corpus %q: use sonnet, coding or random", name)
	}
	c := corpus{text: p.text, hash: p.hash}
	if t == nil {
		return c, nil
	}
	for _, chunk := range p.chunks {
		c.ids = append(c.ids, t.Encode(chunk)...)
	}
	if len(c.ids) == 0 {
		return corpus{}, fmt.Errorf("tokenizer %s encodes the corpus to nothing", t.Name())
	}
	return c, nil
}

// newVocabulary is the corpus of a tokenizer's own tokens, without special ones.
func newVocabulary(t Tokenizer) (corpus, error) {
	v, ok := t.(interface{ TokenIDs(special bool) []int })
	if !ok {
		if t == nil {
			return corpus{}, fmt.Errorf("prompt corpus random needs a tokenizer: name one with --tokenizer, or use the sonnet corpus")
		}
		return corpus{}, fmt.Errorf("prompt corpus random: tokenizer %s does not list its vocabulary", t.Name())
	}
	ids := v.TokenIDs(false)
	if len(ids) == 0 {
		return corpus{}, fmt.Errorf("prompt corpus random: tokenizer %s has no tokens", t.Name())
	}
	return corpus{hash: fmt.Sprintf("vocabulary of %d", len(ids)), vocab: ids}, nil
}
