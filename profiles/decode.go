package profiles

import (
	"reflect"
	"slices"
	"strings"
)

// decoder fills a Profile from nodes.
type decoder struct {
	origins  *Origins
	file     string
	problems Problems
	// keep, when not nil, takes what has no place or no valid value instead of
	// it being a problem: for configurations of other programs.
	keep func(path string, v any)
	// phaseName is the phase being read; axes are lists found in phases, which
	// make a sweep.
	phaseName string
	axes      []Axis
	plot      string // the key of the section on pictures, if it is there
}

func (d *decoder) add(kind Kind, n *node, where, value, rule string) {
	d.problems = append(d.problems, Problem{Kind: kind, File: d.file, Line: n.line, Col: n.col, Where: where, Value: value, Rule: rule})
}

func (d *decoder) addAt(kind Kind, e entry, where, rule string) {
	d.problems = append(d.problems, Problem{Kind: kind, File: d.file, Line: e.line, Col: e.col, Where: where, Rule: rule})
}

// benchmark reads input_config or the benchmark section. shown is the path as
// the reader of the file sees it; path is where the Profile has it.
func (d *decoder) benchmark(p *Profile, n *node, shown string) {
	d.shorthands(n, shown)
	d.object(reflect.ValueOf(&p.Benchmark).Elem(), n, "", shown)
}

// object fills a struct from a map.
func (d *decoder) object(v reflect.Value, n *node, path, shown string) {
	if x, ok := v.Addr().Interface().(*Dist); ok {
		d.dist(x, n, path, shown)
		return
	}
	if !n.isMap {
		if n.scalar == nil && !n.isList {
			return // null: as if it were not there
		}
		d.reject(BadValue, n, path, shown, "must be a map")
		return
	}
	for _, e := range n.keys {
		key := snake(e.key)
		at, seen := joinKey(path, key), joinKey(shown, e.key)
		fv, ok := fieldOf(v, key)
		if !ok {
			d.foreign(v, e, at, seen)
			continue
		}
		d.value(fv, e.val, at, seen)
	}
}

func (d *decoder) value(fv reflect.Value, n *node, path, shown string) {
	if l := asLeaf(fv); l != nil {
		d.leaf(path, shown, l, n)
		return
	}
	switch x := fv.Addr().Interface().(type) {
	case *[]ModelItem:
		d.list(n, path, shown, func(n *node, shown string) {
			*x = append(*x, ModelItem{})
			d.object(reflect.ValueOf(&(*x)[len(*x)-1]).Elem(), n, path, shown)
			if last := (*x)[len(*x)-1]; !last.Name.Set {
				d.reject(BadValue, n, path, shown, "needs a name")
			}
		})
	case *[]Dataset:
		*x = nil
		d.list(n, path, shown, func(n *node, shown string) {
			if len(*x) == 1 {
				d.reject(BadValue, n, path, shown, "there can be only one dataset")
				return
			}
			*x = append(*x, New().Datasets[0])
			(*x)[0].Type.Set, (*x)[0].Name.Set = true, true
			d.object(reflect.ValueOf(&(*x)[0]).Elem(), n, path, shown)
		})
		if len(*x) == 0 {
			*x = New().Datasets
		}
	case *[]Phase:
		*x = nil
		d.list(n, path, shown, func(n *node, shown string) { d.phase(x, n, path, shown) })
		if !slices.ContainsFunc(*x, func(ph Phase) bool { return ph.Kind.V == KindProfiling }) {
			d.reject(BadValue, n, path, shown, "there must be a phase of kind profiling")
		}
	default:
		d.object(fv, n, path, shown)
	}
}

// list visits the elements of a list.
func (d *decoder) list(n *node, path, shown string, each func(n *node, shown string)) {
	if !n.isList {
		d.reject(BadValue, n, path, shown, "must be a list")
		return
	}
	for i, it := range n.items {
		each(it, shown+"["+show(i)+"]")
	}
}

// phase reads one phase. Its kind decides which option checks its settings.
func (d *decoder) phase(phases *[]Phase, n *node, path, shown string) {
	if !n.isMap {
		d.reject(BadValue, n, path, shown, "must be a map")
		return
	}
	name, kind := "", ""
	if v := n.get("name"); v != nil {
		name, _ = asString(v.tree())
	}
	if v := n.get("kind"); v != nil {
		kind, _ = asString(v.tree())
	} else if name == KindWarmup || name == KindProfiling {
		kind = name
	}
	if name == "" {
		d.reject(BadValue, n, path, shown, "needs a name, such as profiling")
		return
	}
	if kind != KindWarmup && kind != KindProfiling {
		d.reject(BadValue, n, path, joinKey(shown, "kind"), "must be warmup or profiling")
		return
	}
	for _, other := range *phases {
		if strings.EqualFold(other.Name.V, name) {
			d.reject(BadValue, n, path, joinKey(shown, "name"), "another phase is named "+quoteValue(name))
			return
		}
	}
	ph := newPhase(kind)
	ph.fromFile = true
	d.phaseName = name
	ph.ExcludeFromResults.Set = false
	d.object(reflect.ValueOf(&ph).Elem(), n, joinKey(path, kind), shown)
	if d.keep == nil { // recorded configurations hold what they hold
		ph.ExcludeFromResults.V, ph.ExcludeFromResults.Set = kind == KindWarmup, kind == KindWarmup
		if !ph.Type.Set {
			resolveLoad(&ph, true)
		}
	}
	*phases = append(*phases, ph)
}

// leaf stores one setting after its option has checked it.
func (d *decoder) leaf(path, shown string, l leaf, n *node) {
	v := n.tree()
	if o, ok := v.(Object); v == nil || ok && len(o) == 0 && d.keep == nil {
		return
	}
	if _, ok := l.(*Opt[string]); ok && n.src != "" {
		v = n.src
	}
	f := fieldAt(path)
	value := show(v)
	if f != nil && f.Secret {
		value = ""
	} else if f != nil {
		value = hideValue(f, value)
	}
	if f != nil && f.Refuse != "" {
		switch {
		case d.keep != nil && value == show(l.tree()), f.isDefault(value):
			l.fromTree(v)
		default:
			d.reject(Unsupported, n, path, shown, f.Refuse)
		}
		return
	}
	if n.isList && f != nil && f.Sweep && d.keep == nil {
		d.list1(f, path, shown, l, n)
		return
	}
	was := reflect.ValueOf(l).Elem()
	before := reflect.New(was.Type()).Elem()
	before.Set(was)
	err := store(f, l, v)
	if err == nil {
		if f != nil {
			d.origins.files[f] = true
			if f.Note != "" && d.keep == nil {
				d.origins.notice("%s %s", shown, f.Note)
			}
		}
		return
	}
	was.Set(before) // a value that breaks its rule is not kept
	if d.keep != nil {
		d.keep(path, v)
		return
	}
	d.origins.failed[f] = true
	if n.isMap || n.isList {
		value = ""
	}
	d.add(BadValue, n, shown, value, err.Error())
}

// store gives a setting a value of a file: text is read as the option's text
// is, other values by their kind.
func store(f *Field, l leaf, v any) error {
	if f == nil {
		return l.fromTree(v)
	}
	if f.bind.text != nil {
		s, isText := v.(string)
		if _, wantsText := l.(*Opt[string]); wantsText && !isText {
			var err error
			if s, err = asString(v); err != nil {
				return err
			}
			isText = true
		}
		if isText {
			return f.bind.text(l, s)
		}
	}
	if err := l.fromTree(v); err != nil {
		return err
	}
	if f.bind.check != nil {
		return f.bind.check(l)
	}
	return nil
}

// foreign handles a key that the Profile does not have.
func (d *decoder) foreign(v reflect.Value, e entry, path, shown string) {
	if d.keep != nil {
		d.keep(path, e.val.tree())
		return
	}
	if f := laterAt(path); f != nil {
		scalar := !e.val.isMap && !e.val.isList
		if scalar && (e.val.scalar == nil || f.Key == path && f.isDefault(show(e.val.scalar))) {
			return
		}
		if f.Refuse == seekWithFind && slices.ContainsFunc(d.problems, func(p Problem) bool { return p.Rule == seekWithFind }) {
			return // said of one setting of the search
		}
		d.addAt(Unsupported, e, shown, f.Refuse)
		return
	}
	d.addAt(Unknown, e, shown, "unknown key"+nearKey(e.key, keysOf(v, path)))
}

// reject reports a problem, or keeps the value aside for a foreign file.
func (d *decoder) reject(kind Kind, n *node, path, shown, rule string) {
	if d.keep != nil {
		d.keep(path, n.tree())
		return
	}
	d.add(kind, n, shown, "", rule)
}
