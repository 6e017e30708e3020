package token

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// afterUnicode8 holds the punctuation, non-spacing marks and format characters that are newer than
// Unicode 8, whose categories the reference implementation of BERT's pre-tokenizer and normalizer
// uses: it lets them pass like letters. (Ranges also cover code points of other categories.)
var afterUnicode8 = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x061d, 0x061d, 1}, {0x07fd, 0x07fd, 1}, {0x0890, 0x08e2, 1}, {0x09fd, 0x09fe, 1}, {0x0a76, 0x0a76, 1},
		{0x0afa, 0x0aff, 1}, {0x0b55, 0x0b55, 1}, {0x0c04, 0x0c3c, 1}, {0x0c77, 0x0c77, 1}, {0x0c84, 0x0c84, 1},
		{0x0d00, 0x0d00, 1}, {0x0d3b, 0x0d3c, 1}, {0x0d81, 0x0d81, 1}, {0x0eba, 0x0eba, 1}, {0x0ece, 0x0ece, 1},
		{0x180f, 0x1886, 1}, {0x1abf, 0x1ace, 1}, {0x1b7d, 0x1b7e, 1}, {0x1df6, 0x1dfb, 1}, {0x2e43, 0x2e5d, 1},
		{0xa82c, 0xa82c, 1}, {0xa8c5, 0xa8c5, 1}, {0xa8ff, 0xa8ff, 1}, {0xa9bd, 0xa9bd, 1},
	},
	R32: []unicode.Range32{
		{0x10d24, 0x10f89, 1}, {0x11070, 0x11074, 1}, {0x110c2, 0x110cd, 1}, {0x111c9, 0x111c9, 1}, {0x111cf, 0x111cf, 1},
		{0x1123e, 0x11241, 1}, {0x1133b, 0x1133b, 1}, {0x11438, 0x1145e, 1}, {0x11660, 0x1166c, 1}, {0x116b9, 0x116b9, 1},
		{0x1182f, 0x11fff, 1}, {0x12ff1, 0x12ff2, 1}, {0x13430, 0x13455, 1}, {0x16e97, 0x16f4f, 1}, {0x16fe2, 0x16fe4, 1},
		{0x1cf00, 0x1cf46, 1}, {0x1e000, 0x1e2ef, 1}, {0x1e4ec, 0x1e4ef, 1}, {0x1e944, 0x1e95f, 1},
	},
}

// isPunctUnicode8, isMarkUnicode8 and isOtherUnicode8 are the categories P, Mn and C (without
// unassigned code points) as they were then.
func isPunctUnicode8(r rune) bool {
	return unicode.IsPunct(r) && !unicode.Is(afterUnicode8, r) || r == 0x166d || r == 0x111c9
}

func isMarkUnicode8(r rune) bool {
	return unicode.Is(unicode.Mn, r) && !unicode.Is(afterUnicode8, r) || r == 0x1734
}

func isOtherUnicode8(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Co) || unicode.Is(unicode.Cf, r) && !unicode.Is(afterUnicode8, r)
}

// decomposedAfterUnicode11 holds the characters whose decompositions are newer than the tables of
// the reference's NFD, NFKC and NFKD, which leave them as they are.
var decomposedAfterUnicode11 = &unicode.RangeTable{
	R16: []unicode.Range16{{0x32ff, 0x32ff, 1}, {0xa7f2, 0xa7f4, 1}, {0xab69, 0xab69, 1}},
	R32: []unicode.Range32{
		{0x10780, 0x107ba, 1}, {0x11938, 0x11938, 1}, {0x1e030, 0x1e06d, 1}, {0x1f16c, 0x1f16c, 1}, {0x1fbf0, 0x1fbf9, 1},
	},
}

// normalizeUnicode11 is a normalization form as it was then. The newer characters are starters
// that compose with nothing, so that the stretches between them can be normalized alone.
func normalizeUnicode11(form norm.Form) normalizer {
	isNew := func(r rune) bool { return unicode.Is(decomposedAfterUnicode11, r) }
	return func(s string) string {
		if strings.IndexFunc(s, isNew) < 0 {
			return form.String(s)
		}
		var b strings.Builder
		for s != "" {
			i := strings.IndexFunc(s, isNew)
			if i < 0 {
				i = len(s)
			}
			b.WriteString(form.String(s[:i]))
			s = s[i:]
			i = strings.IndexFunc(s, func(r rune) bool { return !isNew(r) })
			if i < 0 {
				i = len(s)
			}
			b.WriteString(s[:i])
			s = s[i:]
		}
		return b.String()
	}
}
