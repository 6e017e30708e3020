package app

import (
	"tacho/engine/dataset"
	"tacho/engine/random"
	"tacho/profiles"
)

// newDataset makes the prompts.
func newDataset(p *profiles.Profile, root random.Root, tok dataset.Tokenizer, special int) (*dataset.Synthetic, error) {
	d := p.Dataset()
	cfg := dataset.SyntheticConfig{
		Entries: d.Entries.V, SpecialTokens: special,
		ISL:       dataset.Dist{Mean: d.Prompts.ISL.Mean.V, StdDev: d.Prompts.ISL.Stddev.V},
		OSL:       dataset.Dist{Mean: d.Prompts.OSL.Mean.V, StdDev: d.Prompts.OSL.Stddev.V},
		BatchSize: d.Prompts.BatchSize.V, Models: p.ModelNames(),
		Turns:       dataset.Dist{Mean: d.Turns.Mean.V, StdDev: d.Turns.Stddev.V},
		TurnDelayMS: dataset.Dist{Mean: d.TurnDelay.Mean.V * d.TurnDelayRatio.V, StdDev: d.TurnDelay.Stddev.V * d.TurnDelayRatio.V},
	}
	if s := p.Models.Strategy; s.Set {
		cfg.Selection = dataset.ModelSelection(s.V)
	}
	return dataset.NewSynthetic(cfg, root, tok)
}

// sampling is the order in which prompts are drawn.
func sampling(p *profiles.Profile) dataset.Sampling {
	if s := p.Dataset().Sampling; s.Set {
		return dataset.Sampling(s.V)
	}
	return dataset.Sequential
}
