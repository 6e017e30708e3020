package dataset

// Dataset is a finite list of conversations. At returns the same conversation
// for the same index whenever it is asked, and from any goroutine; the result
// is shared and must not be changed.
type Dataset interface {
	Len() int
	At(i int) (*Conversation, error)
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
