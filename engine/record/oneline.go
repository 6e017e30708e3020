package record

import (
	"strings"
	"unicode"
)

// OneLine makes foreign text, such as a server's message, fit for one line on a
// screen or in a log: what does not print is a blank, and after limit
// characters it ends in an ellipsis.
func OneLine(s string, limit int) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n == limit {
			return b.String() + "…"
		}
		if !unicode.IsPrint(r) {
			r = ' '
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}
