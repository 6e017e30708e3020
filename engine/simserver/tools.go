package simserver

import (
	"encoding/json"
	"slices"
	"strings"

	"tacho/engine/pytext"
)

// tool is one entry of a request's tools.
type tool struct {
	raw      json.RawMessage
	Function struct {
		Name       string `json:"name"`
		Parameters struct {
			Properties map[string]struct {
				Type string `json:"type"`
				Enum []any  `json:"enum"`
			} `json:"properties"`
		} `json:"parameters"`
	} `json:"function"`
}

// UnmarshalJSON keeps the raw text beside the fields: it is part of the prompt.
func (t *tool) UnmarshalJSON(b []byte) error {
	type plain tool
	if err := json.Unmarshal(b, (*plain)(t)); err != nil {
		return err
	}
	t.raw = slices.Clone(b)
	return nil
}

// callsTool reports whether the answer is a tool call: the server is
// configured so, or the model's name contains "tool", and the request allows
// it.
func (x *exchange) callsTool(r *chatRequest) bool {
	return len(r.Tools) > 0 && x.mayCall(r.Model, r.Tools[0].Function.Name, r.ToolChoice)
}

// mayCall is callsTool for any API, by the name of the first tool.
func (x *exchange) mayCall(model, name string, choice json.RawMessage) bool {
	return name != "" && string(choice) != `"none"` && (x.srv.cfg.ToolCalls || strings.Contains(model, "tool"))
}

// callFlatTool is callTool for the APIs in which a tool has its name and schema
// at the top, and in whose answers the name is no token of its own: it counts
// with the first of the arguments.
func (a *answer) callFlatTool(name string, schema json.RawMessage) {
	var t tool
	t.Function.Name = name
	_ = json.Unmarshal(schema, &t.Function.Parameters) // a schema of another kind has no properties
	a.callTool(t)
	if len(a.tool) > 1 {
		a.tool[0].tokens, a.tool[1].tokens = 0, 2
	}
}

// arguments returns the arguments of the answer's call in full.
func (a *answer) arguments() string {
	var b strings.Builder
	for _, p := range a.tool[1:] {
		b.WriteString(p.text)
	}
	return b.String()
}

// callTool makes the answer a call of t, with arguments that fit its schema,
// in pieces of one token each. An answer whose limit is shorter is cut.
func (a *answer) callTool(t tool) {
	ps := []piece{{kind: kindToolName, ticks: 1, tokens: 1, text: t.Function.Name}}
	for _, s := range t.arguments() {
		ps = append(ps, piece{kind: kindToolArgs, ticks: 1, tokens: 1, text: s})
	}
	a.reasoning = 0
	limit, limited := a.params.limit()
	if limited && limit < len(ps) {
		ps = ps[:limit]
		a.finish = "length"
	} else {
		a.finish = "tool_calls"
	}
	a.tool, a.n = ps, len(ps)
}

// arguments returns a JSON object for the tool's schema, cut into pieces.
func (t tool) arguments() []string {
	props := t.Function.Parameters.Properties
	names := make([]string, 0, len(props))
	for n := range props {
		names = append(names, n)
	}
	slices.Sort(names)
	out := []string{"{"}
	for i, n := range names {
		if i > 0 {
			out = append(out, ", ")
		}
		var v any = "Paris"
		switch p := props[n]; {
		case len(p.Enum) > 0:
			v = p.Enum[0]
		case p.Type == "integer" || p.Type == "number":
			v = 7
		case p.Type == "boolean":
			v = true
		case p.Type == "array":
			v = []any{}
		case p.Type == "object":
			v = map[string]any{}
		}
		out = append(out, string(pytext.AppendString(nil, n)), ": ", string(appendJSON(nil, v)))
	}
	return append(out, "}")
}
