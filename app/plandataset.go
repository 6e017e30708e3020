package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tacho/engine/dataset"
	"tacho/engine/endpoint"
	"tacho/profiles"
)

// openDataset makes or opens what is sent. The session closes it.
func (s *session) openDataset(ctx context.Context, special int) error {
	cfg := datasetConfig(s.profile, s.spec, special)
	if s.chat != nil && s.profile.Dataset().Type.V == profiles.DataSynthetic {
		cfg.Synthetic.FirstTurnOverhead, cfg.Synthetic.TurnOverhead = s.chat.overheads(s.prompts, special)
	}
	if r := &s.profile.Dataset().Records; r.Set {
		dir, path, err := writeRecords(r.V.Files())
		if err != nil {
			return err
		}
		s.inline, cfg.File.Path = dir, path
	}
	cfg.File.ScratchDir, cfg.Public.ScratchDir = s.files.dir, s.files.dir
	cfg.Public.Getenv = s.env.Getenv
	cfg.Public.Progress = s.downloading
	var tok dataset.Tokenizer
	if s.prompts != nil {
		tok = s.prompts
	}
	d, err := dataset.Open(ctx, cfg, s.root, tok)
	if err != nil {
		return datasetError(ctx, s.profile, s.inRecords(err))
	}
	s.data, s.dataHash = d, d.Hash()
	first, err := d.At(0)
	if err == nil {
		err = fits(s.spec, first)
	}
	if err != nil {
		return datasetError(ctx, s.profile, err)
	}
	if s.repeats != "" && s.repeats != s.dataHash {
		s.notices = append(s.notices, "what is sent is not what the first run sent: its options, its file or its tokenizer are others")
	}
	info := dataset.Describe(d)
	s.notices = append(s.notices, info.Notices...)
	if info.Detected && s.inline == "" {
		s.notices = append(s.notices, fmt.Sprintf("%s is of type %s, by its first record; --custom-dataset-type says otherwise", filepath.Base(info.Path), info.Kind))
		if info.Timed && scheduleWindow(s.profile) == nil {
			s.notices = append(s.notices, filepath.Base(info.Path)+" has times to send at, which are not kept to; --fixed-schedule does")
		}
	}
	return nil
}

// datasetError is what to say when there is nothing to send.
func datasetError(ctx context.Context, p *profiles.Profile, err error) error {
	if p.Dataset().Type.V == profiles.DataSynthetic {
		return usagef("%w", err)
	}
	if errors.Is(err, dataset.ErrUnavailable) || context.Cause(ctx) != nil {
		return err // nothing that the user typed
	}
	hint := ""
	if d := p.Dataset(); d.Type.V == profiles.DataFile && d.Path.Set {
		if _, missing := os.Stat(d.Path.V); missing != nil {
			hint = "--input-file names what is sent"
		}
	}
	return &exitError{code: exitUsage, hint: hint, err: err}
}

// datasetConfig is the dataset of a profile.
func datasetConfig(p *profiles.Profile, spec endpoint.Spec, special int) dataset.Config {
	d := p.Dataset()
	cfg := dataset.Config{
		SystemPrompt: d.SystemPrompt.V, SystemPromptFile: d.SystemPromptFile.V,
		Models: p.ModelNames(), Selection: dataset.ModelSelection(p.Models.Strategy.V),
	}
	if cfg.Selection == dataset.Weighted {
		for i := range p.Models.Items {
			cfg.Weights = append(cfg.Weights, p.Models.Items[i].Weight.V)
		}
	}
	switch d.Type.V {
	case profiles.DataFile:
		cfg.File = fileConfig(d)
		cfg.File.NoSystemMessage = !spec.System
		cfg.File.Schedule = scheduleWindow(p)
	case profiles.DataPublic:
		cfg.Public = dataset.PublicConfig{Name: d.Public.V, Path: d.Path.V, Limit: limitOf(d.Entries), OSL: distOf(&d.Prompts.OSL)}
		for i := range p.Phases {
			if ph := &p.Phases[i]; ph.Kind.V == profiles.KindProfiling {
				cfg.Public.Requests = max(cfg.Public.Requests, limitOf(ph.Requests))
			}
		}
	default:
		cfg.Synthetic = syntheticConfig(d, special)
		media(&cfg.Synthetic, d)
		switch {
		case spec.Needs == endpoint.NeedsRanking:
			cfg.Synthetic.Rankings = &dataset.RankingsConfig{
				Passages: distOf(&d.Rankings.Passages), PassageTokens: distOf(&d.Rankings.PassageTokens), QueryTokens: distOf(&d.Rankings.QueryTokens),
			}
		case textless(spec):
			cfg.Synthetic.ISL = dataset.Dist{}
		}
	}
	return cfg
}

func syntheticConfig(d *profiles.Dataset, special int) dataset.SyntheticConfig {
	x := &d.Prompts
	cfg := dataset.SyntheticConfig{
		Entries: d.Entries.V, SpecialTokens: special,
		ISL: distOf(&x.ISL), OSL: distOf(&x.OSL), Pairs: x.Pairs.V,
		Corpus: dataset.Corpus(x.Corpus.V), BatchSize: x.BatchSize.V,
		Turns: distOf(&d.Turns), TurnDelayMS: distOf(&d.TurnDelay), TurnDelayRatio: d.TurnDelayRatio.V,
		Prefix: dataset.PrefixConfig{
			Pool: d.PrefixPrompts.PoolSize.V, Length: d.PrefixPrompts.Length.V,
			SharedSystem: d.PrefixPrompts.SharedSystem.V, UserContext: d.PrefixPrompts.UserContext.V,
		},
	}
	if x.RangeRatio.Set {
		if r, err := dataset.ParseRangeRatio(x.RangeRatio.V, dataset.RatioStyle(x.RatioStyle.V)); err == nil { // else a rule has told
			cfg.Ratio = &r
		}
	}
	return cfg
}

func fileConfig(d *profiles.Dataset) dataset.FileConfig {
	cfg := dataset.FileConfig{
		Path: d.Path.V, Format: dataset.Format(d.Format.V), Entries: limitOf(d.Entries), OSL: distOf(&d.Prompts.OSL),
		BlockSize: limitOf(d.Prompts.BlockSize), Corpus: dataset.Corpus(d.Prompts.Corpus.V), IgnoreDelays: d.IgnoreTraceDelays.V,
	}
	if d.InterTurnDelayCap.Set {
		ms := d.InterTurnDelayCap.V * 1000
		cfg.DelayCapMS = &ms
	}
	for _, b := range []struct {
		from *profiles.Opt[int]
		to   **int
	}{{&d.Prompts.BatchSize, &cfg.Batch.Text}, {&d.Images.BatchSize, &cfg.Batch.Image}, {&d.Audio.BatchSize, &cfg.Batch.Audio}, {&d.Video.BatchSize, &cfg.Batch.Video}} {
		if b.from.Set {
			*b.to = &b.from.V
		}
	}
	s := &d.Synthesis
	cfg.Synthesis = dataset.Synthesis{
		Speedup: s.Speedup.V, PrefixLen: s.PrefixLen.V, PromptLen: s.PromptLen.V, PrefixRoots: s.PrefixRoots.V,
		MaxISL: limitOf(s.MaxISL), MaxOSL: limitOf(s.MaxOSL),
	}
	if s.OutputLen.Set {
		cfg.Synthesis.OutputLen = &s.OutputLen.V
	}
	return cfg
}

// distOf is a distribution of a profile, whose rules have checked it.
func distOf(d *profiles.Dist) dataset.Dist {
	drawn, _ := d.Drawn()
	return drawn
}

// sampling is the order in which prompts are drawn.
func sampling(p *profiles.Profile, d dataset.Dataset) dataset.Sampling {
	if s := p.Dataset().Sampling; s.Set {
		return dataset.Sampling(s.V)
	}
	return dataset.Describe(d).Sampling
}
