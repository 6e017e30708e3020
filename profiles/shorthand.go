package profiles

// shortKeys are the short forms of keys of a benchmark section.
var shortKeys = []string{"model", "dataset", "warmup", "profiling"}

// shorthands rewrites the short forms of a benchmark section into the long
// one: model, dataset, warmup and profiling, a single phase, isl and osl of a
// dataset, and url.
func (d *decoder) shorthands(n *node, shown string) {
	d.exclusive(n, shown, "model", "models")
	d.exclusive(n, shown, "dataset", "datasets")
	d.exclusive(n, shown, "warmup", "phases")
	d.exclusive(n, shown, "profiling", "phases")
	rename(n, "model", "models")
	if m := n.get("models"); m != nil {
		longModels(m)
	}
	if ds := n.get("dataset"); ds != nil {
		if ds.isMap && ds.get("name") == nil {
			prepend(ds, "name", "default")
		}
		listOf(n, "dataset", "datasets")
	}
	if list := n.get("datasets"); list != nil {
		for _, ds := range list.items {
			longDataset(ds)
		}
	}
	if e := n.get("endpoint"); e != nil {
		d.exclusive(e, joinKey(shown, "endpoint"), "url", "urls")
		if u := e.get("url"); u != nil && u.isList {
			rename(e, "url", "urls")
		}
		listOf(e, "url", "urls")
	}
	longPhases(n)
}

// exclusive reports two keys that mean the same being there both.
func (d *decoder) exclusive(n *node, shown, a, b string) {
	if x := n.get(a); x != nil && n.get(b) != nil {
		d.add(Conflict, x, joinKey(shown, a), "", "cannot be used together with "+b)
		remove(n, a)
	}
}

func longModels(m *node) {
	one := func(name *node) *node {
		if name.isMap {
			return name
		}
		return &node{line: name.line, col: name.col, isMap: true, keys: []entry{{key: "name", line: name.line, col: name.col, val: name}}}
	}
	items := m.items
	switch {
	case m.isMap && m.get("items") != nil:
		return
	case m.isMap && m.get("name") != nil:
		items = []*node{{line: m.line, col: m.col, isMap: true, keys: m.keys}}
	case m.isMap:
		return
	case !m.isList:
		items = []*node{{line: m.line, col: m.col, scalar: m.scalar, src: m.src}}
	}
	list := &node{line: m.line, col: m.col, isList: true}
	for _, it := range items {
		list.items = append(list.items, one(it))
	}
	*m = node{line: m.line, col: m.col, isMap: true, keys: []entry{{key: "items", line: m.line, col: m.col, val: list}}}
}

// longDataset moves isl, and what a dataset that is read has beside its
// prompts, to where a synthetic one has it.
func longDataset(ds *node) {
	if !ds.isMap {
		return
	}
	into := func(section, key, from string) {
		v := ds.get(from)
		if v == nil {
			return
		}
		sub := ds.get(section)
		if sub == nil {
			sub = &node{line: v.line, col: v.col, isMap: true}
			ds.keys = append(ds.keys, entry{key: section, line: v.line, col: v.col, val: sub})
		}
		if !sub.isMap || sub.get(key) != nil {
			return // the long form is there as well and wins
		}
		sub.keys = append(sub.keys, entry{key: key, line: v.line, col: v.col, val: v})
		remove(ds, from)
	}
	into("prompts", "isl", "isl")
	for _, m := range moved {
		into(m.section, m.key, m.there)
	}
}

// longPhases makes one list of warmup and profiling, or of a single phase.
func longPhases(n *node) {
	if ph := n.get("phases"); ph != nil {
		if ph.isMap {
			if ph.get("name") == nil {
				prepend(ph, "name", KindProfiling)
			}
			listOf(n, "phases", "phases")
		}
		return
	}
	list := &node{line: n.line, col: n.col, isList: true}
	for _, kind := range []string{KindWarmup, KindProfiling} {
		ph := n.get(kind)
		if ph == nil {
			continue
		}
		if ph.isMap && ph.get("name") == nil {
			prepend(ph, "name", kind)
		}
		list.items = append(list.items, ph)
		remove(n, kind)
	}
	if len(list.items) > 0 {
		n.keys = append(n.keys, entry{key: "phases", line: n.line, col: n.col, val: list})
	}
}

func rename(n *node, from, to string) {
	for i := range n.keys {
		if snake(n.keys[i].key) == from {
			n.keys[i].key = to
		}
	}
}

// listOf puts the value of a key into a list under another key.
func listOf(n *node, from, to string) {
	for i, e := range n.keys {
		if snake(e.key) == from {
			n.keys[i].key = to
			n.keys[i].val = &node{line: e.val.line, col: e.val.col, isList: true, items: []*node{e.val}}
		}
	}
}

func remove(n *node, key string) {
	for i, e := range n.keys {
		if snake(e.key) == key {
			n.keys = append(n.keys[:i:i], n.keys[i+1:]...)
			return
		}
	}
}

func prepend(n *node, key, value string) {
	e := entry{key: key, line: n.line, col: n.col, val: &node{line: n.line, col: n.col, scalar: value}}
	n.keys = append([]entry{e}, n.keys...)
}
