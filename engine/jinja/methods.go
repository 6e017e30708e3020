package jinja

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// callExpr is a method of a value.
type callExpr struct {
	of   expression
	name string
	args []arg
}

func (e callExpr) value(w *writer) (any, error) {
	of, err := e.of.value(w)
	if err != nil {
		return nil, err
	}
	a, err := w.values(e.args)
	if err != nil {
		return nil, err
	}
	switch of := of.(type) {
	case Object:
		return of.call(e.name, a)
	case *loopState:
		return of.call(e.name, a)
	case *namespace:
		if m, ok := of.fields.get(e.name); ok {
			if m, ok := m.(*macro); ok {
				return m.call(w, a, nil)
			}
		}
	case []any:
		return listCall(of, e.name, a)
	case undefined:
		return nil, fmt.Errorf("%q is undefined", string(of))
	}
	s, ok := isText(of)
	if !ok {
		return nil, fmt.Errorf("%s has no method %s", repr(of), e.name)
	}
	return textCall(s, e.name, a)
}

// textCall is a method of a text.
func textCall(s, name string, a args) (any, error) {
	first := a.text(0, "")
	is := func(ok func(rune) bool) (any, error) {
		return s != "" && strings.IndexFunc(s, func(r rune) bool { return !ok(r) }) < 0, nil
	}
	switch name {
	case "strip", "lstrip", "rstrip":
		chars, _ := a.at(0, "chars")
		return trimmed(s, name, chars), nil
	case "upper":
		return strings.ToUpper(s), nil
	case "lower":
		return strings.ToLower(s), nil
	case "capitalize":
		return capitalized(s), nil
	case "title":
		return titled(s), nil
	case "replace":
		return strings.Replace(s, first, a.text(1, "new"), a.whole(2, "count", -1)), nil
	case "startswith", "endswith":
		has := map[string]func(string, string) bool{"startswith": strings.HasPrefix, "endswith": strings.HasSuffix}[name]
		if list, ok := a.list[:min(1, len(a.list))], len(a.list) > 0; ok {
			if several, ok := list[0].([]any); ok {
				for _, x := range several {
					if has(s, str(x)) {
						return true, nil
					}
				}
				return false, nil
			}
		}
		return has(s, first), nil
	case "removeprefix":
		return strings.TrimPrefix(s, first), nil
	case "removesuffix":
		return strings.TrimSuffix(s, first), nil
	case "split", "rsplit":
		sep, _ := a.at(0, "sep")
		return split(s, name == "rsplit", sep, a.whole(1, "maxsplit", -1)), nil
	case "splitlines":
		lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
		if lines[len(lines)-1] == "" {
			lines = lines[:len(lines)-1]
		}
		return listOf(lines), nil
	case "partition", "rpartition":
		i := strings.Index(s, first)
		if name == "rpartition" {
			i = strings.LastIndex(s, first)
		}
		switch {
		case i >= 0:
			return []any{s[:i], first, s[i+len(first):]}, nil
		case name == "partition":
			return []any{s, "", ""}, nil
		}
		return []any{"", "", s}, nil
	case "find", "rfind":
		i := strings.Index(s, first)
		if name == "rfind" {
			i = strings.LastIndex(s, first)
		}
		if i > 0 {
			i = utf8.RuneCountInString(s[:i])
		}
		return int64(i), nil
	case "count":
		return int64(strings.Count(s, first)), nil
	case "join":
		if len(a.list) != 1 {
			return nil, fmt.Errorf("join takes a list")
		}
		items, err := itemsOf(a.list[0])
		if err != nil {
			return nil, err
		}
		parts := make([]string, len(items))
		for i, x := range items {
			parts[i] = str(x)
		}
		return strings.Join(parts, s), nil
	case "format":
		return formatted(s, a)
	case "isdigit":
		return is(unicode.IsDigit)
	case "isalpha":
		return is(unicode.IsLetter)
	case "isalnum":
		return is(func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
	case "isspace":
		return is(unicode.IsSpace)
	case "isupper":
		return tests["upper"](s), nil
	case "islower":
		return tests["lower"](s), nil
	}
	return nil, fmt.Errorf("method %s of a text is not supported", name)
}

// formatted is format, of places in braces without a form.
func formatted(s string, a args) (any, error) {
	var b strings.Builder
	next := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '{' && c != '}' || i+1 < len(s) && s[i+1] == c {
			if b.WriteByte(c); c == '{' || c == '}' {
				i++
			}
			continue
		}
		end := strings.IndexByte(s[i:], '}')
		if c == '}' || end < 0 {
			return nil, fmt.Errorf("format: %.40q has a brace alone", s)
		}
		name := s[i+1 : i+end]
		i += end
		if strings.ContainsAny(name, ":!.[") {
			return nil, fmt.Errorf("format {%s} is not supported", name)
		}
		at, err := strconv.Atoi(name)
		if name == "" {
			at, err = next, nil
			next++
		}
		if err != nil {
			at = len(a.list) // by name alone
		}
		v, ok := a.at(at, name)
		if !ok {
			return nil, fmt.Errorf("format: nothing is given for {%s}", name)
		}
		b.WriteString(str(v))
	}
	return b.String(), nil
}

// split is split or rsplit; most bounds how often, -1 does not.
func split(s string, right bool, sep any, most int) []any {
	if sep == nil {
		return fieldsOf(s, right, most)
	}
	by := str(sep)
	parts := strings.Split(s, by)
	if extra := len(parts) - 1 - most; most >= 0 && extra > 0 {
		if right {
			parts = append([]string{strings.Join(parts[:extra+1], by)}, parts[extra+1:]...)
		} else {
			parts = append(parts[:most:most], strings.Join(parts[most:], by))
		}
	}
	return listOf(parts)
}

// fieldsOf splits at white space.
func fieldsOf(s string, right bool, most int) []any {
	if most < 0 {
		return listOf(strings.Fields(s))
	}
	out := []any{}
	if right {
		s = strings.TrimRightFunc(s, unicode.IsSpace)
	} else {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
	}
	for range most {
		at := strings.IndexFunc(s, unicode.IsSpace)
		if right {
			at = strings.LastIndexFunc(s, unicode.IsSpace)
		}
		if at < 0 {
			break
		}
		if right {
			_, size := utf8.DecodeRuneInString(s[at:])
			out = append([]any{s[at+size:]}, out...)
			s = strings.TrimRightFunc(s[:at], unicode.IsSpace)
		} else {
			out = append(out, s[:at])
			s = strings.TrimLeftFunc(s[at:], unicode.IsSpace)
		}
	}
	if s != "" && right {
		out = append([]any{s}, out...)
	} else if s != "" {
		out = append(out, s)
	}
	return out
}

func listOf(parts []string) []any {
	out := make([]any, len(parts))
	for i, p := range parts {
		out[i] = p
	}
	return out
}

// listCall is a method of a list; none may change it, as in the sandbox that
// chat templates run in.
func listCall(list []any, name string, a args) (any, error) {
	if len(a.list) != 1 || name != "index" && name != "count" {
		return nil, fmt.Errorf("method %s of a list is not supported", name)
	}
	n := int64(0)
	for i, x := range list {
		if equal(x, a.list[0]) {
			if name == "index" {
				return int64(i), nil
			}
			n++
		}
	}
	if name == "index" {
		return nil, fmt.Errorf("%s is not in the list", repr(a.list[0]))
	}
	return n, nil
}

// call is a method of a dict.
func (o Object) call(name string, a args) (any, error) {
	switch name {
	case "get":
		if len(a.list) > 0 {
			if v, ok := o.get(keyOf(a.list[0])); ok {
				return v, nil
			}
		}
		if len(a.list) > 1 {
			return a.list[1], nil
		}
		return nil, nil
	case "items":
		return o.pairs(), nil
	case "keys", "values":
		out := []any{}
		for _, f := range o {
			if name == "keys" {
				out = append(out, f.keyValue())
			} else {
				out = append(out, f.Value)
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("method %s of a dict is not supported", name)
}

// trimmed is strip, lstrip or rstrip of a text; chars is nil for white space.
func trimmed(s, method string, chars any) string {
	cut := unicode.IsSpace
	if chars != nil {
		set := str(chars)
		cut = func(r rune) bool { return strings.ContainsRune(set, r) }
	}
	switch method {
	case "lstrip":
		return strings.TrimLeftFunc(s, cut)
	case "rstrip":
		return strings.TrimRightFunc(s, cut)
	}
	return strings.TrimFunc(s, cut)
}
