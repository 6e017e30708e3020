package profiles

import (
	"encoding/json"
	"math"
	"strconv"

	"tacho/engine/pytext"
)

// Object is a JSON object that keeps the order of its keys.
type Object []Member

// Member is one key of an Object. Value is nil, string, bool, int, int64,
// float64, json.Number, []any or Object.
type Member struct {
	Key   string
	Value any
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
		return pytext.AppendString(dst, v)
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
		return pytext.AppendFloat(dst, v)
	case []any:
		return appendItems(dst, '[', ']', len(v), indent, level, func(dst []byte, i int) []byte {
			return AppendJSON(dst, v[i], indent, level+1)
		})
	case Object:
		return appendItems(dst, '{', '}', len(v), indent, level, func(dst []byte, i int) []byte {
			dst = pytext.AppendString(dst, v[i].Key)
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

// Float writes a finite number as AIPerf's files do; see pytext.AppendFloat.
func Float(f float64) string { return string(pytext.AppendFloat(nil, f)) }
