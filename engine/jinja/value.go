package jinja

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"tacho/engine/pytext"
)

// Safe is text that is written as it is, Jinja's Markup.
type Safe string

// undefined is what a name stands for that nothing has defined.
type undefined string

// Object is a dict, or something with attributes, in order. Of equal names the
// last holds.
type Object []Field

// Field is an entry of an Object.
type Field struct {
	Name  string
	Value any
}

// Keys of a dict are texts; a whole number is kept as this mark and its digits.
const numberKey = "\x00#"

func keyOf(v any) string {
	if n, ok := v.(int64); ok {
		return numberKey + strconv.FormatInt(n, 10)
	}
	return str(v)
}

// keyValue is the key of a Field as it was given.
func (f Field) keyValue() any {
	if digits, ok := strings.CutPrefix(f.Name, numberKey); ok {
		if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
			return n
		}
	}
	return f.Name
}

func (o Object) get(name string) (any, bool) {
	for i := len(o) - 1; i >= 0; i-- { // the last of equal names
		if o[i].Name == name {
			return o[i].Value, true
		}
	}
	return nil, false
}

// truth is Python's truth.
func truth(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case int64:
		return v != 0
	case float64:
		return v != 0
	case string:
		return v != ""
	case Safe:
		return v != ""
	case []any:
		return len(v) > 0
	case Object:
		return len(v) > 0
	}
	return false
}

// str is Python's str of a value, and repr of what is inside of lists.
func str(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case Safe:
		return string(v)
	case undefined:
		return ""
	}
	return repr(v)
}

func repr(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return string(pytext.AppendFloatRepr(nil, v))
	case string:
		return pytext.Repr(v)
	case Safe:
		return "Markup(" + pytext.Repr(string(v)) + ")"
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = repr(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case Object:
		parts := make([]string, len(v))
		for i, f := range v {
			parts[i] = repr(f.keyValue()) + ": " + repr(f.Value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return "Undefined"
}

// escapes is what autoescaping writes.
var escapes = strings.NewReplacer("&", "&amp;", ">", "&gt;", "<", "&lt;", "'", "&#39;", `"`, "&#34;")

// printed is what a value looks like in the output.
func printed(v any) string {
	if s, ok := v.(Safe); ok {
		return string(s)
	}
	return escapes.Replace(str(v))
}

// appendJSON appends a value as Jinja's tojson does: ASCII alone, keys
// sorted, spaces after commas and colons, and no character that HTML minds.
func appendJSON(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil, undefined:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case float64:
		return pytext.AppendFloatRepr(dst, v)
	case string:
		return appendASCII(dst, v, true)
	case Safe:
		return appendASCII(dst, string(v), true)
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = appendJSON(dst, e)
		}
		return append(dst, ']')
	case Object:
		sorted := slices.Clone(v)
		slices.SortStableFunc(sorted, func(a, b Field) int { return cmp.Compare(a.Name, b.Name) })
		dst = append(dst, '{')
		for i, f := range sorted {
			if i > 0 {
				dst = append(dst, ", "...)
			}
			dst = append(appendASCII(dst, str(f.keyValue()), true), ": "...)
			dst = appendJSON(dst, f.Value)
		}
		return append(dst, '}')
	}
	return dst
}

// appendASCII appends a JSON string in ASCII, and for HTML without what that minds.
func appendASCII(dst []byte, s string, html bool) []byte {
	const digits = "0123456789abcdef"
	unit := func(r rune) {
		dst = append(dst, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
	}
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r == '\b':
			dst = append(dst, `\b`...)
		case r == '\f':
			dst = append(dst, `\f`...)
		case html && (r == '<' || r == '>' || r == '&' || r == '\'') || r < ' ':
			unit(r)
		case r < 0x7f:
			dst = append(dst, byte(r))
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			unit(hi)
			unit(lo)
		default:
			unit(r)
		}
	}
	return append(dst, '"')
}

// equal is ==: numbers by value, texts safe or not.
func equal(a, b any) bool {
	if x, ok := number(a); ok {
		y, ok := number(b)
		return ok && x == y
	}
	switch x := a.(type) {
	case nil:
		return b == nil
	case undefined:
		_, ok := b.(undefined)
		return ok
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, equal)
	case Object:
		y, ok := b.(Object)
		if !ok || len(x) != len(y) {
			return false
		}
		for _, f := range x {
			if v, ok := y.get(f.Name); !ok || !equal(f.Value, v) {
				return false
			}
		}
		return true
	}
	x, ok := isText(a)
	y, ok2 := isText(b)
	return ok && ok2 && x == y
}

// isText is a value's text if it is one.
func isText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case Safe:
		return string(v), true
	}
	return "", false
}

// number is a value as a number, which for Python a truth value is too.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}
