package token

import (
	_ "embed"
	"sync"
)

// BuiltinName asks for the tokenizer that is part of the program: o200k_base, as AIPerf's
// "builtin", but without its download.
const BuiltinName = "builtin"

//go:generate go run gen.go o200k_base.tiktoken data/o200k.bin.gz

// o200kPacked is the rank file of o200k_base (MIT licence, OpenAI tiktoken) as gen.go packs it.
//
//go:embed data/o200k.bin.gz
var o200kPacked []byte

// o200kRanks unpacks on first use: about 0.1 s and 6 MB that a run without tokens never pays.
var o200kRanks = sync.OnceValues(func() (*ranks, error) { return unpackRanks(o200kPacked) })

var builtin = sync.OnceValues(func() (*ranked, error) {
	r, err := o200kRanks()
	if err != nil {
		return nil, err
	}
	return newRanked(findEncoding("o200k_base"), r), nil
})

// Builtin returns the embedded tokenizer, o200k_base. Every call returns the same one. It panics
// if the embedded table is broken, which a test rules out.
func Builtin() Tokenizer {
	t, err := builtin()
	if err != nil {
		panic("token: embedded o200k_base: " + err.Error())
	}
	return t
}
