package aiperf

import (
	"errors"
	"fmt"
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
