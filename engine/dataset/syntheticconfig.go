package dataset

import (
	"errors"
	"fmt"
	"math"
	"reflect"
)

// SyntheticConfig describes made-up conversations.
type SyntheticConfig struct {
	// Entries is the number of conversations.
	Entries int
	// ISL is the prompt length and OSL the length to ask for, in tokens.
	// An OSL of 0 asks for none; an ISL of 0 makes no text, which is for
	// media alone.
	ISL, OSL Dist
	// Pairs draws both lengths of a turn together, instead of ISL and OSL.
	Pairs []Pair
	// Ratio draws both from a window about the means of ISL and OSL.
	Ratio *RangeRatio
	// SpecialTokens is what the tokenizer adds to every prompt on the server
	// (BOS and the like); the mean ISL is lowered by it.
	SpecialTokens int
	// FirstTurnOverhead and TurnOverhead are what a chat template adds to the
	// first and to each later turn; prompts get shorter by them.
	FirstTurnOverhead, TurnOverhead int
	// Corpus is where the words come from; empty is Sonnet.
	Corpus Corpus
	// BatchSize is the number of texts in one turn; 0 is 1.
	BatchSize int
	// Turns per conversation; a zero Dist is 1.
	Turns Dist
	// TurnDelayMS is the pause before each turn but the first, times
	// TurnDelayRatio; a ratio of 0 is 1.
	TurnDelayMS    Dist
	TurnDelayRatio float64
	// Prefix is what prompts have in common.
	Prefix PrefixConfig
	// System is a system message of the user, the same for all; it excludes
	// Prefix.
	System string
	// Images, Audio and Video are added to every turn.
	Images ImageConfig
	Audio  AudioConfig
	Video  VideoConfig
	// Rankings makes turns of a query and passages, instead of plain texts.
	Rankings *RankingsConfig
	// Models are given to the turns by Selection (default round robin). With
	// none, turns name no model and the run's is used.
	Models    []string
	Selection ModelSelection
	// Weights are the shares of the models where the selection is Weighted.
	Weights []float64 `json:",omitempty"`
}

// empty reports whether nothing of c is set.
func (c *SyntheticConfig) empty() bool { return reflect.ValueOf(*c).IsZero() }

// check reports everything that is wrong with a configuration.
func (c *SyntheticConfig) check() error {
	var errs []error
	bad := func(cond bool, format string, args ...any) {
		if cond {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	bad(c.Entries < 1, "entries is %d: must be at least 1", c.Entries)
	for _, d := range []struct {
		name string
		*Dist
	}{{"OSL", &c.OSL}, {"turns", &c.Turns}, {"turn delay", &c.TurnDelayMS}} {
		errs = append(errs, d.check(d.name)...)
	}
	errs = append(errs, c.ISL.checkTokens("ISL")...)
	bad(c.BatchSize < 0, "prompt batch size is %d: must be at least 1", c.BatchSize)
	bad(c.SpecialTokens < 0, "special tokens are %d: must be at least 0", c.SpecialTokens)
	bad(c.FirstTurnOverhead < 0 || c.TurnOverhead < 0, "chat template overheads are %d and %d: must be at least 0", c.FirstTurnOverhead, c.TurnOverhead)
	bad(!(c.TurnDelayRatio >= 0) || c.TurnDelayRatio > math.MaxInt32,
		"turn delay ratio is %v: must be from 0 to 2^31", c.TurnDelayRatio)
	if err := c.Selection.check(); err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, c.checkLengths()...)
	errs = append(errs, c.Prefix.check(c.System)...)
	errs = append(errs, c.Images.check()...)
	errs = append(errs, c.Audio.check()...)
	errs = append(errs, c.Video.check()...)
	if c.Rankings != nil {
		errs = append(errs, c.Rankings.check()...)
	} else {
		bad(!c.hasText() && !c.Images.on() && !c.Audio.on() && !c.Video.on(),
			"mean ISL is 0 and there are no images, audio or video: nothing is left to send")
	}
	return errors.Join(errs...)
}

// hasText reports whether turns get made-up texts.
func (c *SyntheticConfig) hasText() bool { return !c.ISL.None() || len(c.Pairs) > 0 }

func (c *SyntheticConfig) checkLengths() []error {
	var errs []error
	if len(c.Pairs) > 0 {
		errs = append(errs, checkPairs(c.Pairs)...)
	}
	if c.Ratio == nil {
		return errs
	}
	if len(c.Pairs) > 0 {
		errs = append(errs, errors.New("a range ratio and a sequence distribution both set the lengths: give one of them"))
	}
	errs = append(errs, c.Ratio.check()...)
	for _, d := range []struct {
		name string
		*Dist
	}{{"ISL", &c.ISL}, {"OSL", &c.OSL}} {
		switch v, ok := d.Fixed(); {
		case !ok:
			errs = append(errs, fmt.Errorf("a range ratio spreads the %s already: it takes no stddev or other shape", d.name))
		case v < 1:
			errs = append(errs, fmt.Errorf("a range ratio needs a mean %s of at least 1", d.name))
		}
	}
	if len(errs) == 0 {
		if lo, _ := c.Ratio.input(c.ISL.Mean, c.SpecialTokens); lo+c.Prefix.Length < 1 {
			errs = append(errs, fmt.Errorf("range ratio %v about ISL %v (less %d special tokens) reaches prompts of no tokens: raise the ISL, lower the ratio or add a prefix",
				c.Ratio.Input, c.ISL.Mean, c.SpecialTokens))
		}
	}
	return errs
}

// maxPrefixTokens bounds the pool, which is kept in memory.
const maxPrefixTokens = 50_000_000

func (c *PrefixConfig) check(system string) []error {
	var errs []error
	bad := func(cond bool, format string, args ...any) {
		if cond {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	for _, n := range []struct {
		name  string
		value int
	}{{"number of prefix prompts", c.Pool}, {"prefix prompt length", c.Length}, {"shared system prompt length", c.SharedSystem}, {"user context prompt length", c.UserContext}} {
		bad(n.value < 0 || n.value > maxPromptTokens, "%s is %d: must be from 0 to %d", n.name, n.value, maxPromptTokens)
	}
	bad(c.Length > 0 && c.Pool == 0, "prefix prompt length is %d, but there are no prefix prompts: give their number too", c.Length)
	bad(c.Length > 0 && c.Pool > maxPrefixTokens/c.Length, "%d prefix prompts of %d tokens are more than %d tokens in all", c.Pool, c.Length, maxPrefixTokens)
	pool, lengths := c.Pool > 0 || c.Length > 0, c.SharedSystem > 0 || c.UserContext > 0
	bad(pool && lengths, "prefix prompts exclude a shared system prompt and user contexts: give one kind")
	bad(system != "" && pool, "a system prompt excludes prefix prompts: give one of them")
	bad(system != "" && lengths, "a system prompt excludes a shared system prompt and user contexts of made-up text: give one kind")
	return errs
}
