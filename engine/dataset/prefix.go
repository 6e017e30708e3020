package dataset

import "tacho/engine/random"

// PrefixConfig describes what prompts have in common, to work a server's
// prefix cache. Lengths are tokens. Pool and Length belong together; they
// exclude SharedSystem and UserContext.
type PrefixConfig struct {
	// Pool is the number of different prefixes, of Length tokens each. The
	// first turn of a conversation gets one of them, drawn at random, before
	// its own prompt; the length adds to the ISL.
	Pool, Length int
	// SharedSystem is the length of one system message, the same for all.
	SharedSystem int
	// UserContext is the length of a user message before the first turn, a
	// different one for each conversation.
	UserContext int
}

// segment is a stretch of text by its tokens; without a tokenizer it has no
// ids.
type segment struct {
	text string
	ids  []int
}

// prefixes is what was made of a PrefixConfig.
type prefixes struct {
	pool    []segment
	shared  string
	context int
}

// newPrefixes makes the pool and the shared message.
func newPrefixes(c PrefixConfig, p *prompter, root random.Root) prefixes {
	out := prefixes{context: c.UserContext}
	if c.Length > 0 {
		out.pool = make([]segment, c.Pool)
		for i := range out.pool {
			out.pool[i] = p.segment(c.Length, root.At("dataset.prompt.prefix", i))
		}
	}
	if c.SharedSystem > 0 {
		out.shared, _ = p.prompt(c.SharedSystem, root.Stream("dataset.prompt.shared_system"))
	}
	return out
}

// segment makes a prefix of n tokens. Of a vocabulary each token is drawn on
// its own, as vllm's random data set does for its prefix.
func (p *prompter) segment(n int, s *random.Stream) segment {
	if p.tok == nil {
		return segment{text: p.chars(n*charsPerToken, s)}
	}
	ids := make([]int, 0, n)
	if v := p.corpus.vocab; v != nil {
		for range n {
			ids = append(ids, v[s.IntN(len(v))])
		}
	} else {
		ids = p.sample(ids, n, s)
	}
	text, _ := p.fit(ids, n, s)
	return segment{text, p.tok.Encode(text)}
}

// lead draws the prefix of a conversation's first turn.
func (p *prefixes) lead(s *random.Stream) segment {
	if len(p.pool) == 0 {
		return segment{}
	}
	return p.pool[s.IntN(len(p.pool))]
}
