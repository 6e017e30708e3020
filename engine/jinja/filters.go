package jinja

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// filterExpr is value|name(arguments).
type filterExpr struct {
	of   expression
	name string
	args []arg
	f    filterFunc
}

// filterFunc makes of a value and arguments another value.
type filterFunc func(w *writer, v any, a args) (any, error)

func (e filterExpr) value(w *writer) (any, error) {
	v, err := e.of.value(w)
	if err != nil {
		return nil, err
	}
	a, err := w.values(e.args)
	if err != nil {
		return nil, err
	}
	if e.f == nil {
		return nil, fmt.Errorf("filter %q is not supported", e.name)
	}
	v, err = e.f(w, v, a)
	if err != nil {
		return nil, fmt.Errorf("filter %s: %w", e.name, err)
	}
	return v, nil
}

// filters are those of Jinja's filters that bodies of requests and chat
// templates are made with.
var filters map[string]filterFunc

func init() { // map calls the others
	filters = map[string]filterFunc{
		"tojson": toJSON, "safe": texts(func(s string) any { return Safe(s) }), "e": escape, "escape": escape,
		"default": orDefault, "d": orDefault,
		"length": length, "count": length, "first": endOf(0), "last": endOf(-1), "join": join,
		"map": mapped, "select": selected("select"), "reject": selected("reject"), "selectattr": selected("selectattr"), "rejectattr": selected("rejectattr"),
		"sort": sorted, "dictsort": dictSorted, "unique": unique, "reverse": reversed, "sum": total, "min": extreme(-1), "max": extreme(1),
		"list": func(_ *writer, v any, _ args) (any, error) {
			items, err := itemsOf(v)
			return items, err
		},
		"items": func(_ *writer, v any, _ args) (any, error) {
			switch v := v.(type) {
			case Object:
				return v.pairs(), nil
			case undefined:
				return []any{}, nil
			}
			return nil, fmt.Errorf("%s is no dict", repr(v))
		},
		"attr":       func(_ *writer, v any, a args) (any, error) { return attribute(v, a.text(0, "name")), nil },
		"string":     texts(func(s string) any { return s }),
		"upper":      texts(func(s string) any { return strings.ToUpper(s) }),
		"lower":      texts(func(s string) any { return strings.ToLower(s) }),
		"capitalize": texts(func(s string) any { return capitalized(s) }),
		"title":      texts(func(s string) any { return titled(s) }),
		"trim": func(_ *writer, v any, a args) (any, error) {
			chars, _ := a.at(0, "chars")
			return trimmed(str(v), "strip", chars), nil
		},
		"indent": indent,
		"replace": func(_ *writer, v any, a args) (any, error) {
			if len(a.list) < 2 {
				return nil, errors.New("it takes two texts")
			}
			return strings.Replace(str(v), str(a.list[0]), str(a.list[1]), a.whole(2, "count", -1)), nil
		},
		"int": func(_ *writer, v any, a args) (any, error) {
			if f, ok := number(v); ok {
				return int64(f), nil
			}
			s := strings.TrimSpace(str(v))
			if n, err := strconv.ParseInt(s, 10, 64); err == nil {
				return n, nil
			}
			if f, err := strconv.ParseFloat(s, 64); err == nil && math.Abs(f) < 1<<53 {
				return int64(f), nil
			}
			return int64(a.whole(0, "default", 0)), nil // as Jinja does
		},
		"float": func(_ *writer, v any, a args) (any, error) {
			if f, ok := number(v); ok {
				return f, nil
			}
			f, err := strconv.ParseFloat(strings.TrimSpace(str(v)), 64)
			if err == nil {
				return f, nil
			}
			if other, ok := a.at(0, "default"); ok {
				return other, nil
			}
			return 0.0, nil
		},
		"abs": func(_ *writer, v any, _ args) (any, error) {
			if n, ok := number(v); !ok || n >= 0 {
				return v, nil
			}
			return arithmetic("-", int64(0), v)
		},
		"round": func(_ *writer, v any, a args) (any, error) {
			n, ok := number(v)
			if !ok {
				return nil, fmt.Errorf("%s is no number", repr(v))
			}
			scale := math.Pow10(a.whole(0, "precision", 0))
			switch a.text(1, "method") {
			case "ceil":
				return math.Ceil(n*scale) / scale, nil
			case "floor":
				return math.Floor(n*scale) / scale, nil
			}
			return math.RoundToEven(n*scale) / scale, nil
		},
	}
}

// texts makes a filter of what is done to a text.
func texts(f func(s string) any) filterFunc {
	return func(_ *writer, v any, _ args) (any, error) { return f(str(v)), nil }
}

func escape(_ *writer, v any, _ args) (any, error) { return Safe(printed(v)), nil }

// orDefault replaces what is undefined, or with a second argument that is
// true what is false.
func orDefault(_ *writer, v any, a args) (any, error) {
	_, undefined := v.(undefined)
	if undefined || a.is(1, "boolean") && !truth(v) {
		if other, ok := a.at(0, "default_value"); ok {
			return other, nil
		}
		return "", nil
	}
	return v, nil
}

// indent puts blanks before the lines but the first, and before empty ones if
// asked for.
func indent(_ *writer, v any, a args) (any, error) {
	by := strings.Repeat(" ", min(1000, max(0, a.whole(0, "width", 4))))
	if s, ok := a.at(0, "width"); ok {
		if s, ok := isText(s); ok {
			by = s
		}
	}
	lines := strings.Split(str(v), "\n")
	for i, line := range lines {
		if i > 0 && (line != "" || a.is(2, "blank")) || i == 0 && a.is(1, "first") {
			lines[i] = by + line
		}
	}
	return strings.Join(lines, "\n"), nil
}

// toJSON writes JSON: as Jinja does, or in the template of a chat as
// transformers does.
func toJSON(w *writer, v any, a args) (any, error) {
	if u, ok := v.(undefined); ok {
		return nil, fmt.Errorf("%q is undefined", string(u))
	}
	if !w.plain {
		return Safe(appendJSON(nil, v)), nil
	}
	style := jsonStyle{ascii: a.is(0, "ensure_ascii"), sort: a.is(3, "sort_keys"), item: ", ", colon: ": "}
	if n, ok := a.at(1, "indent"); ok && n != nil {
		style.indent, style.lines = strings.Repeat(" ", min(100, max(0, a.whole(1, "indent", 0)))), true
		style.item = ","
	}
	if s, ok := a.at(2, "separators"); ok {
		if pair, ok := s.([]any); ok && len(pair) == 2 {
			style.item, style.colon = str(pair[0]), str(pair[1])
		}
	}
	return string(style.append(nil, v, "\n")), nil
}

// capitalized is a text with one capital, at its beginning.
func capitalized(s string) string {
	r := []rune(strings.ToLower(s))
	if len(r) > 0 {
		r[0] = unicode.ToTitle(r[0])
	}
	return string(r)
}

// titled is a text whose words begin with capitals.
func titled(s string) string {
	in := false
	return strings.Map(func(r rune) rune {
		was := in
		in = unicode.IsLetter(r) || unicode.IsDigit(r)
		switch {
		case !in:
			return r
		case was:
			return unicode.ToLower(r)
		}
		return unicode.ToTitle(r)
	}, s)
}
