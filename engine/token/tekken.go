package token

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// tekkenFiles are the names that Mistral's Tekken vocabularies have.
var tekkenFiles = []string{"tekken*.json", "tekken*.json.gz"}

// loadTekken reads a Tekken vocabulary: a rank table behind a block of control tokens, which are
// never read out of a text.
func loadTekken(name, path string) (*ranked, Source, error) {
	data, err := readMaybeGzip(path)
	if err != nil {
		return nil, Source{}, fmt.Errorf("read tokenizer: %w", err)
	}
	t, err := parseTekken(name, data)
	if err != nil {
		return nil, Source{}, fmt.Errorf("load %s: %w", path, err)
	}
	sum := sha256.Sum256(data)
	return t, Source{Kind: "file", Name: name, Path: path, SHA256: hex.EncodeToString(sum[:])}, nil
}

func parseTekken(name string, data []byte) (*ranked, error) {
	var f struct {
		Config struct {
			Pattern  string `json:"pattern"`
			Size     int    `json:"default_vocab_size"`
			Controls int    `json:"default_num_special_tokens"`
		} `json:"config"`
		Vocab []struct {
			Rank  int    `json:"rank"`
			Bytes []byte `json:"token_bytes"` // base64
		} `json:"vocab"`
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("it is no Tekken vocabulary: %w", err)
	}
	scan, ok := scanned[f.Config.Pattern]
	words := f.Config.Size - f.Config.Controls
	switch {
	case !ok:
		return nil, fmt.Errorf("its pattern is not known: %.60q", f.Config.Pattern)
	case f.Config.Controls < endOfTekken+1 || words < 256 || words > len(f.Vocab):
		return nil, fmt.Errorf("it has %d words, of which %d less %d control tokens are to be used", len(f.Vocab), f.Config.Size, f.Config.Controls)
	}
	lengths := make([]byte, f.Config.Size) // that of a control token is 0
	var blob strings.Builder
	for i, w := range f.Vocab[:words] {
		if w.Rank != i || len(w.Bytes) == 0 || len(w.Bytes) > 255 {
			return nil, fmt.Errorf("word %d is out of order, empty or too long", i)
		}
		lengths[f.Config.Controls+i] = byte(len(w.Bytes))
		blob.Write(w.Bytes)
	}
	r, err := newRanks(lengths, blob.String())
	if err != nil {
		return nil, errors.Join(errors.New("it is no Tekken vocabulary"), err)
	}
	t := newRanked(&encoding{name: name, scan: scan, special: func() map[string]int { return nil }}, r)
	t.eot = endOfTekken
	return t, nil
}

// endOfTekken is the id of </s>, the third control token.
const endOfTekken = 2
