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
	src := reading{file: name, yaml: b, env: env}
	p, problems := src.read(o)
	return p, o, problems.err()
}

// schemaVersion is the version of the file format we read and write.
const schemaVersion = "2.0"

// decode reads a file over the defaults and checks each setting by itself. A
// cell of a sweep is put into the file before; nil reads it as it is.
func decode(name string, b []byte, env Env, o *Origins, c *combination) (*Profile, Problems) {
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
	if c != nil {
		d.edit(root, c)
	}
	if vars := render(root, func(n *node, err error) { d.add(Syntax, n, "", "", err.Error()) }); len(vars) > 0 {
		p.Variables.Put(Variables(vars))
	}
	for _, e := range root.keys {
		d.top(p, e)
	}
	for _, a := range d.axes {
		p.Sweep.add(a)
	}
	d.plots(p)
	return p, d.problems
}

// plots lets a section on pictures ask for them, as in AIPerf.
func (d *decoder) plots(p *Profile) {
	a := &p.Artifacts.AutoPlot
	switch {
	case d.plot == "":
	case a.Set && !a.V:
		d.origins.notice("%s has no effect: autoPlot is false", d.plot)
	default:
		a.Put(true)
		d.origins.notice("%s: the usual pictures are drawn; which ones it asks for is not read, aiperf plot reads it", d.plot)
	}
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
		d.plot = e.key
	case "sweep":
		if t := e.val.get("type"); t != nil && norm(show(t.tree())) == norm("adaptive_search") {
			d.add(Unsupported, t, e.key+".type", show(t.tree()), seekWithFind) // and nothing else of it counts
			return
		}
		if s := e.val.get("optimization"); s != nil && s.tree() == nil {
			p.Sweep.Spread.Put("") // null is an answer here: a plain Latin hypercube
		}
		d.object(reflect.ValueOf(&p.Sweep).Elem(), e.val, "sweep", e.key)
	case "multi_run":
		d.object(reflect.ValueOf(&p.MultiRun).Elem(), e.val, "multi_run", e.key)
	case "no_sweep_table":
		d.leaf("no_sweep_table", e.key, &p.NoSweepTable, e.val)
	default:
		if _, ok := fieldOf(reflect.ValueOf(&p.Benchmark).Elem(), snake(e.key)); ok || slices.Contains(shortKeys, snake(e.key)) {
			d.addAt(Unknown, e, e.key, "belongs under benchmark")
			return
		}
		known := []string{"schema_version", "random_seed", "variables", "benchmark", "sweep", "multi_run", "no_sweep_table", "plot", "tacho"}
		d.addAt(Unknown, e, e.key, "unknown key"+nearKey(e.key, known))
	}
}
