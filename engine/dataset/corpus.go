package dataset

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"strings"
	"sync"
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

// corpusChunks cuts the text into pieces of whole lines joined by one space.
func corpusChunks(text string) []string {
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
			chunks = append(chunks, strings.Join(lines, " "))
			lines, size = nil, 0
		}
	}
	if len(lines) > 0 {
		chunks = append(chunks, strings.Join(lines, " "))
	}
	return chunks
}

// corpus is the running text that prompts are cut from.
type corpus struct {
	text string // all chunks, end to end
	hash string // of text
	ids  []int  // text by the tokenizer; nil without one
}

// flat is the corpus without tokens, made once.
var flat = sync.OnceValue(func() corpus {
	text := strings.Join(corpusChunks(corpusText), "")
	sum := sha256.Sum256([]byte(text))
	return corpus{text: text, hash: hex.EncodeToString(sum[:8])}
})

// newCorpus encodes the built-in text, chunk by chunk and without special
// tokens. With a nil tokenizer the result has characters only.
func newCorpus(t Tokenizer) corpus {
	c := flat()
	if t == nil {
		return c
	}
	for _, chunk := range corpusChunks(corpusText) {
		c.ids = append(c.ids, t.Encode(chunk)...)
	}
	return c
}
