package jinja

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A template is read in two steps: the text is cut into pieces, and the insides
// of {{ }} and {% %} into tokens.

// piece is a stretch of a template: text as it is, an expression, or a
// statement.
type piece struct {
	kind   byte // 't' text, '{' expression, '%' statement
	text   string
	tokens []token
	line   int
}

// token is a word of an expression. kind is 'n' for a name, 's' for a
// string, '0' for a number, 'o' for an operator, 0 for the end.
type token struct {
	kind byte
	text string
}

// cut cuts a template into pieces. A dash inside a mark takes the white
// space beside it away; comments leave nothing.
func cut(src string) ([]piece, error) {
	var out []piece
	line := 1
	trim := false // white space at the start of the next text goes
	addText := func(s string) {
		line += strings.Count(s, "\n")
		if trim {
			s = strings.TrimLeftFunc(s, unicode.IsSpace)
		}
		trim = false
		if s != "" {
			out = append(out, piece{kind: 't', text: s})
		}
	}
	for src != "" {
		at, kind := nextMark(src)
		if kind == 0 {
			addText(src)
			break
		}
		text := src[:at]
		src = src[at+2:]
		if strings.HasPrefix(src, "-") {
			src = src[1:]
			line += strings.Count(text, "\n")
			text = strings.TrimRightFunc(text, unicode.IsSpace)
			line -= strings.Count(text, "\n")
		}
		src = strings.TrimPrefix(src, "+")
		addText(text)
		inner, rest, err := inside(src, kind)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		p := piece{kind: kind, line: line}
		line += strings.Count(inner, "\n")
		if inner, trim = strings.CutSuffix(inner, "-"); kind == '%' {
			inner = strings.TrimSuffix(inner, "+")
		}
		src = rest
		if kind == '#' {
			continue
		}
		if p.tokens, err = tokenize(inner); err != nil {
			return nil, fmt.Errorf("line %d: %w", p.line, err)
		}
		if kind == '%' && p.tokens[0].text == "raw" {
			body, after, closing, ok := cutRaw(src)
			if !ok {
				return nil, fmt.Errorf("line %d: raw has no endraw", p.line)
			}
			addText(body)
			src, trim = after, closing
			continue
		}
		out = append(out, p)
	}
	return out, nil
}

// nextMark finds the first {{, {% or {#; kind is its second byte, '{' for the
// first, or 0 if there is none.
func nextMark(s string) (at int, kind byte) {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '{' && (s[i+1] == '{' || s[i+1] == '%' || s[i+1] == '#') {
			return i, s[i+1]
		}
	}
	return 0, 0
}

// inside splits off what is before the closing mark, which does not count
// inside quotes.
func inside(s string, kind byte) (inner, rest string, err error) {
	end := map[byte]string{'{': "}}", '%': "%}", '#': "#}"}[kind]
	var quote byte
	depth := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0:
			if c == '\\' {
				i++
			} else if c == quote {
				quote = 0
			}
		case kind != '#' && (c == '"' || c == '\''):
			quote = c
		case depth == 0 && strings.HasPrefix(s[i:], end):
			return s[:i], s[i+2:], nil
		case kind != '#' && c == '{':
			depth++ // a dict: its closing brace may stand before }}
		case kind != '#' && c == '}':
			depth--
		}
	}
	return "", "", fmt.Errorf("{%c is not closed", kind)
}

// cutRaw splits the rest of a template at its {% endraw %}.
func cutRaw(s string) (body, rest string, trim, ok bool) {
	for from := 0; ; {
		i := strings.Index(s[from:], "{%")
		if i < 0 {
			return "", "", false, false
		}
		start := from + i
		inner, after, err := inside(s[start+2:], '%')
		if err != nil {
			return "", "", false, false
		}
		word := strings.TrimSpace(strings.Trim(inner, "-"))
		if word != "endraw" {
			from = start + 2
			continue
		}
		body = s[:start]
		if strings.HasPrefix(inner, "-") {
			body = strings.TrimRightFunc(body, unicode.IsSpace)
		}
		return body, after, strings.HasSuffix(inner, "-"), true
	}
}

// operators, longest first.
var operators = []string{"==", "!=", "<=", ">=", "//", "**", "+", "-", "*", "/", "%", "~", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":", ".", "|", "="}

// tokenize cuts the inside of a mark into words. The last one is the end.
func tokenize(s string) ([]token, error) {
	var out []token
next:
	for s = strings.TrimLeftFunc(s, unicode.IsSpace); s != ""; s = strings.TrimLeftFunc(s, unicode.IsSpace) {
		r, _ := utf8.DecodeRuneInString(s)
		switch {
		case r == '_' || unicode.IsLetter(r):
			n := strings.IndexFunc(s, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
			if n < 0 {
				n = len(s)
			}
			out = append(out, token{'n', s[:n]})
			s = s[n:]
			continue
		case '0' <= r && r <= '9':
			n := numberLen(s)
			out = append(out, token{'0', s[:n]})
			s = s[n:]
			continue
		case r == '"' || r == '\'':
			text, n, err := quoted(s)
			if err != nil {
				return nil, err
			}
			out = append(out, token{'s', text})
			s = s[n:]
			continue
		}
		for _, op := range operators {
			if strings.HasPrefix(s, op) {
				out = append(out, token{'o', op})
				s = s[len(op):]
				continue next
			}
		}
		return nil, fmt.Errorf("unexpected %q", r)
	}
	return append(out, token{}), nil
}

// numberLen is the length of the number that s begins with.
func numberLen(s string) int {
	n := 0
	digits := func() {
		for n < len(s) && '0' <= s[n] && s[n] <= '9' {
			n++
		}
	}
	digits()
	if n+1 < len(s) && s[n] == '.' && '0' <= s[n+1] && s[n+1] <= '9' {
		n++
		digits()
	}
	if n < len(s) && s[n]|0x20 == 'e' { // an exponent, if digits follow
		at := n
		if n++; n < len(s) && (s[n] == '+' || s[n] == '-') {
			n++
		}
		from := n
		if digits(); n == from {
			n = at
		}
	}
	return n
}

// quoted reads the quoted string that s begins with; n is its length with
// the quotes.
func quoted(s string) (text string, n int, err error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == s[0]:
			return b.String(), i + 1, nil
		case c == '\\' && i+1 < len(s):
			i++
			switch s[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case 'r':
				b.WriteByte('\r')
			case '\\', '"', '\'':
				b.WriteByte(s[i])
			case '\n': // the line goes on
			case 'a', 'b', 'f', 'v':
				b.WriteByte(map[byte]byte{'a': 7, 'b': 8, 'f': 12, 'v': 11}[s[i]])
			case 'x', 'u', 'U':
				digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[i]]
				code, err := strconv.ParseUint(s[i+1:min(len(s), i+1+digits)], 16, 32)
				if err != nil || i+1+digits > len(s) {
					return "", 0, fmt.Errorf("escape \\%c needs %d hexadecimal digits", s[i], digits)
				}
				b.WriteRune(rune(code))
				i += digits
			case '0', '1', '2', '3', '4', '5', '6', '7':
				end := i
				for end < len(s) && end < i+3 && '0' <= s[end] && s[end] <= '7' {
					end++
				}
				code, _ := strconv.ParseUint(s[i:end], 8, 32)
				b.WriteRune(rune(code))
				i = end - 1
			case 'N':
				return "", 0, fmt.Errorf("escape \\N is not supported")
			default:
				b.WriteByte('\\')
				b.WriteByte(s[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", 0, fmt.Errorf("string %.20s is not closed", s)
}
