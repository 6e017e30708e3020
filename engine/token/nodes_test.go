package token

import (
	"encoding/json"
	"slices"
	"testing"
)

// TestNodes compares small vocabularies, one or more for every kind of node, with what Hugging
// Face tokenizers 0.23 made of the same texts.
func TestNodes(t *testing.T) {
	var all struct {
		Texts []string
		Cases []struct {
			Name          string
			Tokenizer     json.RawMessage
			IDs           [][]int
			Decoded       []string
			Special       int
			Random        [][]int  // ids, not from any text
			RandomDecoded []string `json:"random_decoded"`
		}
	}
	if err := json.Unmarshal(readGzip(t, "testdata/nodes.json.gz"), &all); err != nil {
		t.Fatal(err)
	}
	for _, c := range all.Cases {
		t.Run(c.Name, func(t *testing.T) {
			tok, err := parseTokenizer(c.Name, c.Tokenizer, nil)
			if err != nil {
				t.Fatal(err)
			}
			if n := SpecialTokens(tok); n != c.Special {
				t.Errorf("%d special tokens, want %d", n, c.Special)
			}
			for i, text := range all.Texts {
				if got := tok.Encode(text); !slices.Equal(got, c.IDs[i]) {
					t.Errorf("Encode(%q)\n got %v\nwant %v", text, got, c.IDs[i])
				}
				if got := tok.Decode(c.IDs[i]); got != c.Decoded[i] {
					t.Errorf("Decode(%v)\n got %q\nwant %q", c.IDs[i], got, c.Decoded[i])
				}
			}
			for i, ids := range c.Random {
				if got := tok.Decode(ids); got != c.RandomDecoded[i] {
					t.Errorf("Decode(%v)\n got %q\nwant %q", ids, got, c.RandomDecoded[i])
				}
			}
		})
	}
}
