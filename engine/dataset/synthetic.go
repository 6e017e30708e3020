package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"tacho/engine/random"
)

// Dist is a length or a pause: normal, cut off at 0 by redrawing, rounded up,
// at least 1. A StdDev of 0 is the fixed value Mean.
type Dist struct{ Mean, StdDev float64 }

// ModelSelection says how the turns of a run are spread over several models.
type ModelSelection string

// The selections that AIPerf knows for synthetic data.
const (
	RoundRobin  ModelSelection = "round_robin"
	RandomModel ModelSelection = "random"
)

// SyntheticConfig describes made-up conversations.
type SyntheticConfig struct {
	// Entries is the number of conversations.
	Entries int
	// ISL is the prompt length and OSL the length to ask for, in tokens.
	// An OSL of 0 asks for none; ISL must be above 0.
	ISL, OSL Dist
	// SpecialTokens is what the tokenizer adds to every prompt on the server
	// (BOS and the like); the mean ISL is lowered by it.
	SpecialTokens int
	// BatchSize is the number of texts in one turn; 0 is 1.
	BatchSize int
	// Turns per conversation; a zero Dist is 1.
	Turns Dist
	// TurnDelayMS is the pause before each turn but the first, times
	// TurnDelayRatio; a ratio of 0 is 1.
	TurnDelayMS    Dist
	TurnDelayRatio float64
	// Models are given to the turns by Selection (default round robin). With
	// none, turns name no model and the run's is used.
	Models    []string
	Selection ModelSelection
}

// check reports everything that is wrong with a configuration.
func (c *SyntheticConfig) check() error {
	var errs []error
	bad := func(cond bool, format string, args ...any) {
		if cond {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	bad(c.Entries < 1, "entries is %d: must be at least 1", c.Entries)
	bad(!(c.ISL.Mean > 0), "mean ISL is %v: must be above 0", c.ISL.Mean)
	for _, d := range []struct {
		name string
		Dist
	}{{"ISL", c.ISL}, {"OSL", c.OSL}, {"turns", c.Turns}, {"turn delay", c.TurnDelayMS}} {
		bad(!(d.Mean >= 0) || d.Mean > math.MaxInt32, "mean %s is %v: must be from 0 to 2^31", d.name, d.Mean)
		bad(!(d.StdDev >= 0) || d.StdDev > math.MaxInt32, "%s stddev is %v: must be from 0 to 2^31", d.name, d.StdDev)
	}
	bad(c.BatchSize < 0, "prompt batch size is %d: must be at least 1", c.BatchSize)
	bad(c.SpecialTokens < 0, "special tokens are %d: must be at least 0", c.SpecialTokens)
	bad(!(c.TurnDelayRatio >= 0) || c.TurnDelayRatio > math.MaxInt32,
		"turn delay ratio is %v: must be from 0 to 2^31", c.TurnDelayRatio)
	bad(c.Selection != RoundRobin && c.Selection != RandomModel,
		"unknown model selection %q: use round_robin or random", c.Selection)
	return errors.Join(errs...)
}

// keepMade is the largest data set whose conversations are kept once made. Those
// of a larger one are made anew for each request, which costs a fraction of a
// millisecond and keeps the memory of a long run bounded.
const keepMade = 50_000

// Synthetic is a Dataset of prompts cut from a built-in public-domain text.
// Conversation i depends on the root seed, the configuration and i alone, so
// it may be made when it is first wanted, on any goroutine. Once made it is
// kept, up to keepMade of them; a prompt that is a stretch of the corpus shares its memory.
type Synthetic struct {
	cfg   SyntheticConfig
	root  random.Root
	p     prompter
	first []int // index in the run of the first turn of each conversation; nil when not needed
	made  []atomic.Pointer[Conversation]
}

// NewSynthetic checks the configuration and encodes the corpus. With a nil
// tokenizer prompts have about 4 characters per token.
func NewSynthetic(cfg SyntheticConfig, root random.Root, tok Tokenizer) (*Synthetic, error) {
	if cfg.Selection == "" {
		cfg.Selection = RoundRobin
	}
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("synthetic data set: %w", err)
	}
	if cfg.BatchSize == 0 {
		cfg.BatchSize = 1
	}
	if cfg.TurnDelayRatio == 0 {
		cfg.TurnDelayRatio = 1
	}
	cfg.Models = slices.Clone(cfg.Models)
	d := &Synthetic{
		cfg: cfg, root: root,
		p:    prompter{corpus: newCorpus(tok), tok: tok},
		made: make([]atomic.Pointer[Conversation], cfg.Entries),
	}
	if tok != nil && len(d.p.corpus.ids) == 0 {
		return nil, fmt.Errorf("synthetic data set: tokenizer %s encodes the corpus to nothing", tok.Name())
	}
	d.countTurns()
	return d, nil
}

// countTurns finds where each conversation begins in the sequence of all
// turns, which is what round robin counts.
func (d *Synthetic) countTurns() {
	if len(d.cfg.Models) < 2 || d.cfg.Selection != RoundRobin {
		return
	}
	d.first = make([]int, d.cfg.Entries)
	n := 0
	for i := range d.first {
		d.first[i] = n
		n += d.turns(i)
	}
}

// turns is the number of turns of conversation i.
func (d *Synthetic) turns(i int) int {
	if d.cfg.Turns.StdDev == 0 {
		return max(1, int(math.RoundToEven(d.cfg.Turns.Mean)))
	}
	return d.root.At("composer.conversation.turn_count", i).
		PositiveInt(max(1, d.cfg.Turns.Mean), d.cfg.Turns.StdDev)
}

// Len is the number of conversations.
func (d *Synthetic) Len() int { return d.cfg.Entries }

// At returns conversation i, making it if need be. It fails outside 0..Len-1.
func (d *Synthetic) At(i int) (*Conversation, error) {
	if i < 0 || i >= len(d.made) {
		return nil, fmt.Errorf("conversation %d of %d does not exist", i, len(d.made))
	}
	if c := d.made[i].Load(); c != nil {
		return c, nil
	}
	// Two goroutines may both make it; the first to finish is kept, and both
	// made the same.
	c := d.compose(i)
	if len(d.made) > keepMade {
		return c, nil
	}
	if !d.made[i].CompareAndSwap(nil, c) {
		c = d.made[i].Load()
	}
	return c, nil
}

// Prepare makes the first n conversations on up to workers goroutines, so
// that making them does not compete with the load, and returns when they are
// there or the context ends. It calls progress, if not nil, from those
// goroutines with the number made so far.
func (d *Synthetic) Prepare(ctx context.Context, n, workers int, progress func(done int)) error {
	n = min(n, d.Len())
	var next, done atomic.Int64
	var wg sync.WaitGroup
	for range max(1, min(workers, n)) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				if _, err := d.At(i); err != nil {
					return // not possible: i is in range
				}
				if made := int(done.Add(1)); progress != nil {
					progress(made)
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// compose makes conversation i.
func (d *Synthetic) compose(i int) *Conversation {
	c := &Conversation{ID: d.id(i), Turns: make([]Turn, d.turns(i))}
	var (
		length = d.root.At("dataset.prompt.length", i)
		text   = d.root.At("dataset.prompt.corpus", i)
		osl    = d.root.At("composer.turn.max_tokens", i)
		delay  = d.root.At("composer.conversation.turn_delay", i)
		model  = d.root.At("composer.turn.model_selection", i)
	)
	mean := max(0, d.cfg.ISL.Mean-float64(d.cfg.SpecialTokens))
	for j := range c.Turns {
		t := &c.Turns[j]
		t.Texts = make([]Text, d.cfg.BatchSize)
		for k := range t.Texts {
			content, n := d.p.prompt(length.PositiveInt(mean, d.cfg.ISL.StdDev), text)
			t.Texts[k] = Text{Name: "text", Content: content}
			t.InputTokens += n
		}
		if d.cfg.OSL.Mean > 0 {
			t.MaxTokens = osl.PositiveInt(d.cfg.OSL.Mean, d.cfg.OSL.StdDev)
		}
		if j > 0 && d.cfg.TurnDelayMS.Mean > 0 {
			ms := delay.PositiveInt(d.cfg.TurnDelayMS.Mean, d.cfg.TurnDelayMS.StdDev)
			t.DelayMS = float64(ms) * d.cfg.TurnDelayRatio
		}
		switch n := len(d.cfg.Models); {
		case n == 1:
			t.Model = d.cfg.Models[0]
		case n > 1 && d.cfg.Selection == RandomModel:
			t.Model = d.cfg.Models[model.IntN(n)]
		case n > 1:
			t.Model = d.cfg.Models[(d.first[i]+j)%n]
		}
	}
	return c
}

// id is AIPerf's name of entry i: a running number when the run is seeded,
// otherwise a random UUID, which for a drawn root repeats with that root.
func (d *Synthetic) id(i int) string {
	if !d.root.Drawn {
		return fmt.Sprintf("session_%06d", i)
	}
	s := d.root.At("composer.conversation.session_id", i)
	var u uuid.UUID
	binary.BigEndian.PutUint64(u[:8], s.Uint64())
	binary.BigEndian.PutUint64(u[8:], s.Uint64())
	u[6] = u[6]&0x0f | 0x40 // version 4
	u[8] = u[8]&0x3f | 0x80 // RFC 9562 variant
	return u.String()
}

// recipe changes when equal settings begin to give other conversations.
const recipe = "synthetic 1"

// Hash names the content by what decides it: configuration, root seed, corpus,
// tokenizer and the version of this code. Nothing has to be made for it.
func (d *Synthetic) Hash() string {
	name := ""
	if d.p.tok != nil {
		name = d.p.tok.Name()
	}
	b, err := json.Marshal([]any{recipe, d.cfg, d.root, d.p.corpus.hash, name})
	if err != nil {
		panic("dataset: a checked configuration does not encode: " + err.Error())
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
