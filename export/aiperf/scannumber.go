package aiperf

import "strconv"

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
