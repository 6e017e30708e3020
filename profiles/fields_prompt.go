package profiles

import "tacho/engine/dataset"

// lengthFields draw the lengths of prompts and answers together or about
// their means.
func lengthFields() []*Field {
	return []*Field{
		valued(many(Field{Flag: "seq-dist", Aliases: []string{"sequence-distribution"}, Group: groupISL, Tier: 'B', Kinds: onlySynthetic, Type: "pairs",
			Help: "Pairs of prompt and answer length with their shares in percent, as in \"256|10,128:40;512,256:60\""},
			func(p *Profile) *Opt[Pairs] { return &p.Dataset().Prompts.Pairs }, readPairs), pairValues),
		text(Field{Flag: "random-range-ratio", Group: groupISL, Tier: 'B', Kinds: onlySynthetic, Type: "ratio",
			Help: "Draw --isl and --osl evenly from a window about them: 0.3 is 30 % below to 30 % above; {\"input\": 0.3, \"output\": 0.5} sets each"},
			func(p *Profile) *Opt[string] { return &p.Dataset().Prompts.RangeRatio }),
		choice(Field{Flag: "random-corpus-style", Group: groupISL, Tier: 'C', Kinds: onlySynthetic, Default: "vllm", Choices: []string{"vllm", "sglang"},
			Help: "Whose window --random-range-ratio means; that of sglang reaches from the ratio up to the length"},
			func(p *Profile) *Opt[string] { return &p.Dataset().Prompts.RatioStyle }),
	}
}

// prefixFields make what prompts have in common.
func prefixFields() []*Field {
	at := func(at func(*Prefixes) *Opt[int]) func(*Profile) *Opt[int] {
		return func(p *Profile) *Opt[int] { return at(&p.Dataset().PrefixPrompts) }
	}
	return []*Field{
		whole(Field{Flag: "prompt-prefix-pool-size", Aliases: []string{"prefix-prompt-pool-size", "num-prefix-prompts"}, Group: groupPrefix, Tier: 'A', Kinds: onlySynthetic, Default: "0",
			Help: "Number of different prefixes; each conversation begins with one of them"}, at(func(x *Prefixes) *Opt[int] { return &x.PoolSize }), atLeast(0)),
		whole(Field{Flag: "prompt-prefix-length", Aliases: []string{"prefix-prompt-length"}, Group: groupPrefix, Tier: 'A', Kinds: onlySynthetic, Unit: "tokens", Default: "0",
			Help: "Length of a prefix, which adds to --isl"}, at(func(x *Prefixes) *Opt[int] { return &x.Length }), atLeast(0)),
		whole(Field{Flag: "shared-system-prompt-length", Group: groupPrefix, Tier: 'A', Kinds: onlySynthetic, Unit: "tokens",
			Help: "Length of a made-up system message that all conversations share"}, at(func(x *Prefixes) *Opt[int] { return &x.SharedSystem }), atLeast(1)),
		whole(Field{Flag: "user-context-prompt-length", Group: groupPrefix, Tier: 'A', Kinds: onlySynthetic, Unit: "tokens",
			Help: "Length of a made-up message before the first turn, a different one for each conversation"}, at(func(x *Prefixes) *Opt[int] { return &x.UserContext }), atLeast(1)),
	}
}

// rankingFields size what ranking APIs are asked.
func rankingFields() []*Field {
	one := func(flag, def, unit, help string, least float64, at func(*Rankings) *Opt[float64]) *Field {
		return scalar(Field{Flag: flag, Group: groupRankings, Tier: 'B', Kinds: onlySynthetic, Type: typeInt, Unit: unit, Default: def, Help: help},
			func(p *Profile) *Opt[float64] { return at(&p.Dataset().Rankings) }, readWhole, finite, atLeast(least))
	}
	return []*Field{
		one("rankings-passages-mean", "1", "", "Mean number of passages to rank", 1, func(r *Rankings) *Opt[float64] { return &r.Passages.Mean }),
		one("rankings-passages-stddev", "0", "", "Standard deviation of that number", 0, func(r *Rankings) *Opt[float64] { return &r.Passages.Stddev }),
		one("rankings-passages-prompt-token-mean", "550", "tokens", "Mean length of a passage", 1, func(r *Rankings) *Opt[float64] { return &r.PassageTokens.Mean }),
		one("rankings-passages-prompt-token-stddev", "0", "tokens", "Standard deviation of the length of a passage", 0, func(r *Rankings) *Opt[float64] { return &r.PassageTokens.Stddev }),
		one("rankings-query-prompt-token-mean", "550", "tokens", "Mean length of the query", 1, func(r *Rankings) *Opt[float64] { return &r.QueryTokens.Mean }),
		one("rankings-query-prompt-token-stddev", "0", "tokens", "Standard deviation of the length of the query", 0, func(r *Rankings) *Opt[float64] { return &r.QueryTokens.Stddev }),
	}
}

// lengths checks the ways to say how long prompts are.
func (c *checker) lengths() {
	x := &c.p.Dataset().Prompts
	if !x.RangeRatio.Set || c.p.Dataset().Type.V != DataSynthetic {
		return
	}
	if x.Pairs.Set {
		c.conflict("random-range-ratio", "does not go with --seq-dist: both set the lengths", "seq-dist")
		return
	}
	if _, err := dataset.ParseRangeRatio(x.RangeRatio.V, dataset.RatioStyle(x.RatioStyle.V)); err != nil {
		c.conflict("random-range-ratio", err.Error())
	}
	for _, l := range []struct {
		flag string
		d    *Dist
	}{{"--isl", &x.ISL}, {"--osl", &x.OSL}} {
		switch {
		case !l.d.Mean.Set:
			c.conflict("random-range-ratio", "requires "+l.flag, l.flag[2:])
		case l.d.Stddev.V != 0 || l.d.Form.Set:
			c.conflict("random-range-ratio", "spreads "+l.flag+" already: leave out "+l.flag+"-stddev", l.flag[2:]+"-stddev")
		}
	}
}
