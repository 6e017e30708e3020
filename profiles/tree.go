package profiles

import (
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"
)

// Object is a JSON object that keeps the order of its keys.
type Object []Member

// Member is one key of an Object. Value is nil, string, bool, int, int64,
// float64, json.Number, []any or Object.
type Member struct {
	Key   string
	Value any
}

// Get returns the value of a key, the last one if it occurs more than once.
func (o Object) Get(key string) (any, bool) {
	for i := len(o) - 1; i >= 0; i-- {
		if o[i].Key == key {
			return o[i].Value, true
		}
	}
	return nil, false
}

// put sets a key: in place when it is there, at the end otherwise, as a
// Python dict does.
func (o *Object) put(key string, v any) {
	for i := range *o {
		if (*o)[i].Key == key {
			(*o)[i].Value = v
			return
		}
	}
	*o = append(*o, Member{key, v})
}

// MarshalJSON writes the object compactly with its keys in order.
func (o Object) MarshalJSON() ([]byte, error) { return AppendJSON(nil, o, "", 0), nil }

// AppendJSON writes a tree as AIPerf writes JSON files: indent repeated per
// level (level is where v itself stands), ": " after keys, floats with a
// decimal point. With an empty indent the text is compact. NaN and infinities
// become null.
func AppendJSON(dst []byte, v any, indent string, level int) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case string:
		return appendString(dst, v)
	case bool:
		return strconv.AppendBool(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case json.Number:
		return append(dst, v...)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return append(dst, "null"...)
		}
		return append(dst, Float(v)...)
	case []any:
		return appendItems(dst, '[', ']', len(v), indent, level, func(dst []byte, i int) []byte {
			return AppendJSON(dst, v[i], indent, level+1)
		})
	case Object:
		return appendItems(dst, '{', '}', len(v), indent, level, func(dst []byte, i int) []byte {
			dst = appendString(dst, v[i].Key)
			dst = append(dst, ':')
			if indent != "" {
				dst = append(dst, ' ')
			}
			return AppendJSON(dst, v[i].Value, indent, level+1)
		})
	}
	panic("profiles: not a JSON tree value")
}

func appendItems(dst []byte, open, end byte, n int, indent string, level int, item func([]byte, int) []byte) []byte {
	dst = append(dst, open)
	line := func(level int) {
		if indent == "" {
			return
		}
		dst = append(dst, '\n')
		for range level {
			dst = append(dst, indent...)
		}
	}
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		line(level + 1)
		dst = item(dst, i)
	}
	if n > 0 {
		line(level)
	}
	return append(dst, end)
}

// Float writes a finite number as AIPerf's files do: the shortest decimal that
// reads back the same, with ".0" when whole, and an exponent from 1e16 up and
// below 1e-5.
func Float(f float64) string {
	a := math.Abs(f)
	if a != 0 && (a >= 1e16 || a < 1e-5) {
		s := strconv.FormatFloat(f, 'e', -1, 64)
		if n := len(s); s[n-2] == '0' && (s[n-3] == '-' || s[n-3] == '+') { // Go pads exponents to two digits
			s = s[:n-2] + s[n-1:]
		}
		return s
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	for _, c := range s {
		if c == '.' {
			return s
		}
	}
	return s + ".0"
}

const hexDigits = "0123456789abcdef"

// appendString quotes a string; only what JSON demands is escaped.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			case '\b':
				dst = append(dst, '\\', 'b')
			case '\f':
				dst = append(dst, '\\', 'f')
			default:
				if c < 0x20 {
					dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
				} else {
					dst = append(dst, c)
				}
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		dst = utf8.AppendRune(dst, r)
		i += n
	}
	return append(dst, '"')
}
