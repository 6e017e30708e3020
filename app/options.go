package app

import (
	"strings"

	"tacho/profiles"
)

// canonical is an option's main name for any of its spellings, or the word
// itself if it names no option.
func canonical(word string) string {
	if !strings.HasPrefix(word, "-") {
		return word
	}
	if f := profiles.Lookup(word); f != nil {
		return f.Flag
	}
	return word
}

// given reports whether args hold the option name, in any spelling.
func given(args []string, name string) bool {
	want := canonical(name)
	for _, a := range args {
		word, _, _ := strings.Cut(a, "=")
		if strings.HasPrefix(word, "-") && canonical(word) == want {
			return true
		}
	}
	return false
}
