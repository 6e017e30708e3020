package dataset

import (
	"fmt"
	"math"

	"tacho/engine/random"
)

// reshaper applies a Synthesis to the rows of a trace, by AIPerf's rules:
//
// Blocks that occur in two rows or more are shared. The shared blocks that a
// row begins with are its prefix; the prefix multiplier repeats each of them,
// or cuts them. The rest of the prompt is scaled and gets blocks of its own.
// Each row falls into one of several unrelated sets of blocks.
type reshaper struct {
	s     Synthesis
	size  int
	root  random.Root
	once  idSet
	twice idSet
}

// newReshaper returns nil when nothing is to be reshaped.
func newReshaper(s Synthesis, size int, root random.Root) *reshaper {
	if !s.reshapes() {
		return nil
	}
	one := func(v *float64) {
		if *v == 0 {
			*v = 1
		}
	}
	one(&s.Speedup)
	one(&s.PrefixLen)
	one(&s.PromptLen)
	if s.OutputLen == nil {
		one := 1.0
		s.OutputLen = &one
	}
	return &reshaper{s: s, size: size, root: root}
}

// see counts the blocks of one row; all must be seen before any is reshaped.
func (r *reshaper) see(t *traceText) {
	for _, id := range t.hashes {
		if r.once.add(id) {
			r.twice.add(id)
		}
	}
}

// prefixOf is the number of shared blocks that t begins with.
func (r *reshaper) prefixOf(t *traceText) int {
	n := 0
	for n < len(t.hashes) && r.twice.has(t.hashes[n]) {
		n++
	}
	return n
}

// check reports a row whose shared blocks are longer than its prompt.
func (r *reshaper) check(t *traceText) error {
	if n := r.prefixOf(t); n*r.size > t.tokens {
		return fmt.Errorf("input_length is %d, below the %d shared blocks of %d tokens that the prompt begins with: such a row cannot be reshaped", t.tokens, n, r.size)
	}
	return nil
}

// apply reshapes row n, whose time has been divided already.
func (r *reshaper) apply(out *row, n int) {
	turn := &out.turns[0]
	if turn.MaxTokens > 0 {
		turn.MaxTokens = max(1, int(math.RoundToEven(float64(turn.MaxTokens)**r.s.OutputLen)))
		if r.s.MaxOSL > 0 {
			turn.MaxTokens = min(turn.MaxTokens, r.s.MaxOSL)
		}
	}
	if out.trace == nil || len(out.trace.hashes) == 0 {
		return
	}
	out.trace = r.prompt(out.trace, n)
}

// prompt is t with its prefix and the rest of it scaled.
func (r *reshaper) prompt(t *traceText, n int) *traceText {
	tree := 0
	if r.s.PrefixRoots > 1 {
		tree = r.root.At("dataset.synthesis.synthesizer", n).IntN(r.s.PrefixRoots)
	}
	var keys []blockKey
	own := 0
	fresh := func(count int) {
		for range count {
			keys = append(keys, blockKey{'u', int64(n), own, tree})
			own++
		}
	}
	prefix := r.prefixOf(t)
	rest := t.tokens - prefix*r.size
	// Multipliers without measure would make more than memory holds.
	times := func(n int, m float64) int { return int(min(float64(n)*m, maxPromptTokens)) }
	switch m := r.s.PrefixLen; {
	case m > 1:
		most := maxPromptTokens / r.size
		for _, id := range t.hashes[:prefix] {
			for j := 0; j < int(min(m, maxPromptTokens)) && len(keys) < most; j++ {
				keys = append(keys, blockKey{'h', id, j, tree})
			}
		}
		fresh(min(int(math.Ceil(min(float64(prefix)*m, maxPromptTokens))), most) - len(keys))
	case m < 1:
		prefix = min(prefix, max(1, int(float64(prefix)*m)))
		fallthrough
	default:
		for _, id := range t.hashes[:prefix] {
			keys = append(keys, blockKey{'h', id, 0, tree})
		}
	}
	scaled := times(rest, r.s.PromptLen)
	tokens := len(keys)*r.size + scaled
	fresh((scaled + r.size - 1) / r.size)
	if tokens == 0 {
		return &traceText{tokens: t.tokens}
	}
	if r.s.MaxISL > 0 {
		tokens = min(tokens, r.s.MaxISL)
	}
	return &traceText{tokens: tokens, blocks: keys}
}
