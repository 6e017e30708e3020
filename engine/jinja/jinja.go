// Package jinja renders templates of request bodies: the part of the Jinja
// language that makes JSON out of texts, with expressions, if, for, set and raw,
// and the filters and tests that such templates use. Whatever it accepts it
// renders as Jinja 3 does with autoescaping on, the way AIPerf sets it up; what
// it does not know is an error when the template is compiled.
package jinja

import "fmt"

// Template is a compiled template. It is safe for concurrent use.
type Template struct{ nodes []node }

// Compile reads a template. The error names the line.
func Compile(src string) (*Template, error) {
	nodes, err := parse(src)
	if err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	return &Template{nodes}, nil
}

// Render appends the text that the template makes of the variables. Their
// values, and those in lists and objects, are nil, bool, int64, float64, string,
// Safe, []any and Object. On an error dst is returned as it was.
func (t *Template) Render(dst []byte, vars Object) ([]byte, error) {
	w := &writer{out: dst, scope: vars[:len(vars):len(vars)], limit: len(dst) + maxOutput}
	if err := w.write(t.nodes); err != nil {
		return dst, fmt.Errorf("template: %w", err)
	}
	return w.out, nil
}
