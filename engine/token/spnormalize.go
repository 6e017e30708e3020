package token

import (
	"strings"
	"unicode/utf8"
)

// spRules are SentencePiece's rules for a text before it is split.
type spRules struct {
	chars    *precompiled // nil: characters stay as they are
	prefix   bool         // a blank is put before the text
	suffix   bool         // or rather after it
	collapse bool         // blanks at the ends go, and all but one of several
	escape   bool         // blanks are written ▁
}

// plain tells whether Hugging Face's normalizers say the same.
func (r spRules) plain() bool { return r.chars == nil && !r.collapse && !r.suffix && r.escape }

// shown is a piece as it is in a text.
func (r spRules) shown(piece string) string { return strings.ReplaceAll(piece, lowerOneEighth, " ") }

// blank is how a blank is written.
func (r spRules) blank() string {
	if r.escape {
		return lowerOneEighth
	}
	return " "
}

// normalizer applies the rules; the texts of user-defined pieces are left alone.
func (r spRules) normalizer(user []addedToken) normalizer {
	kept := newMatcher(user)
	return func(s string) string {
		if s = r.skipBlanks(s, kept); s == "" {
			return ""
		}
		var b strings.Builder
		b.Grow(len(s) + len(s)/4)
		if r.prefix && !r.suffix {
			b.WriteString(r.blank())
		}
		after := r.collapse // a blank, of which no second is wanted
		for s != "" {
			to, n := r.next(s, kept)
			for after && strings.HasPrefix(to, " ") {
				to = to[1:]
			}
			if to != "" {
				if r.escape {
					b.WriteString(strings.ReplaceAll(to, " ", lowerOneEighth))
				} else {
					b.WriteString(to)
				}
				after = r.collapse && strings.HasSuffix(to, " ")
			}
			s = s[n:]
		}
		out := b.String()
		if r.collapse {
			for strings.HasSuffix(out, r.blank()) {
				out = strings.TrimSuffix(out, r.blank())
			}
		}
		if r.prefix && r.suffix {
			out += r.blank()
		}
		return out
	}
}

// skipBlanks drops what is a blank at the beginning.
func (r spRules) skipBlanks(s string, kept *matcher) string {
	for r.collapse && s != "" {
		to, n := r.next(s, kept)
		if to != " " {
			break
		}
		s = s[n:]
	}
	return s
}

// next is what the beginning of s becomes, and how long that beginning is.
func (r spRules) next(s string, kept *matcher) (to string, n int) {
	if n := kept.at(s); n > 0 {
		return s[:n], n
	}
	if r.chars != nil {
		if to, n := r.chars.longest(s); n > 0 {
			return to, n
		}
	}
	_, n = utf8.DecodeRuneInString(s)
	return s[:n], n
}
