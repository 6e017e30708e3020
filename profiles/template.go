package profiles

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tacho/engine/jinja"
)

// Texts of a file may be templates: {{ concurrency * 4 }} of the file's
// variables and of its other settings. What comes out is given its type, as
// AIPerf does.

// templateFields are rendered when a request is made, not when the file is read.
var templateFields = []string{"template", "body", "payload_template"}

// render replaces the templates below the root of a file, and returns its
// variables, rendered.
func render(root *node, fail func(*node, error)) Object {
	base := templateNames(root)
	variables := root.get("variables")
	if variables == nil || !variables.isMap {
		renderNode(root, "", base, fail)
		return nil
	}
	vars := renderVariables(variables, base, fail)
	for _, v := range vars {
		base = append(base, jinja.Field{Name: v.Key, Value: jinjaValue(v.Value)})
	}
	for _, e := range root.keys {
		if e.val != variables {
			renderNode(e.val, snake(e.key), base, fail)
		}
	}
	return vars
}

// templateNames are the settings of a file that a template may name: those of
// the envelope, and those of the benchmark without their prefix. Elements of a
// list are also found by their name, as in phases.profiling.rate.
func templateNames(root *node) jinja.Object {
	var names jinja.Object
	for _, n := range []*node{root, root.get("benchmark")} {
		if n == nil {
			continue
		}
		for _, e := range n.keys {
			names = append(names, jinja.Field{Name: e.key, Value: jinjaValue(byItsName(e.val.tree()))})
		}
	}
	return names
}

// byItsName makes an object of a list whose elements have names.
func byItsName(v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	var named Object
	for _, e := range list {
		o, _ := e.(Object)
		for _, m := range o {
			if name, ok := m.Value.(string); ok && m.Key == "name" {
				named = append(named, Member{name, o})
			}
		}
	}
	if len(named) == 0 {
		return v
	}
	return named
}

// renderVariables renders the variables, which may use one another in any
// order.
func renderVariables(n *node, base jinja.Object, fail func(*node, error)) Object {
	uses := map[string][]string{}
	for _, e := range n.keys {
		uses[e.key] = templateUses(e.val)
	}
	var out Object
	for len(uses) > 0 {
		before := len(uses)
		for _, e := range n.keys {
			refs, waiting := uses[e.key]
			if !waiting || slices.ContainsFunc(refs, func(r string) bool { _, open := uses[r]; return open && n.has(r) }) {
				continue
			}
			delete(uses, e.key)
			renderNode(e.val, "variables."+e.key, base, fail)
			v := e.val.tree()
			out = append(out, Member{e.key, v})
			base = append(base, jinja.Field{Name: e.key, Value: jinjaValue(v)})
		}
		if len(uses) == before {
			names := slices.Sorted(maps.Keys(uses))
			fail(n, fmt.Errorf("variables need one another in a circle: %s", strings.Join(names, ", ")))
			return out
		}
	}
	return out
}

// has tells whether a map has a key, as written.
func (n *node) has(key string) bool {
	return slices.ContainsFunc(n.keys, func(e entry) bool { return e.key == key })
}

// templateUses are the names that the templates below a node use.
func templateUses(n *node) []string {
	var names []string
	n.texts("", func(n *node, _ string) {
		if s := n.scalar.(string); isTemplate(s) {
			if t, err := jinja.CompileStrict(s); err == nil {
				names = append(names, t.Names()...)
			}
		}
	})
	return names
}

// texts visits the texts below a node with their paths.
func (n *node) texts(path string, visit func(n *node, path string)) {
	for _, e := range n.keys {
		e.val.texts(joinKey(path, snake(e.key)), visit)
	}
	for _, it := range n.items {
		it.texts(path, visit)
	}
	if _, ok := n.scalar.(string); ok {
		visit(n, path)
	}
}

func isTemplate(s string) bool { return strings.Contains(s, "{{") || strings.Contains(s, "{%") }

// renderNode renders the templates below a node. Those of files that are
// written at the start of the run are rendered then.
func renderNode(n *node, path string, names jinja.Object, fail func(*node, error)) {
	n.texts(path, func(n *node, path string) {
		s := n.scalar.(string)
		if !isTemplate(s) || slices.Contains(templateFields, path[strings.LastIndexByte(path, '.')+1:]) || underUserFiles(path) {
			return
		}
		v, err := renderText(s, names)
		if err != nil {
			fail(n, err)
		}
		n.scalar, n.src = v, "" // null after an error, so that there is no second one
	})
}

// underUserFiles tells whether a setting belongs to artifacts.user_files, with
// or without the benchmark before it.
func underUserFiles(path string) bool {
	path = strings.TrimPrefix(path, "benchmark.")
	return path == "artifacts.user_files" || strings.HasPrefix(path, "artifacts.user_files.")
}

// renderText renders one template and gives the result its type.
func renderText(s string, names jinja.Object) (any, error) {
	t, err := jinja.CompileStrict(s)
	if err != nil {
		return nil, err
	}
	b, err := t.Render(nil, names)
	if err != nil {
		return nil, fmt.Errorf("%w; it has the settings of the file and its variables", err)
	}
	if len(b) > maxFileBytes {
		return nil, errors.New("renders to more than 1 MiB")
	}
	return renderedValue(string(b)), nil
}

// renderedValue is what a rendered text stands for: a switch, a number or
// itself.
func renderedValue(s string) any {
	switch strings.ToLower(s) {
	case "true":
		return true
	case "false":
		return false
	}
	trimmed := strings.TrimSpace(s)
	if i, err := strconv.Atoi(trimmed); err == nil {
		return i
	}
	if f, err := strconv.ParseFloat(trimmed, 64); err == nil && !strings.ContainsAny(trimmed, "xX_") {
		return f
	}
	return s
}

// jinjaValue is a value of a file as templates know it.
func jinjaValue(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case Object:
		o := make(jinja.Object, 0, len(v))
		for _, m := range v {
			o = append(o, jinja.Field{Name: m.Key, Value: jinjaValue(m.Value)})
		}
		return o
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = jinjaValue(e)
		}
		return list
	case nil, bool, float64, string:
		return v
	}
	return fmt.Sprint(v) // a number beyond what can be computed with
}
