package profiles

import (
	"strings"

	"tacho/engine/dataset"
)

// The kinds of dataset that options are for.
var (
	onlySynthetic = []string{DataSynthetic}
	onlyFile      = []string{DataFile}
	onlyRecorded  = []string{DataFile, DataPublic}
)

// kebab writes words as one types them.
func kebab(words []string) []string {
	var out []string
	for _, w := range words {
		out = append(out, strings.ReplaceAll(w, "_", "-"))
	}
	return out
}

// sourceFields say where prompts are read from.
func sourceFields() []*Field {
	return []*Field{
		text(Field{Flag: "input-file", Group: groupInput, Tier: 'A', Type: typePath, Kinds: onlyFile,
			Help: "File with what is to be sent, or for some formats a folder of files; may be packed with gzip"},
			func(p *Profile) *Opt[string] { return &p.Dataset().Path }),
		choice(Field{Flag: "public-dataset", Group: groupInput, Tier: 'A', Kinds: []string{DataPublic}, Choices: kebab(dataset.PublicNames()),
			Away: []string{"exgentic", "exgentic-v2", "weka-hf", "semianalysis-cc-traces-weka-*"}, Why: "is not supported: traces of agents are not",
			Help: "Public dataset, from --input-file, the cache, or the hub that HF_ENDPOINT names"},
			func(p *Profile) *Opt[string] { return &p.Dataset().Public }),
		choice(Field{Flag: "custom-dataset-type", Group: groupInput, Tier: 'A', Kinds: onlyFile, Choices: append(kebab(dataset.FormatNames()), "speed-bench-*"),
			Family: kebab(dataset.SpeedBenchNames()), Away: []string{"baseten-trace", "dag-jsonl", "tracelab", "weka-trace"}, Why: "is not supported: turn the file into multi-turn or mooncake-trace",
			Help: "Format of --input-file; found out from its first record if not given"},
			func(p *Profile) *Opt[string] { return &p.Dataset().Format }),
		toggle(Field{Flag: "ignore-trace-delays", Group: groupInput, Tier: 'B', Kinds: onlyRecorded, Help: "Drop recorded times and pauses; a fixed schedule keeps its times"},
			func(p *Profile) *Opt[bool] { return &p.Dataset().IgnoreTraceDelays }),
		number(Field{Flag: "inter-turn-delay-cap-seconds", Group: groupConv, Tier: 'B', Kinds: onlyRecorded, Unit: "s", Help: "Longest recorded pause that is kept"},
			func(p *Profile) *Opt[float64] { return &p.Dataset().InterTurnDelayCap }, finite, atLeast(0.0)),
		choice(Field{Flag: "prompt-corpus", Group: groupPrompt, Tier: 'B', Choices: []string{"sonnet", "coding", "random"},
			Help: "Where the words of made-up prompts come from: verses, program text, or the tokenizer's vocabulary; sonnet if not given"},
			func(p *Profile) *Opt[string] { return &p.Dataset().Prompts.Corpus }),
		whole(Field{Flag: "prompt-input-tokens-block-size", Aliases: []string{"synthetic-input-tokens-block-size", "isl-block-size"}, Group: groupISL, Tier: 'B', Unit: "tokens",
			Kinds: onlyFile, Help: "Length of one hash block of a trace; 512 for most, 16 for bailian-trace, if not given"},
			func(p *Profile) *Opt[int] { return &p.Dataset().Prompts.BlockSize }, atLeast(1)),
		text(Field{Flag: "system-prompt", Group: groupPrefix, Tier: 'B', Help: "System message of every conversation, before any of the dataset's own"},
			func(p *Profile) *Opt[string] { return &p.Dataset().SystemPrompt }),
		text(Field{Flag: "system-prompt-file", Group: groupPrefix, Tier: 'B', Type: typePath, Help: "File that holds that system message"},
			func(p *Profile) *Opt[string] { return &p.Dataset().SystemPromptFile }),
	}
}

// synthesisFields reshape a trace.
func synthesisFields() []*Field {
	multiplier := func(flag, help string, at func(*Synthesis) *Opt[float64]) *Field {
		return number(Field{Flag: flag, Group: groupSynthesis, Tier: 'B', Kinds: onlyFile, Default: "1.0", Help: help},
			func(p *Profile) *Opt[float64] { return at(&p.Dataset().Synthesis) }, finite, atLeast(0.0))
	}
	count := func(flag, def, help string, at func(*Synthesis) *Opt[int]) *Field {
		return whole(Field{Flag: flag, Group: groupSynthesis, Tier: 'B', Kinds: onlyFile, Default: def, Help: help},
			func(p *Profile) *Opt[int] { return at(&p.Dataset().Synthesis) }, atLeast(1))
	}
	return []*Field{
		multiplier("synthesis-speedup-ratio", "Divides the times of a trace", func(s *Synthesis) *Opt[float64] { return &s.Speedup }),
		multiplier("synthesis-prefix-len-multiplier", "Multiplies the length of what rows of a trace have in common", func(s *Synthesis) *Opt[float64] { return &s.PrefixLen }),
		count("synthesis-prefix-root-multiplier", "1", "Spreads the rows over so many unrelated sets of prefixes", func(s *Synthesis) *Opt[int] { return &s.PrefixRoots }),
		multiplier("synthesis-prompt-len-multiplier", "Multiplies the length of what is a row's own", func(s *Synthesis) *Opt[float64] { return &s.PromptLen }),
		multiplier("synthesis-output-len-multiplier", "Multiplies the length of the answers to ask for", func(s *Synthesis) *Opt[float64] { return &s.OutputLen }),
		count("synthesis-max-isl", "", "Leaves out rows with a longer prompt, in tokens", func(s *Synthesis) *Opt[int] { return &s.MaxISL }),
		count("synthesis-max-osl", "", "Cuts the length of the answers to ask for, in tokens", func(s *Synthesis) *Opt[int] { return &s.MaxOSL }),
	}
}
