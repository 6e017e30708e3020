package dataset

import (
	"fmt"
	"strconv"

	"tacho/engine/random"
)

// blockKey names a block of a trace's prompts. Blocks of one name hold the same
// tokens wherever they stand, so that a server that caches prefixes finds them.
type blockKey struct {
	kind byte // 'h': the hash id a, its part b; 'u': the b-th of row a alone
	a    int64
	b    int
	tree int // the set of blocks it belongs to
}

// String is the name as random streams are named.
func (k blockKey) String() string {
	s := string(k.kind) + strconv.FormatInt(k.a, 10)
	if k.b > 0 {
		s += "+" + strconv.Itoa(k.b)
	}
	if k.tree > 0 {
		s += "@" + strconv.Itoa(k.tree)
	}
	return s
}

// blockMaker makes the prompts of a trace: per block a fixed run of tokens
// from the corpus, the first of them the tokenizer's separator if it has one.
type blockMaker struct {
	p    *prompter
	root random.Root
	// scope tells files apart, so that equal ids in two of them are not equal
	// blocks.
	scope  string
	size   int
	sep    int
	hasSep bool
}

func newBlockMaker(p *prompter, root random.Root, scope string, size int) *blockMaker {
	m := &blockMaker{p: p, root: root, scope: scope, size: size}
	if v, ok := p.tok.(interface{ Separator() (int, bool) }); ok {
		m.sep, m.hasSep = v.Separator()
	}
	return m
}

// text makes the prompt of row n. Its tokens beyond the blocks are its own.
func (m *blockMaker) text(t *traceText, n int) (text string, tokens int) {
	count := max(len(t.hashes), len(t.blocks))
	if count == 0 {
		return m.p.prompt(t.tokens, m.root.At("dataset.prompt.corpus", n))
	}
	var ids []int
	left := t.tokens
	for i := 0; i < count && left > 0; i++ {
		k := min(left, m.size)
		left -= k
		key := blockKey{kind: 'h'}
		if t.blocks != nil {
			key = t.blocks[i]
		} else {
			key.a = t.hashes[i]
		}
		s := m.root.Stream("dataset.prompt.block:" + m.scope + ":" + key.String())
		if m.p.tok == nil {
			text += m.p.chars(k*charsPerToken, s)
			continue
		}
		if m.hasSep {
			ids = append(ids, m.sep)
			k--
		}
		ids = m.p.sample(ids, k, s)
	}
	if left > 0 {
		s := m.root.At("dataset.prompt.corpus", n)
		if m.p.tok == nil {
			return text + m.p.chars(left*charsPerToken, s), 0
		}
		ids = m.p.sample(ids, left, s)
	}
	if m.p.tok == nil {
		return text, 0
	}
	// The text is not fitted: that would change the blocks. Its count may be a
	// little off where a tokenizer joins across them, and is not claimed.
	return m.p.tok.Decode(ids), 0
}

// blockSizes finds ids that stand for blocks of different lengths: only a
// corrupt trace, or a wrong block size, has them.
type blockSizes struct {
	whole idSet
	part  map[int64]int
}

// maxParts bounds the memory for partial blocks; what lies beyond is not checked.
const maxParts = 1 << 20

func (b *blockSizes) add(t *traceText, size int) error {
	for i, id := range t.hashes {
		n := min(size, t.tokens-i*size)
		had, ok := b.part[id]
		switch {
		case ok && had != n:
			return fmt.Errorf("hash id %d stands for %d tokens here and for %d before: expected one length (is --isl-block-size right?)", id, n, had)
		case ok:
		case n == size:
			b.whole.add(id)
		case b.whole.has(id):
			return fmt.Errorf("hash id %d stands for %d tokens here and for %d before: expected one length (is --isl-block-size right?)", id, n, size)
		case len(b.part) < maxParts:
			if b.part == nil {
				b.part = map[int64]int{}
			}
			b.part[id] = n
		}
	}
	return nil
}
