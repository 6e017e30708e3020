package token

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// normalizer rewrites a text before it is split.
type normalizer func(string) string

// newNormalizers builds the normalizer node n of a tokenizer.json, a Sequence flattened.
func newNormalizers(n *node) ([]normalizer, error) {
	if n == nil {
		return nil, nil
	}
	one := func(f normalizer) ([]normalizer, error) { return []normalizer{f}, nil }
	switch n.Type {
	case "Sequence":
		var all []normalizer
		for i := range n.Normalizers {
			f, err := newNormalizers(&n.Normalizers[i])
			if err != nil {
				return nil, err
			}
			all = append(all, f...)
		}
		return all, nil
	case "NFC":
		return one(norm.NFC.String)
	case "NFD":
		return one(normalizeUnicode11(norm.NFD))
	case "NFKC":
		return one(normalizeUnicode11(norm.NFKC))
	case "NFKD":
		return one(normalizeUnicode11(norm.NFKD))
	case "Lowercase":
		return one(lowercase)
	case "StripAccents":
		return one(func(s string) string { return stripMarks(s, unicode.IsMark) })
	case "BertNormalizer":
		return one(bertNormalizer(n))
	case "Nmt":
		return one(nmt)
	case "Precompiled":
		p, err := newPrecompiled(n.PrecompiledCharsmap)
		if err != nil {
			return nil, err
		}
		return one(p.normalize)
	case "ByteLevel":
		return one(spellBytes)
	case "Strip":
		left, right := n.StripLeft, n.StripRight
		return one(func(s string) string {
			if left {
				s = strings.TrimLeftFunc(s, unicode.IsSpace)
			}
			if right {
				s = strings.TrimRightFunc(s, unicode.IsSpace)
			}
			return s
		})
	case "Prepend":
		prefix := n.Prepend
		return one(func(s string) string {
			if s == "" {
				return s
			}
			return prefix + s
		})
	case "Replace":
		f, err := replacer(n)
		if err != nil {
			return nil, err
		}
		return one(f)
	}
	return nil, unsupported("normalizer", n.Type)
}

// replacer is the Replace node, which is a normalizer as well as a decoder.
func replacer(n *node) (func(string) string, error) {
	content := n.Content
	if n.Pattern == nil {
		return nil, fmt.Errorf("Replace without a pattern")
	}
	if old := n.Pattern.String; old != nil {
		if *old == "" {
			return nil, fmt.Errorf("Replace with an empty pattern")
		}
		return func(s string) string { return strings.ReplaceAll(s, *old, content) }, nil
	}
	find, err := n.Pattern.finder()
	if err != nil {
		return nil, err
	}
	return func(s string) string {
		var b strings.Builder
		at := 0
		find(s, func(start, end int) {
			b.WriteString(s[at:start])
			b.WriteString(content)
			at = end
		})
		if at == 0 {
			return s
		}
		b.WriteString(s[at:])
		return b.String()
	}, nil
}

// lowercase maps rune by rune, without the rule for a final sigma, and with the one rune whose
// lower case is two (U+0130).
func lowercase(s string) string {
	return strings.ToLower(strings.ReplaceAll(s, "İ", "i\u0307"))
}

// stripMarks drops the runes that isMark tells; accents are marks only in a decomposed text.
func stripMarks(s string, isMark func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if isMark(r) {
			return -1
		}
		return r
	}, s)
}

// nmt cleans text for translation models: it drops control characters and makes blanks of the
// invisible ones.
func nmt(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x01 && r <= 0x08, r == 0x0b, r >= 0x0e && r <= 0x1f, r == 0x7f, r == 0x8f, r == 0x9f:
			return -1
		case r == '\t', r == '\n', r == '\f', r == '\r', r == 0x1680, r >= 0x200b && r <= 0x200f,
			r == 0x2028, r == 0x2029, r == 0x2581, r == 0xfeff, r == 0xfffd:
			return ' '
		}
		return r
	}, s)
}

// bertNormalizer cleans, sets blanks around Chinese characters, strips accents and lowers.
func bertNormalizer(n *node) normalizer {
	clean, chinese, lower := n.CleanText, n.HandleChineseChars, n.Lowercase
	strip := lower
	if n.StripAccents != nil {
		strip = *n.StripAccents
	}
	return func(s string) string {
		if clean {
			s = bertClean(s)
		}
		if chinese {
			s = spaceChinese(s)
		}
		if strip {
			s = stripMarks(norm.NFD.String(s), isMarkUnicode8)
		}
		if lower {
			s = lowercase(s)
		}
		return s
	}
}

func bertClean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case r == 0 || r == 0xfffd || isOtherUnicode8(r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, s)
}

func spaceChinese(s string) string {
	if strings.IndexFunc(s, isChinese) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if isChinese(r) {
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isChinese has the ranges of the reference implementation, among them its U+2B920 where BERT's
// own list has U+2B820.
func isChinese(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff || r >= 0x3400 && r <= 0x4dbf || r >= 0x20000 && r <= 0x2a6df ||
		r >= 0x2a700 && r <= 0x2b73f || r >= 0x2b740 && r <= 0x2b81f || r >= 0x2b920 && r <= 0x2ceaf ||
		r >= 0xf900 && r <= 0xfaff || r >= 0x2f800 && r <= 0x2fa1f
}
