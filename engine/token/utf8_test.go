package token

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestValidUTF8(t *testing.T) {
	const bad = "\ufffd"
	// The right sides are Python's bytes.decode("utf-8", "replace").
	for in, want := range map[string]string{
		"":                                     "",
		"naïve 日本 😀":                           "naïve 日本 😀",
		bad:                                    bad,
		"a\xffb":                               "a" + bad + "b",
		"\xff\xff":                             bad + bad,
		"\xc3":                                 bad,
		"\xe4\xb8":                             bad,
		"\xe4\xb8a":                            bad + "a",
		"\xf0\x9f\x98":                         bad,
		"\xf0\x9f\x98\xf0\x9f":                 bad + bad,
		"\xed\xa0\x80":                         bad + bad + bad, // a surrogate
		"\xe0\x80\x80":                         bad + bad + bad, // overlong
		"\xc0\xaf":                             bad + bad,
		"\xf4\x90\x80\x80":                     bad + bad + bad + bad, // beyond U+10FFFF
		"\xf5\x80":                             bad + bad,
		"\x80":                                 bad,
		"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41": bad + bad + bad + bad + "A", // Unicode 15, table 3-11
	} {
		if got := validUTF8(in); got != want {
			t.Errorf("validUTF8(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzValidUTF8(f *testing.F) {
	f.Add("a\xffb\xe4\xb8")
	f.Fuzz(func(t *testing.T, s string) {
		got := validUTF8(s)
		if !utf8.ValidString(got) {
			t.Errorf("validUTF8(%q) = %q is not valid", s, got)
		}
		if utf8.ValidString(s) && got != s {
			t.Errorf("validUTF8(%q) = %q", s, got)
		}
		// Joining neighbouring replacements gives what the standard library does.
		if lib := strings.ToValidUTF8(s, "\ufffd"); squeeze(lib) != squeeze(got) {
			t.Errorf("validUTF8(%q) = %q, strings.ToValidUTF8 gives %q", s, got, lib)
		}
	})
}

func squeeze(s string) string {
	for strings.Contains(s, "\ufffd\ufffd") {
		s = strings.ReplaceAll(s, "\ufffd\ufffd", "\ufffd")
	}
	return s
}
