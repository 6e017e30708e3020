package token

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The split patterns of the common byte-level BPE vocabularies, written by hand: a backtracking
// regular expression takes most of the time of a count. A scanner returns the length in bytes of
// the first piece of a text that is not empty and valid UTF-8; it looks at nothing before it, and
// every text is covered. scan_test.go compares each with its expression.
type scanner func(s string) int

type class uint8

const (
	upper   class = 1 << iota // \p{Lu} \p{Lt}
	lower                     // \p{Ll}
	uncased                   // \p{Lm} \p{Lo}
	mark                      // \p{M}
	number                    // \p{N}
	newline                   // \r \n
	blank                     // every other \s

	letter = upper | lower | uncased
	space  = newline | blank
	// Words of o200k change case only from upper to lower; letters without case and marks fit both.
	headOfWord = upper | uncased | mark
	tailOfWord = lower | uncased | mark
)

var asciiClass = func() (t [utf8.RuneSelf]class) {
	for r := range t {
		t[r] = classify(rune(r))
	}
	return
}()

func classify(r rune) class {
	switch {
	case r == '\r' || r == '\n':
		return newline
	case unicode.Is(unicode.Ll, r):
		return lower
	case unicode.Is(unicode.Lo, r), unicode.Is(unicode.Lm, r):
		return uncased
	case unicode.IsSpace(r):
		return blank
	case unicode.Is(unicode.Lu, r), unicode.Is(unicode.Lt, r):
		return upper
	case unicode.Is(unicode.M, r):
		return mark
	case unicode.IsNumber(r):
		return number
	}
	return 0
}

// classAt returns the class of the rune at s[i:] and its length; 0, 0 at the end.
func classAt(s string, i int) (class, int) {
	if i >= len(s) {
		return 0, 0
	}
	if c := s[i]; c < utf8.RuneSelf {
		return asciiClass[c], 1
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	return classify(r), n
}

// run returns the end of the run of runes of any of the classes that starts at i, at most limit runes.
func run(s string, i int, of class, limit int) int {
	for ; limit != 0; limit-- {
		c, n := classAt(s, i)
		if c&of == 0 {
			break
		}
		i += n
	}
	return i
}

// symbols returns the end of the run of runes that are neither space, letter nor number.
func symbols(s string, i int) int {
	for {
		c, n := classAt(s, i)
		if n == 0 || c&(space|letter|number) != 0 {
			return i
		}
		i += n
	}
}

// leadingBlank is 1 if s starts with a blank, else 0.
func leadingBlank(s string) int {
	if s[0] == ' ' {
		return 1
	}
	return 0
}

// contraction is the length of 's 't 're 've 'm 'll 'd at the start of s, else 0. With fold, case
// does not matter, and the long s folds to s as Unicode has it.
func contraction(s string, fold bool) int {
	if len(s) < 2 || s[0] != '\'' {
		return 0
	}
	a, b := s[1], byte(0)
	if len(s) > 2 {
		b = s[2]
	}
	if fold {
		if strings.HasPrefix(s[1:], "ſ") {
			return 1 + len("ſ")
		}
		a, b = a|0x20, b|0x20
	}
	switch {
	case a == 's' || a == 't' || a == 'm' || a == 'd':
		return 2
	case (a == 'r' && b == 'e') || (a == 'v' && b == 'e') || (a == 'l' && b == 'l'):
		return 3
	}
	return 0
}

// whitespace is the length of the first piece of a text that starts with white space: up to the
// last newline of the run if lines is set, else the run without its last rune, which belongs to
// the word that follows.
func whitespace(s string, lines bool) int {
	end, last, afterLine := 0, 0, 0
	for {
		c, n := classAt(s, end)
		if c&space == 0 {
			break
		}
		last = end
		end += n
		if c == newline {
			afterLine = end
		}
	}
	switch {
	case lines && afterLine > 0:
		return afterLine
	case end == len(s) || last == 0:
		return end
	}
	return last
}

// scanGPT2 is the pattern of GPT-2, r50k_base, p50k_base and of the ByteLevel pre-tokenizer.
func scanGPT2(s string) int {
	if n := contraction(s, false); n > 0 {
		return n
	}
	i := leadingBlank(s)
	switch c, n := classAt(s, i); {
	case n == 0 || c&space != 0:
		return whitespace(s, false)
	case c&letter != 0:
		return run(s, i, letter, -1)
	case c&number != 0:
		return run(s, i, number, -1)
	}
	return symbols(s, i)
}

// cl100kScanner is the pattern of cl100k_base and its descendants. digits is the longest number
// piece. tail: white space at the end of the text is one piece even if it holds newlines, as in
// tiktoken's newer form of the pattern.
func cl100kScanner(digits int, tail bool) scanner {
	return func(s string) int {
		if n := contraction(s, true); n > 0 {
			return n
		}
		c, n := classAt(s, 0)
		if c&letter != 0 {
			return run(s, n, letter, -1)
		}
		if c&(newline|number) == 0 {
			if next, m := classAt(s, n); next&letter != 0 {
				return run(s, n+m, letter, -1)
			}
		}
		if c&number != 0 {
			return run(s, 0, number, digits)
		}
		if i := leadingBlank(s); symbols(s, i) > i {
			return run(s, symbols(s, i), newline, -1)
		}
		if tail && run(s, 0, space, -1) == len(s) {
			return len(s)
		}
		return whitespace(s, true)
	}
}

// o200kScanner is the pattern of o200k_base and its descendants. digits is the longest number
// piece; contractions says whether 's and its kin stay with the word before them.
func o200kScanner(digits int, contractions bool) scanner {
	return func(s string) int {
		if end := o200kWord(s); end > 0 {
			if contractions {
				end += contraction(s[end:], true)
			}
			return end
		}
		c, _ := classAt(s, 0)
		if c&number != 0 {
			return run(s, 0, number, digits)
		}
		i := leadingBlank(s)
		if end := symbols(s, i); end > i {
			for end < len(s) && (s[end] == '\r' || s[end] == '\n' || s[end] == '/') {
				end++
			}
			return end
		}
		return whitespace(s, true)
	}
}

// o200kWord is the length of the word at the start of s, one leading rune that is no letter,
// number or newline included; 0 if there is none. In the terms of the expression: first every way
// to match head*tail+, with and without the leading rune, then the same for head+tail*.
func o200kWord(s string) int {
	c, n := classAt(s, 0)
	lead := c&(letter|number|newline) == 0
	if lead {
		if end := upperThenLower(s, n); end > 0 {
			return end
		}
	}
	if end := upperThenLower(s, 0); end > 0 {
		return end
	}
	if lead {
		if end := run(s, n, headOfWord, -1); end > n {
			return end
		}
	}
	return run(s, 0, headOfWord, -1)
}

// upperThenLower matches head*tail+ at s[i:] as a backtracking matcher does, and returns its end,
// or 0. The greedy head gives back runes until the tail has one: if no lower-case letter follows
// the head, the tail is the last rune of the head that fits both.
func upperThenLower(s string, i int) int {
	backtrack := 0
	for {
		c, n := classAt(s, i)
		if c&headOfWord == 0 {
			break
		}
		i += n
		if c&tailOfWord != 0 {
			backtrack = i
		}
	}
	if end := run(s, i, tailOfWord, -1); end > i {
		return end
	}
	return backtrack
}
