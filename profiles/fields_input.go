package profiles

import "strings"

func tokenizerFields() []*Field {
	return []*Field{
		text(Field{Flag: "tokenizer", Group: groupTokenizer, Tier: 'A', Type: "name",
			Help: "Tokenizer that counts tokens: a folder, an encoding name, or builtin; the model's name if not given"},
			func(p *Profile) *Opt[string] { return &p.Tokenizer.Name }),
		text(Field{Flag: "tokenizer-revision", Group: groupTokenizer, Tier: 'B', Type: "name", Default: "main", Help: "Revision of the tokenizer"},
			func(p *Profile) *Opt[string] { return &p.Tokenizer.Revision }),
		toggle(Field{Flag: "apply-chat-template", Group: groupTokenizer, Tier: 'B',
			Help: "Count input tokens as the server does, with the tokenizer's chat template about the messages, and make prompts shorter by it"},
			func(p *Profile) *Opt[bool] { return &p.Tokenizer.ApplyChatTemplate }),
	}
}

func inputFields() []*Field {
	return []*Field{
		valued(many(Field{Flag: "extra-inputs", Group: groupInput, Tier: 'A', List: Words, Type: "key:value",
			Help: "Fields added to every request body: key:value items or one JSON object"},
			func(p *Profile) *Opt[Extra] { return &p.Endpoint.Extra }, readExtra), extraValues),
		valued(many(Field{Flag: "header", Short: "H", Group: groupInput, Tier: 'A', List: Words, Type: "Name:value", Secret: true,
			Help: "HTTP headers added to every request: Name:value items or one JSON object"},
			func(p *Profile) *Opt[Headers] { return &p.Endpoint.Headers }, readHeaders), headerValues),
		choice(Field{Flag: "dataset-sampling-strategy", Group: groupInput, Tier: 'A', Choices: []string{"random", "sequential", "shuffle"},
			Help: "Order in which prompts are drawn; sequential if not given"},
			func(p *Profile) *Opt[string] { return &p.Dataset().Sampling }),
		seed(),
		configFile(),
	}
}

// seed sets the root seed and, as AIPerf does, the dataset's.
func seed() *Field {
	f := *whole(Field{Flag: "random-seed", Group: groupInput, Tier: 'A', Help: "Seed of everything random, so that a run can be repeated"},
		func(p *Profile) *Opt[int] { return &p.Dataset().RandomSeed }, atLeast(0))
	one := f.bind
	f.bind.leaves = func(p *Profile) []leaf { return []leaf{&p.Dataset().RandomSeed, &p.RandomSeed} }
	f.bind.set = func(p *Profile, args []string) error {
		for _, l := range f.bind.leaves(p) {
			if err := one.text(l, args[len(args)-1]); err != nil {
				return err
			}
		}
		return nil
	}
	return &f
}

// configFile is read before all other options; it sets nothing itself.
func configFile() *Field {
	return &Field{Flag: "config", Short: "f", Group: groupInput, Tier: 'A', Type: typePath, Help: "YAML file with the settings of a run; options given beside it win",
		bind: binding{set: func(*Profile, []string) error { return nil }}}
}

func goodputFields() []*Field {
	return []*Field{
		valued(many(Field{Flag: "goodput", Group: groupGoodput, Tier: 'A', List: Words, Type: "metric:limit",
			Help: "Limits a request must meet to count as good, in the metric's display unit, as in \"request_latency:250 inter_token_latency:10\""},
			func(p *Profile) *Opt[SLOs] { return &p.SLOs }, readSLOs), func(p *Profile) []string { return strings.Fields(p.SLOs.V.String()) }),
	}
}

func conversationFields() []*Field {
	return []*Field{
		whole(Field{Flag: "conversation-num", Aliases: []string{"num-conversations", "num-sessions"}, Group: groupConv, Tier: 'A', Sweep: true,
			Phase: KindProfiling, Help: "Stop after this many sessions; also the number of prompts made unless that is given"},
			in(KindProfiling, func(ph *Phase) *Opt[int] { return &ph.Sessions }), atLeast(1)),
		whole(Field{Flag: "num-dataset-entries", Aliases: []string{"num-prompts"}, Group: groupConv, Tier: 'A', Default: "100",
			Help: "Number of different prompts to make"},
			func(p *Profile) *Opt[int] { return &p.Dataset().Entries }, atLeast(1)),
		scalar(Field{Flag: "conversation-turn-mean", Kinds: onlySynthetic, Aliases: []string{"session-turns-mean"}, Group: groupConv, Tier: 'A', Sweep: true,
			Type: typeInt, Unit: "turns", Default: "1", Help: "Mean number of turns of a conversation, each sent with what was said before"},
			func(p *Profile) *Opt[float64] { return &p.Dataset().Turns.Mean }, readWhole, finite, atLeast(1.0)),
		scalar(Field{Flag: "conversation-turn-stddev", Kinds: onlySynthetic, Aliases: []string{"session-turns-stddev"}, Group: groupConv, Tier: 'A',
			Type: typeInt, Unit: "turns", Default: "0", Help: "Standard deviation of the number of turns"},
			func(p *Profile) *Opt[float64] { return &p.Dataset().Turns.Stddev }, readWhole, finite, atLeast(0.0)),
		number(Field{Flag: "conversation-turn-delay-mean", Kinds: onlySynthetic, Aliases: []string{"session-turn-delay-mean"}, Group: groupConv, Tier: 'A', Unit: "ms", Default: "0.0",
			Help: "Mean pause before each turn but the first"},
			func(p *Profile) *Opt[float64] { return &p.Dataset().TurnDelay.Mean }, finite, atLeast(0.0)),
		number(Field{Flag: "conversation-turn-delay-stddev", Kinds: onlySynthetic, Aliases: []string{"session-turn-delay-stddev"}, Group: groupConv, Tier: 'A', Unit: "ms", Default: "0.0",
			Help: "Standard deviation of that pause"},
			func(p *Profile) *Opt[float64] { return &p.Dataset().TurnDelay.Stddev }, finite, atLeast(0.0)),
		number(Field{Flag: "conversation-turn-delay-ratio", Kinds: onlySynthetic, Aliases: []string{"session-delay-ratio"}, Group: groupConv, Tier: 'B', Default: "1.0",
			Help: "Multiplies all pauses"},
			func(p *Profile) *Opt[float64] { return &p.Dataset().TurnDelayRatio }, finite, atLeast(0.0)),
	}
}

func promptFields() []*Field {
	return []*Field{
		whole(Field{Flag: "prompt-batch-size", Kinds: onlySynthetic, Aliases: []string{"batch-size-text", "batch-size"}, Short: "b", Group: groupPrompt, Tier: 'A', Default: "1",
			Help: "Texts per request, for APIs that take several"},
			func(p *Profile) *Opt[int] { return &p.Dataset().Prompts.BatchSize }, atLeast(0)),
		scalar(Field{Flag: "prompt-input-tokens-mean", Kinds: onlySynthetic, Aliases: []string{"synthetic-input-tokens-mean", "isl"}, Group: groupISL, Tier: 'A', Sweep: true,
			Type: typeInt, Unit: "tokens", Default: "550", Help: "Mean length of a prompt"},
			func(p *Profile) *Opt[float64] { return &p.Dataset().Prompts.ISL.Mean }, readWhole, finite, atLeast(1.0)),
		number(Field{Flag: "prompt-input-tokens-stddev", Kinds: onlySynthetic, Aliases: []string{"synthetic-input-tokens-stddev", "isl-stddev"}, Group: groupISL, Tier: 'A', Sweep: true,
			Unit: "tokens", Default: "0.0", Help: "Standard deviation of the length of a prompt"},
			func(p *Profile) *Opt[float64] { return &p.Dataset().Prompts.ISL.Stddev }, finite, atLeast(0.0)),
		scalar(Field{Flag: "prompt-output-tokens-mean", Aliases: []string{"output-tokens-mean", "osl"}, Group: groupOSL, Tier: 'A', Sweep: true,
			Type: typeInt, Unit: "tokens", Help: "Mean length of the answer to ask for; not asked for if not given"},
			func(p *Profile) *Opt[float64] { return &p.Dataset().Prompts.OSL.Mean }, readWhole, finite, atLeast(1.0)),
		number(Field{Flag: "prompt-output-tokens-stddev", Aliases: []string{"output-tokens-stddev", "osl-stddev"}, Group: groupOSL, Tier: 'A', Sweep: true,
			Unit: "tokens", Default: "0", Help: "Standard deviation of the length of the answer"},
			func(p *Profile) *Opt[float64] { return &p.Dataset().Prompts.OSL.Stddev }, finite, atLeast(0.0)),
	}
}

func valued(f *Field, values func(*Profile) []string) *Field {
	f.bind.values = values
	return f
}

// extraValues is one JSON object, the only form that holds any value.
func extraValues(p *Profile) []string {
	if len(p.Endpoint.Extra.V) == 0 {
		return nil
	}
	return []string{string(AppendJSON(nil, Object(p.Endpoint.Extra.V), "", 0))}
}

func headerValues(p *Profile) []string {
	if len(p.Endpoint.Headers.V) == 0 {
		return nil
	}
	return []string{string(AppendJSON(nil, p.Endpoint.Headers.V.tree(), "", 0))}
}
