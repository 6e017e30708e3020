package profiles

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

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
	return h.addAll(o)
}

// addAll adds the members of an object.
func (h *Headers) addAll(o Object) error {
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
	if !utf8.ValidString(value) {
		return fmt.Errorf("value of %s must be UTF-8", name)
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
			if err := h.addAll(o); err != nil {
				return nil, err
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
