package jinja

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The filters of lists and dicts.

// mapped is map: an attribute of each item, or what a filter makes of it.
func mapped(w *writer, v any, a args) (any, error) {
	if !truth(v) {
		return []any{}, nil
	}
	items, err := itemsOf(v)
	if err != nil {
		return nil, err
	}
	out := []any{}
	if path, ok := a.named.get("attribute"); ok {
		other, has := a.named.get("default")
		for _, x := range items {
			y := attribute(x, path)
			if _, u := y.(undefined); u && has {
				y = other
			}
			out = append(out, y)
		}
		return out, nil
	}
	if len(a.list) == 0 {
		return nil, errors.New("it needs a filter or an attribute")
	}
	f := filters[str(a.list[0])]
	if f == nil {
		return nil, fmt.Errorf("filter %q is not supported", str(a.list[0]))
	}
	for _, x := range items {
		y, err := f(w, x, args{a.list[1:], a.named})
		if err != nil {
			return nil, err
		}
		out = append(out, y)
	}
	return out, nil
}

// order compares two values, texts without regard to case unless asked for.
func order(a, b any, cased bool) int {
	x, ok := number(a)
	y, ok2 := number(b)
	if ok && ok2 {
		return cmp.Compare(x, y)
	}
	s, t := str(a), str(b)
	if !cased {
		s, t = strings.ToLower(s), strings.ToLower(t)
	}
	return cmp.Compare(s, t)
}

func sorted(_ *writer, v any, a args) (any, error) {
	items, err := itemsOf(v)
	if err != nil {
		return nil, err
	}
	path, by := a.at(2, "attribute")
	key := func(x any) any {
		if by && path != nil {
			return attribute(x, path)
		}
		return x
	}
	out := slices.Clone(items)
	slices.SortStableFunc(out, func(x, y any) int {
		c := order(key(x), key(y), a.is(1, "case_sensitive"))
		if a.is(0, "reverse") {
			c = -c
		}
		return c
	})
	return out, nil
}

// dictSorted are the pairs of a dict by key, or by value.
func dictSorted(_ *writer, v any, a args) (any, error) {
	o, ok := v.(Object)
	if !ok {
		return nil, fmt.Errorf("%s is no dict", repr(v))
	}
	pairs := o.pairs()
	at := 0
	if a.text(1, "by") == "value" {
		at = 1
	}
	slices.SortStableFunc(pairs, func(x, y any) int {
		c := order(x.([]any)[at], y.([]any)[at], a.is(0, "case_sensitive"))
		if a.is(2, "reverse") {
			c = -c
		}
		return c
	})
	return pairs, nil
}

// pairs are the keys with their values.
func (o Object) pairs() []any {
	out := []any{}
	for _, f := range o {
		out = append(out, []any{f.keyValue(), f.Value})
	}
	return out
}

func unique(_ *writer, v any, a args) (any, error) {
	items, err := itemsOf(v)
	if err != nil {
		return nil, err
	}
	path, by := a.at(1, "attribute")
	out, keys := []any{}, []any{}
	for _, x := range items {
		k := x
		if by {
			k = attribute(x, path)
		}
		if s, ok := isText(k); ok && !a.is(0, "case_sensitive") {
			k = strings.ToLower(s)
		}
		if !slices.ContainsFunc(keys, func(y any) bool { return equal(k, y) }) {
			keys, out = append(keys, k), append(out, x)
		}
	}
	return out, nil
}

func reversed(_ *writer, v any, _ args) (any, error) {
	items, err := itemsOf(v)
	if err != nil {
		return nil, err
	}
	items = slices.Clone(items)
	slices.Reverse(items)
	if _, ok := isText(v); ok {
		var b strings.Builder
		for _, x := range items {
			b.WriteString(str(x))
		}
		return b.String(), nil
	}
	return items, nil
}

// total is sum.
func total(_ *writer, v any, a args) (any, error) {
	items, err := itemsOf(v)
	if err != nil {
		return nil, err
	}
	sum, ok := a.at(1, "start")
	if !ok {
		sum = int64(0)
	}
	path, by := a.at(0, "attribute")
	for _, x := range items {
		if by && path != nil {
			x = attribute(x, path)
		}
		if sum, err = arithmetic("+", sum, x); err != nil {
			return nil, err
		}
	}
	return sum, nil
}

// extreme is min or max.
func extreme(sign int) filterFunc {
	return func(_ *writer, v any, a args) (any, error) {
		items, err := itemsOf(v)
		if err != nil {
			return nil, err
		}
		if len(items) == 0 {
			return undefined("item of an empty list"), nil
		}
		best := items[0]
		for _, x := range items[1:] {
			if order(x, best, a.is(0, "case_sensitive"))*sign > 0 {
				best = x
			}
		}
		return best, nil
	}
}

func length(_ *writer, v any, _ args) (any, error) {
	if s, ok := isText(v); ok {
		return int64(utf8.RuneCountInString(s)), nil
	}
	items, err := itemsOf(v)
	return int64(len(items)), err
}

// endOf is the first item, or with -1 the last.
func endOf(at int) filterFunc {
	return func(_ *writer, v any, _ args) (any, error) {
		items, err := itemsOf(v)
		if err != nil {
			return nil, err
		}
		if len(items) == 0 {
			return undefined("item of an empty list"), nil
		}
		if at < 0 {
			return items[len(items)-1], nil
		}
		return items[at], nil
	}
}

// join joins the items of a list; the result is safe if one of them is, and the
// others are then escaped.
func join(w *writer, v any, a args) (any, error) {
	items, err := itemsOf(v)
	if err != nil {
		return nil, err
	}
	var sep any = ""
	if d, ok := a.at(0, "d"); ok {
		sep = d
	}
	path, by := a.at(1, "attribute")
	var out any = ""
	for i, item := range items {
		if i > 0 {
			out = w.concat(out, sep)
		}
		if by {
			item = attribute(item, path)
		}
		out = w.concat(out, item)
	}
	return out, nil
}
