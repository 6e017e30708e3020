package token

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dlclark/regexp2/v2"
)

// finder calls match for every match in s that is not empty, in order.
type finder func(s string, match func(start, end int))

// pattern is the {"Regex": …} or {"String": …} of a tokenizer.json.
type pattern struct {
	Regex  *string `json:"Regex"`
	String *string `json:"String"`
}

func (p *pattern) finder() (finder, error) {
	switch {
	case p == nil:
		return nil, errors.New("pattern is missing")
	case p.String != nil:
		return findString(*p.String)
	case p.Regex != nil:
		return findRegex(*p.Regex)
	}
	return nil, errors.New("pattern is neither Regex nor String")
}

func findString(sub string) (finder, error) {
	if sub == "" {
		return nil, errors.New("pattern is empty")
	}
	return func(s string, match func(start, end int)) {
		for at := 0; ; {
			i := strings.Index(s[at:], sub)
			if i < 0 {
				return
			}
			match(at+i, at+i+len(sub))
			at += i + len(sub)
		}
	}, nil
}

const (
	contractions = `'s|'t|'re|'ve|'m|'ll|'d`
	gpt2Tail     = ` ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
	o200kHead    = `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+`
	o200kHead2   = `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*`
	linesTail    = `|\s*[\r\n]+|\s+(?!\S)|\s+`
)

// gpt2Pattern splits words, numbers and symbols, each with one blank before it.
const gpt2Pattern = contractions + "|" + gpt2Tail

// scanned lists the expressions that have a scanner written by hand. They are the patterns of
// GPT-2, Llama 3, Qwen 2 and 3, gpt-oss and Mistral's Tekken.
var scanned = map[string]scanner{
	gpt2Pattern:                                          scanGPT2,
	`'(?:[sdmt]|ll|ve|re)|` + gpt2Tail:                   scanGPT2,
	cl100kPattern(`\p{N}{1,3}`):                          cl100kScanner(3, false),
	cl100kPattern(`\p{N}`):                               cl100kScanner(1, false),
	o200kPattern(`\p{N}{1,3}`, `(?i:`+contractions+`)?`): o200kScanner(3, true),
	o200kPattern(`\p{N}`, ``):                            o200kScanner(1, false),
	o200kPattern(`\p{N}{1,3}`, ``):                       o200kScanner(3, false),
}

func cl100kPattern(number string) string {
	return `(?i:` + contractions + `)|[^\r\n\p{L}\p{N}]?\p{L}+|` + number + `| ?[^\s\p{L}\p{N}]+[\r\n]*` + linesTail
}

func o200kPattern(number, contraction string) string {
	return o200kHead + contraction + "|" + o200kHead2 + contraction + "|" + number + `| ?[^\s\p{L}\p{N}]+[\r\n/]*` + linesTail
}

// findRegex compiles expr, which is written for Oniguruma, unless a scanner does the same faster.
func findRegex(expr string) (finder, error) {
	if scan, ok := scanned[expr]; ok {
		return func(s string, match func(start, end int)) {
			for at := 0; at < len(s); {
				end := at + scan(s[at:])
				match(at, end)
				at = end
			}
		}, nil
	}
	// These would compile, and mean something else than they do to Oniguruma.
	for _, alien := range []string{"&&", "[[:", `\h`, `\H`, `\X`, `\R`} {
		if strings.Contains(expr, alien) {
			return nil, fmt.Errorf("regular expression %q: %s is not supported", expr, alien)
		}
	}
	re, err := regexp2.Compile(expr, regexp2.OptionMaxBacktrackingStackSize(-1))
	if err != nil {
		return nil, fmt.Errorf("regular expression %q: %w", expr, err)
	}
	return func(s string, match func(start, end int)) {
		// Without a stack limit and a timeout there is no error left for a match to have.
		all, _ := re.FindAllStringIndex(s, -1)
		for _, m := range all {
			if m[0] < m[1] {
				match(m[0], m[1])
			}
		}
	}, nil
}
