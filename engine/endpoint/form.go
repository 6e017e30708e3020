package endpoint

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"tacho/engine/dataset"
	"tacho/engine/pytext"
)

// Form writes payloads as multipart/form-data, for an API with Spec.Form. One
// serves all requests of a run, from any goroutine.
type Form struct{ boundary string }

// NewForm returns a form with a boundary of its own, of 128 random bits.
func NewForm() *Form {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return &Form{hex.EncodeToString(b[:])}
}

// ContentType is the value of the Content-Type header.
func (f *Form) ContentType() string { return "multipart/form-data; boundary=" + f.boundary }

// formFile is a file in a payload.
type formFile struct{ data, name, mime string } // data is base64

// append appends the file as it stands in a payload: an object whose data Form
// decodes.
func (f *formFile) append(dst []byte) []byte {
	dst = pytext.AppendString(append(dst, `{"b64_data":`...), f.data)
	dst = pytext.AppendString(append(dst, `,"filename":`...), f.name)
	dst = pytext.AppendString(append(dst, `,"content_type":`...), f.mime)
	return append(dst, '}')
}

// Append appends a payload as a form, as AIPerf's HTTP library writes it: a
// part for each key, in order. An object with "b64_data" is a file; null is
// left out; truth values are written small, and all else as Python prints it.
func (f *Form) Append(dst, payload []byte) ([]byte, error) {
	kvs, err := readKVs(payload)
	if err != nil {
		return dst, fmt.Errorf("write form: %w", err)
	}
	start := len(dst)
	for _, kv := range lastOfEach(kvs) {
		if string(kv.Value) == "null" {
			continue
		}
		name, err := quoteName(kv.Key)
		if err != nil {
			return dst[:start], fmt.Errorf("write form: %w", err)
		}
		if dst, err = f.field(dst, name, kv.Value); err != nil {
			return dst[:start], fmt.Errorf("write form: field %q: %w", kv.Key, err)
		}
	}
	return append(append(append(dst, "--"...), f.boundary...), "--\r\n"...), nil
}

var fileNames = []string{"b64_data", "filename", "content_type"}

func (f *Form) field(dst []byte, name string, value json.RawMessage) ([]byte, error) {
	dst = append(append(dst, "--"...), f.boundary...)
	var m members
	if isObject(value) && m.read(value, fileNames) {
		var d Delta
		if data, ok := d.text(m[0]); ok {
			return appendFile(dst, name, data, &m)
		}
	}
	dst = append(dst, "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=\""...)
	dst = append(append(dst, name...), "\"\r\n\r\n"...)
	switch string(value) {
	case "true", "false":
		dst = append(dst, value...)
	default:
		dst = append(dst, pyStr(value)...)
	}
	return append(dst, "\r\n"...), nil
}

func appendFile(dst []byte, name string, data []byte, m *members) ([]byte, error) {
	file, mime := name, "application/octet-stream"
	if s, ok := asString(m[1]); ok && s != "" {
		file = s
	}
	if s, ok := asString(m[2]); ok && s != "" {
		mime = s
	}
	if strings.ContainsAny(mime, "\r\n\x00") || strings.ContainsAny(file, "\r\n\x00") {
		return dst, fmt.Errorf("line end in file name %q or type %q", file, mime)
	}
	dst = append(append(dst, "\r\nContent-Type: "...), mime...)
	dst = append(append(dst, "\r\nContent-Disposition: form-data; name=\""...), name...)
	dst = append(percent(append(dst, "\"; filename=\""...), file), "\"\r\n\r\n"...)
	// Line ends are no part of base64, though Go's decoder skips them.
	if bytes.ContainsAny(data, "\r\n") {
		return dst, fmt.Errorf("b64_data is not base64: it has line ends")
	}
	dst, err := base64.StdEncoding.AppendDecode(dst, data)
	if err != nil {
		return dst, fmt.Errorf("b64_data is not base64: %w", err)
	}
	return append(dst, "\r\n"...), nil
}

// quoteName makes a field's name fit between quotes.
func quoteName(name string) (string, error) {
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 0x7f || c < ' ' && c != '\t':
			return "", fmt.Errorf("name %q is not plain ASCII", name)
		case c == ' ' || c == '\t' || c == '"' || c == '\\':
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String(), nil
}

// percent appends s with all but letters, digits and "_.-~" percent-encoded.
func percent(dst []byte, s string) []byte {
	const digits = "0123456789ABCDEF"
	for i := range len(s) {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("_.-~", c) >= 0 {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		}
	}
	return dst
}

// readKVs reads an object as dataset.ParseKVs does, but where it can without
// copying the values: they alias the object.
func readKVs(o []byte) ([]dataset.KV, error) {
	var kvs []dataset.KV
	s := scanner{b: o}
	if !s.eat('{') {
		return dataset.ParseKVs(o)
	}
	for first := true; ; first = false {
		key, end, ok := s.member(first)
		if end && ok && s.peek() == 0 && s.i == len(o) {
			return kvs, nil
		}
		if end || !ok {
			return dataset.ParseKVs(o)
		}
		s.space()
		start := s.i
		if !s.skip(0) || !utf8.Valid(key) {
			return dataset.ParseKVs(o)
		}
		kvs = append(kvs, dataset.KV{Key: string(key), Value: o[start:s.i]})
	}
}

// lastOfEach keeps of equal keys the last value, at the first one's place.
func lastOfEach(kvs []dataset.KV) []dataset.KV {
	at := make(map[string]int, len(kvs))
	out := kvs[:0:0]
	for _, kv := range kvs {
		if i, ok := at[kv.Key]; ok {
			out[i].Value = kv.Value
			continue
		}
		at[kv.Key] = len(out)
		out = append(out, kv)
	}
	return out
}
