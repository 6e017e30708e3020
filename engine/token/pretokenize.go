package token

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// preTokenizer cuts every piece of src into smaller ones and appends them to dst. Empty pieces
// are dropped later.
type preTokenizer func(dst, src []piece) []piece

// newPreTokenizers builds the pre_tokenizer node n, a Sequence flattened. byteLevel tells that the
// last step is to spell bytes, which the caller then does itself, after it has asked its memo.
func newPreTokenizers(n *node) (all []preTokenizer, byteLevel bool, err error) {
	for _, leaf := range flatten(n) {
		if byteLevel {
			all = append(all, mapPieces(spellBytes))
		}
		byteLevel = leaf.Type == "ByteLevel"
		f, err := newPreTokenizer(leaf)
		if err != nil {
			return nil, false, err
		}
		all = append(all, f...)
	}
	return all, byteLevel, nil
}

// flatten lists the leaves of a pre_tokenizer node.
func flatten(n *node) (leaves []*node) {
	if n == nil {
		return nil
	}
	if n.Type != "Sequence" {
		return []*node{n}
	}
	for i := range n.Pretokenizers {
		leaves = append(leaves, flatten(&n.Pretokenizers[i])...)
	}
	return leaves
}

func newPreTokenizer(n *node) ([]preTokenizer, error) {
	switch n.Type {
	case "ByteLevel":
		var steps []preTokenizer
		if n.AddPrefixSpace == nil || *n.AddPrefixSpace {
			steps = append(steps, mapPieces(prefixSpace))
		}
		if n.UseRegex == nil || *n.UseRegex {
			find, err := findRegex(gpt2Pattern)
			if err != nil {
				return nil, err
			}
			steps = append(steps, splitter(find, isolated, false))
		}
		return steps, nil
	case "Split":
		find, err := n.Pattern.finder()
		if err != nil {
			return nil, fmt.Errorf("Split: %w", err)
		}
		how, err := newBehavior(n.Behavior)
		if err != nil {
			return nil, fmt.Errorf("Split: %w", err)
		}
		return []preTokenizer{splitter(find, how, n.Invert)}, nil
	case "Metaspace":
		return metaspace(n)
	case "BertPreTokenizer":
		return []preTokenizer{
			splitter(findRunes(unicode.IsSpace), removed, false),
			splitter(findRunes(isPunctuation), isolated, false),
		}, nil
	case "Whitespace":
		return []preTokenizer{splitter(findWords, removed, true)}, nil
	case "WhitespaceSplit":
		return []preTokenizer{splitter(findRunes(unicode.IsSpace), removed, false)}, nil
	case "Punctuation":
		how, err := newBehavior(n.Behavior)
		if err != nil {
			return nil, fmt.Errorf("Punctuation: %w", err)
		}
		return []preTokenizer{splitter(findRunes(isPunctuation), how, false)}, nil
	case "Digits":
		how := contiguous
		if n.IndividualDigits {
			how = isolated
		}
		return []preTokenizer{splitter(findRunes(unicode.IsNumber), how, false)}, nil
	case "CharDelimiterSplit":
		find, err := findString(n.Delimiter)
		if err != nil {
			return nil, fmt.Errorf("CharDelimiterSplit: %w", err)
		}
		return []preTokenizer{splitter(find, removed, false)}, nil
	}
	return nil, unsupported("pre_tokenizer", n.Type)
}

func mapPieces(f func(string) string) preTokenizer {
	return func(dst, src []piece) []piece {
		for _, p := range src {
			dst = append(dst, piece{f(p.text), p.start})
		}
		return dst
	}
}

func prefixSpace(s string) string {
	if strings.HasPrefix(s, " ") {
		return s
	}
	return " " + s
}

// metaspace writes blanks as a visible rune, puts one before the first or every piece, and cuts
// before each.
func metaspace(n *node) ([]preTokenizer, error) {
	mark := n.Replacement
	if utf8.RuneCountInString(mark) != 1 {
		return nil, fmt.Errorf("Metaspace: replacement %q is not one character", mark)
	}
	scheme := n.prependScheme()
	if scheme != "always" && scheme != "first" && scheme != "never" {
		return nil, fmt.Errorf("Metaspace: prepend_scheme %q is not supported", scheme)
	}
	steps := []preTokenizer{func(dst, src []piece) []piece {
		for _, p := range src {
			s := strings.ReplaceAll(p.text, " ", mark)
			if (scheme == "always" || scheme == "first" && p.start) && !strings.HasPrefix(s, mark) {
				s = mark + s
			}
			dst = append(dst, piece{s, p.start})
		}
		return dst
	}}
	if n.Split == nil || *n.Split {
		find, err := findString(mark)
		if err != nil {
			return nil, err
		}
		steps = append(steps, splitter(find, mergedWithNext, false))
	}
	return steps, nil
}

// isPunctuation is BERT's: the Unicode category, and the ASCII symbols too.
func isPunctuation(r rune) bool {
	if r < utf8.RuneSelf {
		return r > ' ' && r < 0x7f && !isWord(r) || r == '_'
	}
	return isPunctUnicode8(r)
}

// findRunes matches every single rune for which is holds.
func findRunes(is func(rune) bool) finder {
	return func(s string, match func(start, end int)) {
		for i, r := range s {
			if is(r) {
				match(i, i+utf8.RuneLen(r))
			}
		}
	}
}

// findWords is \w+|[^\w\s]+.
func findWords(s string, match func(start, end int)) {
	kind := func(r rune) int {
		switch {
		case isWord(r):
			return 1
		case unicode.IsSpace(r):
			return 0
		}
		return 2
	}
	start, in := 0, 0
	for i, r := range s {
		if k := kind(r); k != in {
			if in != 0 {
				match(start, i)
			}
			start, in = i, k
		}
	}
	if in != 0 {
		match(start, len(s))
	}
}
