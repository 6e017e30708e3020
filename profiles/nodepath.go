package profiles

import (
	"fmt"
	"strconv"
	"strings"
)

// edit puts a cell into the file before it is read: its values, or what a
// scenario changes.
func (d *decoder) edit(root *node, c *combination) {
	remove(root, "sweep")
	b := root.get("benchmark")
	if b == nil || !b.isMap {
		return // told elsewhere
	}
	quiet := decoder{origins: newOrigins(nil), file: d.file} // the reading after it tells
	quiet.shorthands(b, "benchmark")
	if c.scenario != nil {
		if vars := c.scenario.Variables; len(vars) > 0 {
			mergeNodes(root, nodeOf(Object{{"variables", vars}}))
		}
		over := nodeOf(c.scenario.Benchmark)
		if ds := over.get("dataset"); ds != nil && ds.isMap && ds.get("name") == nil {
			if list := b.get("datasets"); list != nil && len(list.items) == 1 {
				if name := list.items[0].get("name"); name != nil {
					prepend(ds, "name", fmt.Sprint(name.scalar))
				}
			}
		}
		quiet.shorthands(over, "benchmark")
		mergeNodes(b, over)
		return
	}
	for _, v := range c.values {
		if c.flagged[v.Path] {
			continue // an option sets it later
		}
		top := b
		if strings.HasPrefix(v.Path, "variables.") {
			top = root
		}
		if err := setPath(top, v.Path, v.Value); err != nil {
			d.problems = append(d.problems, Problem{Kind: BadValue, File: d.file, Where: "sweep.parameters", Rule: err.Error()})
		}
	}
}

// setPath stores a value below n. A part of the path that names an element of a
// list is its name, or its number.
func setPath(n *node, path string, v any) error {
	parts := strings.Split(path, ".")
	for i, part := range parts {
		last := i == len(parts)-1
		if n.isList {
			next := element(n, part, i > 0 && parts[i-1] == "phases")
			if next == nil {
				return fmt.Errorf("%s: nothing is named %s", path, quoteValue(part))
			}
			n = next
			continue
		}
		if !n.isMap { // a distribution written as its mean
			*n = node{line: n.line, col: n.col, isMap: true, keys: []entry{{key: "mean", val: &node{scalar: n.scalar}}}}
		}
		next := n.get(snake(part))
		if next == nil {
			next = &node{line: n.line, col: n.col, isMap: !last}
			n.keys = append(n.keys, entry{key: part, line: n.line, col: n.col, val: next})
		}
		n = next
	}
	was := *n
	*n = *nodeOf(v)
	n.line, n.col = was.line, was.col
	return nil
}

// element finds an element of a list by name or number; in phases, profiling is
// also the only measured one whatever its name.
func element(n *node, name string, phases bool) *node {
	var measured []*node
	for _, it := range n.items {
		at := func(key string) string {
			if v := it.get(key); v != nil {
				s, _ := asString(v.tree())
				return s
			}
			return ""
		}
		if at("name") == name {
			return it
		}
		if kind := at("kind"); kind == KindProfiling || kind == "" && at("name") != KindWarmup {
			measured = append(measured, it)
		}
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.items) {
		return n.items[i]
	}
	if phases && name == KindProfiling && len(measured) == 1 {
		return measured[0]
	}
	return nil
}

// mergeNodes lays over on n: maps key by key, lists of named elements by name,
// all else replaced.
func mergeNodes(n, over *node) {
	for _, e := range over.keys {
		old := n.get(snake(e.key))
		switch {
		case old == nil:
			n.keys = append(n.keys, e)
		case old.isMap && e.val.isMap && !otherKind(old, e.val):
			mergeNodes(old, e.val)
		case named(old) && named(e.val):
			for _, it := range e.val.items {
				name := fmt.Sprint(it.get("name").scalar)
				if same := element(old, name, false); same != nil {
					mergeNodes(same, it)
					continue
				}
				old.items = append(old.items, it)
			}
		default:
			*old = *e.val
		}
	}
}

// otherKind tells two distributions of different kinds, which do not mix.
func otherKind(a, b *node) bool {
	kind := func(n *node) (s string) {
		for _, k := range []string{"peaks", "points", "value", "median", "stddev"} {
			if n.get(k) != nil {
				s += k + " "
			}
		}
		return s
	}
	return kind(a) != "" && kind(b) != "" && kind(a) != kind(b)
}

func named(n *node) bool {
	if !n.isList || len(n.items) == 0 {
		return false
	}
	for _, it := range n.items {
		if it.get("name") == nil {
			return false
		}
	}
	return true
}
