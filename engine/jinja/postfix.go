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
				args, err := p.args()
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
	of, from, to, step expression
	slice              bool
}

func (s subscript) expr() expression {
	if s.slice {
		return sliceExpr{s.of, s.from, s.to, s.step}
	}
	return itemExpr{s.of, s.from}
}

func (p *parser) subscript() (s subscript, err error) {
	is := func(op string) bool { return p.toks[0].kind == 'o' && p.toks[0].text == op }
	for i, at := range []*expression{&s.from, &s.to, &s.step} {
		if i > 0 {
			if !p.take(":") {
				break
			}
			s.slice = true
		}
		if !is(":") && !is("]") {
			if *at, err = p.expr(); err != nil {
				return s, err
			}
		}
	}
	if !s.slice && s.from == nil {
		return s, errors.New("an item is missing between the brackets")
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
				if f.args, err = p.args(); err != nil {
					return nil, err
				}
			}
			if f.f = filters[f.name]; f.f == nil && !p.late {
				return nil, fmt.Errorf("filter %q is not supported", f.name)
			}
			e = f
		case p.takeWord("is"):
			var err error
			if e, err = p.test(e); err != nil {
				return nil, err
			}
		default:
			return e, nil
		}
	}
}
