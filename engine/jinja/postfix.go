package jinja

import (
	"errors"
	"fmt"
	"strconv"
)

// postfix reads attributes, items and calls.
func (p *parser) postfix(e expression) (expression, error) {
	for {
		switch {
		case p.take("."):
			t := p.next()
			if t.kind != 'n' && t.kind != '0' {
				return nil, fmt.Errorf("a name is missing after the dot")
			}
			if t.kind == 'n' && p.take("(") {
				args, err := p.list(")")
				if err != nil {
					return nil, err
				}
				e = callExpr{e, t.text, args}
				continue
			}
			var key any = t.text
			if n, err := strconv.ParseInt(t.text, 10, 64); err == nil {
				key = n
			}
			e = itemExpr{e, constExpr{key}}
		case p.take("["):
			i, err := p.subscript()
			if err != nil {
				return nil, err
			}
			i.of = e
			e = i.expr()
		default:
			return e, nil
		}
	}
}

// subscript is what stands between square brackets: an item, or a slice.
type subscript struct {
	of, from, to expression
	slice, back  bool
}

func (s subscript) expr() expression {
	if s.slice {
		return sliceExpr{s.of, s.from, s.to, s.back}
	}
	return itemExpr{s.of, s.from}
}

func (p *parser) subscript() (s subscript, err error) {
	if p.toks[0].text != ":" || p.toks[0].kind != 'o' {
		if s.from, err = p.expr(); err != nil {
			return s, err
		}
	}
	if s.slice = p.take(":"); s.slice && (p.toks[0].kind != 'o' || p.toks[0].text != "]") {
		if s.from == nil && p.take(":") { // a step: only the one that turns a list round
			s.back = true
			if !p.take("-") || p.toks[0].text != "1" {
				return s, errors.New("the only step of a slice is [::-1]")
			}
			p.next()
			return s, p.want("]")
		}
		if s.to, err = p.expr(); err != nil {
			return s, err
		}
	}
	return s, p.want("]")
}

// filters reads filters and tests, and what may be taken of their results.
func (p *parser) filters(e expression) (expression, error) {
	for {
		switch {
		case p.take("|"):
			f := filterExpr{of: e}
			var err error
			if f.name, err = p.name(); err != nil {
				return nil, err
			}
			if p.take("(") {
				if f.args, err = p.list(")"); err != nil {
					return nil, err
				}
			}
			if f.f = filters[f.name]; f.f == nil {
				return nil, fmt.Errorf("filter %q is not supported", f.name)
			}
			e = f
		case p.takeWord("is"):
			t := testExpr{of: e, not: p.takeWord("not")}
			var err error
			if t.name, err = p.name(); err != nil {
				return nil, err
			}
			if tests[t.name] == nil {
				return nil, fmt.Errorf("test %q is not supported", t.name)
			}
			e = t
		default:
			return e, nil
		}
	}
}
