package profiles

import (
	"math"
	"reflect"
	"strings"
)

// The shape of input_config is the shape of the Profile's structs: the key tag
// is the name, the order of fields the order of keys.

// keyOf returns the key of a struct field, and whether an object is written
// even when it is empty.
func keyOf(sf reflect.StructField) (key string, always bool) {
	key, opt, _ := strings.Cut(sf.Tag.Get("key"), ",")
	return key, opt == "always"
}

// asLeaf returns the setting behind an addressable struct field, or nil.
func asLeaf(v reflect.Value) leaf {
	l, _ := v.Addr().Interface().(leaf)
	return l
}

// walk visits all settings in order. A list has its own name in the path;
// phases have their kind behind it, so that "phases.warmup.rate" is a path.
func walk(v reflect.Value, path string, visit func(path string, l leaf)) {
	t := v.Type()
	for i := range t.NumField() {
		sf, fv := t.Field(i), v.Field(i)
		if sf.Anonymous {
			walk(fv, path, visit)
			continue
		}
		key, _ := keyOf(sf)
		if key == "" {
			continue
		}
		if path != "" {
			key = path + "." + key
		}
		if l := asLeaf(fv); l != nil {
			visit(key, l)
			continue
		}
		if fv.Kind() == reflect.Struct {
			walk(fv, key, visit)
			continue
		}
		for j := range fv.Len() {
			e := fv.Index(j)
			at := key
			if ph, ok := e.Addr().Interface().(*Phase); ok {
				at = key + "." + ph.Kind.V
			}
			walk(e, at, visit)
		}
	}
}

// treeOf writes the set values of a struct as an object.
func treeOf(v reflect.Value) Object {
	o := Object{}
	t := v.Type()
	for i := range t.NumField() {
		sf, fv := t.Field(i), v.Field(i)
		if sf.Anonymous {
			o = append(o, treeOf(fv)...)
			continue
		}
		key, always := keyOf(sf)
		if key == "" {
			continue
		}
		if l := asLeaf(fv); l != nil {
			if l.isSet() {
				o = append(o, Member{key, l.tree()})
			}
			continue
		}
		switch fv.Kind() {
		case reflect.Struct:
			if sub := shapeOf(fv); len(sub) > 0 || always {
				o = append(o, Member{key, sub})
			}
		case reflect.Slice:
			list := []any{}
			for j := range fv.Len() {
				list = append(list, shapeOf(fv.Index(j)))
			}
			if len(list) > 0 {
				o = append(o, Member{key, list})
			}
		}
	}
	return o
}

// shapeOf is treeOf for a struct that may bring its tree into a form of its
// own.
func shapeOf(v reflect.Value) Object {
	o := treeOf(v)
	if s, ok := v.Addr().Interface().(interface{ shape(Object) Object }); ok {
		o = s.shape(o)
	}
	return o
}

// withoutInfinite drops numbers JSON cannot hold, as AIPerf does.
func withoutInfinite(o Object) Object {
	out := Object{}
	for _, m := range o {
		switch v := m.Value.(type) {
		case float64:
			if math.IsInf(v, 0) || math.IsNaN(v) {
				continue
			}
		case Object:
			m.Value = withoutInfinite(v)
		case []any:
			list := make([]any, len(v))
			for i, e := range v {
				if sub, ok := e.(Object); ok {
					e = withoutInfinite(sub)
				}
				list[i] = e
			}
			m.Value = list
		}
		out = append(out, m)
	}
	return out
}

// InputConfig returns the profile as AIPerf's input_config: values that were
// set, in AIPerf's order, without secrets. Write it with AppendJSON.
func InputConfig(p *Profile) Object {
	q := p.Redacted()
	if q.Runtime.UI.V == "plain" { // our own word for what AIPerf calls simple
		q.Runtime.UI.V = "simple"
	}
	return withoutInfinite(treeOf(reflect.ValueOf(q).Elem().FieldByName("Benchmark")))
}
