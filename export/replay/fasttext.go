package replay

import (
	"encoding/binary"
	"math/bits"
)

// The functions here read one JSON token at data[p:] and return the place
// behind it. They are as strict as JSON, and ok is false for anything that is
// not as plain as programs write it; the caller then leaves the line to the
// complete decoder.

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// passString passes over a string that has no escapes.
func passString(data []byte, p int) (q int, ok bool) {
	if p >= len(data) || data[p] != '"' {
		return p, false
	}
	p++
	for ; p+8 <= len(data); p += 8 {
		x := binary.LittleEndian.Uint64(data[p:])
		quote, slash := x^ones*'"', x^ones*'\\'
		// The lowest bit set is exact: a borrow comes from a lower byte that
		// is set itself.
		stop := ((quote-ones)&^quote | (slash-ones)&^slash | (x-ones*0x20)&^x) & highs
		if stop != 0 {
			p += bits.TrailingZeros64(stop) / 8
			return p + 1, data[p] == '"'
		}
	}
	for ; p < len(data); p++ {
		switch c := data[p]; {
		case c == '"':
			return p + 1, true
		case c == '\\' || c < 0x20:
			return p, false
		}
	}
	return p, false
}

// passText is passString for a string that may have escapes.
func passText(data []byte, p int) (q int, ok bool) {
	if p >= len(data) || data[p] != '"' {
		return p, false
	}
	for p++; p < len(data); p++ {
		switch c := data[p]; {
		case c == '"':
			return p + 1, true
		case c < 0x20:
			return p, false
		case c == '\\':
			n := escape(data[p+1:])
			if n == 0 {
				return p, false
			}
			p += n
		}
	}
	return p, false
}

// escape is the length of what follows a backslash; 0 is no escape.
func escape(data []byte) int {
	if len(data) == 0 {
		return 0
	}
	switch data[0] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 1
	case 'u':
		if len(data) < 5 {
			return 0
		}
		for _, c := range data[1:5] {
			if c-'0' > 9 && c|0x20-'a' > 5 {
				return 0
			}
		}
		return 5
	}
	return 0
}

// passValue passes over any value that is written without space.
func passValue(data []byte, p, depth int) (q int, ok bool) {
	const deepest = 32
	if p >= len(data) || depth > deepest {
		return p, false
	}
	switch c := data[p]; c {
	case '"':
		return passText(data, p)
	case '{', '[':
		end := c + 2 // of either, in ASCII
		if p++; p < len(data) && data[p] == end {
			return p + 1, true
		}
		for {
			if c == '{' {
				if p, ok = passText(data, p); !ok || p >= len(data) || data[p] != ':' {
					return p, false
				}
				p++
			}
			if p, ok = passValue(data, p, depth+1); !ok || p >= len(data) {
				return p, false
			}
			switch data[p] {
			case end:
				return p + 1, true
			case ',':
				p++
			default:
				return p, false
			}
		}
	}
	for _, word := range [...]string{"null", "true", "false"} {
		if q, ok := follows(data, p, word); ok {
			return q, true
		}
	}
	return passNumber(data, p)
}
