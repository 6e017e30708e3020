package dataset

import (
	"fmt"
	"strings"
	"sync"

	"tacho/engine/random"
)

// codingSize is about how many characters of code and logs are made.
const codingSize = 240_000

// codingText is what a coding assistant gets to read: source files, test runs,
// logs, JSON and diffs, all made up. It is the same in every run and program;
// which stretch a prompt takes is the run's own.
var codingText = sync.OnceValue(func() string {
	c := coder{s: random.Seeded(1).Stream("dataset.corpus.coding")}
	kinds := []func(){c.python, c.golang, c.script, c.log, c.json, c.diff, c.tests, c.trace}
	// Each kind in turn, so that no stretch of the text is all of one kind.
	for i := 0; c.b.Len() < codingSize; i++ {
		kinds[i%len(kinds)]()
		c.b.WriteByte('\n')
	}
	return c.b.String()
})

// coder writes one piece after another.
type coder struct {
	s *random.Stream
	b strings.Builder
}

func (c *coder) f(format string, args ...any) { fmt.Fprintf(&c.b, format, args...) }

func (c *coder) pick(words []string) string { return words[c.s.IntN(len(words))] }

// id is a name in snake case, such as load_batch.
func (c *coder) id() string { return c.pick(codeVerbs) + "_" + c.pick(codeNouns) }

// camel is a name in camel case, such as LoadBatch.
func (c *coder) camel() string { return title(c.pick(codeVerbs)) + title(c.pick(codeNouns)) }

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// file is a path such as services/cache/batch.py.
func (c *coder) file(ext string) string {
	return c.pick(codeDirs) + "/" + c.pick(codeNouns) + "/" + c.pick(codeNouns) + ext
}

func (c *coder) stamp() string {
	return fmt.Sprintf("2026-%02d-%02dT%02d:%02d:%02d.%03dZ", c.s.Between(1, 12), c.s.Between(1, 28),
		c.s.IntN(24), c.s.IntN(60), c.s.IntN(60), c.s.IntN(1000))
}

func (c *coder) hex(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789abcdef"[c.s.IntN(16)]
	}
	return string(b)
}
