package profiles

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxJSONDepth bounds how deep a JSON object given on the command line nests.
const maxJSONDepth = 64

// readObject reads one JSON object and keeps the order of its keys.
func readObject(s string) (Object, error) {
	v, err := readTree(s)
	if err != nil {
		return nil, err
	}
	o, ok := v.(Object)
	if !ok {
		return nil, errors.New("must be a JSON object")
	}
	return o, nil
}

// readTree reads one JSON value.
func readTree(s string) (any, error) {
	dec := json.NewDecoder(bytes.NewReader([]byte(s)))
	dec.UseNumber()
	v, err := readJSON(dec, 0)
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errors.New("is not valid JSON: it ends too early")
		}
		return nil, fmt.Errorf("is not valid JSON: %s", oneLine(err.Error()))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("must be one JSON object and nothing after it")
	}
	return v, nil
}

func readJSON(dec *json.Decoder, depth int) (any, error) {
	if depth > maxJSONDepth {
		return nil, errors.New("it nests too deep")
	}
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch tok := tok.(type) {
	case json.Number:
		return fromNumber(tok), nil
	case json.Delim:
		if tok == '{' {
			o, at := Object{}, map[string]int{} // a key given again replaces the value
			for dec.More() {
				key, err := dec.Token()
				if err != nil {
					return nil, err
				}
				v, err := readJSON(dec, depth+1)
				if err != nil {
					return nil, err
				}
				name := key.(string)
				if i, ok := at[name]; ok {
					o[i].Value = v
					continue
				}
				at[name] = len(o)
				o = append(o, Member{name, v})
			}
			_, err := dec.Token()
			return o, err
		}
		list := []any{}
		for dec.More() {
			v, err := readJSON(dec, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := dec.Token()
		return list, err
	}
	return tok, nil // string, bool or nil
}

// fromNumber keeps whole numbers whole; one too large for an int stays as written.
func fromNumber(n json.Number) any {
	if strings.ContainsAny(string(n), ".eE") {
		if f, err := n.Float64(); err == nil {
			return f
		}
		return n
	}
	if i, err := n.Int64(); err == nil {
		return int(i)
	}
	return n
}

// oneLine joins a text of several lines; a problem is always one line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
