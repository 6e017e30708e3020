package jinja

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// filterExpr is value|name(arguments).
type filterExpr struct {
	of   expression
	name string
	args []expression
	f    func(v any, args []any) (any, error)
}

func (e filterExpr) value(w *writer) (any, error) {
	v, err := e.of.value(w)
	if err != nil {
		return nil, err
	}
	args, err := listExpr(e.args).value(w)
	if err != nil {
		return nil, err
	}
	v, err = e.f(v, args.([]any))
	if err != nil {
		return nil, fmt.Errorf("filter %s: %w", e.name, err)
	}
	return v, nil
}

// filters are those of Jinja's filters that bodies of requests are made
// with.
var filters = map[string]func(v any, args []any) (any, error){
	"tojson": func(v any, _ []any) (any, error) {
		if u, ok := v.(undefined); ok {
			return nil, fmt.Errorf("%q is undefined", string(u))
		}
		return Safe(appendJSON(nil, v)), nil
	},
	"safe":    func(v any, _ []any) (any, error) { return Safe(str(v)), nil },
	"e":       escape,
	"escape":  escape,
	"default": orDefault,
	"d":       orDefault,
	"length":  length,
	"count":   length,
	"first":   func(v any, _ []any) (any, error) { return endOf(v, 0) },
	"last":    func(v any, _ []any) (any, error) { return endOf(v, -1) },
	"join":    join,
	"list": func(v any, _ []any) (any, error) {
		items, err := itemsOf(v)
		return items, err
	},
	"string": func(v any, _ []any) (any, error) { return str(v), nil },
	"upper":  func(v any, _ []any) (any, error) { return strings.ToUpper(str(v)), nil },
	"lower":  func(v any, _ []any) (any, error) { return strings.ToLower(str(v)), nil },
	"trim":   func(v any, _ []any) (any, error) { return strings.TrimFunc(str(v), unicode.IsSpace), nil },
	"replace": func(v any, args []any) (any, error) {
		if len(args) < 2 {
			return nil, errors.New("it takes two texts")
		}
		return strings.ReplaceAll(str(v), str(args[0]), str(args[1])), nil
	},
	"int": func(v any, _ []any) (any, error) {
		if f, ok := number(v); ok {
			return int64(f), nil
		}
		n, err := strconv.ParseInt(strings.TrimSpace(str(v)), 10, 64)
		if err != nil {
			return int64(0), nil // as Jinja does
		}
		return n, nil
	},
	"float": func(v any, _ []any) (any, error) {
		if f, ok := number(v); ok {
			return f, nil
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(str(v)), 64)
		if err != nil {
			return 0.0, nil
		}
		return f, nil
	},
}

func escape(v any, _ []any) (any, error) { return Safe(printed(v)), nil }

// orDefault replaces what is undefined, or with a second argument that is
// true what is false.
func orDefault(v any, args []any) (any, error) {
	_, undefined := v.(undefined)
	if undefined || len(args) > 1 && truth(args[1]) && !truth(v) {
		if len(args) == 0 {
			return "", nil
		}
		return args[0], nil
	}
	return v, nil
}

func length(v any, _ []any) (any, error) {
	if s, ok := isText(v); ok {
		return int64(utf8.RuneCountInString(s)), nil
	}
	items, err := itemsOf(v)
	return int64(len(items)), err
}

// endOf is the first item, or with -1 the last.
func endOf(v any, at int) (any, error) {
	items, err := itemsOf(v)
	if err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return undefined("item of an empty list"), nil
	}
	if at < 0 {
		at = len(items) - 1
	}
	return items[at], nil
}

// join joins the items of a list; the result is safe if one of them is,
// and the others are then escaped.
func join(v any, args []any) (any, error) {
	items, err := itemsOf(v)
	if err != nil {
		return nil, err
	}
	var sep any = ""
	if len(args) > 0 {
		sep = args[0]
	}
	var out any = ""
	for i, item := range items {
		if i > 0 {
			out = concat(out, sep)
		}
		out = concat(out, item)
	}
	return out, nil
}

// testExpr is "value is name".
type testExpr struct {
	of   expression
	name string
	not  bool
}

func (e testExpr) value(w *writer) (any, error) {
	v, err := e.of.value(w)
	if err != nil {
		return nil, err
	}
	return tests[e.name](v) != e.not, nil
}

var tests = map[string]func(v any) bool{
	"defined":   func(v any) bool { _, u := v.(undefined); return !u },
	"undefined": func(v any) bool { _, u := v.(undefined); return u },
	"none":      func(v any) bool { return v == nil },
	"string":    func(v any) bool { _, ok := isText(v); return ok },
	"number":    func(v any) bool { _, ok := number(v); return ok },
	"true":      func(v any) bool { return v == true },
	"false":     func(v any) bool { return v == false },
	"mapping":   func(v any) bool { _, ok := v.(Object); return ok },
	"sequence": func(v any) bool {
		_, text := isText(v)
		_, list := v.([]any)
		return text || list
	},
}

// callExpr is a method of a value.
type callExpr struct {
	of   expression
	name string
	args []expression
}

func (e callExpr) value(w *writer) (any, error) {
	of, err := e.of.value(w)
	if err != nil {
		return nil, err
	}
	list, err := listExpr(e.args).value(w)
	if err != nil {
		return nil, err
	}
	args := list.([]any)
	text := func(i int) string {
		if i < len(args) {
			return str(args[i])
		}
		return ""
	}
	if o, ok := of.(Object); ok {
		return o.call(e.name, args)
	}
	s, ok := isText(of)
	if !ok {
		return nil, fmt.Errorf("%s has no method %s", repr(of), e.name)
	}
	switch e.name {
	case "strip", "lstrip", "rstrip":
		return trimmed(s, e.name, args), nil
	case "upper":
		return strings.ToUpper(s), nil
	case "lower":
		return strings.ToLower(s), nil
	case "replace":
		return strings.ReplaceAll(s, text(0), text(1)), nil
	case "startswith":
		return strings.HasPrefix(s, text(0)), nil
	case "endswith":
		return strings.HasSuffix(s, text(0)), nil
	case "split":
		parts := strings.Fields(s)
		if len(args) > 0 && text(0) != "" {
			parts = strings.Split(s, text(0))
		}
		var out []any
		for _, p := range parts {
			out = append(out, p)
		}
		return out, nil
	}
	return nil, fmt.Errorf("method %s of a text is not supported", e.name)
}

func (o Object) call(name string, args []any) (any, error) {
	switch name {
	case "get":
		if len(args) > 0 {
			if v, ok := o.get(str(args[0])); ok {
				return v, nil
			}
		}
		if len(args) > 1 {
			return args[1], nil
		}
		return nil, nil
	case "items", "keys", "values":
		var out []any
		for _, f := range o {
			switch name {
			case "items":
				out = append(out, []any{f.Name, f.Value})
			case "keys":
				out = append(out, f.Name)
			default:
				out = append(out, f.Value)
			}
		}
		return out, nil
	}
	return nil, fmt.Errorf("method %s of a dict is not supported", name)
}
