package pytext

import (
	"strconv"
	"strings"
	"unicode"
)

// Repr is Python's repr of a string: in single quotes, unless it holds single
// and no double ones; what does not print is escaped.
func Repr(s string) string {
	quote := byte('\'')
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	b := []byte{quote}
	for _, r := range s {
		switch {
		case r == rune(quote) || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r < ' ' || r == 0x7f || r < 0x100 && !unicode.IsPrint(r):
			b = appendHex(append(b, `\x`...), r, 2)
		case unicode.IsPrint(r):
			b = append(b, string(r)...)
		case r < 0x10000:
			b = appendHex(append(b, `\u`...), r, 4)
		default:
			b = appendHex(append(b, `\U`...), r, 8)
		}
	}
	return string(append(b, quote))
}

func appendHex(b []byte, r rune, width int) []byte {
	h := strconv.FormatInt(int64(r), 16)
	return append(append(b, strings.Repeat("0", width-len(h))...), h...)
}
