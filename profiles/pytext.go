package profiles

import (
	"strconv"
	"strings"

	"tacho/engine/pytext"
)

// PyText is a tree value as Python's str prints it, PyRepr as its repr does:
// they differ for a bare text only.
func PyText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return PyRepr(v)
}

// PyRepr is a tree value as Python's repr prints it.
func PyRepr(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case int:
		return strconv.Itoa(v)
	case float64:
		return string(pytext.AppendFloatRepr(nil, v))
	case string:
		return pytext.Repr(v)
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = PyRepr(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case Object:
		parts := make([]string, len(v))
		for i, m := range v {
			parts[i] = pytext.Repr(m.Key) + ": " + PyRepr(m.Value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return show(v)
}
