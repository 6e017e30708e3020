// Package pytext writes text as the Python programs do whose requests, files
// and messages ours equal: JSON as orjson writes it, strings as repr does.
package pytext

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf8"
)

const hex = "0123456789abcdef"

// plain[c] says that the ASCII byte c stands for itself in a JSON string.
var plain = func() (t [256]bool) {
	for c := 0x20; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// AppendString appends s as a JSON string the way orjson writes it: only what
// must be escaped is, and text beyond ASCII stays UTF-8. Bytes that are not
// UTF-8 become U+FFFD, one for each.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if plain[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[start:i]...), "\uFFFD"...)
				start = i + 1
			}
			i += size
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, `\b`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\r':
			dst = append(dst, `\r`...)
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}

// AppendFloat appends a finite v as orjson and Python write it: the shortest
// decimal that reads back as v, with ".0" when it is whole, and an exponent,
// not padded, from 1e16 up and below 1e-5. NaN and infinities have no JSON
// form; the caller sees to them.
func AppendFloat(dst []byte, v float64) []byte {
	n := len(dst)
	if a := math.Abs(v); a != 0 && (a < 1e-5 || a >= 1e16) {
		dst = strconv.AppendFloat(dst, v, 'e', -1, 64)
		// Go pads the exponent to two digits: e-06.
		if i := len(dst) - 2; dst[i] == '0' && (dst[i-1] == '-' || dst[i-1] == '+') {
			dst = append(dst[:i], dst[i+1])
		}
		return dst
	}
	dst = strconv.AppendFloat(dst, v, 'f', -1, 64)
	if bytes.IndexByte(dst[n:], '.') < 0 {
		dst = append(dst, '.', '0')
	}
	return dst
}
