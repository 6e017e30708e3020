package jinja

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// testExpr is "value is name" or "value is name(arguments)".
type testExpr struct {
	of   expression
	name string
	args []arg
	not  bool
}

func (e testExpr) value(w *writer) (any, error) {
	v, err := e.of.value(w)
	if err != nil {
		return nil, err
	}
	a, err := w.values(e.args)
	if err != nil {
		return nil, err
	}
	ok, err := holdsTest(e.name, v, a.list)
	return ok != e.not, err
}

// holdsTest runs a test.
func holdsTest(name string, v any, args []any) (bool, error) {
	if f := tests[name]; f != nil {
		return f(v), nil
	}
	f := testsWith[name]
	if f == nil {
		return false, fmt.Errorf("test %q is not supported", name)
	}
	if len(args) != 1 {
		return false, fmt.Errorf("test %s takes one argument", name)
	}
	return f(v, args[0])
}

var tests = map[string]func(v any) bool{
	"defined":   func(v any) bool { _, u := v.(undefined); return !u },
	"undefined": func(v any) bool { _, u := v.(undefined); return u },
	"none":      func(v any) bool { return v == nil },
	"string":    func(v any) bool { _, ok := isText(v); return ok },
	"number":    func(v any) bool { _, ok := number(v); return ok },
	"integer":   func(v any) bool { _, ok := v.(int64); return ok },
	"float":     func(v any) bool { _, ok := v.(float64); return ok },
	"boolean":   func(v any) bool { _, ok := v.(bool); return ok },
	"true":      func(v any) bool { return v == true },
	"false":     func(v any) bool { return v == false },
	"mapping":   func(v any) bool { _, ok := v.(Object); return ok },
	"sequence":  func(v any) bool { _, err := itemsOf(v); return err == nil },
	"iterable":  func(v any) bool { _, err := itemsOf(v); return err == nil },
	"odd":       func(v any) bool { n, ok := number(v); return ok && math.Mod(n, 2) != 0 },
	"even":      func(v any) bool { n, ok := number(v); return ok && math.Mod(n, 2) == 0 },
	"lower":     func(v any) bool { s := str(v); return s == strings.ToLower(s) && s != strings.ToUpper(s) },
	"upper":     func(v any) bool { s := str(v); return s == strings.ToUpper(s) && s != strings.ToLower(s) },
	"callable": func(v any) bool {
		switch v.(type) {
		case *macro, function, undefined: // as Jinja has it
			return true
		}
		return false
	},
}

// testsWith take an argument.
var testsWith = map[string]func(v, arg any) (bool, error){
	"in":      contains,
	"eq":      by("=="),
	"equalto": by("=="),
	"sameas": func(v, arg any) (bool, error) {
		return fmt.Sprintf("%T", v) == fmt.Sprintf("%T", arg) && equal(v, arg), nil
	},
	"ne":          by("!="),
	"lt":          by("<"),
	"lessthan":    by("<"),
	"le":          by("<="),
	"gt":          by(">"),
	"greaterthan": by(">"),
	"ge":          by(">="),
	"divisibleby": func(v, arg any) (bool, error) {
		n, ok := number(v)
		d, ok2 := number(arg)
		if !ok || !ok2 || d == 0 {
			return false, fmt.Errorf("%s is not divisible by anything", repr(v))
		}
		return math.Mod(n, d) == 0, nil
	},
}

func by(op string) func(v, arg any) (bool, error) {
	return func(v, arg any) (bool, error) { return compare(op, v, arg) }
}

// test reads a test behind its "is".
func (p *parser) test(e expression) (expression, error) {
	t := testExpr{of: e, not: p.takeWord("not")}
	var err error
	if t.name, err = p.name(); err != nil {
		return nil, err
	}
	switch {
	case tests[t.name] == nil && testsWith[t.name] == nil && !p.late:
		return nil, fmt.Errorf("test %q is not supported", t.name)
	case tests[t.name] != nil:
	case p.take("("):
		t.args, err = p.args()
	case p.toks[0].kind == 0 || p.toks[0].kind == 'o' && !strings.Contains("([{", p.toks[0].text) ||
		p.toks[0].kind == 'n' && slices.Contains([]string{"else", "or", "and", "if"}, p.toks[0].text):
	default: // an argument may stand there without parentheses
		var a expression
		if a, err = p.primary(); err == nil {
			a, err = p.postfix(a)
		}
		t.args = []arg{{"", a}}
	}
	return t, err
}

// selected is select, reject, selectattr or rejectattr.
func selected(name string) filterFunc {
	return func(_ *writer, v any, a args) (any, error) {
		if !truth(v) {
			return []any{}, nil
		}
		items, err := itemsOf(v)
		if err != nil {
			return nil, err
		}
		rest := a.list
		get := func(x any) any { return x }
		if strings.HasSuffix(name, "attr") {
			if len(rest) == 0 {
				return nil, fmt.Errorf("it needs an attribute")
			}
			path := rest[0]
			rest = rest[1:]
			get = func(x any) any { return attribute(x, path) }
		}
		test := func(x any) (bool, error) { return truth(x), nil }
		if len(rest) > 0 {
			test = func(x any) (bool, error) { return holdsTest(str(rest[0]), x, rest[1:]) }
		}
		want := strings.HasPrefix(name, "select")
		out := []any{}
		for _, x := range items {
			ok, err := test(get(x))
			if err != nil {
				return nil, err
			}
			if ok == want {
				out = append(out, x)
			}
		}
		return out, nil
	}
}

// attribute follows a dotted path; what is not there is undefined.
func attribute(v, path any) any {
	if i, ok := path.(int64); ok {
		x, err := itemExpr{constExpr{v}, constExpr{i}}.value(nil)
		if err != nil {
			return undefined("item")
		}
		return x
	}
	for part := range strings.SplitSeq(str(path), ".") {
		var key any = part
		if len(part) > 0 && !slices.ContainsFunc([]rune(part), func(r rune) bool { return r < '0' || r > '9' }) {
			var n int64
			fmt.Sscan(part, &n)
			key = n
		}
		x, err := itemExpr{constExpr{v}, constExpr{key}}.value(nil)
		if err != nil {
			return undefined(part)
		}
		v = x
	}
	return v
}
