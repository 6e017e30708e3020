// Package token turns text into token ids and back, as the reference tokenizers do.
//
// There are two families. Rank encodings are those of tiktoken: a table of byte strings whose
// rank is both the merge order and the id (o200k_base is embedded and named "builtin"). The other
// is the pipeline that a Hugging Face tokenizer.json describes: normalizer, added tokens,
// pre-tokenizer, model (BPE, WordPiece, Unigram, WordLevel) and decoder.
//
// [Resolve] picks one of them from an explicit name or from the name of the model, and says in a
// [Source] which one it was, so that an export can name what made its numbers. It never falls
// back in silence.
//
// Counts follow AIPerf 0.13: no special tokens are added around a text, special tokens that are
// written out in the text count as one token each, and invalid UTF-8 is read as Python's
// bytes.decode(errors="replace") reads it. The character classes of split patterns are those of the
// Unicode version of the Go library; characters newer than that may be split differently.
package token
