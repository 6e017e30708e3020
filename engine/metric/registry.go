package metric

import "sync/atomic"

// Registry is an ordered set of definitions. Builtin returns the full table;
// a reader of foreign files adds to its own copy. Reading from many goroutines
// is safe, Foreign is not.
type Registry struct {
	defs  []*Def
	byTag map[Tag]*Def
	// last is the plan of the context seen last, so that rows of one run do
	// not work it out again.
	last atomic.Pointer[Plan]
}

// Len returns the number of definitions, the length of every Row.Vals.
func (r *Registry) Len() int { return len(r.defs) }

// Defs returns all definitions in table order, indexed by Def.ID. The caller
// must not change the slice.
func (r *Registry) Defs() []*Def { return r.defs }

// Lookup finds a definition by its tag.
func (r *Registry) Lookup(tag Tag) (*Def, bool) {
	d, ok := r.byTag[tag]
	return d, ok
}

// NewRegistry returns a registry of the given definitions and sets their IDs.
// It panics on a tag that occurs twice: that is a programming error.
func NewRegistry(defs []Def) *Registry {
	r := &Registry{byTag: make(map[Tag]*Def, len(defs))}
	for _, d := range defs {
		r.add(d)
	}
	return r
}

// Foreign returns the definition of tag, adding a PerRecord one made from the
// tag and unit alone if the table has none, so that what an unknown file holds
// is shown and not dropped.
func (r *Registry) Foreign(tag Tag, unit string) *Def {
	if d, ok := r.byTag[tag]; ok {
		return d
	}
	return r.add(Def{Tag: tag, Header: string(tag), Short: string(tag), Unit: Unit(unit), Kind: PerRecord, Flags: InRecords})
}

func (r *Registry) add(d Def) *Def {
	if _, twice := r.byTag[d.Tag]; twice {
		panic("metric: tag defined twice: " + string(d.Tag))
	}
	d.ID = ID(len(r.defs))
	p := &d
	r.defs = append(r.defs, p)
	r.byTag[d.Tag] = p
	return p
}
