package profiles

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// parseYAML reads the one document of a YAML file.
func parseYAML(b []byte) (root *node, problem *Problem) {
	if len(b) > maxFileBytes {
		return nil, &Problem{Kind: Syntax, Rule: "is larger than 1 MiB"}
	}
	if tooDeep(string(b)) {
		return nil, &Problem{Kind: Syntax, Rule: "nests too deep"}
	}
	// The parser is not ours and the bytes are foreign: a panic in it is a
	// file that cannot be read, not the end of the program.
	defer func() {
		if r := recover(); r != nil {
			root, problem = nil, &Problem{Kind: Syntax, Rule: "is not valid YAML"}
		}
	}()
	file, err := parser.ParseBytes(b, 0)
	if err != nil {
		return nil, syntaxProblem(err)
	}
	var doc ast.Node
	for _, d := range file.Docs {
		if d.Body == nil {
			continue
		}
		if doc != nil {
			return nil, &Problem{Kind: Syntax, Rule: "holds more than one document"}
		}
		doc = d.Body
	}
	if doc == nil {
		return nil, &Problem{Kind: Syntax, Rule: "is empty"}
	}
	c := converter{anchors: map[string]ast.Node{}}
	root, err = c.node(doc, 0)
	if err != nil {
		return nil, &Problem{Kind: Syntax, Line: c.at.Line, Col: c.at.Column, Rule: err.Error()}
	}
	return root, nil
}

// tooDeep looks for nesting that would exhaust the parser's stack before any
// limit of ours could act.
func tooDeep(s string) bool {
	open := 0
	for line := range strings.SplitSeq(s, "\n") {
		dashes := 0
		for _, word := range strings.Fields(line) {
			if word != "-" && word != "?" {
				break
			}
			dashes++
		}
		if dashes > maxDepth || len(line)-len(strings.TrimLeft(line, " \t")) > 1000 {
			return true
		}
		for i := range len(line) {
			switch line[i] {
			case '[', '{':
				open++
			case ']', '}':
				open = max(open-1, 0)
			}
			if open > 500 {
				return true
			}
		}
		if strings.Count(line, ": ") > 1000 || strings.Count(line, "!") > 1000 || strings.Count(line, "&") > 1000 {
			return true
		}
	}
	return false
}

func syntaxProblem(err error) *Problem {
	p := &Problem{Kind: Syntax, Rule: "is not valid YAML: " + oneLine(err.Error())}
	var e interface {
		GetToken() *token.Token
		GetMessage() string
	}
	if errors.As(err, &e) {
		p.Rule = "is not valid YAML: " + oneLine(e.GetMessage())
		if t := e.GetToken(); t != nil && t.Position != nil {
			p.Line, p.Col = t.Position.Line, t.Position.Column
		}
	}
	return p
}

// converter turns the parser's tree into nodes and follows aliases.
type converter struct {
	anchors map[string]ast.Node
	count   int
	at      token.Position // of the node being read, for errors
}

func (c *converter) node(a ast.Node, depth int) (*node, error) {
	if a == nil {
		return &node{}, nil
	}
	n := &node{}
	if t := a.GetToken(); t != nil && t.Position != nil {
		c.at = *t.Position
		n.line, n.col = t.Position.Line, t.Position.Column
	}
	c.count++
	if depth > maxDepth || c.count > maxNodes {
		return nil, errors.New("nests too deep or repeats too much")
	}
	switch a := a.(type) {
	case *ast.AnchorNode:
		c.anchors[a.Name.GetToken().Value] = a.Value
		return c.node(a.Value, depth+1)
	case *ast.AliasNode:
		name := a.Value.GetToken().Value
		target, ok := c.anchors[name]
		if !ok {
			return nil, fmt.Errorf("no anchor is named %s", quoteValue(name))
		}
		return c.node(target, depth+1)
	case *ast.TagNode:
		return c.node(a.Value, depth+1)
	case *ast.MappingValueNode:
		return c.mapping(n, []*ast.MappingValueNode{a}, depth)
	case *ast.MappingNode:
		return c.mapping(n, a.Values, depth)
	case *ast.SequenceNode:
		n.isList = true
		for _, v := range a.Values {
			it, err := c.node(v, depth+1)
			if err != nil {
				return nil, err
			}
			n.items = append(n.items, it)
		}
		return n, nil
	case *ast.LiteralNode:
		n.scalar = a.Value.Value
		return n, nil
	case *ast.IntegerNode:
		n.scalar, n.src = yamlInt(a), a.GetToken().Value
		return n, nil
	case *ast.FloatNode:
		n.scalar, n.src = a.Value, a.GetToken().Value
		return n, nil
	case ast.ScalarNode:
		n.scalar = a.GetValue()
		return n, nil
	}
	return nil, errors.New("is a kind of YAML that has no place here")
}

// yamlInt keeps numbers too large for an int as they are written.
func yamlInt(a *ast.IntegerNode) any {
	switch v := a.Value.(type) {
	case int64:
		return int(v)
	case uint64:
		if v <= 1<<63-1 {
			return int(v)
		}
		return json.Number(fmt.Sprint(v))
	}
	return a.Value
}

// mapping reads the keys of a map. A merge key (<<) adds those of its maps that
// the map does not have itself.
func (c *converter) mapping(n *node, values []*ast.MappingValueNode, depth int) (*node, error) {
	n.isMap = true
	var merged []*node
	own := map[string]bool{}
	for _, v := range values {
		val, err := c.node(v.Value, depth+1)
		switch {
		case err != nil:
			return nil, err
		case v.Key.IsMergeKey() && val.isMap:
			merged = append(merged, val)
		case v.Key.IsMergeKey():
			merged = append(merged, val.items...)
		default:
			if err := c.pair(n, own, v, val); err != nil {
				return nil, err
			}
		}
	}
	for _, m := range merged {
		for _, e := range m.keys {
			if key := snake(e.key); !own[key] {
				own[key] = true
				n.keys = append(n.keys, e)
			}
		}
	}
	return n, nil
}

// pair adds one key.
func (c *converter) pair(n *node, own map[string]bool, v *ast.MappingValueNode, val *node) error {
	e := entry{key: keyText(v.Key), val: val}
	if t := v.Key.GetToken(); t != nil && t.Position != nil {
		e.line, e.col = t.Position.Line, t.Position.Column
		c.at = *t.Position
	}
	if own[snake(e.key)] {
		return fmt.Errorf("key %s is there twice", quoteValue(e.key))
	}
	own[snake(e.key)] = true
	n.keys = append(n.keys, e)
	return nil
}

func keyText(k ast.MapKeyNode) string {
	if s, ok := k.(*ast.StringNode); ok {
		return s.Value
	}
	if t := k.GetToken(); t != nil {
		return t.Value
	}
	return ""
}
