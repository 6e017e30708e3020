package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"tacho/engine/random"
)

// keepMade is the largest data set whose conversations are kept once made. Those
// of a larger one are made anew for each request, which costs a fraction of a
// millisecond and keeps the memory of a long run bounded. keepBytes bounds the
// media among those that are kept.
const (
	keepMade  = 50_000
	keepBytes = 256 << 20
)

// Synthetic is a Dataset of prompts cut from a built-in text, of pictures and
// sounds of noise, or of pictures of a folder. Conversation i depends on the root seed, the configuration
// and i alone, so it may be made when it is first wanted, on any goroutine.
// Once made it is kept within the bounds above; a prompt that is a stretch of
// the corpus shares its memory.
type Synthetic struct {
	cfg     SyntheticConfig
	root    random.Root
	p       prompter
	lengths *lengths
	prefix  prefixes
	models  modelChooser
	first   []int // index in the run of the first turn of each conversation; nil when not needed
	// pictures are resized and sent; nil: pictures are noise.
	pictures *pictureFolder
	made     []atomic.Pointer[Conversation]
	kept     atomic.Int64 // bytes of media in made
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
	p, err := newPrompter(cfg.Corpus, tok)
	if err != nil {
		return nil, fmt.Errorf("synthetic data set: %w", err)
	}
	d := &Synthetic{
		cfg: cfg, root: root, p: p, lengths: newLengths(&cfg), prefix: newPrefixes(cfg.Prefix, &p, root),
		models: newModelChooser(cfg.Models, cfg.Selection, cfg.Weights, root),
		made:   make([]atomic.Pointer[Conversation], cfg.Entries),
	}
	if c := &cfg.Images; c.on() && c.Folder != "" {
		if d.pictures, err = openPictures(c.Folder, c.Draw, root); err != nil {
			return nil, err
		}
	}
	d.countTurns()
	return d, nil
}

// countTurns finds where each conversation begins in the sequence of all
// turns, which is what round robin counts, and a cycle of pictures.
func (d *Synthetic) countTurns() {
	if !d.models.counts() && !d.cfg.Images.cycles() {
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
	t := d.cfg.Turns
	if d.cfg.Rankings != nil || t.None() {
		return 1
	}
	t.Mean = max(1, t.Mean)
	if _, ok := t.Fixed(); ok {
		return t.whole(nil)
	}
	return t.whole(d.root.At("composer.conversation.turn_count", i))
}

// Len is the number of conversations.
func (d *Synthetic) Len() int { return d.cfg.Entries }

// At returns conversation i, making it if need be. It fails outside 0..Len-1,
// and when a video cannot be made.
func (d *Synthetic) At(i int) (*Conversation, error) {
	if i < 0 || i >= len(d.made) {
		return nil, fmt.Errorf("conversation %d of %d does not exist", i, len(d.made))
	}
	if c := d.made[i].Load(); c != nil {
		return c, nil
	}
	// Two goroutines may both make it; the first to finish is kept, and both
	// made the same.
	c, err := d.compose(i)
	if err != nil {
		return nil, fmt.Errorf("conversation %d: %w", i, err)
	}
	if len(d.made) > keepMade || d.kept.Load() > keepBytes {
		return c, nil
	}
	if d.made[i].CompareAndSwap(nil, c) {
		d.kept.Add(mediaBytes(c))
	} else {
		c = d.made[i].Load()
	}
	return c, nil
}

func mediaBytes(c *Conversation) (n int64) {
	for i := range c.Turns {
		t := &c.Turns[i]
		for _, list := range [][]Media{t.Images, t.Audios, t.Videos} {
			for _, m := range list {
				n += int64(len(m.Content))
			}
		}
	}
	return n
}

// Prepare makes the first n conversations on up to workers goroutines, so
// that making them does not compete with the load, and returns when they are
// there or the context ends. It calls progress, if not nil, from those
// goroutines with the number made so far.
func (d *Synthetic) Prepare(ctx context.Context, n, workers int, progress func(done int)) error {
	return Prepare(ctx, d, n, workers, progress)
}

// Prepare is [Synthetic.Prepare] for any data set: it has the first n
// conversations made, or read, and kept as far as the data set keeps any. It
// returns the first error.
func Prepare(ctx context.Context, d Dataset, n, workers int, progress func(done int)) error {
	n = min(n, d.Len())
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
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
					cancel(err)
					return
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

// recipe changes when equal settings begin to give other conversations.
const recipe = "synthetic 2"

// Hash names the content by what decides it: configuration, root seed, corpus,
// tokenizer and the version of this code. Nothing has to be made for it. Whether
// the seed was given or drawn decides names of sessions alone, which are no
// content: a rerun gives the seed that was drawn.
func (d *Synthetic) Hash() string {
	facts := []any{recipe, d.cfg, random.Seeded(d.root.Seed), d.p.corpus.hash, d.p.tokenizer()}
	if d.pictures != nil {
		facts = append(facts, d.pictures.hash)
	}
	return hashOf(facts...)
}

// tokenizer is the name of the tokenizer, empty without one.
func (p *prompter) tokenizer() string {
	if p.tok == nil {
		return ""
	}
	return p.tok.Name()
}

// hashOf is the SHA-256 of values in JSON.
func hashOf(values ...any) string {
	b, err := json.Marshal(values)
	if err != nil {
		panic("dataset: a checked configuration does not encode: " + err.Error())
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
