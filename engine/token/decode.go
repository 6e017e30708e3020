package token

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// decoder rewrites the texts of tokens; their concatenation is the decoded text.
type decoder func(tokens []string) []string

// newDecoder builds the decoder node n of a tokenizer.json; nil if there is none.
func newDecoder(n *node) (decoder, error) {
	if n == nil {
		return nil, nil
	}
	switch n.Type {
	case "Sequence":
		var steps []decoder
		for i := range n.Decoders {
			d, err := newDecoder(&n.Decoders[i])
			if err != nil {
				return nil, err
			}
			steps = append(steps, d)
		}
		return func(tokens []string) []string {
			for _, d := range steps {
				tokens = d(tokens)
			}
			return tokens
		}, nil
	case "ByteLevel":
		return func(tokens []string) []string {
			var b []byte
			for _, s := range tokens {
				b = readBytes(b, s)
			}
			return []string{validUTF8(string(b))}
		}, nil
	case "ByteFallback":
		return byteFallback, nil
	case "Fuse":
		return func(tokens []string) []string { return []string{strings.Join(tokens, "")} }, nil
	case "Replace":
		f, err := replacer(n)
		if err != nil {
			return nil, err
		}
		return each(func(_ int, s string) string { return f(s) }), nil
	case "Strip":
		if utf8.RuneCountInString(n.Content) != 1 {
			return nil, fmt.Errorf("Strip: content %q is not one character", n.Content)
		}
		return each(func(_ int, s string) string { return strip(s, n.Content, n.Start, n.Stop) }), nil
	case "Metaspace":
		keep := n.prependScheme() == "never"
		return each(func(i int, s string) string {
			if i == 0 && !keep {
				return strings.ReplaceAll(s, n.Replacement, "")
			}
			return strings.ReplaceAll(s, n.Replacement, " ")
		}), nil
	case "WordPiece":
		return wordPieceDecoder(n), nil
	case "BPEDecoder":
		suffix := n.Suffix
		if suffix == "" {
			suffix = "</w>"
		}
		return func(tokens []string) []string {
			out := slices.Clone(tokens)
			for i, s := range out {
				blank := " "
				if i == len(out)-1 {
					blank = ""
				}
				out[i] = strings.ReplaceAll(s, suffix, blank)
			}
			return out
		}, nil
	}
	return nil, unsupported("decoder", n.Type)
}

func each(f func(i int, s string) string) decoder {
	return func(tokens []string) []string {
		out := make([]string, len(tokens))
		for i, s := range tokens {
			out[i] = f(i, s)
		}
		return out
	}
}

// byteFallback makes text of runs of <0x…> tokens, or one U+FFFD per byte if the run is no UTF-8.
func byteFallback(tokens []string) []string {
	var out []string
	var run []byte
	flush := func() {
		if len(run) > 0 && utf8.Valid(run) {
			out = append(out, string(run))
		} else {
			for range run {
				out = append(out, "\ufffd")
			}
		}
		run = run[:0]
	}
	for _, s := range tokens {
		if len(s) == 6 && strings.HasPrefix(s, "<0x") && s[5] == '>' {
			if b, err := strconv.ParseUint(s[3:5], 16, 8); err == nil {
				run = append(run, byte(b))
				continue
			}
		}
		flush()
		out = append(out, s)
	}
	flush()
	return out
}

// strip takes up to start times content off the front of s and up to stop times off its end.
func strip(s, content string, start, stop int) string {
	for ; start > 0 && strings.HasPrefix(s, content); start-- {
		s = s[len(content):]
	}
	for ; stop > 0 && strings.HasSuffix(s, content); stop-- {
		s = s[:len(s)-len(content)]
	}
	return s
}

// tidyText is the clean-up of transformers: no blank before punctuation and contractions.
var tidyText = newTidy(" .", ".", " ?", "?", " !", "!", " ,", ",", " ' ", "'", " n't", "n't", " 'm", "'m",
	" 's", "'s", " 've", "'ve", " 're", "'re")

// tidyWord is the same of the WordPiece decoder, which knows one case more.
var tidyWord = newTidy(" .", ".", " ?", "?", " !", "!", " ,", ",", " ' ", "'", " n't", "n't", " 'm", "'m",
	" do not", " don't", " 's", "'s", " 've", "'ve", " 're", "'re")

// tidy replaces one pair after the other, unlike strings.Replacer, since a later pair may match
// what an earlier one left.
type tidy []string

func newTidy(pairs ...string) tidy { return pairs }

// Replace applies all replacements to s in order.
func (t tidy) Replace(s string) string {
	for i := 0; i < len(t); i += 2 {
		s = strings.ReplaceAll(s, t[i], t[i+1])
	}
	return s
}

func wordPieceDecoder(n *node) decoder {
	prefix := "##"
	if n.Prefix != nil {
		prefix = *n.Prefix
	}
	clean := n.Cleanup == nil || *n.Cleanup
	return each(func(i int, s string) string {
		if i > 0 {
			if rest, ok := strings.CutPrefix(s, prefix); ok {
				s = rest
			} else {
				s = " " + s
			}
		}
		if clean {
			s = tidyWord.Replace(s)
		}
		return s
	})
}

// firstByte is the first byte of b that is not JSON white space, 0 if there is none.
func firstByte(b []byte) byte {
	if b = bytes.TrimLeft(b, " \t\r\n"); len(b) > 0 {
		return b[0]
	}
	return 0
}
