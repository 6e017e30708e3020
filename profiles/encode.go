package profiles

import (
	"bytes"
	"math"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
)

// Encode writes the profile as a YAML file that Decode, and AIPerf, read: the
// values that were set, without secrets. API keys and header values that carry
// credentials are left out, not masked, since a mask would be sent.
func Encode(p *Profile) []byte {
	q := p.withoutSecrets()
	doc := yaml.MapSlice{{Key: "schemaVersion", Value: schemaVersion}}
	if q.RandomSeed.Set {
		doc = append(doc, yaml.MapItem{Key: "randomSeed", Value: q.RandomSeed.V})
	}
	for _, part := range []struct {
		key string
		set any
	}{{"multiRun", &q.MultiRun}, {"sweep", &q.Sweep}} {
		if t := treeOf(reflect.ValueOf(part.set).Elem()); len(t) > 0 {
			doc = append(doc, yaml.MapItem{Key: part.key, Value: yamlValue(dropEmpty(t), part.key)})
		}
	}
	if q.ownDir {
		q.Artifacts.Dir.unset()
	}
	if q.Artifacts.UserFiles.Set && q.Variables.Set { // all other templates are rendered
		doc = append(doc, yaml.MapItem{Key: "variables", Value: plainYAML(q.Variables.tree())})
	}
	for i := range q.Phases {
		q.Phases[i].ExcludeFromResults.unset() // follows from the kind
	}
	benchmark := treeOf(reflect.ValueOf(q).Elem().FieldByName("Benchmark"))
	doc = append(doc, yaml.MapItem{Key: "benchmark", Value: yamlValue(dropEmpty(benchmark), "")})
	if c := treeOf(reflect.ValueOf(&q.Console).Elem()); len(c) > 0 {
		doc = append(doc, yaml.MapItem{Key: "tacho", Value: yamlValue(c, "")})
	}
	var buf bytes.Buffer
	enc := yaml.NewEncoder(&buf, yaml.Indent(2), yaml.IndentSequence(true))
	if err := enc.Encode(doc); err != nil {
		panic("profiles: encode YAML: " + err.Error()) // plain maps, lists and scalars always encode
	}
	return buf.Bytes()
}

// dropEmpty leaves out the sections that input_config always has.
func dropEmpty(o Object) Object {
	var out Object
	for _, m := range o {
		if sub, ok := m.Value.(Object); ok && len(sub) == 0 {
			continue
		}
		out = append(out, m)
	}
	return out
}

// yamlValue turns a tree into what the YAML encoder keeps the order of. Keys
// of ours become camelCase; keys that are data (headers, body fields, metric
// tags) stay as they are.
func yamlValue(v any, parent string) any {
	switch v := v.(type) {
	case Object:
		m := yaml.MapSlice{}
		for _, e := range v {
			key := e.Key
			if !isData(parent) {
				key = camel(key)
			}
			child := e.Key
			if isData(parent) {
				child = parent
			}
			m = append(m, yaml.MapItem{Key: key, Value: yamlValue(e.Value, child)})
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = yamlValue(e, parent)
		}
		return list
	case float64:
		if math.IsInf(v, 1) {
			return "inf"
		}
		if v == math.Trunc(v) && math.Abs(v) < 1e15 && parent != "extra" && parent != "parameters" {
			return int64(v)
		}
		return v
	}
	return v
}

func isData(key string) bool {
	return key == "headers" || key == "extra" || key == "slos" || key == "user_files" || key == "parameters" || key == "runs"
}

func camel(s string) string {
	parts := strings.Split(s, "_")
	for i, p := range parts[1:] {
		if p != "" {
			parts[i+1] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "")
}
