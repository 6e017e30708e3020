package endpoint

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// maxMembers is the most members that an API reads of one object.
const maxMembers = 16

// members are raw values of a JSON object, in the order of the names that were
// asked for; nil is absent. They alias the data they were read from.
type members [maxMembers]json.RawMessage

// scan reads the members in one pass over data, checking all of it, and
// allocates nothing. False means: use parse.
func (m *members) scan(data []byte, names []string) bool {
	var u unit
	s := scanner{b: data, u: &u}
	if !s.eat('{') {
		return false
	}
	for first := true; ; first = false {
		key, end, ok := s.member(first)
		if !ok {
			return false
		}
		if end {
			return !first && s.peek() == 0 && s.i == len(data)
		}
		s.space()
		start := s.i
		if !s.skip(0) {
			return false
		}
		for i, name := range names {
			if string(key) == name {
				if m[i] != nil { // twice: the last one wins in parse
					return false
				}
				m[i] = data[start:s.i]
				break
			}
		}
	}
}

// parse reads the members with the standard library. It reports whether data
// is a JSON object.
func (m *members) parse(data []byte, names []string) bool {
	var o object
	if !isObject(bytes.TrimSpace(data)) || json.Unmarshal(data, &o) != nil {
		return false
	}
	for i, name := range names {
		m[i] = o[name]
	}
	return true
}

// read reads the members of an object; it reports false if raw is none.
func (m *members) read(raw []byte, names []string) bool {
	*m = members{}
	if m.scan(raw, names) {
		return true
	}
	*m = members{}
	return m.parse(raw, names)
}

// open resets the delta for data. It reports whether data is JSON that is not
// false to Python, which no API reads.
func (d *Delta) open(data []byte) bool {
	d.reset()
	if isDone(data) {
		d.Done = true
		return false
	}
	if !json.Valid(data) {
		d.NotJSON = true
		return false
	}
	return truthy(data)
}

// members resets the delta and reads members of the object that data is. It
// reports whether there is one that is not empty.
func (d *Delta) members(data []byte, names []string) (*members, bool) {
	d.reset()
	if d.vals == nil {
		d.vals = new(members)
	}
	m := d.vals
	*m = members{}
	if m.scan(data, names) {
		return m, true
	}
	*m = members{}
	if !d.open(data) {
		return m, false
	}
	if !m.parse(data, names) {
		d.Foreign = true
		return m, false
	}
	return m, true
}

// text is the text of a raw JSON string, which may alias raw; ok is false if
// raw is no string.
func (d *Delta) text(raw json.RawMessage) (text []byte, ok bool) {
	raw = bytes.TrimSpace(raw)
	if len(raw) < 2 || raw[0] != '"' {
		return nil, false
	}
	inner := raw[1 : len(raw)-1]
	if !utf8.Valid(inner) {
		s, ok := asString(raw)
		return []byte(s), ok
	}
	if bytes.IndexByte(inner, '\\') < 0 {
		return inner, true
	}
	u := &d.unit
	start := len(u.buf)
	u.buf = unescape(u.buf, inner)
	return u.buf[start:len(u.buf):len(u.buf)], true
}

// words is text for callers that take anything else for nothing.
func (d *Delta) words(raw json.RawMessage) []byte {
	text, _ := d.text(raw)
	if len(text) == 0 {
		return nil
	}
	return text
}

// account takes over a usage object, if it is one and not empty.
func (d *Delta) account(raw json.RawMessage) {
	if !isObject(raw) || !truthy(raw) {
		return
	}
	if u, ok := readUsage(raw); ok {
		d.Usage, d.HasUsage = u, true
	}
}

// fail marks the delta as an error object if one of the values says so: the
// value of a member "error", or of "message" beside an object named "error".
func (d *Delta) fail(err, object, message json.RawMessage) {
	switch {
	case truthy(err):
		d.Failed, d.Error = true, d.errorText(err)
	case string(object) == `"error"`:
		d.Failed, d.Error = true, d.words(message)
	}
}

// errorText is what people should read of an error value.
func (d *Delta) errorText(raw json.RawMessage) []byte {
	if text, ok := d.text(raw); ok {
		return text
	}
	var m members
	if m.read(raw, errorNames) {
		if text := d.words(m[0]); text != nil {
			return text
		}
	}
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return nil
	}
	return b.Bytes()
}

var errorNames = []string{"message"}

// readUsage reads a usage object of any vendor.
func readUsage(raw json.RawMessage) (Usage, bool) {
	var u unit
	u.reset()
	s := scanner{b: raw, u: &u}
	if s.usage() && s.i == len(raw) {
		return u.usage, u.hasUsage
	}
	m, ok := decodeMap(raw)
	if !ok || len(m) == 0 {
		return NoUsage, false
	}
	return usageOf(m), true
}

// decodeMap decodes an object, keeping numbers as they are.
func decodeMap(raw json.RawMessage) (map[string]any, bool) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var m map[string]any
	return m, dec.Decode(&m) == nil
}
