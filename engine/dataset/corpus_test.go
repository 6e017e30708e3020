package dataset

import (
	"strings"
	"testing"
)

func TestCorpus(t *testing.T) {
	for name, text := range map[string]string{"sonnet": verses().text, "coding": code().text} {
		if n := len(text); n < 100_000 || n > 250_000 {
			t.Errorf("%s has %d characters", name, n)
		}
		for i := range len(text) {
			if c := text[i]; (c < ' ' || c > '~') && (name == "sonnet" || c != '\n' && c != '\t') {
				t.Fatalf("%s: byte %#x at %d: chars() counts on ASCII", name, c, i)
			}
		}
	}
	if strings.Contains(verses().text, "  ") {
		t.Error("the verses have double spaces")
	}
	if got := strings.Join(code().chunks, ""); got != codingText() {
		t.Error("the chunks of the code are not the code")
	}
	// Any stretch of 4,000 characters shows several kinds of text.
	for at := 0; at+4000 < len(codingText()); at += 4000 {
		kinds := 0
		for _, mark := range []string{"def ", "func (", "$ ", "request_id=", "\"updated_at\"", "diff --git", "FAILED", "Traceback"} {
			if strings.Contains(codingText()[at:at+4000], mark) {
				kinds++
			}
		}
		if kinds < 4 {
			t.Errorf("4000 characters from %d hold %d kinds of text", at, kinds)
		}
	}
}

func TestNewCorpusErrors(t *testing.T) {
	for name, tok := range map[Corpus]Tokenizer{"poems": nil, Vocabulary: nil} {
		if _, err := newCorpus(name, tok); err == nil || !strings.Contains(err.Error(), string(name)) {
			t.Errorf("corpus %s: error %v", name, err)
		}
	}
	for _, tok := range []Tokenizer{newLossy(), empty{}} {
		if _, err := newCorpus(Vocabulary, tok); err == nil || !strings.Contains(err.Error(), tok.Name()) {
			t.Errorf("random corpus of %s: error %v", tok.Name(), err)
		}
	}
	if _, err := newCorpus(Sonnet, empty{}); err == nil || !strings.Contains(err.Error(), "to nothing") {
		t.Errorf("a tokenizer of nothing: error %v", err)
	}
}

// empty is a tokenizer of no tokens.
type empty struct{}

func (empty) Name() string        { return "empty" }
func (empty) Count(string) int    { return 0 }
func (empty) Encode(string) []int { return nil }
func (empty) Decode([]int) string { return "" }
func (empty) TokenIDs(bool) []int { return nil }

func TestCorpusChunks(t *testing.T) {
	line := strings.Repeat("x", 4_999)
	text := " " + line + " \n\n" + line + "\n" + "ab\n" + "tail\n"
	got := verseChunks(text)
	want := []string{" " + line + " " + line + " ab", " tail"}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("chunks of lengths %d; want the first to close at 10000 characters", len(got))
	}
	if got := verseChunks("\n \n"); got != nil {
		t.Errorf("chunks of blank text = %q", got)
	}
}
