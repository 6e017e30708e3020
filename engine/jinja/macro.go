package jinja

import (
	"errors"
	"fmt"
)

// macroNode is {% macro name(parameters) %}.
type macroNode struct {
	name   string
	params []arg // e is the default, nil without one
	body   []node
}

// macro is a macro's value: what it sees is the scope around its definition, as
// it is when the macro is called.
type macro struct {
	*macroNode
	around func() []Field
}

// maxCalls bounds how deep macros may call each other.
const maxCalls = 200

func (n *macroNode) write(w *writer) error {
	w.scope = append(w.scope, Field{n.name, n.bind(w)})
	return nil
}

func (n *macroNode) bind(w *writer) *macro {
	level := len(w.loops)
	return &macro{n, func() []Field {
		if len(w.loops) > level { // names of loops that were entered since are not seen
			return w.scope[:w.loops[level]]
		}
		return w.scope
	}}
}

// call writes the macro's body apart and returns its text. caller is what
// caller() calls in it, nil without any.
func (m *macro) call(w *writer, a args, caller *macro) (any, error) {
	if len(a.list) > len(m.params) {
		return nil, fmt.Errorf("macro %s takes %d arguments", m.name, len(m.params))
	}
	in := *w
	in.loops = nil
	around := m.around()
	in.scope = append(around[:len(around):len(around)], Field{m.name, m})
	if in.calls++; in.calls > maxCalls {
		return nil, errors.New("macros call each other too deep")
	}
	if in.steps++; in.steps > maxSteps {
		return nil, errors.New("the template calls macros too often")
	}
	if caller != nil {
		in.scope = append(in.scope, Field{"caller", caller})
	}
	for _, f := range a.named {
		if !m.takes(f.Name) {
			return nil, fmt.Errorf("macro %s has no parameter %s", m.name, f.Name)
		}
	}
	for i, p := range m.params {
		v, ok := a.at(i, p.name)
		if !ok {
			v = undefined(p.name)
			if p.e != nil {
				var err error
				if v, err = p.e.value(&in); err != nil {
					return nil, err
				}
			}
		}
		in.scope = append(in.scope, Field{p.name, v})
	}
	text, err := in.capture(m.body)
	w.out, w.steps = in.out, in.steps
	return text, err
}

func (m *macroNode) takes(name string) bool {
	for _, p := range m.params {
		if p.name == name {
			return true
		}
	}
	return false
}

// capture writes nodes and returns what they wrote.
func (w *writer) capture(nodes []node) (any, error) {
	at := len(w.out)
	err := w.write(nodes)
	text := string(w.out[at:])
	w.out = w.out[:at]
	if w.strict || w.plain {
		return text, err
	}
	return Safe(text), err
}

// callNode is {% call(parameters) macro(arguments) %}.
type callNode struct {
	of     callNameExpr
	caller macroNode
}

func (n *callNode) write(w *writer) error {
	v, err := n.of.with(w, n.caller.bind(w))
	if err != nil {
		return err
	}
	return printNode{constExpr{v}}.write(w)
}

// callNameExpr is a call of a macro or of a function.
type callNameExpr struct {
	name string
	args []arg
}

func (e callNameExpr) value(w *writer) (any, error) { return e.with(w, nil) }

func (e callNameExpr) with(w *writer, caller *macro) (any, error) {
	a, err := w.values(e.args)
	if err != nil {
		return nil, err
	}
	switch f := w.lookup(e.name).(type) {
	case *macro:
		return f.call(w, a, caller)
	case function:
		if caller == nil {
			return f(a)
		}
	case undefined:
		return nil, fmt.Errorf("%q is undefined", e.name)
	}
	return nil, fmt.Errorf("%s cannot be called", e.name)
}

// function is one that templates may call.
type function func(a args) (any, error)

// call reads a call of a name.
func (p *parser) call(name string) (expression, error) {
	if functions[name] == nil && !p.macros[name] && !p.late {
		return nil, fmt.Errorf("function %q is not supported", name)
	}
	list, err := p.args()
	return callNameExpr{name, list}, err
}

func (p *parser) macroBlock() (node, error) {
	name, err := p.name()
	if err != nil {
		return nil, err
	}
	n := &macroNode{name: name}
	if err := p.want("("); err != nil {
		return nil, err
	}
	if n.params, err = p.params(); err != nil {
		return nil, err
	}
	n.body, err = p.blockTo("macro", "endmacro")
	return n, err
}

// params reads the parameters of a macro, and what stands behind them.
func (p *parser) params() ([]arg, error) {
	var out []arg
	for !p.take(")") {
		if len(out) > 0 {
			if err := p.want(","); err != nil {
				return nil, err
			}
		}
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		a := arg{name: name}
		if p.take("=") {
			if a.e, err = p.expr(); err != nil {
				return nil, err
			}
		}
		out = append(out, a)
	}
	return out, p.end()
}

func (p *parser) callBlock() (node, error) {
	n := &callNode{caller: macroNode{name: "caller"}}
	if p.take("(") {
		toks := p.toks
		depth := 0
		for i, t := range toks { // the parameters end at their parenthesis, and not the statement
			if t.kind == 'o' && t.text == "(" {
				depth++
			}
			if t.kind == 'o' && t.text == ")" {
				if depth--; depth < 0 {
					p.toks = append(append([]token{}, toks[:i+1]...), token{})
					var err error
					if n.caller.params, err = p.params(); err != nil {
						return nil, err
					}
					p.toks = toks[i+1:]
					break
				}
			}
		}
	}
	e, err := p.whole()
	if err != nil {
		return nil, err
	}
	of, ok := e.(callNameExpr)
	if !ok {
		return nil, errors.New("call needs the call of a macro")
	}
	n.of = of
	n.caller.body, err = p.blockTo("call", "endcall")
	return n, err
}

// blockTo reads a block up to the word that ends it.
func (p *parser) blockTo(what, word string) ([]node, error) {
	nodes, end, err := p.block()
	if err == nil && end != word {
		err = fmt.Errorf("%s has no %s", what, word)
	}
	return nodes, err
}

// macrosOf are the names of the macros in a template: they may be called above
// their definition, from other macros.
func macrosOf(pieces []piece) map[string]bool {
	names := map[string]bool{"caller": true}
	for _, p := range pieces {
		if p.kind == '%' && len(p.tokens) > 2 && p.tokens[0].text == "macro" {
			names[p.tokens[1].text] = true
		}
	}
	return names
}
