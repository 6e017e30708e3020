package endpoint

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// scanner walks once over a JSON text, checking all of it, without allocating.
// Its methods report false when the text is broken or merely unusual; the
// caller then starts over with the complete parser, which knows which.
type scanner struct {
	b []byte
	i int
	u *unit
}

// maxDepth bounds the recursion over values that are skipped.
const maxDepth = 32

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

// peek skips white space and returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	s.space()
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

// eat skips white space and takes c if it is next.
func (s *scanner) eat(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.i++
	return true
}

// lit takes a literal such as null.
func (s *scanner) lit(word string) bool {
	if len(s.b)-s.i < len(word) || string(s.b[s.i:s.i+len(word)]) != word {
		return false
	}
	s.i += len(word)
	return true
}

// isNull takes a null if it is next.
func (s *scanner) isNull() bool { return s.peek() == 'n' && s.lit("null") }

const ones, tops = 0x0101010101010101, 0x8080808080808080

// special marks, in the top bit of each byte, where w holds a quote, a
// backslash or a control character. Only the lowest mark is exact: a borrow
// may add marks above it.
func special(w uint64) uint64 {
	quote := w ^ ones*'"'
	slash := w ^ ones*'\\'
	return ((quote-ones)&^quote | (slash-ones)&^slash | (w-ones*0x20)&^w) & tops
}

// str takes a string and returns what stands between its quotes.
func (s *scanner) str() (raw []byte, escaped, ok bool) {
	b := s.b
	if s.i >= len(b) || b[s.i] != '"' {
		return nil, false, false
	}
	i := s.i + 1
	start := i
	for {
		for i+8 <= len(b) {
			m := special(binary.LittleEndian.Uint64(b[i:]))
			if m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				break
			}
			i += 8
		}
		for i < len(b) && b[i] >= ' ' && b[i] != '"' && b[i] != '\\' {
			i++
		}
		if i >= len(b) || b[i] < ' ' {
			return nil, false, false
		}
		if b[i] == '"' {
			s.i = i + 1
			return b[start:i], escaped, true
		}
		escaped = true
		if i+1 >= len(b) {
			return nil, false, false
		}
		switch b[i+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			i += 2
		case 'u':
			if hex4(b, i+2) < 0 {
				return nil, false, false
			}
			i += 6
		default:
			return nil, false, false
		}
	}
}

// text takes a string value, unescaped. Bytes that are not UTF-8 are left to
// the complete parser.
func (s *scanner) text() ([]byte, bool) {
	if s.peek() != '"' {
		return nil, false
	}
	raw, escaped, ok := s.str()
	if !ok || !utf8.Valid(raw) {
		return nil, false
	}
	if !escaped {
		return raw, true
	}
	start := len(s.u.buf)
	s.u.buf = unescape(s.u.buf, raw)
	return s.u.buf[start:len(s.u.buf):len(s.u.buf)], true
}

// textOrNull is text that takes null for an empty string.
func (s *scanner) textOrNull() ([]byte, bool) {
	if s.isNull() {
		return nil, true
	}
	return s.text()
}

// count takes a whole number that is not negative and surely exact as float64.
func (s *scanner) count() (int, bool) {
	s.space()
	start, n := s.i, 0
	for s.i < len(s.b) && '0' <= s.b[s.i] && s.b[s.i] <= '9' {
		n = n*10 + int(s.b[s.i]-'0')
		s.i++
		if s.i-start > 12 {
			return 0, false
		}
	}
	if s.i == start || s.i-start > 1 && s.b[start] == '0' {
		return 0, false
	}
	if s.i < len(s.b) {
		switch s.b[s.i] {
		case '.', 'e', 'E':
			return 0, false
		}
	}
	return n, true
}

// member moves to the value of the next member of an object whose brace has
// been taken; end reports the closing brace instead. A key with escapes is
// merely unusual.
func (s *scanner) member(first bool) (key []byte, end, ok bool) {
	key, escaped, end, ok := s.anyMember(first)
	return key, end, ok && !escaped
}

// anyMember is member for objects whose keys may be anything.
func (s *scanner) anyMember(first bool) (key []byte, escaped, end, ok bool) {
	switch c := s.peek(); {
	case c == '}':
		s.i++
		return nil, false, true, true
	case c == ',' && !first:
		s.i++
		s.space()
	case !first:
		return nil, false, false, false
	}
	key, escaped, ok = s.str()
	return key, escaped, false, ok && s.eat(':')
}

// element moves to the next element of an array whose bracket has been taken.
func (s *scanner) element(first bool) (end, ok bool) {
	switch c := s.peek(); {
	case c == ']':
		s.i++
		return true, true
	case first:
		return false, true
	case c == ',':
		s.i++
		return false, s.peek() != ']'
	}
	return false, false
}

// skip takes any value.
func (s *scanner) skip(depth int) bool {
	switch c := s.peek(); c {
	case '"':
		_, _, ok := s.str()
		return ok
	case 'n':
		return s.lit("null")
	case 't':
		return s.lit("true")
	case 'f':
		return s.lit("false")
	case '{':
		if depth == maxDepth {
			return false
		}
		s.i++
		for first := true; ; first = false {
			_, _, end, ok := s.anyMember(first)
			if !ok || end {
				return ok
			}
			if !s.skip(depth + 1) {
				return false
			}
		}
	case '[':
		if depth == maxDepth {
			return false
		}
		s.i++
		for first := true; ; first = false {
			end, ok := s.element(first)
			if !ok || end {
				return ok
			}
			if !s.skip(depth + 1) {
				return false
			}
		}
	default:
		return s.number()
	}
}

// number takes a number by the grammar of JSON.
func (s *scanner) number() bool {
	digits := func() bool {
		start := s.i
		for s.i < len(s.b) && '0' <= s.b[s.i] && s.b[s.i] <= '9' {
			s.i++
		}
		return s.i > start
	}
	if s.i < len(s.b) && s.b[s.i] == '-' {
		s.i++
	}
	if s.i < len(s.b) && s.b[s.i] == '0' {
		s.i++
	} else if !digits() {
		return false
	}
	if s.i < len(s.b) && s.b[s.i] == '.' {
		s.i++
		if !digits() {
			return false
		}
	}
	if s.i < len(s.b) && s.b[s.i]|0x20 == 'e' {
		s.i++
		if s.i < len(s.b) && (s.b[s.i] == '+' || s.b[s.i] == '-') {
			s.i++
		}
		return digits()
	}
	return true
}
