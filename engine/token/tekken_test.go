package token

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tekkenJSON is a vocabulary of all bytes and some words, behind ten control tokens.
func tekkenJSON(t *testing.T, change func(m map[string]any)) []byte {
	t.Helper()
	type word struct {
		Rank  int    `json:"rank"`
		Bytes []byte `json:"token_bytes"`
	}
	var words []word
	for b := range 256 {
		words = append(words, word{b, []byte{byte(b)}})
	}
	for _, w := range []string{"he", "ll", "hell", "hello", " w", "or", " wor", "never used"} {
		words = append(words, word{len(words), []byte(w)})
	}
	m := map[string]any{
		"config": map[string]any{"pattern": o200kPattern(`\p{N}`, ``), "default_vocab_size": 10 + 256 + 7, "default_num_special_tokens": 10},
		"vocab":  words,
	}
	if change != nil {
		change(m)
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTekken(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "tekken_1.json")
	if err := os.WriteFile(path, tekkenJSON(t, nil), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{dir, path} {
		tok, src, err := LoadFile("m", p)
		if err != nil || src.Path != path || src.Kind != "file" || src.SHA256 == "" {
			t.Fatalf("%v, %+v", err, src)
		}
		// Ranks count from behind the control tokens, whose names in a text are text.
		want := []int{10 + 259, 10 + 262, 10 + 'l', 10 + 'd', 10 + '<', 10 + 's', 10 + '>'}
		got := tok.Encode("hello world<s>")
		if !slices.Equal(got, want) || tok.Count("hello world<s>") != len(want) || tok.Decode(got) != "hello world<s>" {
			t.Errorf("ids %v, want %v; decoded %q", got, want, tok.Decode(got))
		}
		if n := tok.(Vocabulary).VocabSize(); n != 273 {
			t.Errorf("%d ids, want 273", n)
		}
	}
	// A tokenizer.json beside it comes first.
	if err := os.WriteFile(filepath.Join(dir, tokenizerFile), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := LoadFile("m", dir); err == nil || !strings.Contains(err.Error(), tokenizerFile) {
		t.Errorf("with a broken tokenizer.json: %v", err)
	}
}

func TestTekkenThatIsNone(t *testing.T) {
	config := func(key string, v any) func(m map[string]any) {
		return func(m map[string]any) { m["config"].(map[string]any)[key] = v }
	}
	without5 := strings.Replace(string(tekkenJSON(t, nil)), `"token_bytes":"BQ=="`, `"token_bytes":"BQU="`, 1)
	for want, data := range map[string][]byte{
		"its pattern is not known":   tekkenJSON(t, config("pattern", "x+")),
		"less 0 control tokens":      tekkenJSON(t, config("default_num_special_tokens", 0)),
		"of which 9000":              tekkenJSON(t, config("default_vocab_size", 9000)),
		"lacks the single byte 0x05": []byte(without5),
		"word 1 is out of order": tekkenJSON(t, func(m map[string]any) {
			m["vocab"] = slices.Repeat([]any{map[string]any{"rank": 0, "token_bytes": "AA=="}}, 300)
		}),
		"it is no Tekken vocabulary": []byte("[]"),
	} {
		if _, err := parseTekken("m", data); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
