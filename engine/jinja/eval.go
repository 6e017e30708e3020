package jinja

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// maxOutput bounds what a template may write, in bytes, and maxSteps how often
// its loops may go round in all.
const (
	maxOutput = 64 << 20
	maxSteps  = 1 << 20
)

// writer is one rendering of a template.
type writer struct {
	out   []byte
	scope []Field // later ones hide earlier ones
	limit int     // of out
	steps int     // of loops
	loops []int   // len(scope) where each loop that is being written began
	calls int     // of macros that are being written
	// strict: nothing is escaped, and what is undefined is an error.
	strict bool
	// plain: nothing is escaped.
	plain bool
}

func (w *writer) write(nodes []node) error {
	for _, n := range nodes {
		if err := n.write(w); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) print(s string) error {
	if len(w.out)+len(s) > w.limit {
		return fmt.Errorf("the template writes more than %d bytes", maxOutput)
	}
	w.out = append(w.out, s...)
	return nil
}

func (w *writer) lookup(name string) any {
	if v, ok := Object(w.scope).get(name); ok {
		return v
	}
	if f := functions[name]; f != nil {
		return f
	}
	return undefined(name)
}

// textNode is text as it stands.
type textNode string

func (n textNode) write(w *writer) error { return w.print(string(n)) }

// printNode is {{ }}.
type printNode struct{ e expression }

func (n printNode) write(w *writer) error {
	v, err := n.e.value(w)
	if err != nil {
		return err
	}
	if err := w.defined(v); err != nil {
		return err
	}
	if w.strict || w.plain {
		return w.print(str(v))
	}
	return w.print(printed(v))
}

// defined tells whether a value may be used.
func (w *writer) defined(v any) error {
	if u, ok := v.(undefined); ok && w.strict {
		return fmt.Errorf("%q is undefined", string(u))
	}
	return nil
}

// holds tells whether a condition is true.
func (w *writer) holds(e expression) (bool, error) {
	v, err := e.value(w)
	if err == nil {
		err = w.defined(v)
	}
	return err == nil && truth(v), err
}

// setNode is {% set name = expression %}, or of several names.
type setNode struct {
	names []string
	e     expression
}

func (n setNode) write(w *writer) error {
	v, err := n.e.value(w)
	if err != nil {
		return err
	}
	return w.bind(n.names, v)
}

// ifNode is {% if %} with its branches; an elif is an if in the other branch.
type ifNode struct {
	cond        expression
	then, other []node
}

func (n ifNode) write(w *writer) error {
	yes, err := w.holds(n.cond)
	switch {
	case err != nil:
		return err
	case yes:
		return w.write(n.then)
	}
	return w.write(n.other)
}

// forNode is {% for %}; the other branch is written if nothing was.
type forNode struct {
	names       []string
	list, cond  expression
	body, other []node
}

func (n forNode) write(w *writer) error {
	v, err := n.list.value(w)
	if err == nil {
		err = w.defined(v)
	}
	if err != nil {
		return err
	}
	items, err := itemsOf(v)
	if err != nil {
		return err
	}
	depth := len(w.scope)
	w.loops = append(w.loops, depth)
	defer func() { w.scope, w.loops = w.scope[:depth], w.loops[:len(w.loops)-1] }()
	if n.cond != nil {
		var kept []any
		for _, item := range items {
			w.scope = w.scope[:depth]
			if err := w.bind(n.names, item); err != nil {
				return err
			}
			yes, err := w.holds(n.cond)
			if err != nil {
				return err
			}
			if yes {
				kept = append(kept, item)
			}
		}
		items = kept
	}
	loop := &loopState{items: items}
	for i, item := range items {
		if w.steps++; w.steps > maxSteps {
			return errors.New("the template loops too long")
		}
		loop.at = i
		w.scope = append(w.scope[:depth], Field{"loop", loop})
		if err := w.bind(n.names, item); err != nil {
			return err
		}
		if err := w.write(n.body); err != nil && err != errContinue {
			if err == errBreak {
				break
			}
			return err
		}
	}
	if len(items) == 0 {
		return w.write(n.other)
	}
	return nil
}

// bind gives names their values: one name the value, several its items.
func (w *writer) bind(names []string, v any) error {
	if len(names) == 1 {
		w.scope = append(w.scope, Field{names[0], v})
		return nil
	}
	list, ok := v.([]any)
	if !ok || len(list) != len(names) {
		return fmt.Errorf("%s is not %d values", repr(v), len(names))
	}
	for i, name := range names {
		w.scope = append(w.scope, Field{name, list[i]})
	}
	return nil
}

// itemsOf is what a loop goes over: a list, the keys of a dict, the
// characters of a text.
func itemsOf(v any) ([]any, error) {
	switch v := v.(type) {
	case []any:
		return v, nil
	case undefined:
		return nil, nil
	case Object:
		var keys []any
		for _, f := range v {
			keys = append(keys, f.keyValue())
		}
		return keys, nil
	}
	if s, ok := isText(v); ok {
		var chars []any
		for _, r := range s {
			chars = append(chars, string(r))
		}
		return chars, nil
	}
	return nil, fmt.Errorf("%s is not a list", repr(v))
}

// arithmetic is an operator on two values.
func arithmetic(op string, a, b any) (any, error) {
	if op == "+" {
		if x, ok := a.([]any); ok {
			if y, ok := b.([]any); ok {
				return append(x[:len(x):len(x)], y...), nil
			}
		}
		if x, ok := isText(a); ok {
			if y, ok := isText(b); ok {
				if isSafe(a) || isSafe(b) { // as Markup adds, whether the template escapes or not
					return Safe(printed(a) + printed(b)), nil
				}
				return x + y, nil
			}
		}
	}
	if s, ok := isText(a); ok && op == "*" {
		if n, ok := b.(int64); ok && n <= maxOutput && n*int64(len(s)) <= maxOutput {
			return strings.Repeat(s, int(max(0, n))), nil
		}
	}
	bad := fmt.Errorf("cannot compute %s %s %s", repr(a), op, repr(b))
	x, ok := number(a)
	y, ok2 := number(b)
	if !ok || !ok2 || (op == "/" || op == "//" || op == "%") && y == 0 {
		return nil, bad
	}
	var f float64
	switch op {
	case "+":
		f = x + y
	case "-":
		f = x - y
	case "*":
		f = x * y
	case "/":
		return x / y, nil
	case "//":
		f = math.Floor(x / y)
	case "**":
		f = math.Pow(x, y)
	case "%":
		f = x - y*math.Floor(x/y)
	}
	_, real := a.(float64)
	_, real2 := b.(float64)
	if real || real2 || op == "**" && y < 0 {
		return f, nil
	}
	if math.Abs(f) >= 1<<53 {
		return nil, bad // not exact any more
	}
	return int64(f), nil
}

// concat is ~: where a template escapes, the result is safe if a part is, and
// the others are then escaped.
func (w *writer) concat(a, b any) any {
	if !w.strict && !w.plain && (isSafe(a) || isSafe(b)) {
		return Safe(printed(a) + printed(b))
	}
	return str(a) + str(b)
}

func isSafe(v any) bool { _, ok := v.(Safe); return ok }

// contains is "in".
func contains(item, in any) (bool, error) {
	if text, ok := isText(in); ok {
		part, ok := isText(item)
		if !ok {
			return false, fmt.Errorf("%s in a text: it must be a text", repr(item))
		}
		return strings.Contains(text, part), nil
	}
	items, err := itemsOf(in)
	for _, v := range items {
		if equal(item, v) {
			return true, err
		}
	}
	return false, err
}
