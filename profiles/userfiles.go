package profiles

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"tacho/engine/jinja"
)

// UserFiles are files of the user's own that a run puts into its artifact
// folder, artifacts.userFiles of a configuration file.
type UserFiles []UserFile

// UserFile is one of them. Format is json, yaml or text; texts in Content may be
// templates, which are rendered when the run starts.
type UserFile struct {
	Path    string
	Format  string
	Content any
}

// Variables are the variables of a configuration file, rendered.
type Variables Object

func (v *Variables) tree() any { return Object(*v) }

func (v *Variables) fromTree(x any) error {
	o, ok := x.(Object)
	if !ok {
		return errors.New("must be a map of name to value")
	}
	*v = Variables(o)
	return nil
}

// SetVariables sets the variables from a JSON object; nothing sets none.
func (p *Profile) SetVariables(object []byte) error {
	if len(object) == 0 {
		return nil
	}
	o, err := readObject(string(object))
	if err == nil {
		p.Variables.Put(Variables(o))
	}
	return err
}

func (u *UserFiles) tree() any {
	list := []any{}
	for _, f := range *u {
		list = append(list, Object{{"path", f.Path}, {"format", f.Format}, {"content", f.Content}})
	}
	return list
}

func (u *UserFiles) fromTree(x any) error {
	list, ok := x.([]any)
	if !ok {
		return errors.New("must be a list of files with path and content")
	}
	*u = UserFiles{}
	for i, e := range list {
		f, err := readUserFile(e)
		if err != nil {
			return fmt.Errorf("file %d %w", i+1, err)
		}
		*u = append(*u, f)
	}
	return nil
}

func readUserFile(x any) (UserFile, error) {
	o, ok := x.(Object)
	if !ok {
		return UserFile{}, errors.New("must be a map with path and content")
	}
	var f UserFile
	has := false
	for _, m := range o {
		switch m.Key {
		case "path", "format":
			s, ok := m.Value.(string)
			if !ok && m.Value != nil {
				return f, fmt.Errorf("has a %s that is no text", m.Key)
			}
			if m.Key == "path" {
				f.Path = s
			} else {
				f.Format = s
			}
		case "content":
			f.Content, has = m.Value, true
		default:
			return f, fmt.Errorf("has an unknown key %s; there are path, format and content", quoteValue(m.Key))
		}
	}
	if err := checkUserPath(f.Path); err != nil {
		return f, err
	}
	if !has {
		return f, fmt.Errorf("%s has no content", f.Path)
	}
	_, text := f.Content.(string)
	switch {
	case f.Format == "" && text:
		f.Format = "text"
	case f.Format == "":
		f.Format = "json"
	case !slices.Contains([]string{"json", "yaml", "text"}, f.Format):
		return f, fmt.Errorf("%s has the format %s; there are json, yaml and text", f.Path, quoteValue(f.Format))
	case text != (f.Format == "text"):
		return f, fmt.Errorf("%s: the format text goes with a text, json and yaml with a map or list", f.Path)
	}
	return f, nil
}

// checkUserPath keeps a file inside the artifact folder.
func checkUserPath(p string) error {
	switch {
	case p == "":
		return errors.New("has no path")
	case strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }):
		return fmt.Errorf("has a path with characters that are not allowed: %s", quoteValue(p))
	case path.IsAbs(p) || slices.Contains(strings.Split(p, "/"), "..") || path.Clean(p) == ".":
		return fmt.Errorf("has the path %s, which must stay inside the artifact folder", quoteValue(p))
	}
	return nil
}

// Render returns what is written for a file. run holds what only the run knows
// (epoch, job_name, namespace, model, endpoint_url, artifact_dir); it hides
// variables of the same name.
func (f UserFile) Render(variables Variables, run Object) ([]byte, error) {
	var names jinja.Object
	for _, o := range []Object{Object(variables), run} {
		for _, m := range o {
			names = append(names, jinja.Field{Name: m.Key, Value: jinjaValue(m.Value)})
		}
	}
	if text, ok := f.Content.(string); ok {
		t, err := jinja.CompileStrict(text)
		if err != nil {
			return nil, err
		}
		return t.Render(nil, names)
	}
	n := nodeOf(f.Content)
	var bad error
	n.texts("", func(n *node, _ string) {
		s := n.scalar.(string)
		if bad != nil || !isTemplate(s) {
			return
		}
		n.scalar, bad = renderText(s, names)
	})
	if bad != nil {
		return nil, bad
	}
	if f.Format == "json" {
		return AppendJSON(nil, n.tree(), "  ", 0), nil
	}
	var buf bytes.Buffer
	err := yaml.NewEncoder(&buf, yaml.Indent(2)).Encode(plainYAML(n.tree()))
	return buf.Bytes(), err
}

// plainYAML is a tree as the YAML encoder takes it, keys as they are.
func plainYAML(v any) any {
	switch v := v.(type) {
	case Object:
		m := yaml.MapSlice{}
		for _, e := range v {
			m = append(m, yaml.MapItem{Key: e.Key, Value: plainYAML(e.Value)})
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = plainYAML(e)
		}
		return list
	}
	return v
}
