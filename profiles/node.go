package profiles

import "strings"

// node is a value of a file with its place, whether the file is YAML or JSON.
type node struct {
	line, col int // from 1; 0 for JSON
	// One of these says what it is; scalar is meant when the others are nil.
	keys   []entry
	items  []*node
	isMap  bool
	isList bool
	scalar any // nil, string, bool, int, float64, json.Number
	// src is a number as written: a model named 007 or 1.10 keeps its name.
	src string
}

type entry struct {
	key       string // as written
	line, col int
	val       *node
}

// Limits that keep a hostile file from eating memory or stack.
const (
	maxFileBytes = 1 << 20
	maxDepth     = 64
	maxNodes     = 100_000
)

// tree returns the node as a JSON tree.
func (n *node) tree() any {
	switch {
	case n.isMap:
		o := Object{}
		for _, e := range n.keys {
			o = append(o, Member{e.key, e.val.tree()})
		}
		return o
	case n.isList:
		list := []any{}
		for _, it := range n.items {
			list = append(list, it.tree())
		}
		return list
	}
	return n.scalar
}

// get returns the value of a key in any spelling.
func (n *node) get(key string) *node {
	for _, e := range n.keys {
		if snake(e.key) == key {
			return e.val
		}
	}
	return nil
}

// snake turns camelCase into snake_case; other spellings stay.
func snake(s string) string {
	var b strings.Builder
	for i, r := range s {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// nodeOf makes a node of a JSON tree.
func nodeOf(v any) *node {
	switch v := v.(type) {
	case Object:
		n := &node{isMap: true}
		for _, m := range v {
			n.keys = append(n.keys, entry{key: m.Key, val: nodeOf(m.Value)})
		}
		return n
	case []any:
		n := &node{isList: true}
		for _, e := range v {
			n.items = append(n.items, nodeOf(e))
		}
		return n
	}
	return &node{scalar: v}
}
