package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Dataset is a finite list of conversations. At returns the same conversation
// for the same index whenever it is asked, and from any goroutine; the result
// is shared and must not be changed.
type Dataset interface {
	Len() int
	At(i int) (*Conversation, error)
}

// Hasher is a Dataset that knows a name for its content that costs less than
// reading all of it.
type Hasher interface {
	// Hash is equal for two data sets only if they yield the same requests.
	Hash() string
}

// Hash names the content of a data set for the manifest of a run: its own
// Hash where it has one, otherwise the SHA-256 over all its conversations.
func Hash(d Dataset) (string, error) {
	if h, ok := d.(Hasher); ok {
		return h.Hash(), nil
	}
	sum := sha256.New()
	enc := json.NewEncoder(sum)
	for i := range d.Len() {
		c, err := d.At(i)
		if err != nil {
			return "", fmt.Errorf("hash conversation %d: %w", i, err)
		}
		if err := enc.Encode(c); err != nil {
			return "", fmt.Errorf("hash conversation %d: %w", i, err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Tokenizer is what this package needs of a tokenizer. Implementations must
// be safe for concurrent use.
type Tokenizer interface {
	// Name identifies the vocabulary; two of one name encode alike.
	Name() string
	Count(text string) int
	Encode(text string) []int
	Decode(ids []int) string
}
