//go:build tokenizers

// Compares with vocabularies that cannot be part of this repository. The folder named by
// TACHO_TOKENIZERS holds one folder per tokenizer with its tokenizer.json(.gz), the texts in
// corpus/corpus.jsonl and the ids of the reference implementation in corpus/ref/NAME.jsonl.gz:
//
//	TACHO_TOKENIZERS=DIR go test -tags tokenizers -run Vendor -v ./engine/token
package token

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestVendorTokenizers(t *testing.T) {
	root := os.Getenv("TACHO_TOKENIZERS")
	if root == "" {
		t.Fatal("TACHO_TOKENIZERS is not set")
	}
	texts := readTexts(t, filepath.Join(root, "corpus/corpus.jsonl"))
	folders, err := filepath.Glob(filepath.Join(root, "*/tokenizer.json.gz"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no tokenizers in %s (%v)", root, err)
	}
	for _, path := range folders {
		name := filepath.Base(filepath.Dir(path))
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			tok, src, err := LoadFile(name, filepath.Dir(path))
			if err != nil {
				t.Fatal(err)
			}
			load := time.Since(began)
			compareVendor(t, tok, texts, filepath.Join(root, "corpus/ref", name+".jsonl.gz"))
			n := testing.Benchmark(func(b *testing.B) {
				for b.Loop() {
					tok.Count(english)
				}
			})
			t.Logf("%v: load %v, special %d, vocab %d, Count %.1f MB/s %d allocs", src, load.Round(time.Millisecond),
				SpecialTokens(tok), tok.(Vocabulary).VocabSize(), float64(len(english))/float64(n.NsPerOp())*1e3, n.AllocsPerOp())
		})
	}
	for _, name := range []string{"cl100k_base", "r50k_base"} {
		t.Run(name, func(t *testing.T) { compareRanks(t, root, name, texts) })
	}
}

// compareRanks takes the rank file from the folder tiktoken-cache.
func compareRanks(t *testing.T, root, name string, texts []string) {
	t.Setenv("TIKTOKEN_CACHE_DIR", filepath.Join(root, "tiktoken-cache"))
	tok, src, err := Resolve(t.Context(), Options{Name: name, Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(src)
	compareVendor(t, tok, texts, filepath.Join(root, "corpus/ref", name+".jsonl.gz"))
}

func readTexts(t *testing.T, path string) (texts []string) {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for sc := bufio.NewScanner(bytes.NewReader(b)); sc.Scan(); {
		var row struct{ Text string }
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, row.Text)
	}
	return texts
}

func compareVendor(t *testing.T, tok Tokenizer, texts []string, ref string) {
	_, isRanked := tok.(*ranked)
	bad, n := 0, 0
	for line := range bytes.Lines(readGzip(t, ref)) {
		var want struct {
			ID    int
			IDs   []int
			IDsSP []int `json:"ids_sp"`
		}
		if err := json.Unmarshal(line, &want); err != nil {
			t.Fatal(err)
		}
		if isRanked { // special tokens that the text spells out count as such
			want.IDs = want.IDsSP
		}
		n++
		if got := tok.Encode(texts[want.ID]); !slices.Equal(got, want.IDs) {
			if bad++; bad <= 5 {
				t.Errorf("%q\n got %v\nwant %v", texts[want.ID], got, want.IDs)
			}
		}
		if d := len(want.IDsSP) - len(want.IDs); d != SpecialTokens(tok) {
			t.Fatalf("%d special tokens, want %d", SpecialTokens(tok), d)
		}
	}
	t.Logf("%d of %d texts differ", bad, n)
}
