package jinja

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// CompileChat reads a chat template of a tokenizer, as transformers sets Jinja
// up for them: a statement takes the newline behind it and the blanks before
// it on its line away, nothing is escaped, names that nothing defines are empty.
// A filter, test or function that is not known is an error where it is reached.
func CompileChat(src string) (*Template, error) {
	t, err := compile(trimBlocks(strings.TrimSuffix(src, "\n")), false, true)
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
			if fresh = false; !strings.HasSuffix(inner, "+") {
				src, fresh = strings.CutPrefix(src, "\n")
			}
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

// functions are those that templates may call.
var functions = map[string]function{
	"namespace": func(a args) (any, error) {
		ns := &namespace{}
		for _, x := range a.list {
			o, ok := x.(Object)
			if !ok {
				return nil, errors.New("namespace takes named arguments")
			}
			ns.fields = append(ns.fields, o...)
		}
		ns.fields = append(ns.fields, a.named...)
		return ns, nil
	},
	"dict": func(a args) (any, error) {
		o := Object{}
		for _, x := range a.list {
			d, ok := x.(Object)
			if !ok {
				return nil, errors.New("dict takes named arguments")
			}
			o = append(o, d...)
		}
		return append(o, a.named...), nil
	},
	"raise_exception": func(a args) (any, error) {
		if len(a.list) == 0 {
			return nil, errors.New("the template refuses these messages")
		}
		return nil, fmt.Errorf("the template refuses these messages: %s", str(a.list[0]))
	},
	"strftime_now": func(a args) (any, error) { return strftime(time.Now(), a.text(0, "format")) },
	"range": func(a args) (any, error) {
		var n [3]int64
		args := a.list
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
