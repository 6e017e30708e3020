package token

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"math"
)

// TestBuiltinEqualsTiktoken compares with tiktoken 0.14, encode(text, allowed_special="all").
func TestBuiltinEqualsTiktoken(t *testing.T) {
	compare(t, Builtin(), "testdata/o200k.jsonl.gz")
	compare(t, Builtin(), "testdata/o200k_invalid.jsonl.gz")
}

// TestEmbeddedRanksAreThePublishedOnes rebuilds the published file from the embedded form.
func TestEmbeddedRanksAreThePublishedOnes(t *testing.T) {
	r, err := o200kRanks()
	if err != nil {
		t.Fatal(err)
	}
	text := r.appendRankFile(nil)
	if got := hexSHA256(text); got != o200kSHA256 {
		t.Errorf("sha256 of the rebuilt rank file is %s, want %s", got, o200kSHA256)
	}
	if n := bytes.Count(text, []byte("\n")); n != 199998 {
		t.Errorf("%d ranks, want 199998", n)
	}
	again, err := parseRankFile(text)
	if err != nil {
		t.Fatal(err)
	}
	if again.blob != r.blob || !slices.Equal(again.off, r.off) {
		t.Error("parsing the rebuilt rank file gives another table")
	}
}

// appendRankFile writes the table in the .tiktoken text format, byte for byte as published.
func (r *ranks) appendRankFile(dst []byte) []byte {
	for id := range r.size() {
		if s := r.text(id); s != "" {
			dst = base64.StdEncoding.AppendEncode(dst, []byte(s))
			dst = append(dst, ' ')
			dst = strconv.AppendInt(dst, int64(id), 10)
			dst = append(dst, '\n')
		}
	}
	return dst
}

func TestBuiltinVocabulary(t *testing.T) {
	tok := Builtin()
	v := tok.(Vocabulary)
	if v.VocabSize() != 200019 || v.SpecialTokens() != 0 || SpecialTokens(tok) != 0 {
		t.Errorf("size %d, special tokens %d; want 200019, 0", v.VocabSize(), v.SpecialTokens())
	}
	if plain, all := len(v.TokenIDs(false)), len(v.TokenIDs(true)); plain != 199998 || all != 200000 {
		t.Errorf("%d and %d ids, want 199998 and 200000", plain, all)
	}
	if id, ok := v.Separator(); id != 199999 || !ok {
		t.Errorf("separator %d, %v; want 199999", id, ok)
	}
	if got := tok.Decode([]int{199999, 200000, -1, math.MaxInt, 24912}); got != "<|endoftext|>hello" {
		t.Errorf("Decode skips what it does not know and spells special tokens: got %q", got)
	}
}

func TestHarmonyDiffersInSpecialTokens(t *testing.T) {
	tok, src, err := Resolve(t.Context(), Options{Name: "o200k_harmony"})
	if err != nil {
		t.Fatal(err)
	}
	text := "<|start|>user<|message|>hello<|end|><|reserved_200013|>"
	got := tok.Encode(text)
	want := []int{200006, 1428, 200008, 24912, 200007, 200013}
	if !slices.Equal(got, want) || tok.Decode(got) != text {
		t.Errorf("Encode(%q) = %v, want %v", text, got, want)
	}
	if n := Builtin().Count(text); n <= len(want) {
		t.Errorf("o200k_base counts %d, as if it knew the special tokens of harmony", n)
	}
	if src.Kind != "tiktoken" || src.SHA256 != o200kSHA256 || src.Name != "o200k_harmony" {
		t.Errorf("source %+v", src)
	}
	if n := tok.(Vocabulary).VocabSize(); n != 201088 {
		t.Errorf("vocabulary of %d, want 201088", n)
	}
}

// TestConcurrentUse is for the race detector: many goroutines share a tokenizer and its memo.
func TestConcurrentUse(t *testing.T) {
	minilm, _, err := LoadFile("minilm", "testdata/minilm")
	if err != nil {
		t.Fatal(err)
	}
	samples := readSamples(t, "testdata/o200k.jsonl.gz")
	for _, tok := range []Tokenizer{Builtin(), minilm} {
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				for i := g; i < len(samples); i += 3 {
					s := samples[i]
					ids := tok.Encode(s.Text)
					if tok == Builtin() && !slices.Equal(ids, s.IDs) {
						t.Errorf("Encode(%q) = %v, want %v", s.Text, ids, s.IDs)
					}
					if n := tok.Count(s.Text); n != len(ids) {
						t.Errorf("Count(%q) = %d, want %d", s.Text, n, len(ids))
					}
				}
			})
		}
		wg.Wait()
	}
}

func TestParseRankFileErrors(t *testing.T) {
	for name, text := range map[string]string{
		"no rank":      "YQ==\n",
		"no base64":    "?? 0\n",
		"no number":    "YQ== x\n",
		"negative":     "YQ== -1\n",
		"huge":         "YQ== 99999999999\n",
		"twice":        "YQ== 0\nYg== 0\n",
		"missing byte": "YQ== 0\nYg== 1\n",
		"empty":        "",
	} {
		if _, err := parseRankFile([]byte(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestUnpackRanksErrors(t *testing.T) {
	for _, b := range [][]byte{nil, []byte("x"), o200kPacked[:100], o200kPacked[:len(o200kPacked)/2]} {
		if _, err := unpackRanks(b); err == nil {
			t.Errorf("%d bytes: no error", len(b))
		}
	}
}

func FuzzBuiltinRoundTrip(f *testing.F) {
	f.Add("Hello, <|endoftext|> wörld\r\n\t 12345 'S don't \xff\xc3")
	f.Add(strings.Repeat("\u0301", 9) + "ABCdef ſ")
	f.Fuzz(func(t *testing.T, s string) {
		tok := Builtin()
		ids := tok.Encode(s)
		if n := tok.Count(s); n != len(ids) {
			t.Errorf("Count(%q) = %d, Encode gives %d", s, n, len(ids))
		}
		if got := tok.Decode(ids); got != validUTF8(s) || !utf8.ValidString(got) {
			t.Errorf("Decode(Encode(%q)) = %q", s, got)
		}
	})
}

func FuzzParseRankFile(f *testing.F) {
	f.Add([]byte("YQ== 0\nYg== 1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := parseRankFile(b); err == nil && r.size() < 256 {
			t.Errorf("table of %d ids has all 256 bytes", r.size())
		}
	})
}
