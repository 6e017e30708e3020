// Package jinja renders templates of request bodies, of configuration files and
// of chats: the part of the Jinja language that makes JSON, values and prompts
// out of texts, with expressions, if, for, set, macros, call, filter, with and
// raw, and the filters, tests and methods that such templates use. Whatever it
// accepts it renders as Jinja 3 does, set up the way AIPerf or transformers sets
// it up; what it does not know is an error.
package jinja

import (
	"fmt"
	"strings"
)

// Template is a compiled template. It is safe for concurrent use.
type Template struct {
	nodes []node
	names []string
	// strict templates are those of configuration files.
	strict bool
	// plain templates are those of chats: nothing is escaped.
	plain bool
}

// Compile reads a template of a request body, which is rendered with
// autoescaping and where names that nothing defines are empty. The error names
// the line.
func Compile(src string) (*Template, error) {
	return compile(strings.TrimSuffix(src, "\n"), false, false) // as Jinja does by default
}

// CompileStrict reads a template of a configuration file: nothing is escaped, a
// newline at the end stays, and a name that nothing defines is an error when
// the template is rendered.
func CompileStrict(src string) (*Template, error) { return compile(src, true, false) }

func compile(src string, strict, late bool) (*Template, error) {
	nodes, names, err := parse(src, late)
	if err != nil {
		return nil, fmt.Errorf("template: %w", err)
	}
	return &Template{nodes: nodes, names: names, strict: strict}, nil
}

// Names returns the names that the template uses, those that it sets itself
// among them.
func (t *Template) Names() []string { return t.names }

// Render appends the text that the template makes of the variables. Their
// values, and those in lists and objects, are nil, bool, int64, float64, string,
// Safe, []any and Object. On an error dst is returned as it was.
func (t *Template) Render(dst []byte, vars Object) ([]byte, error) {
	w := &writer{out: dst, scope: vars[:len(vars):len(vars)], limit: len(dst) + maxOutput, strict: t.strict, plain: t.plain}
	if err := w.write(t.nodes); err != nil {
		return dst, fmt.Errorf("template: %w", err)
	}
	return w.out, nil
}
