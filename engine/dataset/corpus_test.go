package dataset

import (
	"strings"
	"testing"
)

func TestCorpus(t *testing.T) {
	c := flat()
	if n := len(c.text); n < 100_000 || n > 250_000 {
		t.Errorf("the corpus has %d characters", n)
	}
	for i := range len(c.text) {
		if c.text[i] < ' ' || c.text[i] > '~' {
			t.Fatalf("byte %#x at %d: chars() counts on printable ASCII", c.text[i], i)
		}
	}
	if strings.Contains(c.text, "  ") {
		t.Error("the corpus has double spaces")
	}
}

func TestCorpusChunks(t *testing.T) {
	line := strings.Repeat("x", 4_999)
	text := " " + line + " \n\n" + line + "\n" + "ab\n" + "tail\n"
	got := corpusChunks(text)
	want := []string{line + " " + line + " ab", "tail"}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("chunks of lengths %d; want the first to close at 10000 characters", len(got))
	}
	if got := corpusChunks("\n \n"); got != nil {
		t.Errorf("chunks of blank text = %q", got)
	}
}
