package profiles

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// SLOs are the limits a request must meet to count as good.
type SLOs []SLO

// SLO is one limit, in the metric's display unit.
type SLO struct {
	Tag   string
	Limit float64
}

func (s *SLOs) tree() any {
	o := Object{}
	for _, e := range *s {
		o = append(o, Member{e.Tag, e.Limit})
	}
	return o
}

func (s *SLOs) fromTree(x any) error {
	o, ok := x.(Object)
	if !ok {
		return errors.New("must be a map of metric to limit")
	}
	*s = SLOs{}
	for _, m := range o {
		f, err := asFloat(m.Value)
		if err != nil {
			return fmt.Errorf("limit of %s %w", m.Key, err)
		}
		if err := finite(&f); err != nil {
			return fmt.Errorf("limit of %s %w", m.Key, err)
		}
		*s = append(*s, SLO{m.Key, f})
	}
	return nil
}

func (s SLOs) String() string {
	var parts []string
	for _, e := range s {
		parts = append(parts, e.Tag+":"+trimFloat(e.Limit))
	}
	return strings.Join(parts, " ")
}

// readSLOs reads "tag:limit tag:limit".
func readSLOs(args []string) (SLOs, error) {
	out := SLOs{}
	for _, item := range strings.Fields(strings.Join(args, " ")) {
		tag, limit, ok := strings.Cut(item, ":")
		if !ok || tag == "" || limit == "" {
			return nil, fmt.Errorf("%q is not of the form metric:limit, as in request_latency:250", item)
		}
		f, err := readFloat(limit)
		if err != nil {
			return nil, fmt.Errorf("limit %q of %s %w", limit, tag, err)
		}
		for _, e := range out {
			if e.Tag == tag {
				return nil, fmt.Errorf("%s is given twice", tag)
			}
		}
		out = append(out, SLO{tag, f})
	}
	if len(out) == 0 {
		return nil, errors.New("must hold at least one metric:limit, as in request_latency:250")
	}
	return out, nil
}

// Headers are extra HTTP headers in the order given.
type Headers []Header

// Header is one extra HTTP header.
type Header struct{ Name, Value string }

func (h *Headers) tree() any {
	o := Object{}
	for _, e := range *h {
		o = append(o, Member{e.Name, e.Value})
	}
	return o
}

func (h *Headers) fromTree(x any) error {
	o, ok := x.(Object)
	if !ok {
		return errors.New("must be a map of name to value")
	}
	*h = Headers{}
	for _, m := range o {
		v, err := asString(m.Value)
		if err != nil {
			return fmt.Errorf("value of %s %w", m.Key, err)
		}
		if err := h.add(m.Key, v); err != nil {
			return err
		}
	}
	return nil
}

// add checks and appends a header; a name given again replaces the value.
func (h *Headers) add(name, value string) error {
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !isHeaderName(name) {
		return errors.New("what stands before the colon is not a header name") // it may be half a secret
	}
	if strings.ContainsFunc(value, func(r rune) bool { return r != '\t' && isControl(r) }) {
		return fmt.Errorf("value of %s must not hold control characters", name)
	}
	for i := range *h {
		if strings.EqualFold((*h)[i].Name, name) {
			(*h)[i] = Header{name, value}
			return nil
		}
	}
	*h = append(*h, Header{name, value})
	return nil
}

// isHeaderName reports whether s is a token as RFC 9110 section 5.6.2 has it.
func isHeaderName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
		if !letter && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}

// readHeaders reads Name:value items or JSON objects.
func readHeaders(args []string) (Headers, error) {
	h := Headers{}
	for _, arg := range args {
		if strings.HasPrefix(strings.TrimSpace(arg), "{") {
			o, err := readObject(arg)
			if err != nil {
				return nil, err
			}
			for _, m := range o {
				v, err := asString(m.Value)
				if err != nil {
					return nil, fmt.Errorf("value of %s %w", m.Key, err)
				}
				if err := h.add(m.Key, v); err != nil {
					return nil, err
				}
			}
			continue
		}
		for _, item := range splitHeaderItems(arg) {
			name, value, ok := strings.Cut(item, ":")
			if !ok {
				return nil, errors.New("must be Name:value, or a JSON object of names and values")
			}
			if err := h.add(name, value); err != nil {
				return nil, err
			}
		}
	}
	return h, nil
}

// splitHeaderItems splits "A:1,B:2" as AIPerf does, but leaves alone a comma
// that belongs to a value, as in "Accept: text/html,text/plain".
func splitHeaderItems(arg string) []string {
	parts := strings.Split(arg, ",")
	for _, part := range parts {
		name, _, ok := strings.Cut(strings.TrimSpace(part), ":")
		if !ok || !isHeaderName(name) || !isLetter(name[0]) {
			return []string{arg}
		}
	}
	return parts
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// Extra are additional request body fields, in the order given.
type Extra Object

func (e *Extra) tree() any { return Object(*e) }

func (e *Extra) fromTree(x any) error {
	o, ok := x.(Object)
	if !ok {
		return errors.New("must be a map of body field to value")
	}
	if len(withoutInfinite(o)) != len(o) {
		return errors.New("must not hold numbers that are not finite")
	}
	*e = Extra(o)
	return nil
}

// readExtra reads key:value items, split at commas, or JSON objects. Values of
// items are given their type; a key given again replaces the value.
func readExtra(args []string) (Extra, error) {
	var o Object
	for _, arg := range args {
		if strings.HasPrefix(strings.TrimSpace(arg), "{") {
			more, err := readObject(arg)
			if err != nil {
				return nil, err
			}
			for _, m := range more {
				o.put(m.Key, m.Value)
			}
			continue
		}
		for item := range strings.SplitSeq(arg, ",") {
			parts := strings.Split(item, ":")
			switch {
			case len(parts) > 2:
				return nil, fmt.Errorf("%q has more than one colon; give such a value as one JSON object", item)
			case len(parts) < 2 || strings.TrimSpace(parts[0]) == "":
				return nil, fmt.Errorf("%q is not of the form key:value, as in temperature:0.7, nor a JSON object", item)
			}
			o.put(strings.TrimSpace(parts[0]), coerce(strings.TrimSpace(parts[1])))
		}
	}
	return Extra(o), nil
}

// Formats is a list of file formats; none at all is written as false.
type Formats []string

func (f *Formats) tree() any {
	if len(*f) == 0 {
		return false
	}
	var list []any
	for _, s := range *f {
		list = append(list, s)
	}
	return list
}

func (f *Formats) fromTree(x any) error {
	if b, ok := x.(bool); ok {
		if b {
			return errors.New("must be a list of formats or false")
		}
		*f = nil
		return nil
	}
	list, err := asStrings(x)
	if err != nil {
		return errors.New("must be a list of formats or false")
	}
	*f = list
	return nil
}

// maxJSONDepth bounds how deep a JSON object given on the command line nests.
const maxJSONDepth = 64

// readObject reads one JSON object and keeps the order of its keys.
func readObject(s string) (Object, error) {
	dec := json.NewDecoder(bytes.NewReader([]byte(s)))
	dec.UseNumber()
	v, err := readJSON(dec, 0)
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errors.New("is not valid JSON: it ends too early")
		}
		return nil, fmt.Errorf("is not valid JSON: %s", oneLine(err.Error()))
	}
	o, ok := v.(Object)
	if !ok {
		return nil, errors.New("must be a JSON object")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("must be one JSON object and nothing after it")
	}
	return o, nil
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
			o := Object{}
			for dec.More() {
				key, err := dec.Token()
				if err != nil {
					return nil, err
				}
				v, err := readJSON(dec, depth+1)
				if err != nil {
					return nil, err
				}
				o.put(key.(string), v)
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
