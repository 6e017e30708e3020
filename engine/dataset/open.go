package dataset

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"tacho/engine/random"
)

// Config says what is sent. File.Path or Public.Name, if set, names where the
// conversations are read from; otherwise Synthetic describes made-up ones.
type Config struct {
	Synthetic SyntheticConfig
	File      FileConfig
	Public    PublicConfig

	// SystemPrompt is a system message for every conversation, put before the
	// data set's own; SystemPromptFile names a file that holds it.
	SystemPrompt, SystemPromptFile string
	// Models are given to the turns by Selection (default round robin). With
	// none, turns name no model and the run's is used.
	Models    []string
	Selection ModelSelection
	// Weights are the shares of the models where the selection is Weighted.
	Weights []float64
}

// maxSystemPrompt is the largest file that holds a system prompt.
const maxSystemPrompt = 16 << 20

// Check reports everything that is wrong with a configuration, as far as it
// can be told without reading data.
func (c *Config) Check() error {
	var errs []error
	bad := func(cond bool, format string, args ...any) {
		if cond {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	file, public := c.File.Path != "", c.Public.Name != ""
	bad(file && public, "an input file and a public dataset are both named: give one of them")
	bad(c.SystemPrompt != "" && c.SystemPromptFile != "", "a system prompt and a file with one are both given: give one of them")
	if err := c.Selection.check(); err != nil {
		errs = append(errs, err)
	}
	bad(c.Selection == Weighted && len(c.Weights) != len(c.Models), "%d weights for %d models: give each one", len(c.Weights), len(c.Models))
	synthetic := c.Synthetic
	synthetic.Models, synthetic.Selection, synthetic.Weights = nil, "", nil
	switch {
	case file:
		bad(!synthetic.empty(), "the input file %s says what is sent: options for made-up prompts, prefixes, images, audio, video and rankings do not go with it (only --osl does)", c.File.Path)
		errs = append(errs, c.File.check(c.File.Format)...)
	case public:
		bad(!synthetic.empty(), "the public dataset %s says what is sent: options for made-up prompts, prefixes, images, audio, video and rankings do not go with it (only --osl does)", c.Public.Name)
		errs = append(errs, c.Public.check()...)
	default:
		s := c.synthetic(c.SystemPrompt + c.SystemPromptFile)
		if err := s.check(); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// synthetic is the description of made-up conversations with what is common to
// all kinds.
func (c *Config) synthetic(system string) SyntheticConfig {
	s := c.Synthetic
	s.System = system
	if len(c.Models) > 0 {
		s.Models, s.Weights = c.Models, c.Weights
	}
	if c.Selection != "" {
		s.Selection = c.Selection
	}
	if s.Selection == "" {
		s.Selection = RoundRobin
	}
	return s
}

// Open makes or opens a data set. Equal configurations, roots, tokenizers and
// files give equal conversations. With a nil tokenizer the lengths of made-up
// prompts are estimates. What Open returns may hold files open: see [Close].
func Open(ctx context.Context, cfg Config, root random.Root, tok Tokenizer) (Dataset, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	system := cfg.SystemPrompt
	if cfg.SystemPromptFile != "" {
		b, err := readSmall(cfg.SystemPromptFile)
		if err != nil {
			return nil, fmt.Errorf("system prompt file %s: %w", cfg.SystemPromptFile, err)
		}
		system = string(b)
	}
	common := common{system: system, models: newModelChooser(cfg.Models, cfg.Selection, cfg.Weights, root), root: root, tok: tok}
	switch {
	case cfg.File.Path != "":
		return openFile(ctx, cfg.File, common)
	case cfg.Public.Name != "":
		return openPublic(ctx, cfg.Public, common)
	}
	return NewSynthetic(cfg.synthetic(system), root, tok)
}

// readSmall reads a file of limited size that holds text.
func readSmall(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	if info.Size() > maxSystemPrompt {
		return nil, fmt.Errorf("it has more than %d MiB", maxSystemPrompt>>20)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	if strings.TrimSpace(string(b)) == "" {
		return nil, errors.New("it is empty")
	}
	return b, nil
}

// common is what data sets of all kinds are given.
type common struct {
	system string
	models modelChooser
	root   random.Root
	tok    Tokenizer
}

// Close gives back what a data set holds open: the scratch files of unpacked
// data. Data sets without any need no Close.
func Close(d Dataset) error {
	if c, ok := d.(interface{ Close() error }); ok {
		return c.Close()
	}
	return nil
}
