package endpoint

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"

	"tacho/engine/pytext"
)

// appendKey appends a key of an object that has a member already.
func appendKey(dst []byte, key string) []byte {
	return append(pytext.AppendString(append(dst, ','), key), ':')
}

// appendJSON appends JSON as AIPerf writes what it has read: compact, text
// unescaped where it can be, keys in their order. What is no JSON is appended
// as it is.
func appendJSON(dst []byte, raw []byte) []byte {
	start := len(dst)
	out, ok := reencode(dst, raw)
	if !ok {
		return append(dst[:start], raw...)
	}
	return out
}

func reencode(dst, raw []byte) ([]byte, bool) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	type level struct {
		object bool
		n      int // keys and values so far
	}
	var open []level
	before := func() {
		if len(open) == 0 {
			return
		}
		l := &open[len(open)-1]
		switch {
		case l.object && l.n%2 == 1:
			dst = append(dst, ':')
		case l.n > 0:
			dst = append(dst, ',')
		}
		l.n++
	}
	for {
		tok, err := dec.Token()
		if err != nil {
			return dst, len(open) == 0 && err == io.EOF
		}
		switch v := tok.(type) {
		case json.Delim:
			if v == '{' || v == '[' {
				before()
				open = append(open, level{object: v == '{'})
			} else {
				open = open[:len(open)-1]
			}
			dst = append(dst, byte(v))
			continue
		case string:
			before()
			dst = pytext.AppendString(dst, v)
		case json.Number:
			before()
			dst = appendNumber(dst, string(v))
		case bool:
			before()
			dst = strconv.AppendBool(dst, v)
		case nil:
			before()
			dst = append(dst, "null"...)
		}
	}
}

// appendNumber appends a number: whole ones as they are, others as orjson
// writes the float that they are.
func appendNumber(dst []byte, s string) []byte {
	for i := range len(s) {
		switch s[i] {
		case '.', 'e', 'E':
			if f, err := strconv.ParseFloat(s, 64); err == nil {
				return pytext.AppendFloat(dst, f)
			}
			return append(dst, s...)
		}
	}
	return append(dst, s...)
}
