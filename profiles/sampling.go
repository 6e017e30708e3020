package profiles

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"tacho/engine/random"
)

// Sampling draws the cells of a sweep from ranges: of type sobol or latin_hypercube.
type Sampling struct {
	Samples Opt[int] `key:"samples"`
	// Seed, else the run's seed, else 42 draws them: the same cells each time, so that a sweep that was
	// cut off goes on.
	Seed        Opt[int]        `key:"seed"`
	Dimensions  Opt[Dimensions] `key:"dimensions"`
	LabelFormat Opt[string]     `key:"label_format"`
	Scramble    Opt[bool]       `key:"scramble"`     // of sobol
	Spread      Opt[string]     `key:"optimization"` // of latin_hypercube: random-cd, or nothing
}

// spreadCD makes a Latin hypercube more even, see [random.LatinHypercube].
const spreadCD = "random-cd"

// Dimension is one swept setting with what it is drawn from.
type Dimension struct {
	Path   string
	Lo, Hi float64
	Log    bool  // evenly on a logarithmic scale
	Whole  bool  // rounded
	Given  []any // choices instead of a range
}

// Dimensions are in the order of the file.
type Dimensions []Dimension

func (ds *Dimensions) tree() any {
	list := []any{}
	for _, d := range *ds {
		o := Object{{"path", d.Path}}
		if d.Given != nil {
			o = append(o, Member{"choices", d.Given})
		} else {
			o = append(o, Member{"lo", d.Lo}, Member{"hi", d.Hi})
		}
		list = append(list, append(o, Member{"scale", d.scale()}, Member{"kind", d.kind()}))
	}
	return list
}

func (d *Dimension) scale() string {
	if d.Log {
		return "log"
	}
	return "linear"
}

func (d *Dimension) kind() string {
	if d.Whole {
		return "int"
	}
	return "real"
}

func (ds *Dimensions) fromTree(x any) error {
	list, ok := x.([]any)
	if !ok || len(list) == 0 {
		return errors.New("must be a list of dimensions, each with path, lo and hi")
	}
	var out Dimensions
	for i, e := range list {
		o, ok := e.(Object)
		if !ok {
			return fmt.Errorf("dimension %d must be a map with path, lo and hi", i+1)
		}
		d, err := readDimension(o)
		if err != nil {
			return fmt.Errorf("dimension %d: %w", i+1, err)
		}
		if slices.ContainsFunc(out, func(x Dimension) bool { return x.Path == d.Path }) {
			return fmt.Errorf("%s is there twice", d.Path)
		}
		out = append(out, d)
	}
	*ds = out
	return nil
}

func readDimension(o Object) (d Dimension, err error) {
	has := map[string]bool{}
	for _, m := range o {
		has[m.Key] = m.Value != nil
		if m.Value == nil {
			continue
		}
		word := func(choices ...string) (s string) {
			s, _ = m.Value.(string)
			s, err = pick(s, choices, asTyped)
			return s
		}
		switch m.Key {
		case "path":
			s, _ := m.Value.(string)
			d.Path, err = axisPath(s)
		case "lo":
			d.Lo, err = asFloat(m.Value)
		case "hi":
			d.Hi, err = asFloat(m.Value)
		case "scale":
			d.Log = word("linear", "log") == "log"
		case "kind":
			d.Whole = word("real", "int") == "int"
		case "choices":
			d.Given, err = readChoices(m.Value)
		default:
			err = errors.New("unknown key; there are path, lo, hi, scale, kind and choices")
		}
		if err != nil {
			return d, fmt.Errorf("%s: %w", m.Key, err)
		}
	}
	switch {
	case d.Path == "":
		return d, errors.New("has no path of a setting")
	case has["choices"] && (has["lo"] || has["hi"]) || !has["choices"] && !(has["lo"] && has["hi"]):
		return d, fmt.Errorf("%s needs lo and hi, or choices", d.Path)
	case d.Given != nil:
	case math.IsInf(d.Lo, 0) || math.IsInf(d.Hi, 0) || !(d.Hi > d.Lo):
		return d, fmt.Errorf("%s: hi must be above lo, and both finite", d.Path)
	case d.Log && d.Lo <= 0:
		return d, fmt.Errorf("%s: a logarithmic scale needs lo above 0", d.Path)
	case d.Whole && math.Ceil(d.Lo) > math.Floor(d.Hi):
		return d, fmt.Errorf("%s: there is no whole number between lo and hi", d.Path)
	}
	return d, nil
}

func readChoices(x any) ([]any, error) {
	list, ok := x.([]any)
	if !ok || len(list) == 0 {
		return nil, errors.New("must be a list of values")
	}
	for _, v := range list {
		switch v.(type) {
		case Object, []any:
			return nil, errors.New("must be a list of plain values")
		}
	}
	return list, nil
}

// at is the value at a place in [0, 1).
func (d *Dimension) at(u float64) any {
	if d.Given != nil {
		return d.Given[min(int(u*float64(len(d.Given))), len(d.Given)-1)]
	}
	v := d.Lo + u*(d.Hi-d.Lo)
	if d.Log {
		v = math.Exp(math.Log(d.Lo) + u*(math.Log(d.Hi)-math.Log(d.Lo)))
	}
	if d.Whole {
		return int(max(math.Ceil(d.Lo), min(math.RoundToEven(v), math.Floor(d.Hi))))
	}
	return v
}

// sampled are the cells of a sweep over ranges. Cells that rounding makes equal are one.
func (s *Sweep) sampled(seed int) ([]combination, error) {
	kind, dims, n := s.Type.V, s.Dimensions.V, s.Samples.V
	switch {
	case len(s.Parameters.V) > 0:
		return nil, fmt.Errorf("type %s does not go with lists of values such as %s; give a range under dimensions", kind, s.Parameters.V[0].Path)
	case len(dims) == 0 || !s.Samples.Set:
		return nil, fmt.Errorf("type %s needs dimensions and samples", kind)
	case n > maxCells:
		return nil, fmt.Errorf("there are more than %d samples", maxCells)
	case kind == SweepSobol && len(dims) > random.SobolDims:
		return nil, fmt.Errorf("type sobol goes up to %d dimensions; latin_hypercube has no bound", random.SobolDims)
	}
	if s.Seed.Set {
		seed = s.Seed.V
	}
	stream := random.Seeded(uint64(seed)).Stream("sweep." + kind)
	var points [][]float64
	if kind == SweepSobol {
		if s.Scramble.Set && !s.Scramble.V {
			stream = nil
		}
		points = random.Sobol(len(dims), n, stream)
	} else {
		points = random.LatinHypercube(len(dims), n, stream, s.Spread.V != "")
	}
	var list []combination
	seen := map[string]bool{}
	for i, p := range points {
		c := combination{label: fmt.Sprintf("%s_%04d", kind, i)}
		var texts []string
		for k := range dims {
			v := CellValue{dims[k].Path, dims[k].at(p[k])}
			c.order = append(c.order, v)
			texts = append(texts, v.Path+"="+PyText(v.Value))
		}
		text := strings.Join(texts, ", ")
		if seen[text] {
			continue
		}
		seen[text] = true
		if s.LabelFormat.V == "kv" {
			c.label = text
		}
		c.values = slices.SortedFunc(slices.Values(c.order), func(a, b CellValue) int { return strings.Compare(a.Path, b.Path) })
		list = append(list, c)
	}
	return list, nil
}

// axes are the values that each setting has in some cell.
func axesOf(list []combination) (axes Axes) {
	if len(list) == 0 {
		return nil
	}
	for k, v := range list[0].values {
		a := Axis{Path: v.Path}
		for _, c := range list {
			a.Values = append(a.Values, c.values[k].Value)
		}
		axes = append(axes, a)
	}
	return axes
}

// Design is AIPerf's record of what was drawn, nil without a sweep over ranges.
func (p *Profile) Design() Object {
	s := &p.Sweep
	if !s.overRanges() {
		return nil
	}
	var seed, scramble, spread any
	if s.Seed.Set {
		seed = s.Seed.V
	}
	if s.Type.V == SweepSobol {
		scramble = !s.Scramble.Set || s.Scramble.V
	} else if s.Spread.V != "" {
		spread = s.Spread.V
	}
	dims, rows := []any{}, []any{}
	for _, d := range s.Dimensions.V {
		o := Object{{"path", d.Path}, {"lo", any(nil)}, {"hi", nil}, {"scale", d.scale()}, {"kind", d.kind()}, {"choices", nil}}
		if d.Given != nil {
			o.put("choices", d.Given)
		} else {
			o.put("lo", d.Lo)
			o.put("hi", d.Hi)
		}
		dims = append(dims, o)
	}
	for _, c := range p.cells {
		row := []any{}
		for _, d := range s.Dimensions.V {
			i := slices.IndexFunc(c.Values, func(v CellValue) bool { return v.Path == d.Path })
			row = append(row, c.Values[i].Value)
		}
		rows = append(rows, row)
	}
	return Object{{"type", s.Type.V}, {"samples", s.Samples.V}, {"seed", seed}, {"scramble", scramble}, {"optimization", spread},
		{"dimensions", dims}, {"samples_mapped", rows}}
}

func (s *Sweep) overRanges() bool { return s.Type.V == SweepSobol || s.Type.V == SweepLatin }

func samplingFields() []*Field {
	of := func(p *Profile) *Sampling { return &p.Sweep.Sampling }
	file := func(help string) Field { return Field{Group: groupFile, Tier: 'B', Help: help} }
	label, spread := file("How the cells of a sweep over ranges are named"), file("Whether a Latin hypercube is made more even")
	label.Choices, spread.Choices = []string{"index", "kv"}, []string{spreadCD}
	label.Default, spread.Default = "index", spreadCD
	spread.Away, spread.Why = []string{"lloyd"}, "is not supported; random-cd evens out the cells too"
	return []*Field{
		fileOnly("Number of cells of a sweep over ranges", func(p *Profile) *Opt[int] { return &of(p).Samples }, readInt, atLeast(2), atMost(maxCells)),
		fileOnly("Seed of a sweep over ranges", func(p *Profile) *Opt[int] { return &of(p).Seed }, readInt, atLeast(0)),
		fromFile("Settings of a sweep over ranges, each with path, lo and hi", func(p *Profile) *Opt[Dimensions] { return &of(p).Dimensions }),
		choice(label, func(p *Profile) *Opt[string] { return &of(p).LabelFormat }),
		fileOnly("Whether the points of type sobol are scrambled", func(p *Profile) *Opt[bool] { return &of(p).Scramble }, readBool),
		choiceAs(spread, func(p *Profile) *Opt[string] { return &of(p).Spread }, asTyped),
	}
}
