package endpoint

import (
	"tacho/engine/dataset"
	"tacho/engine/jinja"
)

// templateVars are the variables of a template.
func templateVars(t *dataset.Turn, o *Options, r *Request) jinja.Object {
	texts := make([]named, len(t.Texts))
	for i, x := range t.Texts {
		texts[i] = named{x.Name, x.Content}
	}
	byName := varGroups(texts)
	queries, _ := byName["query"].([]any)
	passages, _ := byName["passages"].([]any)
	if len(passages) == 0 {
		passages, _ = byName["passage"].([]any)
	}
	vars := jinja.Object{
		{Name: "texts", Value: varContents(texts)}, {Name: "text", Value: varFirst(varContents(texts))},
		{Name: "queries", Value: varList(queries)}, {Name: "query", Value: varFirst(queries)},
		{Name: "passages", Value: varList(passages)}, {Name: "passage", Value: varFirst(passages)},
		{Name: "texts_by_name", Value: varByName(texts, byName)},
		{Name: "model", Value: modelOf(t, o)}, {Name: "max_tokens", Value: varInt(t.MaxTokens)},
		{Name: "role", Value: varText(t.Role)}, {Name: "stream", Value: o.Stream},
		{Name: "turn", Value: turnObject(t)},
	}
	for _, m := range []struct {
		name string
		list []dataset.Media
	}{{"image", t.Images}, {"audio", t.Audios}, {"video", t.Videos}} {
		list := varMedia(m.list)
		vars = append(vars,
			jinja.Field{Name: m.name + "s", Value: varContents(list)}, jinja.Field{Name: m.name, Value: varFirst(varContents(list))},
			jinja.Field{Name: m.name + "s_by_name", Value: jinja.Object{}})
	}
	turns := make([]any, len(r.Turns))
	for i, t := range r.Turns {
		turns[i] = turnObject(t)
	}
	return append(vars, jinja.Field{Name: "turns", Value: turns})
}

// named is a part of a turn.
type named struct{ name, content string }

func varMedia(list []dataset.Media) []named {
	out := make([]named, len(list))
	for i := range list {
		out[i].content = list[i].Content
	}
	return out
}

func varContents(list []named) []any {
	out := make([]any, len(list))
	for i := range list {
		out[i] = list[i].content
	}
	return out
}

// groups are the contents by name, of those that have one.
func varGroups(list []named) map[string]any {
	out := map[string]any{}
	for _, x := range list {
		if x.name != "" {
			g, _ := out[x.name].([]any)
			out[x.name] = append(g, x.content)
		}
	}
	return out
}

// groupList is groups in the order of the names.
func varByName(list []named, by map[string]any) jinja.Object {
	out := jinja.Object{}
	for _, x := range list {
		if g, ok := by[x.name]; ok {
			out = append(out, jinja.Field{Name: x.name, Value: g})
			delete(by, x.name)
		}
	}
	return out
}

func varList(list []any) []any {
	if list == nil {
		return []any{}
	}
	return list
}

func varFirst(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

func varInt(n int) any {
	if n == 0 {
		return nil
	}
	return int64(n)
}

func varText(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// turnObject is a turn with AIPerf's names: lists of texts and media, each with
// a name and contents.
func turnObject(t *dataset.Turn) jinja.Object {
	texts := make([]named, len(t.Texts))
	for i, x := range t.Texts {
		texts[i] = named{x.Name, x.Content}
	}
	out := jinja.Object{
		{Name: "role", Value: varText(t.Role)}, {Name: "model", Value: varText(t.Model)}, {Name: "max_tokens", Value: varInt(t.MaxTokens)},
	}
	for _, l := range []struct {
		name string
		list []named
	}{{"texts", texts}, {"images", varMedia(t.Images)}, {"audios", varMedia(t.Audios)}, {"videos", varMedia(t.Videos)}} {
		items := make([]any, len(l.list))
		for i, x := range l.list {
			items[i] = jinja.Object{{Name: "name", Value: x.name}, {Name: "contents", Value: []any{x.content}}}
		}
		out = append(out, jinja.Field{Name: l.name, Value: items})
	}
	return out
}
