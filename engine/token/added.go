package token

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// addedToken is a token that is found in the text before it is split.
type addedToken struct {
	id         int32
	content    string
	singleWord bool // only between non-word characters
	lstrip     bool // takes the white space on its left
	rstrip     bool // takes the white space on its right
}

// matcher finds the added tokens of one set, leftmost first and the longest of several. A set may
// have a thousand tokens with the same first byte, so it looks tokens up by their length.
type matcher struct {
	tokens  map[string]*addedToken
	lengths [256][]int // of the tokens by their first byte, longest first
	first   string     // the first bytes in use, for strings.IndexAny; "" if one is not ASCII
}

func newMatcher(tokens []addedToken) *matcher {
	m := &matcher{tokens: make(map[string]*addedToken, len(tokens))}
	ascii := true
	for i := range tokens {
		t := &tokens[i]
		if t.content == "" {
			continue
		}
		m.tokens[t.content] = t
		c := t.content[0]
		if m.lengths[c] == nil {
			m.first += string(rune(c))
			ascii = ascii && c < utf8.RuneSelf
		}
		if !slices.Contains(m.lengths[c], len(t.content)) {
			m.lengths[c] = append(m.lengths[c], len(t.content))
		}
	}
	if !ascii {
		m.first = ""
	}
	for _, list := range m.lengths {
		slices.SortFunc(list, func(a, b int) int { return b - a })
	}
	return m
}

// next finds the first token in s at or after byte i and returns where it starts and ends; nil
// and twice len(s) if there is none.
func (m *matcher) next(s string, i int) (start, end int, t *addedToken) {
	if len(m.tokens) == 0 {
		return len(s), len(s), nil
	}
	for ; i < len(s); i++ {
		if m.first != "" {
			n := strings.IndexAny(s[i:], m.first)
			if n < 0 {
				break
			}
			i += n
		}
		for _, n := range m.lengths[s[i]] {
			if n <= len(s)-i {
				if t := m.tokens[s[i:i+n]]; t != nil {
					return i, i + n, t
				}
			}
		}
	}
	return len(s), len(s), nil
}

// at is the length of the longest token that s begins with, 0 if there is none.
func (m *matcher) at(s string) int {
	for _, n := range m.lengths[s[0]] {
		if n <= len(s) && m.tokens[s[:n]] != nil {
			return n
		}
	}
	return 0
}

// split calls text for the stretches of s between added tokens and token for the tokens, in
// order. start tells whether the stretch is at the beginning of s.
func (m *matcher) split(s string, text func(s string, start bool), token func(id int32)) {
	from, i := 0, 0
	for {
		a, b, t := m.next(s, i)
		if t == nil {
			break
		}
		i = b
		if t.singleWord && !standsAlone(s, a, b) {
			continue
		}
		if t.lstrip {
			// White space that the token before took is gone.
			a = max(from, len(strings.TrimRightFunc(s[:a], unicode.IsSpace)))
		}
		if t.rstrip {
			b = len(s) - len(strings.TrimLeftFunc(s[b:], unicode.IsSpace))
		}
		if from < a {
			text(s[from:a], from == 0)
		}
		token(t.id)
		from = b
	}
	if from < len(s) {
		text(s[from:], from == 0)
	}
}

func standsAlone(s string, a, b int) bool {
	left, _ := utf8.DecodeLastRuneInString(s[:a])
	right, _ := utf8.DecodeRuneInString(s[b:])
	return (a == 0 || !isWord(left)) && (b == len(s) || !isWord(right))
}

// isWord is \w of a Unicode regular expression (UTS 18, annex C).
func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r == '_' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z'
	}
	return unicode.IsLetter(r) || unicode.In(r, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc,
		unicode.Other_Alphabetic, unicode.Join_Control)
}
