package profiles

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Sweep makes one run, or several repeats, for each of many configurations.
type Sweep struct {
	Type Opt[string] `key:"type"`
	// Parameters are the settings with their values, of grid and zip; Runs the
	// named configurations of scenarios.
	Parameters      Opt[Axes]      `key:"parameters"`
	Runs            Opt[Scenarios] `key:"runs"`
	CooldownSeconds Opt[float64]   `key:"cooldown_seconds"` // between two cells
	SameSeed        Opt[bool]      `key:"same_seed"`
	IterationOrder  Opt[string]    `key:"iteration_order"`
	// SLAFilters are the limits that the best cells have to hold.
	SLAFilters Opt[SLAFilters] `key:"sla_filters"`
	Sampling
}

// The kinds of sweep, and the orders of cells and repeats.
const (
	SweepGrid        = "grid"
	SweepZip         = "zip"
	SweepScenarios   = "scenarios"
	SweepSobol       = "sobol"
	SweepLatin       = "latin_hypercube"
	SweepRepeated    = "repeated"
	SweepIndependent = "independent"
)

// Given reports whether there is a sweep.
func (s *Sweep) Given() bool {
	return len(s.Parameters.V) > 0 || len(s.Runs.V) > 0 || s.Type.Set && s.overRanges()
}

// Several reports whether the profile makes more than one run.
func (p *Profile) Several() bool { return p.Sweep.Given() || p.MultiRun.NumRuns.V > 1 }

// Axis is one swept setting.
type Axis struct {
	// Path is its place below benchmark: phases.profiling.concurrency.
	Path   string
	Values []any // numbers or texts, at least one

	flag  *Field   // of a comma list; nil for a file
	texts []string // as typed, of a comma list
}

// text is the axis as one would type it.
func (a *Axis) text() string {
	parts := make([]string, len(a.Values))
	for i, v := range a.Values {
		parts[i] = show(v)
	}
	return strings.Join(parts, ",")
}

// Axes are in the order of their paths, as AIPerf numbers cells.
type Axes []Axis

func (a *Axes) tree() any {
	o := Object{}
	for _, x := range *a {
		o = append(o, Member{x.Path, x.Values})
	}
	return o
}

func (a *Axes) fromTree(x any) error {
	o, ok := x.(Object)
	if !ok || len(o) == 0 {
		return errors.New("must map settings to lists of values")
	}
	var out Axes
	for _, m := range o {
		list, ok := m.Value.([]any)
		if !ok || len(list) == 0 {
			return fmt.Errorf("%s must be a list of values", m.Key)
		}
		path, err := axisPath(m.Key)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(out, func(a Axis) bool { return a.Path == path }) {
			return fmt.Errorf("%s is there twice", path)
		}
		out = append(out, Axis{Path: path, Values: list})
	}
	*a = out
	a.sort()
	return nil
}

func (a *Axes) sort() {
	slices.SortFunc(*a, func(x, y Axis) int { return strings.Compare(x.Path, y.Path) })
}

// shortAxes are settings of the measured phase that need no path.
var shortAxes = []string{"concurrency", "prefill_concurrency", "rate", "requests", "duration", "sessions", "users", "smoothness",
	"grace_period", "concurrency_ramp", "prefill_ramp", "rate_ramp", "rate_series"}

// axisPath brings the name of a swept setting to its full path.
func axisPath(name string) (string, error) {
	if slices.Contains(shortAxes, snake(name)) {
		return "phases.profiling." + snake(name), nil
	}
	parts := strings.Split(name, ".")
	if slices.Contains(parts, "") {
		return "", fmt.Errorf("%s is no path of a setting", quoteValue(name))
	}
	switch snake(parts[0]) {
	case "benchmark":
		return "", fmt.Errorf("%s: leave out benchmark, paths begin below it", name)
	case "sweep", "multi_run", "random_seed":
		return "", fmt.Errorf("%s cannot be swept", name)
	}
	return name, nil
}

// axis finds a swept setting, nil when it has one value.
func (s *Sweep) axis(path string) *Axis {
	for i := range s.Parameters.V {
		if s.Parameters.V[i].Path == path {
			return &s.Parameters.V[i]
		}
	}
	return nil
}

// add puts an axis in, in place of one with the same path.
func (s *Sweep) add(a Axis) {
	s.drop(a.Path)
	s.Parameters.Put(append(slices.Clone(s.Parameters.V), a))
	s.Parameters.V.sort()
	s.Type.Set = true
}

func (s *Sweep) drop(path string) {
	if s.axis(path) == nil {
		return
	}
	s.Parameters.V = slices.DeleteFunc(slices.Clone(s.Parameters.V), func(a Axis) bool { return a.Path == path })
	s.Parameters.Set = len(s.Parameters.V) > 0
}

// pathIn is the path of the option's setting below benchmark, with the names
// that datasets and phases have in p.
func (f *Field) pathIn(p *Profile) string {
	if rest, ok := strings.CutPrefix(f.Key, "datasets."); ok {
		return "datasets." + p.Dataset().Name.V + "." + rest
	}
	return f.Key
}

// setAxis reads a comma list. The profile itself gets the first value.
func (f *Field) setAxis(p *Profile, list string) error {
	a := Axis{Path: f.pathIn(p), flag: f}
	for part := range strings.SplitSeq(list, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			return errors.New("has an empty value in its list")
		}
		q := p.Clone()
		if err := f.bind.set(q, []string{part}); err != nil {
			return fmt.Errorf("value %s: %w", quoteValue(part), err)
		}
		v := f.in(q)[0].tree()
		if x, ok := v.(float64); ok && f.Type == typeInt {
			v = int(x)
		}
		a.Values, a.texts = append(a.Values, v), append(a.texts, part)
	}
	if err := f.bind.set(p, a.texts[:1]); err != nil {
		return err
	}
	p.Sweep.add(a)
	return nil
}

// list1 reads a list in a phase, which makes a sweep; the phase itself gets the
// first value.
func (d *decoder) list1(f *Field, path, shown string, l leaf, n *node) {
	if f.Phase == "" || len(n.items) == 0 {
		d.reject(Unsupported, n, path, shown, "a list of values makes a sweep in a phase only; write it under sweep, parameters")
		return
	}
	a := Axis{Path: "phases." + d.phaseName + path[strings.LastIndexByte(path, '.'):]}
	for i := len(n.items) - 1; i >= 0; i-- { // the first is what stays
		if err := store(f, l, n.items[i].tree()); err != nil {
			d.add(BadValue, n.items[i], shown, show(n.items[i].tree()), err.Error())
			d.origins.failed[f] = true
			return
		}
		a.Values = slices.Insert(a.Values, 0, l.tree())
	}
	d.origins.files[f] = true
	d.axes = append(d.axes, a)
}

// Scenario is one named configuration of a sweep: what differs from the file
// around it.
type Scenario struct {
	Name      string
	Benchmark Object
	Variables Object // of templates
	// Values tell the scenario in tables; nil: its name does.
	Values Object
}

// Scenarios are the runs of a sweep of that kind.
type Scenarios []Scenario

func (s *Scenarios) tree() any {
	list := []any{}
	for _, x := range *s {
		o := Object{{"name", x.Name}}
		if x.Variables != nil {
			o = append(o, Member{"variables", x.Variables})
		}
		if x.Benchmark != nil {
			o = append(o, Member{"benchmark", x.Benchmark})
		}
		if x.Values != nil {
			o = append(o, Member{"values", x.Values})
		}
		list = append(list, o)
	}
	return list
}

func (s *Scenarios) fromTree(x any) error {
	list, ok := x.([]any)
	if !ok || len(list) == 0 {
		return errors.New("must be a list of scenarios")
	}
	var out Scenarios
	for i, e := range list {
		o, ok := e.(Object)
		if !ok {
			return fmt.Errorf("scenario %d must be a map with name and benchmark", i+1)
		}
		sc := Scenario{Name: fmt.Sprintf("scenario_%d", i)}
		for _, m := range o {
			switch snake(m.Key) {
			case "name":
				name, err := asString(m.Value)
				if err != nil || name == "" {
					return fmt.Errorf("scenario %d: the name must be text", i+1)
				}
				sc.Name = name
			case "benchmark":
				if sc.Benchmark, ok = m.Value.(Object); !ok {
					return fmt.Errorf("scenario %s: benchmark must be a map", sc.Name)
				}
			case "values":
				if sc.Values, ok = m.Value.(Object); !ok {
					return fmt.Errorf("scenario %s: values must be a map", sc.Name)
				}
				for _, v := range sc.Values {
					switch v.Value.(type) {
					case Object, []any:
						return fmt.Errorf("scenario %s: values.%s must be a number or a text", sc.Name, v.Key)
					}
				}
			case "variables":
				if sc.Variables, ok = m.Value.(Object); !ok {
					return fmt.Errorf("scenario %s: variables must be a map", sc.Name)
				}
			default:
				return fmt.Errorf("scenario %d: unknown key %s; there are name, benchmark, variables and values", i+1, m.Key)
			}
		}
		out = append(out, sc)
	}
	*s = out
	return nil
}

func axesField() *Field {
	return &Field{Group: groupFile, Tier: 'B', Type: "settings with lists", Help: "Settings of a sweep with their values, by path",
		bind: binding{leaves: func(p *Profile) []leaf { return []leaf{&p.Sweep.Parameters} }, check: func(leaf) error { return nil }}}
}

func scenariosField() *Field {
	return &Field{Group: groupFile, Tier: 'B', Type: "list", Help: "Named configurations of a sweep of type scenarios: what differs from the file",
		bind: binding{leaves: func(p *Profile) []leaf { return []leaf{&p.Sweep.Runs} }, check: func(leaf) error { return nil }}}
}

// AxisName is a swept setting in a word: its option's name, else the end of its
// path.
func AxisName(path string) string {
	parts := strings.Split(path, ".")
	key := path
	if parts[0] == "datasets" && len(parts) > 2 {
		key = "datasets." + strings.Join(parts[2:], ".")
	}
	for _, f := range Fields {
		if f.Sweep && f.Key == key && f.Phase != KindWarmup {
			best := f.Flag
			for _, a := range f.Aliases {
				if len(a) < len(best) {
					best = a
				}
			}
			return best
		}
	}
	return parts[len(parts)-1]
}
