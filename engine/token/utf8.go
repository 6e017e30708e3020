package token

import (
	"strings"
	"unicode/utf8"
)

// validUTF8 returns s with every maximal ill-formed part replaced by one U+FFFD, which is what
// Python's bytes.decode("utf-8", "replace") and Rust's from_utf8_lossy do. The standard library
// has neither: strings.ToValidUTF8 joins neighbouring parts, and ranging over a string makes one
// U+FFFD of every byte.
func validUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r != utf8.RuneError || n > 1 {
			b.WriteString(s[i : i+n])
			i += n
			continue
		}
		b.WriteRune(utf8.RuneError)
		i += illFormedLen(s[i:])
	}
	return b.String()
}

// illFormedLen is the length of the ill-formed part at the start of s, which is not the start of
// a valid rune: the longest prefix of s that could have begun one, and at least one byte
// (Unicode 15, table 3-7).
func illFormedLen(s string) int {
	lo, hi, need := byte(0x80), byte(0xbf), 0
	switch c := s[0]; {
	case c >= 0xc2 && c <= 0xdf:
		need = 1
	case c >= 0xe0 && c <= 0xef:
		need = 2
		if c == 0xe0 {
			lo = 0xa0
		} else if c == 0xed {
			hi = 0x9f
		}
	case c >= 0xf0 && c <= 0xf4:
		need = 3
		if c == 0xf0 {
			lo = 0x90
		} else if c == 0xf4 {
			hi = 0x8f
		}
	}
	n := 1
	for ; need > 0 && n < len(s) && s[n] >= lo && s[n] <= hi; need-- {
		n++
		lo, hi = 0x80, 0xbf
	}
	return n
}
