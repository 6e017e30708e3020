package jinja

import "errors"

// The statements around a block, but for if, for and macros.

// captureNode is {% set name %}, {% filter name %} or {% generation %}: what the
// block writes is filtered, and given the name or written.
type captureNode struct {
	name string // "": it is written
	of   expression
	body []node
}

// captured stands in an expression for the text of a block.
const captured = nameExpr("\x00block")

func (n captureNode) write(w *writer) error {
	depth := len(w.scope)
	text, err := w.capture(n.body)
	w.scope = append(w.scope[:depth], Field{string(captured), text})
	if err != nil {
		return err
	}
	v, err := n.of.value(w)
	w.scope = w.scope[:depth]
	if err != nil {
		return err
	}
	if n.name == "" {
		return printNode{constExpr{v}}.write(w)
	}
	w.scope = append(w.scope, Field{n.name, v})
	return nil
}

// withNode is {% with a = 1 %}.
type withNode struct {
	vars []arg
	body []node
}

func (n withNode) write(w *writer) error {
	depth := len(w.scope)
	var fields []Field
	for _, a := range n.vars {
		v, err := a.e.value(w)
		if err != nil {
			return err
		}
		fields = append(fields, Field{a.name, v})
	}
	w.scope = append(w.scope, fields...)
	err := w.write(n.body)
	w.scope = w.scope[:depth]
	return err
}

// leaveNode is {% break %} or {% continue %}.
type leaveNode struct{ how error }

var (
	errBreak    = errors.New("break stands outside of a loop")
	errContinue = errors.New("continue stands outside of a loop")
)

func (n leaveNode) write(*writer) error { return n.how }

// setBlock reads what comes behind {% set name %} without a value.
func (p *parser) setBlock(name string) (node, error) {
	of, err := p.filters(captured)
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return nil, err
	}
	body, err := p.blockTo("set", "endset")
	return captureNode{name, of, body}, err
}

// filterBlock reads {% filter name|other %}.
func (p *parser) filterBlock() (node, error) {
	p.toks = append([]token{{'o', "|"}}, p.toks...)
	of, err := p.filters(captured)
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return nil, err
	}
	body, err := p.blockTo("filter", "endfilter")
	return captureNode{"", of, body}, err
}

func (p *parser) withBlock() (node, error) {
	var n withNode
	for p.toks[0].kind != 0 {
		if len(n.vars) > 0 {
			if err := p.want(","); err != nil {
				return nil, err
			}
		}
		name, err := p.name()
		if err == nil {
			err = p.want("=")
		}
		a := arg{name: name}
		if err == nil {
			a.e, err = p.expr()
		}
		if err != nil {
			return nil, err
		}
		n.vars = append(n.vars, a)
	}
	var err error
	n.body, err = p.blockTo("with", "endwith")
	return n, err
}

// generationBlock is a mark of transformers around an answer, which writes what
// it holds.
func (p *parser) generationBlock() (node, error) {
	if err := p.end(); err != nil {
		return nil, err
	}
	body, err := p.blockTo("generation", "endgeneration")
	return captureNode{"", captured, body}, err
}
