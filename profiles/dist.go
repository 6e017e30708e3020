package profiles

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"tacho/engine/dataset"
)

// Dist is a distribution: a value, a normal one of mean and stddev, or one of
// the other shapes that Form holds. In a file a bare number is a value.
type Dist struct {
	Mean   Opt[float64]  `key:"mean"`
	Stddev Opt[float64]  `key:"stddev"`
	Form   Opt[DistForm] `key:"form"`

	// value: a file calls the mean a value.
	value bool
}

// DistForm is what makes a distribution another than a normal one: min, max,
// median, peaks, points. Its keys stand beside the mean.
type DistForm Object

// distKeys are all keys of a distribution, in AIPerf's order.
var distKeys = []string{"min", "max", "value", "mean", "stddev", "median", "peaks", "points"}

func (f *DistForm) tree() any { return Object(*f) }

// fromTree takes the keys of a form and writes them as AIPerf does.
func (f *DistForm) fromTree(x any) error {
	o, ok := x.(Object)
	if !ok {
		return errors.New("must be a map of median, peaks, points, min or max")
	}
	var out Object
	for _, m := range o {
		switch m.Key {
		case "median", "min", "max":
			v, err := asFloat(m.Value)
			if err != nil {
				return errors.New(m.Key + " must be a number")
			}
			m.Value = v
		case "peaks", "points":
			list, ok := m.Value.([]any)
			if !ok {
				return errors.New(m.Key + " must be a list")
			}
			for i, e := range list {
				list[i] = normalPart(e, m.Key == "peaks")
			}
		default:
			return errors.New("has no key " + m.Key)
		}
		out = append(out, m)
	}
	*f = DistForm(out)
	return nil
}

// normalPart writes a peak with its distribution in a key of its own, and all
// numbers as decimals.
func normalPart(x any, peak bool) any {
	o, ok := x.(Object)
	if !ok {
		return x
	}
	var out Object
	for _, m := range o {
		if v, err := asFloat(m.Value); err == nil {
			m.Value = v
		} else if m.Key == "distribution" {
			m.Value = normalPart(m.Value, false)
		}
		out = append(out, m)
	}
	if !peak {
		return out
	}
	weight := out.get("weight")
	if weight == nil {
		weight = 1.0
	}
	if d := out.get("distribution"); d != nil {
		return Object{{"distribution", d}, {"weight", weight}}
	}
	return Object{{"distribution", out.without("weight")}, {"weight", weight}}
}

// shape puts the keys of the form beside the mean, in AIPerf's order.
func (d *Dist) shape(o Object) Object {
	var out Object
	for _, m := range o {
		switch {
		case m.Key == "form":
			out = append(out, m.Value.(Object)...)
		case m.Key == "mean" && d.value && !d.Stddev.Set && d.Form.V.plain():
			out = append(out, Member{"value", m.Value})
		default:
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b Member) int { return place(distKeys, a.Key) - place(distKeys, b.Key) })
	return out
}

// plain reports whether the form only bounds what the mean says.
func (f DistForm) plain() bool {
	return !slices.ContainsFunc(f, func(m Member) bool { return m.Key != "min" && m.Key != "max" })
}

// mixed reports whether the form says it all, without a mean.
func (f DistForm) mixed() bool {
	return Object(f).get("peaks") != nil || Object(f).get("points") != nil
}

// Drawn is the distribution to draw from. The error says which rule its shape
// breaks.
func (d *Dist) Drawn() (dataset.Dist, error) {
	out := dataset.Dist{Mean: d.Mean.V, StdDev: d.Stddev.V}
	if !d.Form.Set {
		return out, nil
	}
	o := Object(slices.Clone(d.Form.V))
	if !d.Form.V.mixed() {
		o = append(o, Member{"mean", d.Mean.V})
		if d.Stddev.V != 0 {
			o = append(o, Member{"stddev", d.Stddev.V})
		}
	} else if d.Mean.Set || d.Stddev.Set {
		return out, errors.New("has a mean or stddev beside its peaks or points; give one kind")
	}
	err := json.Unmarshal(AppendJSON(nil, o, "", 0), &out)
	return out, err
}

// Fixed reports whether nothing is drawn, and the value.
func (d *Dist) Fixed() (float64, bool) {
	drawn, err := d.Drawn()
	if err != nil {
		return 0, false
	}
	return drawn.Fixed()
}

// namedDist is a distribution with the option that sets its mean.
type namedDist struct {
	flag, what string
	at         func(*Dataset) *Dist
}

// dists are all distributions of a dataset.
var dists = []namedDist{
	{"prompt-input-tokens-mean", "prompt length", func(d *Dataset) *Dist { return &d.Prompts.ISL }},
	{"prompt-output-tokens-mean", "answer length", func(d *Dataset) *Dist { return &d.Prompts.OSL }},
	{"conversation-turn-mean", "number of turns", func(d *Dataset) *Dist { return &d.Turns }},
	{"conversation-turn-delay-mean", "pause between turns", func(d *Dataset) *Dist { return &d.TurnDelay }},
	{"image-width-mean", "width of pictures", func(d *Dataset) *Dist { return &d.Images.Width }},
	{"image-height-mean", "height of pictures", func(d *Dataset) *Dist { return &d.Images.Height }},
	{"audio-length-mean", "length of sounds", func(d *Dataset) *Dist { return &d.Audio.Length }},
	{"rankings-passages-mean", "number of passages", func(d *Dataset) *Dist { return &d.Rankings.Passages }},
	{"rankings-passages-prompt-token-mean", "passage length", func(d *Dataset) *Dist { return &d.Rankings.PassageTokens }},
	{"rankings-query-prompt-token-mean", "query length", func(d *Dataset) *Dist { return &d.Rankings.QueryTokens }},
}

// shapeFields are the other shapes of distributions, which only files can give.
func shapeFields() []*Field {
	var fields []*Field
	for _, n := range dists {
		f := Field{Group: groupFile, Tier: 'B', Type: "map", Help: "Another shape of the " + n.what + ": mean and median, peaks, points; also min and max"}
		if n.flag != "prompt-output-tokens-mean" {
			f.Kinds = onlySynthetic
		}
		fields = append(fields, many(f, func(p *Profile) *Opt[DistForm] { return &n.at(p.Dataset()).Form }, readForm))
	}
	return fields
}

// readForm reads the form from JSON text.
func readForm(args []string) (f DistForm, err error) {
	o, err := readObject(args[len(args)-1])
	if err != nil {
		return nil, err
	}
	return f, f.fromTree(o)
}

// dist reads a distribution: a number, or a map.
func (d *decoder) dist(x *Dist, n *node, path, shown string) {
	switch {
	case n.isList:
		d.leaf(path+".mean", shown, &x.Mean, n)
		return
	case !n.isMap:
		if n.scalar != nil {
			d.leaf(path+".mean", shown, &x.Mean, n)
			x.value = true
		}
		return
	}
	form := &node{line: n.line, col: n.col, isMap: true}
	for _, e := range n.keys {
		key := snake(e.key)
		at, seen := joinKey(path, key), joinKey(shown, e.key)
		switch key {
		case "value":
			d.leaf(joinKey(path, "mean"), seen, &x.Mean, e.val)
			x.value = true
		case "mean":
			d.leaf(at, seen, &x.Mean, e.val)
		case "stddev":
			d.leaf(at, seen, &x.Stddev, e.val)
		case "type": // AIPerf lets one name the shape; the keys tell it
		case "median", "min", "max", "peaks", "points":
			form.keys = append(form.keys, entry{key: key, line: e.line, col: e.col, val: e.val})
		default:
			if d.keep != nil {
				d.keep(at, e.val.tree())
				continue
			}
			d.addAt(Unknown, e, seen, "unknown key"+nearKey(e.key, distKeys))
		}
	}
	if len(form.keys) > 0 {
		d.leaf(joinKey(path, "form"), shown, &x.Form, form)
	}
}

// distsFit checks the shapes of distributions. An option for a mean takes the
// place of peaks and points in the file.
func (c *checker) distsFit() {
	for _, n := range dists {
		if _, err := n.at(c.p.Dataset()).Drawn(); err != nil {
			c.missing(n.flag, strings.TrimPrefix(err.Error(), "json: "))
		}
	}
}

// meansWin drops what a file draws from in favour of a mean that was typed.
func meansWin(p *Profile, o *Origins) {
	for _, n := range dists {
		if x := n.at(p.Dataset()); o.flag(n.flag) && x.Form.V.mixed() {
			x.Form.unset()
		}
	}
}
