package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// decodeRecord reads a JSON object into a struct and says in the user's words
// what is wrong with it.
func decodeRecord(raw []byte, into any) error {
	if !utf8.Valid(raw) {
		return errors.New("it is no UTF-8 text")
	}
	if len(raw) == 0 || raw[0] != '{' {
		return fmt.Errorf("%s is no JSON object: expected {...}", shorten(raw))
	}
	err := json.Unmarshal(raw, into)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var value *valueError
	switch {
	case errors.As(err, &syntax):
		if syntax.Offset >= int64(len(raw)) {
			return fmt.Errorf("it is no JSON: %w", plainEOF(io.ErrUnexpectedEOF))
		}
		return fmt.Errorf("it is no JSON: %w, at byte %d", err, syntax.Offset)
	case errors.As(err, &kind):
		is := "a " + kind.Value
		if is == "a object" || is == "a array" {
			is = "an " + kind.Value
		}
		return fmt.Errorf("%s is %s: expected %s", kind.Field, is, expected(kind.Type.Kind().String()))
	}
	if errors.As(err, &value) {
		return fmt.Errorf("%s is %s: expected %s", value.keyIn(raw), value.raw, value.want)
	}
	return err
}

// valueError is a value that its reader cannot take.
type valueError struct{ raw, want string }

func (e *valueError) Error() string { return e.raw + ": expected " + e.want }

// keyIn finds the key that the value stands under.
func (e *valueError) keyIn(object []byte) string {
	m, _ := objectOf(object)
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if string(m[k]) == e.raw {
			return k
		}
	}
	return "a value"
}

// expected names a kind of Go value as JSON has it.
func expected(kind string) string {
	switch kind {
	case "string":
		return "a string"
	case "bool":
		return "true or false"
	case "slice", "array":
		return "a list"
	case "struct", "map":
		return "an object"
	}
	return "a number"
}

// shorten is the beginning of a text, to be shown.
func shorten(b []byte) string {
	if len(b) > 40 {
		return fmt.Sprintf("%q...", b[:40])
	}
	return fmt.Sprintf("%q", b)
}

// keysOf lists the keys of an object, for messages about missing ones.
func keysOf(raw []byte) string {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil || len(m) == 0 {
		return "no keys"
	}
	keys := slices.Sorted(maps.Keys(m))
	if len(keys) > 8 {
		keys = append(keys[:8], "...")
	}
	return "the keys " + strings.Join(keys, ", ")
}

// whole is a number without a fraction, as 5 or 5.0.
type whole struct {
	n   int
	set bool
}

// UnmarshalJSON leaves null as it is: not set.
func (w *whole) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	var v float64
	if err := json.Unmarshal(b, &v); err != nil || v != math.Trunc(v) || math.Abs(v) > 1<<53 {
		return &valueError{string(b), "a whole number"}
	}
	w.n, w.set = int(v), true
	return nil
}

// number is a number that may be absent or null.
type number struct {
	v   float64
	set bool
}

func (n *number) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	if err := json.Unmarshal(b, &n.v); err != nil {
		return &valueError{string(b), "a number"}
	}
	n.set = true
	return nil
}

// isNull reports whether a raw value is absent or null.
func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(raw) == "null" }

// compact is a raw value without white space, in memory of its own.
func compact(raw json.RawMessage) (json.RawMessage, error) {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return nil, fmt.Errorf("it is no JSON: %w", err)
	}
	return b.Bytes(), nil
}

// extraOf reads the body keys of one turn.
func extraOf(raw json.RawMessage) ([]KV, error) {
	if isNull(raw) {
		return nil, nil
	}
	kvs, err := ParseKVs(raw)
	if err != nil {
		return nil, fmt.Errorf("extra is %s: expected an object", shorten(raw))
	}
	return kvs, nil
}

// objectsOf checks that raw is a list of objects, not empty, each of which has
// the key, if one is given; what names it.
func objectsOf(what string, raw json.RawMessage, key string) error {
	var list []map[string]json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return fmt.Errorf("%s is %s: expected a list of objects", what, shorten(raw))
	}
	if len(list) == 0 {
		return fmt.Errorf("%s is an empty list: expected at least one object", what)
	}
	for i, m := range list {
		if m == nil {
			return fmt.Errorf("%s: entry %d is null: expected an object", what, i+1)
		}
		if _, ok := m[key]; key != "" && !ok {
			return fmt.Errorf("%s: entry %d has no %s", what, i+1, key)
		}
	}
	return nil
}
