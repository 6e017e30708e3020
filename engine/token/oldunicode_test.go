package token

import (
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestNormalizeUnicode11(t *testing.T) {
	f := normalizeUnicode11(norm.NFKC)
	for in, want := range map[string]string{
		"":                               "",
		"ﬁne ①":                          "fine 1",
		"\u32ff":                         "\u32ff", // SQUARE ERA NAME REIWA is of Unicode 12.1
		"ﬁ\u32ff\U0001e054e\u0301\ua7f2": "fi\u32ff\U0001e054é\ua7f2",
	} {
		if got := f(in); got != want {
			t.Errorf("NFKC(%+q) = %+q, want %+q", in, got, want)
		}
	}
}

func TestCategoriesOfUnicode8(t *testing.T) {
	for _, c := range []struct {
		r                  rune
		punct, mark, other bool
	}{
		{'«', true, false, false}, {'\u2e43', false, false, false}, {'\u166d', true, false, false},
		{'\u0301', false, true, false}, {'\U0001e944', false, false, false}, {'\u1734', false, true, false},
		{'\u200d', false, false, true}, {'\u0890', false, false, false}, {'\u0007', false, false, true},
		{'\ue000', false, false, true}, {'a', false, false, false}, {'\u0378', false, false, false},
	} {
		if p, m, o := isPunctUnicode8(c.r), isMarkUnicode8(c.r), isOtherUnicode8(c.r); p != c.punct || m != c.mark || o != c.other {
			t.Errorf("%U: P %v, Mn %v, C %v; want %v, %v, %v", c.r, p, m, o, c.punct, c.mark, c.other)
		}
	}
}
