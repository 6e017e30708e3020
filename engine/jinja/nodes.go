package jinja

import (
	"cmp"
	"errors"
	"fmt"
)

// The expressions.

type constExpr struct{ v any }

func (e constExpr) value(*writer) (any, error) { return e.v, nil }

type nameExpr string

func (e nameExpr) value(w *writer) (any, error) { return w.lookup(string(e)), nil }

type listExpr []expression

func (e listExpr) value(w *writer) (any, error) {
	out := make([]any, len(e))
	for i, x := range e {
		v, err := x.value(w)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

type dictExpr [][2]expression

func (e dictExpr) value(w *writer) (any, error) {
	out := make(Object, 0, len(e))
	for _, kv := range e {
		k, err := kv[0].value(w)
		if err != nil {
			return nil, err
		}
		v, err := kv[1].value(w)
		if err != nil {
			return nil, err
		}
		out = append(out, Field{keyOf(k), v})
	}
	return out, nil
}

// condExpr is "then if cond else other"; other may be nil.
type condExpr struct{ cond, then, other expression }

func (e condExpr) value(w *writer) (any, error) {
	yes, err := w.holds(e.cond)
	switch {
	case err != nil:
		return nil, err
	case yes:
		return e.then.value(w)
	case e.other == nil && w.strict: // as Jinja does, strict as it is
		return "", nil
	case e.other == nil:
		return undefined(""), nil
	}
	return e.other.value(w)
}

type logicExpr struct {
	left, right expression
	and         bool
}

func (e logicExpr) value(w *writer) (any, error) {
	v, err := e.left.value(w)
	if err == nil {
		err = w.defined(v)
	}
	if err != nil || truth(v) != e.and {
		return v, err
	}
	return e.right.value(w)
}

type notExpr struct{ e expression }

func (e notExpr) value(w *writer) (any, error) {
	yes, err := w.holds(e.e)
	return !yes, err
}

// compareExpr is a chain such as 1 < n <= 5.
type compareExpr struct {
	first expression
	ops   []string
	rest  []expression
}

func (e compareExpr) value(w *writer) (any, error) {
	left, err := e.first.value(w)
	if err != nil {
		return nil, err
	}
	for i, op := range e.ops {
		right, err := e.rest[i].value(w)
		if err != nil {
			return nil, err
		}
		ok, err := compare(op, left, right)
		if err != nil || !ok {
			return false, err
		}
		left = right
	}
	return true, nil
}

func compare(op string, a, b any) (bool, error) {
	switch op {
	case "==":
		return equal(a, b), nil
	case "!=":
		return !equal(a, b), nil
	case "in":
		return contains(a, b)
	case "not in":
		ok, err := contains(a, b)
		return !ok, err
	}
	var c int
	x, num := number(a)
	y, num2 := number(b)
	s, text := isText(a)
	t, text2 := isText(b)
	switch {
	case num && num2:
		c = cmp.Compare(x, y)
	case text && text2:
		c = cmp.Compare(s, t)
	default:
		return false, fmt.Errorf("cannot compare %s %s %s", repr(a), op, repr(b))
	}
	switch op {
	case "<":
		return c < 0, nil
	case "<=":
		return c <= 0, nil
	case ">":
		return c > 0, nil
	}
	return c >= 0, nil
}

type binaryExpr struct {
	op          string
	left, right expression
}

func (e binaryExpr) value(w *writer) (any, error) {
	a, err := e.left.value(w)
	if err != nil {
		return nil, err
	}
	b, err := e.right.value(w)
	if err != nil {
		return nil, err
	}
	if size(a)+size(b) > maxOutput {
		return nil, fmt.Errorf("a value grows beyond %d bytes", maxOutput)
	}
	if e.op == "~" {
		return w.concat(a, b), nil
	}
	return arithmetic(e.op, a, b)
}

// size is about what a text or a list takes in memory.
func size(v any) int {
	if list, ok := v.([]any); ok {
		return 16 * len(list)
	}
	s, _ := isText(v)
	return len(s)
}

// itemExpr is an attribute or an item; one that is not there is undefined.
type itemExpr struct{ of, key expression }

func (e itemExpr) value(w *writer) (any, error) {
	of, err := e.of.value(w)
	if err != nil {
		return nil, err
	}
	key, err := e.key.value(w)
	if err != nil {
		return nil, err
	}
	switch of := of.(type) {
	case undefined:
		return nil, fmt.Errorf("%q is undefined", string(of))
	case Object:
		if v, ok := of.get(keyOf(key)); ok {
			return v, nil
		}
	case *namespace:
		if v, ok := of.fields.get(str(key)); ok {
			return v, nil
		}
	case *loopState:
		return of.get(str(key)), nil
	case []any:
		if i, ok := key.(int64); ok {
			if i < 0 {
				i += int64(len(of))
			}
			if i >= 0 && i < int64(len(of)) {
				return of[i], nil
			}
		}
	default:
		if s, ok := isText(of); ok {
			if i, ok := key.(int64); ok {
				r := []rune(s)
				if i < 0 {
					i += int64(len(r))
				}
				if i >= 0 && i < int64(len(r)) {
					return string(r[i]), nil
				}
			}
		}
	}
	return undefined(str(key)), nil
}

// sliceExpr is list[from:to:step]; each of the three may be nil.
type sliceExpr struct{ of, from, to, step expression }

func (e sliceExpr) value(w *writer) (any, error) {
	of, err := e.of.value(w)
	if err != nil {
		return nil, err
	}
	whole := func(x expression) (n int64, ok bool, err error) {
		if x == nil {
			return 0, false, nil
		}
		v, err := x.value(w)
		if err != nil || v == nil {
			return 0, false, err
		}
		if n, ok = v.(int64); !ok {
			return 0, false, errors.New("a slice needs whole numbers")
		}
		return n, true, nil
	}
	list, isList := of.([]any)
	text, isText := isText(of)
	runes := []rune(text)
	n := int64(max(len(list), len(runes)))
	step, ok, err := whole(e.step)
	if err != nil || ok && step == 0 {
		return nil, cmp.Or(err, errors.New("the step of a slice is 0"))
	}
	lo, hi := int64(0), n // where places can be
	if !ok {
		step = 1
	}
	from, to := lo, hi
	if step < 0 {
		lo, hi = -1, n-1
		from, to = hi, lo
	}
	for _, b := range []struct {
		x  expression
		at *int64
	}{{e.from, &from}, {e.to, &to}} {
		v, ok, err := whole(b.x)
		if err != nil {
			return nil, err
		}
		if ok {
			if v < 0 {
				v += n
			}
			*b.at = max(lo, min(v, hi))
		}
	}
	var items []any
	var b []rune
	for i := from; step > 0 && i < to || step < 0 && i > to; i += step {
		if isList {
			items = append(items, list[i])
		} else {
			b = append(b, runes[i])
		}
	}
	switch {
	case isList:
		if items == nil {
			items = []any{}
		}
		return items, nil
	case isText:
		return string(b), nil
	}
	return nil, fmt.Errorf("%s has no parts", repr(of))
}
