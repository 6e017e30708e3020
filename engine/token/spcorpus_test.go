package token

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"testing"
)

// TestSentencePieceCorpus compares trained models with SentencePiece itself: nmt is Unigram with
// nmt_nfkc, T5's map of characters, and user-defined pieces; bytes is Unigram with byte fallback
// and neither a blank in front nor collapsed ones; rules is Unigram with a map of its own, whose
// entries begin with one another; pairs is BPE with user-defined pieces, blanks among them.
func TestSentencePieceCorpus(t *testing.T) {
	var want map[string][]struct {
		Row  int
		IDs  []int
		Text *string
	}
	if err := json.Unmarshal(readGzip(t, "testdata/sentencepiece/ids.json.gz"), &want); err != nil {
		t.Fatal(err)
	}
	texts := readSamples(t, "testdata/o200k.jsonl.gz")
	for name, rows := range want {
		t.Run(name, func(t *testing.T) {
			tok, _, err := LoadFile(name, filepath.Join("testdata/sentencepiece", name+".model.gz"))
			if err != nil {
				t.Fatal(err)
			}
			moved := 0
			for _, w := range rows {
				text := texts[w.Row].text(t)
				got := tok.Encode(text)
				if !slices.Equal(got, w.IDs) {
					// Covers of the same pieces in another order have equal scores, and the reference's
					// 32 bits round their sums in one way or the other.
					moved++
					slices.Sort(got)
					slices.Sort(w.IDs)
					if !slices.Equal(got, w.IDs) {
						t.Errorf("%q\n got %v\nwant %v, sorted", text, got, w.IDs)
					}
				} else if back := tok.Decode(got); w.Text != nil && back != *w.Text {
					t.Errorf("%q is decoded as %q, want %q", text, back, *w.Text)
				}
			}
			if len(rows) < 400 || moved > len(rows)/30 {
				t.Errorf("%d of %d texts have their pieces in another order", moved, len(rows))
			}
		})
	}
}

func TestSentencePieceAround(t *testing.T) {
	for class, want := range map[string]int{"": 0, "T5Tokenizer": 1, "T5TokenizerFast": 1, "XLMRobertaTokenizer": 2} {
		tok, err := parseSentencePiece("m", spMessage(modelUnigram, "", 1), []byte(`{"eos_token":"</s>","tokenizer_class":"`+class+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		if n := SpecialTokens(tok); n != want {
			t.Errorf("%q sets %d special tokens around a text, want %d", class, n, want)
		}
		if id, ok := tok.Separator(); !ok || id != 2 {
			t.Errorf("separator %d %v", id, ok)
		}
		// The best cover, blanks collapsed, and a special token that is spelled out.
		if got := tok.Encode("  ab   abc</s> "); !slices.Equal(got, []int{3, 6, 5, 2}) {
			t.Errorf("ids %v", got)
		}
	}
}
