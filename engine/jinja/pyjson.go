package jinja

import (
	"cmp"
	"slices"
	"strconv"

	"tacho/engine/pytext"
)

// jsonStyle is how Python's json.dumps is asked to write.
type jsonStyle struct {
	ascii, sort, lines  bool
	indent, item, colon string
}

// append appends a value; newline is the line end with the blanks that the
// value's own line begins with.
func (s *jsonStyle) append(dst []byte, v any, newline string) []byte {
	deeper := newline + s.indent
	list := func(opening, closing byte, n int, item func(i int)) []byte {
		dst = append(dst, opening)
		for i := range n {
			if i > 0 {
				dst = append(dst, s.item...)
			}
			if s.lines {
				dst = append(dst, deeper...)
			}
			item(i)
		}
		if s.lines && n > 0 {
			dst = append(dst, newline...)
		}
		return append(dst, closing)
	}
	switch v := v.(type) {
	case nil, undefined:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case float64:
		return pytext.AppendFloatRepr(dst, v)
	case []any:
		return list('[', ']', len(v), func(i int) { dst = s.append(dst, v[i], deeper) })
	case Object:
		if s.sort {
			v = slices.Clone(v)
			slices.SortStableFunc(v, func(a, b Field) int { return cmp.Compare(a.Name, b.Name) })
		}
		return list('{', '}', len(v), func(i int) {
			dst = append(s.text(dst, str(v[i].keyValue())), s.colon...)
			dst = s.append(dst, v[i].Value, deeper)
		})
	}
	return s.text(dst, str(v))
}

func (s *jsonStyle) text(dst []byte, text string) []byte {
	if s.ascii {
		return appendASCII(dst, text, false)
	}
	return pytext.AppendString(dst, text)
}
