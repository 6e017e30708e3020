package dataset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ParseKVs reads a JSON object as an ordered list of keys and compact raw
// values, the form in which extra body keys are kept.
func ParseKVs(object []byte) ([]KV, error) {
	dec := json.NewDecoder(bytes.NewReader(object))
	open, err := dec.Token()
	if err != nil {
		return nil, fmt.Errorf("read JSON object: %w", err)
	}
	if open != json.Delim('{') {
		return nil, errors.New("read JSON object: it does not start with {")
	}
	var kvs []KV
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("read JSON object: %w", err)
		}
		name, ok := key.(string)
		if !ok {
			return nil, fmt.Errorf("read JSON object: %v is not a key", key)
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, fmt.Errorf("read value of %q: %w", name, err)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, raw); err != nil {
			return nil, fmt.Errorf("read value of %q: %w", name, err)
		}
		kvs = append(kvs, KV{name, compact.Bytes()})
	}
	if _, err := dec.Token(); err != nil {
		return nil, fmt.Errorf("read JSON object: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("read JSON object: something follows it")
	}
	return kvs, nil
}
