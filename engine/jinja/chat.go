package jinja

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// CompileChat reads a chat template of a tokenizer, as transformers sets Jinja
// up for them: a statement takes the newline behind it and the blanks before
// it on its line away, nothing is escaped, names that nothing defines are empty.
func CompileChat(src string) (*Template, error) {
	t, err := compile(trimBlocks(strings.TrimSuffix(src, "\n")), false)
	if err != nil {
		return nil, err
	}
	t.plain = true
	return t, nil
}

// trimBlocks takes away the white space that stands beside statements and
// comments alone on their line, as trim_blocks and lstrip_blocks do.
func trimBlocks(src string) string {
	var b strings.Builder
	fresh := true // what follows begins a line
	for src != "" {
		at, kind := nextMark(src)
		if kind == 0 {
			break
		}
		inner, rest, err := inside(src[at+2:], kind)
		if err != nil {
			break // the parser tells
		}
		text, mark := src[:at], src[at:len(src)-len(rest)]
		src = rest
		if kind != '{' {
			// Blanks count as those before the mark if they begin a line.
			cut := strings.TrimRight(text, " \t")
			begins := strings.HasSuffix(cut, "\n") || cut == "" && fresh
			if begins && !strings.HasPrefix(inner, "+") {
				text = cut
			}
			src, fresh = strings.CutPrefix(src, "\n")
		} else {
			fresh = false
		}
		b.WriteString(text)
		b.WriteString(mark)
	}
	b.WriteString(src)
	return b.String()
}

// namespace is what a template sets attributes of, from inside of loops.
type namespace struct{ fields Object }

// setAttrNode is {% set name.attribute = expression %}.
type setAttrNode struct {
	name, attr string
	e          expression
}

func (n setAttrNode) write(w *writer) error {
	v, err := n.e.value(w)
	if err != nil {
		return err
	}
	ns, ok := w.lookup(n.name).(*namespace)
	if !ok {
		return fmt.Errorf("%s is no namespace", n.name)
	}
	for i := range ns.fields {
		if ns.fields[i].Name == n.attr {
			ns.fields[i].Value = v
			return nil
		}
	}
	ns.fields = append(ns.fields, Field{n.attr, v})
	return nil
}

// funcExpr is a call of a function.
type funcExpr struct {
	name  string
	names []string // of the arguments; "" is one without
	args  []expression
}

// functions are those that templates may call.
var functions = map[string]func(names []string, args []any) (any, error){
	"namespace": func(names []string, args []any) (any, error) {
		ns := &namespace{}
		for i, name := range names {
			if name == "" {
				return nil, errors.New("namespace takes named arguments")
			}
			ns.fields = append(ns.fields, Field{name, args[i]})
		}
		return ns, nil
	},
	"raise_exception": func(_ []string, args []any) (any, error) {
		if len(args) == 0 {
			return nil, errors.New("the template refuses these messages")
		}
		return nil, fmt.Errorf("the template refuses these messages: %s", str(args[0]))
	},
	"range": func(_ []string, args []any) (any, error) {
		var n [3]int64
		for i, a := range args {
			v, ok := a.(int64)
			if !ok || i == len(n) {
				return nil, errors.New("range takes one to three whole numbers")
			}
			n[i] = v
		}
		from, to, step := int64(0), n[0], int64(1)
		if len(args) > 1 {
			from, to = n[0], n[1]
		}
		if len(args) > 2 {
			step = n[2]
		}
		if step == 0 || (to-from)/step > maxSteps {
			return nil, errors.New("range is too long")
		}
		out := []any{}
		for i := from; step > 0 && i < to || step < 0 && i > to; i += step {
			out = append(out, i)
		}
		return out, nil
	},
}

func (e funcExpr) value(w *writer) (any, error) {
	args := make([]any, len(e.args))
	for i, a := range e.args {
		var err error
		if args[i], err = a.value(w); err != nil {
			return nil, err
		}
	}
	return functions[e.name](e.names, args)
}

// call reads the arguments of a function.
func (p *parser) call(name string) (expression, error) {
	if functions[name] == nil {
		return nil, fmt.Errorf("function %q is not supported", name)
	}
	f := funcExpr{name: name}
	for !p.take(")") {
		if len(f.args) > 0 {
			if err := p.want(","); err != nil {
				return nil, err
			}
		}
		named := ""
		if t := p.toks; t[0].kind == 'n' && len(t) > 1 && t[1].kind == 'o' && t[1].text == "=" {
			named, p.toks = t[0].text, t[2:]
		}
		e, err := p.expr()
		if err != nil {
			return nil, err
		}
		f.names, f.args = append(f.names, named), append(f.args, e)
	}
	return f, nil
}

// trimmed is strip, lstrip or rstrip of a text.
func trimmed(s, method string, args []any) string {
	cut := unicode.IsSpace
	if len(args) > 0 && args[0] != nil {
		chars := str(args[0])
		cut = func(r rune) bool { return strings.ContainsRune(chars, r) }
	}
	switch method {
	case "lstrip":
		return strings.TrimLeftFunc(s, cut)
	case "rstrip":
		return strings.TrimRightFunc(s, cut)
	}
	return strings.TrimFunc(s, cut)
}
