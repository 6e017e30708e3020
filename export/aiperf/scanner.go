package aiperf

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner is a pull parser over one JSON text in memory. It is stricter than
// needed nowhere and builds nothing, so that a line of records costs little
// more than reading it. An error leaves it where it stands.
type scanner struct {
	data  []byte
	pos   int
	depth int
}

// maxDepth bounds nesting: foreign bytes must not exhaust the stack.
const maxDepth = 200

var errShort = errors.New("json ends too early")

func (s *scanner) errorf(format string, args ...any) error {
	return fmt.Errorf("byte %d: "+format, append([]any{s.pos}, args...)...)
}

func (s *scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// peek returns the first byte of the next value, 0 at the end.
func (s *scanner) peek() byte {
	s.space()
	if s.pos >= len(s.data) {
		return 0
	}
	return s.data[s.pos]
}

func (s *scanner) expect(c byte) error {
	switch s.peek() {
	case c:
		s.pos++
		return nil
	case 0:
		return errShort
	}
	return s.errorf("got %q, want %q", s.data[s.pos], c)
}

// end checks that nothing but space follows.
func (s *scanner) end() error {
	if s.peek() != 0 || s.pos < len(s.data) {
		return s.errorf("more after the value")
	}
	return nil
}

// object calls member for each key; member must read the value.
func (s *scanner) object(member func(key string) error) error {
	return s.objectBytes(func(key []byte) error { return member(string(key)) })
}

// objectBytes is object without a copy of the key, which may point into data.
func (s *scanner) objectBytes(member func(key []byte) error) error {
	if err := s.enter('{'); err != nil {
		return err
	}
	defer func() { s.depth-- }()
	if s.peek() == '}' {
		s.pos++
		return nil
	}
	for {
		if s.peek() != '"' {
			return s.errorf("no key")
		}
		key, err := s.stringBytes()
		if err != nil {
			return err
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		if err := member(key); err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.pos++
		case '}':
			s.pos++
			return nil
		case 0:
			return errShort
		default:
			return s.errorf("got %q after a member", s.data[s.pos])
		}
	}
}

// array calls element for each element; it must read the value.
func (s *scanner) array(element func() error) error {
	if err := s.enter('['); err != nil {
		return err
	}
	defer func() { s.depth-- }()
	if s.peek() == ']' {
		s.pos++
		return nil
	}
	for {
		if err := element(); err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.pos++
		case ']':
			s.pos++
			return nil
		case 0:
			return errShort
		default:
			return s.errorf("got %q after an element", s.data[s.pos])
		}
	}
}

func (s *scanner) enter(c byte) error {
	if s.depth >= maxDepth {
		return s.errorf("nested deeper than %d", maxDepth)
	}
	if err := s.expect(c); err != nil {
		return err
	}
	s.depth++
	return nil
}

func (s *scanner) string() (string, error) {
	b, err := s.stringBytes()
	return string(b), err
}

// stringBytes returns the text of a string. It points into data unless the
// string has escapes.
func (s *scanner) stringBytes() ([]byte, error) {
	if err := s.expect('"'); err != nil {
		return nil, err
	}
	start := s.pos
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return s.data[start : s.pos-1], nil
		case c == '\\':
			return s.escaped(start)
		case c < 0x20:
			return nil, s.errorf("control character in a string")
		default:
			s.pos++
		}
	}
	return nil, errShort
}

func (s *scanner) escaped(start int) ([]byte, error) {
	out := append(make([]byte, 0, s.pos-start+32), s.data[start:s.pos]...)
	for s.pos < len(s.data) {
		c := s.data[s.pos]
		s.pos++
		switch {
		case c == '"':
			return out, nil
		case c < 0x20:
			return nil, s.errorf("control character in a string")
		case c != '\\':
			out = append(out, c)
			continue
		}
		if s.pos >= len(s.data) {
			break
		}
		c = s.data[s.pos]
		s.pos++
		switch c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, err := s.hex4()
			if err != nil {
				return nil, err
			}
			if utf16.IsSurrogate(r) && s.pos+6 <= len(s.data) && s.data[s.pos] == '\\' && s.data[s.pos+1] == 'u' {
				back := s.pos
				s.pos += 2
				low, err := s.hex4()
				if err != nil {
					return nil, err
				}
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					r = pair
				} else {
					s.pos = back
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			return nil, s.errorf("bad escape")
		}
	}
	return nil, errShort
}

func (s *scanner) hex4() (rune, error) {
	if s.pos+4 > len(s.data) {
		return 0, errShort
	}
	v, err := strconv.ParseUint(string(s.data[s.pos:s.pos+4]), 16, 32)
	if err != nil {
		return 0, s.errorf("bad \\u escape")
	}
	s.pos += 4
	return rune(v), nil
}

// scalar returns the text of a number, true, false or null.
func (s *scanner) scalar() ([]byte, error) {
	s.space()
	start := s.pos
	for s.pos < len(s.data) {
		c := s.data[s.pos]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '-' || c == '+' || c == '.' || c == 'E' {
			s.pos++
			continue
		}
		break
	}
	text := s.data[start:s.pos]
	switch string(text) {
	case "true", "false", "null":
		return text, nil
	}
	if !isNumber(text) {
		s.pos = start
		if start >= len(s.data) {
			return nil, errShort
		}
		return nil, s.errorf("no value")
	}
	return text, nil
}

// isNumber follows JSON's grammar.
func isNumber(t []byte) bool {
	digits := func() bool {
		n := 0
		for len(t) > 0 && t[0] >= '0' && t[0] <= '9' {
			t, n = t[1:], n+1
		}
		return n > 0
	}
	if len(t) > 0 && t[0] == '-' {
		t = t[1:]
	}
	if len(t) > 1 && t[0] == '0' && t[1] >= '0' && t[1] <= '9' {
		return false
	}
	if !digits() {
		return false
	}
	if len(t) > 0 && t[0] == '.' {
		if t = t[1:]; !digits() {
			return false
		}
	}
	if len(t) > 0 && (t[0] == 'e' || t[0] == 'E') {
		if t = t[1:]; len(t) > 0 && (t[0] == '+' || t[0] == '-') {
			t = t[1:]
		}
		if !digits() {
			return false
		}
	}
	return len(t) == 0
}

// float reads a number; null is NaN's place and reported as absent.
func (s *scanner) float() (v float64, present bool, err error) {
	text, err := s.scalar()
	if err != nil {
		return 0, false, err
	}
	if string(text) == "null" {
		return 0, false, nil
	}
	v, err = strconv.ParseFloat(string(text), 64)
	if err != nil {
		return 0, false, s.errorf("number %.40q", text)
	}
	return v, true, nil
}

// int reads a whole number; null is 0, the value that stands for absent.
func (s *scanner) int() (int64, error) {
	text, err := s.scalar()
	if err != nil {
		return 0, err
	}
	if string(text) == "null" {
		return 0, nil
	}
	v, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return 0, s.errorf("whole number %.40q", text)
	}
	return v, nil
}

func (s *scanner) bool() (bool, error) {
	text, err := s.scalar()
	if err != nil {
		return false, err
	}
	switch string(text) {
	case "true":
		return true, nil
	case "false", "null":
		return false, nil
	}
	return false, s.errorf("got %.40q, want true or false", text)
}

// optString reads a string; null is empty.
func (s *scanner) optString() (string, error) {
	if s.peek() == 'n' {
		_, err := s.scalar()
		return "", err
	}
	return s.string()
}

// skip passes over a value.
func (s *scanner) skip() error {
	switch s.peek() {
	case '{':
		return s.objectBytes(func([]byte) error { return s.skip() })
	case '[':
		return s.array(s.skip)
	case '"':
		_, err := s.stringBytes()
		return err
	}
	_, err := s.scalar()
	return err
}

// value returns the text of a value, pointing into data.
func (s *scanner) value() ([]byte, error) {
	s.space()
	start := s.pos
	if err := s.skip(); err != nil {
		return nil, err
	}
	return s.data[start:s.pos], nil
}
