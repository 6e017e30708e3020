package token

import (
	"fmt"
	"slices"
)

const endOfText = "<|endoftext|>"

// encoding is one tiktoken encoding. file and sha256 name its published rank file, which several
// encodings may share; scan is its split pattern.
type encoding struct {
	name    string
	file    string
	sha256  string
	scan    scanner
	special func() map[string]int
}

// Rank files and their checksums as tiktoken 0.14 pins them.
const (
	rankURL = "https://openaipublic.blob.core.windows.net/encodings/"

	o200kSHA256  = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
	cl100kSHA256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
	p50kSHA256   = "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069"
	r50kSHA256   = "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930"
)

var encodings = []encoding{
	{"o200k_base", "o200k_base.tiktoken", o200kSHA256, o200kScanner(3, true), func() map[string]int {
		return map[string]int{endOfText: 199999, "<|endofprompt|>": 200018}
	}},
	{"o200k_harmony", "o200k_base.tiktoken", o200kSHA256, o200kScanner(3, true), harmonySpecial},
	{"cl100k_base", "cl100k_base.tiktoken", cl100kSHA256, cl100kScanner(3, true), func() map[string]int {
		return map[string]int{
			endOfText: 100257, "<|fim_prefix|>": 100258, "<|fim_middle|>": 100259, "<|fim_suffix|>": 100260,
			"<|endofprompt|>": 100276,
		}
	}},
	{"p50k_base", "p50k_base.tiktoken", p50kSHA256, scanGPT2, func() map[string]int {
		return map[string]int{endOfText: 50256}
	}},
	{"p50k_edit", "p50k_base.tiktoken", p50kSHA256, scanGPT2, func() map[string]int {
		return map[string]int{
			endOfText: 50256, "<|fim_prefix|>": 50281, "<|fim_middle|>": 50282, "<|fim_suffix|>": 50283,
		}
	}},
	{"r50k_base", "r50k_base.tiktoken", r50kSHA256, scanGPT2, func() map[string]int {
		return map[string]int{endOfText: 50256}
	}},
}

// harmonySpecial lists the special tokens of gpt-oss: a few with a meaning, the rest reserved.
func harmonySpecial() map[string]int {
	m := map[string]int{"<|endofprompt|>": 200018}
	named := map[int]string{
		199998: "<|startoftext|>", 199999: endOfText, 200002: "<|return|>", 200003: "<|constrain|>",
		200005: "<|channel|>", 200006: "<|start|>", 200007: "<|end|>", 200008: "<|message|>", 200012: "<|call|>",
	}
	for id := 199998; id < 201088; id++ {
		if text, ok := named[id]; ok {
			m[text] = id
		} else {
			m[fmt.Sprintf("<|reserved_%d|>", id)] = id
		}
	}
	return m
}

func findEncoding(name string) *encoding {
	i := slices.IndexFunc(encodings, func(e encoding) bool { return e.name == name })
	if i < 0 {
		return nil
	}
	return &encodings[i]
}
