package jinja

import (
	"fmt"
	"strconv"
)

// The grammar of expressions, from what binds least to what binds most, is
// Jinja's: a if b else c; or; and; not; comparisons; + -; ~; * / // %; **;
// the signs; and then attributes, items, calls, filters and tests.

func (p *parser) expr() (expression, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("expression nests too deep")
	}
	defer func() { p.depth-- }()
	e, err := p.or()
	for err == nil && p.takeWord("if") {
		c := condExpr{then: e}
		if c.cond, err = p.or(); err != nil {
			break
		}
		if p.takeWord("else") {
			c.other, err = p.expr()
		}
		e = c
	}
	return e, err
}

func (p *parser) or() (expression, error) {
	e, err := p.and()
	for err == nil && p.takeWord("or") {
		var r expression
		r, err = p.and()
		e = logicExpr{e, r, false}
	}
	return e, err
}

func (p *parser) and() (expression, error) {
	e, err := p.not()
	for err == nil && p.takeWord("and") {
		var r expression
		r, err = p.not()
		e = logicExpr{e, r, true}
	}
	return e, err
}

func (p *parser) not() (expression, error) {
	n := 0
	for p.takeWord("not") {
		n++
	}
	e, err := p.compare()
	if err == nil {
		for range n {
			e = notExpr{e}
		}
	}
	return e, err
}

func (p *parser) compare() (expression, error) {
	e, err := p.sum()
	var c compareExpr
	for err == nil {
		op := ""
		switch t := p.toks[0]; {
		case t.kind == 'o' && (t.text == "==" || t.text == "!=" || t.text == "<" || t.text == "<=" || t.text == ">" || t.text == ">="):
			op = p.next().text
		case p.takeWord("in"):
			op = "in"
		case t.kind == 'n' && t.text == "not" && p.toks[1].kind == 'n' && p.toks[1].text == "in":
			p.next()
			p.next()
			op = "not in"
		}
		if op == "" {
			break
		}
		var r expression
		r, err = p.sum()
		c.ops, c.rest = append(c.ops, op), append(c.rest, r)
	}
	if len(c.ops) > 0 {
		c.first = e
		return c, err
	}
	return e, err
}

// binary reads operands with operators of one rank between them.
func (p *parser) binary(operand func() (expression, error), ops ...string) (expression, error) {
	e, err := operand()
next:
	for err == nil {
		for _, op := range ops {
			if p.take(op) {
				var r expression
				r, err = operand()
				e = binaryExpr{op, e, r}
				continue next
			}
		}
		break
	}
	return e, err
}

func (p *parser) sum() (expression, error)    { return p.binary(p.concat, "+", "-") }
func (p *parser) concat() (expression, error) { return p.binary(p.product, "~") }
func (p *parser) product() (expression, error) {
	return p.binary(p.power, "*", "//", "/", "%")
}

func (p *parser) power() (expression, error) { return p.binary(p.sign, "**") }

func (p *parser) sign() (expression, error) {
	neg := false
	for {
		if p.take("-") {
			neg = !neg
		} else if !p.take("+") {
			break
		}
	}
	e, err := p.primary()
	if err != nil {
		return nil, err
	}
	// A sign binds more than a filter.
	if e, err = p.postfix(e); err != nil {
		return nil, err
	}
	if neg {
		e = binaryExpr{"-", constExpr{int64(0)}, e}
	}
	return p.filters(e)
}

func (p *parser) primary() (expression, error) {
	t := p.next()
	switch t.kind {
	case 's':
		text := t.text
		for p.toks[0].kind == 's' { // strings side by side are one
			text += p.next().text
		}
		return constExpr{text}, nil
	case '0':
		if n, err := strconv.ParseInt(t.text, 10, 64); err == nil {
			return constExpr{n}, nil
		}
		f, err := strconv.ParseFloat(t.text, 64)
		return constExpr{f}, err
	case 'n':
		switch t.text {
		case "true", "True":
			return constExpr{true}, nil
		case "false", "False":
			return constExpr{false}, nil
		case "none", "None":
			return constExpr{nil}, nil
		}
		if p.take("(") {
			return p.call(t.text)
		}
		p.names = append(p.names, t.text)
		return nameExpr(t.text), nil
	case 'o':
		switch t.text {
		case "(":
			if p.take(")") {
				return listExpr{}, nil
			}
			e, err := p.tuple()
			if err != nil {
				return nil, err
			}
			return e, p.want(")")
		case "[":
			list, err := p.list("]")
			return listExpr(list), err
		case "{":
			return p.dict()
		}
	}
	if t.kind == 0 {
		return nil, fmt.Errorf("an expression is missing at the end")
	}
	return nil, fmt.Errorf("unexpected %q", t.text)
}

// list reads expressions up to a closing mark.
func (p *parser) list(closing string) ([]expression, error) {
	var out []expression
	for !p.take(closing) {
		if len(out) > 0 {
			if err := p.want(","); err != nil {
				return nil, err
			}
			if p.take(closing) {
				break
			}
		}
		e, err := p.expr()
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func (p *parser) dict() (expression, error) {
	var d dictExpr
	for !p.take("}") {
		if len(d) > 0 {
			if err := p.want(","); err != nil {
				return nil, err
			}
			if p.take("}") {
				break
			}
		}
		k, err := p.expr()
		if err != nil {
			return nil, err
		}
		if err := p.want(":"); err != nil {
			return nil, err
		}
		v, err := p.expr()
		if err != nil {
			return nil, err
		}
		d = append(d, [2]expression{k, v})
	}
	return d, nil
}
