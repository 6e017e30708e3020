package dataset

import (
	"fmt"

	"tacho/engine/random"
)

// RankingsConfig describes turns for a ranking API: a query and passages to
// put in order by it. Lengths are tokens.
type RankingsConfig struct {
	// Passages is how many there are; a zero Dist is 1.
	Passages Dist
	// PassageTokens is the length of each of them, QueryTokens of the query.
	PassageTokens, QueryTokens Dist
}

// The names of the texts of a ranking turn.
const (
	queryText    = "query"
	passagesText = "passages"
)

// maxPassages bounds a request.
const maxPassages = 1_000_000

func (c *RankingsConfig) check() []error {
	errs := append(c.Passages.check("rankings passages"), c.PassageTokens.checkTokens("rankings passage tokens")...)
	errs = append(errs, c.QueryTokens.checkTokens("rankings query tokens")...)
	for _, d := range []struct {
		name string
		*Dist
	}{{"rankings passage tokens", &c.PassageTokens}, {"rankings query tokens", &c.QueryTokens}} {
		if d.None() {
			errs = append(errs, fmt.Errorf("mean %s is 0: must be at least 1", d.name))
		}
	}
	if c.Passages.Mean > maxPassages {
		errs = append(errs, fmt.Errorf("mean rankings passages is %v: must be at most %d", c.Passages.Mean, maxPassages))
	}
	return errs
}

// texts makes the query and the passages of conversation i, and counts their
// tokens.
func (c *RankingsConfig) texts(root random.Root, i int, p *prompter) (texts []Text, tokens int) {
	text := root.At("dataset.prompt.corpus", i)
	add := func(name string, length *Dist, s *random.Stream) {
		content, n := p.prompt(length.whole(s), text)
		texts = append(texts, Text{name, content})
		tokens += n
	}
	passages := 1
	if !c.Passages.None() {
		passages = min(c.Passages.whole(root.At("dataset.rankings.passages", i)), maxPassages)
	}
	add(queryText, &c.QueryTokens, root.At("dataset.rankings.query.tokens", i))
	s := root.At("dataset.rankings.passages.tokens", i)
	for range passages {
		add(passagesText, &c.PassageTokens, s)
	}
	return texts, tokens
}
