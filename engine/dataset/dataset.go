package dataset

// Dataset is a finite list of conversations. At returns the same conversation
// for the same index whenever it is asked, and from any goroutine; the result
// is shared and must not be changed.
type Dataset interface {
	// Len is the number of conversations, at least 1.
	Len() int
	// At returns conversation i of 0..Len-1.
	At(i int) (*Conversation, error)
	// Hash names the content: two data sets of one hash send the same.
	Hash() string
}

// Tokenizer is what this package needs of a tokenizer. Implementations must
// be safe for concurrent use.
type Tokenizer interface {
	// Name identifies the vocabulary; two of one name encode alike.
	Name() string
	// Count is len(Encode(text)), which it may find out for less.
	Count(text string) int
	// Encode returns the ids of a text, without special tokens around it.
	Encode(text string) []int
	// Decode returns the text of ids; those it does not know are left out.
	Decode(ids []int) string
}
