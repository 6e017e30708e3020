package endpoint

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"tacho/engine/dataset"
	"tacho/engine/pytext"
)

// pyStr prints a JSON value as Python's str does the object that it stands for.
func pyStr(raw json.RawMessage) string {
	if s, ok := asString(raw); ok {
		return s
	}
	return pyRepr(raw)
}

// pyRepr prints a JSON value as Python's repr does: True, None, 'text'. What is
// no JSON is printed as it is.
func pyRepr(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return ""
	}
	switch raw[0] {
	case '"':
		if s, ok := asString(raw); ok {
			return pytext.Repr(s)
		}
	case '{':
		if kvs, err := dataset.ParseKVs(raw); err == nil {
			var parts []string
			for _, kv := range lastOfEach(kvs) {
				parts = append(parts, pytext.Repr(kv.Key)+": "+pyRepr(kv.Value))
			}
			return "{" + strings.Join(parts, ", ") + "}"
		}
	case '[':
		var parts []string
		for _, v := range asList(raw) {
			parts = append(parts, pyRepr(v))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case 't':
		return "True"
	case 'f':
		return "False"
	case 'n':
		return "None"
	}
	if bytes.ContainsAny(raw, ".eE") {
		if f, err := strconv.ParseFloat(string(raw), 64); err == nil {
			return string(pytext.AppendFloatRepr(nil, f))
		}
	}
	return string(raw)
}
