package jinja

import (
	"fmt"
	"slices"
	"strconv"
)

// node is a part of a template that can be written out.
type node interface {
	write(w *writer) error
}

// expression is an expression.
type expression interface {
	value(w *writer) (any, error)
}

// parser reads pieces into nodes, and the tokens of one piece into
// expressions.
type parser struct {
	pieces []piece
	at     int
	toks   []token
	depth  int
	names  []string // that expressions use
	macros map[string]bool
	late   bool // what is not known is an error where it is reached, not when it is read
}

// maxDepth bounds how deep expressions and blocks may nest.
const maxDepth = 100

// parse reads a template, and the names that its expressions use.
func parse(src string, late bool) ([]node, []string, error) {
	pieces, err := cut(src)
	if err != nil {
		return nil, nil, err
	}
	p := &parser{pieces: pieces, macros: macrosOf(pieces), late: late}
	nodes, end, err := p.block()
	if err != nil {
		return nil, nil, err
	}
	if end != "" {
		return nil, nil, fmt.Errorf("%s without a beginning", end)
	}
	return nodes, p.names, nil
}

// block reads nodes up to a statement that ends them, whose word it returns and
// whose other tokens it leaves to be read; "" is the end of the template.
func (p *parser) block() (nodes []node, end string, err error) {
	if p.depth++; p.depth > maxDepth {
		return nil, "", fmt.Errorf("blocks nest too deep")
	}
	defer func() { p.depth-- }()
	for p.at < len(p.pieces) {
		piece := &p.pieces[p.at]
		p.at++
		switch piece.kind {
		case 't':
			nodes = append(nodes, textNode(piece.text))
			continue
		case '{':
			p.toks = piece.tokens
			e, err := p.whole()
			if err != nil {
				return nil, "", fmt.Errorf("line %d: %w", piece.line, err)
			}
			nodes = append(nodes, printNode{e})
			continue
		}
		p.toks = piece.tokens
		word := p.next().text
		if slices.Contains(endings, word) {
			return nodes, word, nil
		}
		n, err := p.statement(word)
		if err != nil {
			return nil, "", fmt.Errorf("line %d: %w", piece.line, err)
		}
		nodes = append(nodes, n)
	}
	return nodes, "", nil
}

// endings are the words that end a block.
var endings = []string{"elif", "else", "endif", "endfor", "endmacro", "endcall", "endset", "endfilter", "endwith", "endgeneration"}

func (p *parser) statement(word string) (node, error) {
	switch word {
	case "macro":
		return p.macroBlock()
	case "call":
		return p.callBlock()
	case "filter":
		return p.filterBlock()
	case "with":
		return p.withBlock()
	case "generation":
		return p.generationBlock()
	case "break":
		return leaveNode{errBreak}, p.end()
	case "continue":
		return leaveNode{errContinue}, p.end()
	case "if":
		return p.ifBlock()
	case "for":
		return p.forBlock()
	case "set":
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		attr := ""
		if p.take(".") {
			if attr, err = p.name(); err != nil {
				return nil, err
			}
		}
		names := []string{name}
		for attr == "" && p.take(",") {
			if name, err = p.name(); err != nil {
				return nil, err
			}
			names = append(names, name)
		}
		if t := p.toks[0]; attr == "" && len(names) == 1 && (t.kind == 0 || t.kind == 'o' && t.text == "|") {
			return p.setBlock(name)
		}
		if err := p.want("="); err != nil {
			return nil, err
		}
		e, err := p.tuple()
		if err == nil {
			err = p.end()
		}
		if attr != "" {
			return setAttrNode{name, attr, e}, err
		}
		return setNode{names, e}, err
	}
	return nil, fmt.Errorf("statement %q is not supported: there are if, for, set, macro, call, filter, with, raw, break and continue", word)
}

func (p *parser) ifBlock() (node, error) {
	cond, err := p.whole()
	if err != nil {
		return nil, err
	}
	n := ifNode{cond: cond}
	var end string
	if n.then, end, err = p.block(); err != nil {
		return nil, err
	}
	switch end {
	case "elif":
		inner, err := p.ifBlock()
		if err != nil {
			return nil, err
		}
		n.other = []node{inner}
		return n, nil
	case "else":
		if n.other, end, err = p.block(); err != nil {
			return nil, err
		}
	}
	if end != "endif" {
		return nil, fmt.Errorf("if has no endif")
	}
	return n, nil
}

func (p *parser) forBlock() (node, error) {
	n := forNode{}
	round := p.take("(")
	for {
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		n.names = append(n.names, name)
		if !p.take(",") {
			break
		}
	}
	if round && !p.take(")") || !p.takeWord("in") {
		return nil, fmt.Errorf("for lacks its in")
	}
	var err error
	// A bare "if" here filters the loop, so that a condition needs parentheses.
	if n.list, err = p.or(); err != nil {
		return nil, err
	}
	if p.takeWord("if") {
		if n.cond, err = p.or(); err != nil {
			return nil, err
		}
	}
	if err := p.end(); err != nil {
		return nil, err
	}
	var end string
	if n.body, end, err = p.block(); err != nil {
		return nil, err
	}
	if end == "else" {
		if n.other, end, err = p.block(); err != nil {
			return nil, err
		}
	}
	if end != "endfor" {
		return nil, fmt.Errorf("for has no endfor")
	}
	return n, nil
}

func (p *parser) next() token {
	t := p.toks[0]
	if t.kind != 0 {
		p.toks = p.toks[1:]
	}
	return t
}

// take takes an operator if it is next.
func (p *parser) take(op string) bool {
	if t := p.toks[0]; t.kind == 'o' && t.text == op {
		p.toks = p.toks[1:]
		return true
	}
	return false
}

func (p *parser) takeWord(word string) bool {
	if t := p.toks[0]; t.kind == 'n' && t.text == word {
		p.toks = p.toks[1:]
		return true
	}
	return false
}

func (p *parser) want(op string) error {
	if !p.take(op) {
		return fmt.Errorf("%q is missing before %s", op, p.here())
	}
	return nil
}

// here names the next token for an error.
func (p *parser) here() string {
	if p.toks[0].kind == 0 {
		return "the end"
	}
	return strconv.Quote(p.toks[0].text)
}

func (p *parser) name() (string, error) {
	if t := p.next(); t.kind == 'n' {
		return t.text, nil
	}
	return "", fmt.Errorf("a name is missing")
}

func (p *parser) end() error {
	if p.toks[0].kind != 0 {
		return fmt.Errorf("unexpected %s", p.here())
	}
	return nil
}

// tuple reads an expression, or several with commas, which make a list.
func (p *parser) tuple() (expression, error) {
	e, err := p.expr()
	if err != nil || !p.take(",") {
		return e, err
	}
	list := listExpr{e}
	for p.toks[0].kind != 0 && p.toks[0].text != ")" {
		if e, err = p.expr(); err != nil {
			return nil, err
		}
		list = append(list, e)
		if !p.take(",") {
			break
		}
	}
	return list, nil
}

// whole reads an expression that must fill its mark.
func (p *parser) whole() (expression, error) {
	e, err := p.expr()
	if err != nil {
		return nil, err
	}
	return e, p.end()
}
