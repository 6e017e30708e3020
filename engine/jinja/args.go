package jinja

import "fmt"

// arg is an argument of a call as it is written; one with a name is a named one.
type arg struct {
	name string
	e    expression
}

// args are the values of arguments.
type args struct {
	list  []any
	named Object
}

// at is an argument by its place or its name.
func (a args) at(i int, name string) (v any, ok bool) {
	if i < len(a.list) {
		return a.list[i], true
	}
	return a.named.get(name)
}

// text is an argument that is a text; "" if it is not there.
func (a args) text(i int, name string) string {
	v, _ := a.at(i, name)
	if v == nil {
		return ""
	}
	return str(v)
}

// is tells whether an argument is there and true.
func (a args) is(i int, name string) bool {
	v, ok := a.at(i, name)
	return ok && truth(v)
}

// whole is an argument that is a whole number, other if it is not there.
func (a args) whole(i int, name string, other int) int {
	if v, ok := a.at(i, name); ok {
		if n, ok := v.(int64); ok {
			return int(n)
		}
	}
	return other
}

// values evaluates arguments.
func (w *writer) values(list []arg) (a args, err error) {
	for _, x := range list {
		v, err := x.e.value(w)
		if err != nil {
			return a, err
		}
		if x.name != "" {
			a.named = append(a.named, Field{x.name, v})
		} else {
			a.list = append(a.list, v)
		}
	}
	return a, nil
}

// args reads arguments up to the closing parenthesis.
func (p *parser) args() ([]arg, error) {
	var out []arg
	for !p.take(")") {
		if len(out) > 0 {
			if err := p.want(","); err != nil {
				return nil, err
			}
			if p.take(")") {
				break
			}
		}
		var a arg
		if t := p.toks; t[0].kind == 'n' && len(t) > 1 && t[1].kind == 'o' && t[1].text == "=" {
			a.name, p.toks = t[0].text, t[2:]
		} else if len(out) > 0 && out[len(out)-1].name != "" {
			return nil, fmt.Errorf("an argument without a name comes behind one with a name")
		}
		var err error
		if a.e, err = p.expr(); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}
