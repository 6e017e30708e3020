package profiles

import (
	"reflect"
	"slices"
)

// Decode reads a YAML configuration in AIPerf's form (schemaVersion "2.0").
// name is for messages. The error is Problems, everything wrong at once; a
// setting that cannot be honoured is a problem, never dropped.
func Decode(name string, b []byte, env Env) (*Profile, *Origins, error) {
	o := newOrigins(nil)
	o.File = name
	p, problems := decode(name, b, env, o)
	resolve(p, o, env)
	problems = append(problems, rules(p, o, env)...)
	if len(problems) == 0 {
		p.Finish(env)
	}
	return p, o, problems.err()
}

// schemaVersion is the version of the file format we read and write.
const schemaVersion = "2.0"

// decode reads a file over the defaults and checks each setting by itself.
func decode(name string, b []byte, env Env, o *Origins) (*Profile, Problems) {
	p := New()
	d := decoder{origins: o, file: name}
	root, bad := parseYAML(b)
	if bad != nil {
		bad.File = name
		return p, Problems{*bad}
	}
	expand(root, env.lookup, func(n *node, err error) { d.add(Syntax, n, "", "", err.Error()) })
	if !root.isMap {
		d.add(Syntax, root, "", "", "must be a map with the key benchmark")
		return p, d.problems
	}
	if root.get("benchmark") == nil {
		d.add(BadValue, root, "benchmark", "", "is missing: it holds models, endpoint, datasets and phases")
	}
	if vars := render(root, func(n *node, err error) { d.add(Syntax, n, "", "", err.Error()) }); len(vars) > 0 {
		p.Variables.Put(Variables(vars))
	}
	for _, e := range root.keys {
		d.top(p, e)
	}
	return p, d.problems
}

// top reads one key of the envelope.
func (d *decoder) top(p *Profile, e entry) {
	switch snake(e.key) {
	case "schema_version":
		if s, err := asString(e.val.tree()); err != nil || s != schemaVersion && s != "2" {
			d.add(BadValue, e.val, e.key, "", `must be "2.0"`)
		}
	case "benchmark":
		if !e.val.isMap {
			d.add(BadValue, e.val, e.key, "", "must be a map")
			return
		}
		d.benchmark(p, e.val, e.key)
	case "random_seed":
		d.leaf("random_seed", e.key, &p.RandomSeed, e.val)
	case "tacho":
		d.object(reflect.ValueOf(&p.Console).Elem(), e.val, "tacho", e.key)
	case "variables":
		if !e.val.isMap {
			d.add(BadValue, e.val, e.key, "", "must be a map of name to value")
		}
	case "plot":
		d.origins.notice("%s is kept for aiperf plot, which draws pictures from the folder; nothing here reads it", e.key)
	case "sweep", "multi_run", "no_sweep_table":
		d.add(Unsupported, e.val, e.key, "", map[string]string{
			"sweep":          "is not built yet; start one run for each value",
			"multi_run":      "is not built yet; start the run several times",
			"no_sweep_table": "is not supported: there is no sweep",
		}[snake(e.key)])
	default:
		if _, ok := fieldOf(reflect.ValueOf(&p.Benchmark).Elem(), snake(e.key)); ok || slices.Contains(shortKeys, snake(e.key)) {
			d.addAt(Unknown, e, e.key, "belongs under benchmark")
			return
		}
		known := []string{"schema_version", "random_seed", "variables", "benchmark", "plot", "tacho"}
		d.addAt(Unknown, e, e.key, "unknown key"+nearKey(e.key, known))
	}
}
