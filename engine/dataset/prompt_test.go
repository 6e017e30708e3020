package dataset

import (
	"strings"
	"testing"
	"unsafe"

	"tacho/engine/random"
	"tacho/engine/token"
)

// A prompt that is a stretch of the corpus costs no memory of its own.
func TestPromptsShareTheCorpus(t *testing.T) {
	d := mustSynthetic(t, SyntheticConfig{Entries: 100, ISL: Dist{Mean: 64}}, random.Seeded(1), token.Builtin())
	start := uintptr(unsafe.Pointer(unsafe.StringData(d.p.corpus.text)))
	end := start + uintptr(len(d.p.corpus.text))
	shared := 0
	for i := range d.Len() {
		at := uintptr(unsafe.Pointer(unsafe.StringData(at(t, d, i).Turns[0].Texts[0].Content)))
		if start <= at && at < end {
			shared++
		}
	}
	if shared < 90 {
		t.Errorf("%d of 100 prompts share the corpus's memory", shared)
	}
}

func TestCharsWrap(t *testing.T) {
	p := prompter{corpus: corpus{text: "one two three "}}
	s := random.Seeded(1).Stream("x")
	for range 20 {
		got := p.chars(40, s)
		if len(got) != 40 || !strings.Contains(strings.Repeat(p.corpus.text, 5), got) {
			t.Fatalf("40 characters of a corpus of 14: %q", got)
		}
	}
	if got := p.chars(0, s); got != "" {
		t.Errorf("no characters: %q", got)
	}
}
