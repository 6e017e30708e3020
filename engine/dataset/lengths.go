package dataset

import "tacho/engine/random"

// lengths draws how long the texts and the answer of a turn are to be.
type lengths struct {
	isl, osl Dist
	mean     float64 // of the prompt lengths as they were asked for
	rest     int     // taken off each drawn prompt length
	pairs    []Pair
	ratio    *RangeRatio
	special  int
	// first and later are taken off the prompts of first and of later turns,
	// for what a chat template adds.
	first, later int
}

func newLengths(c *SyntheticConfig) *lengths {
	l := &lengths{
		mean: c.ISL.Mean, osl: c.OSL, pairs: c.Pairs, ratio: c.Ratio, special: c.SpecialTokens,
		first: c.FirstTurnOverhead, later: c.TurnOverhead,
	}
	l.isl, l.rest = c.ISL.lowered(c.SpecialTokens)
	return l
}

// lengthStreams are the sources of one conversation's lengths.
type lengthStreams struct{ in, out, shape *random.Stream }

func newLengthStreams(root random.Root, i int) lengthStreams {
	return lengthStreams{
		in:    root.At("dataset.prompt.length", i),
		out:   root.At("composer.turn.max_tokens", i),
		shape: root.At("models.sequence.distribution", i),
	}
}

// turn draws the prompt lengths of one turn's texts, and its answer length or
// 0. The texts of a mixed or windowed load have one length, since its pairs
// are of a turn. least is the smallest prompt: 0 when a prefix comes before it.
func (l *lengths) turn(s lengthStreams, texts []int, firstTurn bool, least int) (osl int) {
	over := l.later
	if firstTurn {
		over = l.first
	}
	fill := func(n int) {
		for i := range texts {
			texts[i] = max(least, n-over)
		}
	}
	switch {
	case len(l.pairs) > 0:
		p := pickPair(l.pairs, s.shape)
		fill(p.ISL.whole(s.shape))
		return p.OSL.whole(s.shape)
	case l.ratio != nil:
		lo, hi := l.ratio.input(l.mean, l.special)
		n := s.shape.Between(lo, hi)
		if l.ratio.Style == SGLang {
			n = max(1, n-l.special)
		}
		fill(n)
		return s.shape.Between(l.ratio.output(l.osl.Mean))
	}
	for i := range texts {
		texts[i] = max(least, max(1, l.isl.whole(s.in)-l.rest)-over)
	}
	if l.osl.None() {
		return 0
	}
	return l.osl.whole(s.out)
}
