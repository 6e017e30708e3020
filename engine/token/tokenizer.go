package token

// Tokenizer counts, encodes and decodes. All methods are safe for concurrent use.
type Tokenizer interface {
	// Name is the name of the vocabulary, such as "o200k_base" or "Qwen/Qwen3-0.6B".
	Name() string
	// Count is len(Encode(text)), without the slice.
	Count(text string) int
	// Encode returns the ids of text. No special tokens are added around it; those that are
	// written out in it are recognised.
	Encode(text string) []int
	// Decode returns the text of ids, special tokens included. Ids that the vocabulary does not
	// have yield nothing, and bytes that form no UTF-8 yield U+FFFD.
	Decode(ids []int) string
}

// Vocabulary is what every [Tokenizer] of this package offers beside it: the facts that
// synthetic prompts are made from.
type Vocabulary interface {
	// SpecialTokens is the number of special tokens that a server would add around a single
	// prompt (1 for a tokenizer that prepends BOS, 2 for BERT). A synthetic prompt is made
	// shorter by it.
	SpecialTokens() int
	// VocabSize is the size of the vocabulary as AIPerf reports it: for a rank encoding the
	// highest id + 1, for a tokenizer.json the size of the model without added tokens.
	VocabSize() int
	// TokenIDs lists, in increasing order, the ids that can be decoded; with special false the
	// special ones are left out.
	TokenIDs(special bool) []int
	// Separator is the id that marks the border between blocks of a synthetic prompt: BOS, else
	// EOS. ok is false if the tokenizer names neither.
	Separator() (id int, ok bool)
}

// SpecialTokens is the number of special tokens a server would add around one prompt of t, and 0
// if t does not say (see [Vocabulary]).
func SpecialTokens(t Tokenizer) int {
	if v, ok := t.(Vocabulary); ok {
		return v.SpecialTokens()
	}
	return 0
}
