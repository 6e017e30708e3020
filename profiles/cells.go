package profiles

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// maxCells bounds a sweep; a grid of more is taken for a mistake.
const maxCells = 1000

// CellValue is the value of one swept setting.
type CellValue struct {
	Path  string
	Value any
}

// Cell is one configuration of a sweep.
type Cell struct {
	Index int
	// Label names the cell in files: phases.profiling.concurrency=2, or the
	// scenario's name.
	Label string
	// Dir is the cell's folder: concurrency_2, or concurrency_2__rate_5.0.
	Dir string
	// SumDir is the folder of the numbers over the cell's runs, and Summed are
	// the values in the files there: AIPerf sorts both by path.
	SumDir string
	Summed []CellValue
	// Values tell the cell from the others; Override is a scenario's part of
	// the configuration, nil otherwise.
	Values   []CellValue
	Override Object
	Profile  *Profile
}

// Cells are the configurations of the sweep, none without one.
func (p *Profile) Cells() []Cell { return p.cells }

// combination is a cell before it is read.
type combination struct {
	values   []CellValue
	order    []CellValue       // the same as the file has them, where that is another order
	label    string            // "": of the values
	texts    map[*Field]string // of options
	flagged  map[string]bool   // paths that options set
	scenario *Scenario
}

// reading is what a profile is read from.
type reading struct {
	base *Profile
	file string
	yaml []byte // nil: no file
	opts []given
	env  Env
}

// read reads the profile and the cells of its sweep. The profile is the first
// cell with the sweep beside it.
func (s *reading) read(o *Origins) (*Profile, Problems) {
	p, problems := s.settings(o, nil)
	if !p.Sweep.Given() || len(problems) > 0 {
		resolve(p, o, s.env)
		return p, append(problems, s.check(p, o)...)
	}
	list, err := p.Sweep.combinations(drawSeed(p))
	if err != nil {
		return p, Problems{{Kind: Conflict, Where: "sweep", Rule: err.Error()}}
	}
	var cells []Cell
	for i := range list {
		co := o
		if i > 0 {
			co = newOrigins(o.Args)
			co.File = o.File
		}
		if co.axes = p.Sweep.Parameters.V; p.Sweep.overRanges() {
			co.axes = axesOf(list)
		}
		cp, ps := s.settings(co, &list[i])
		resolve(cp, co, s.env)
		ps = append(ps, s.check(cp, co)...)
		for _, bad := range ps {
			if !slices.Contains(problems, bad) {
				problems = append(problems, bad)
			}
		}
		cells = append(cells, list[i].cell(i, cp))
	}
	seen := map[string]bool{}
	for _, c := range cells {
		if seen[c.Dir] {
			problems = append(problems, Problem{Kind: Conflict, Where: "sweep", Value: c.Dir, Rule: "two cells of the sweep are the same"})
			break
		}
		seen[c.Dir] = true
	}
	if p.Sweep.overRanges() && len(list) < p.Sweep.Samples.V {
		o.notice("sweep.samples: %d of %d fall on the values of others and are left out", p.Sweep.Samples.V-len(list), p.Sweep.Samples.V)
	}
	spec := p.Sweep
	p = cells[0].Profile.Clone()
	p.Sweep, p.cells = spec, cells
	if len(problems) == 0 {
		p.Finish(s.env)
	}
	return p, problems
}

// settings reads file and options, of the profile itself or of a cell.
func (s *reading) settings(o *Origins, c *combination) (*Profile, Problems) {
	p := New()
	if s.base != nil {
		p = s.base.Clone()
		if p.ownDir {
			p.Artifacts.Dir.unset()
			p.ownDir = false
		}
	}
	var problems Problems
	if s.yaml != nil {
		p, problems = decode(s.file, s.yaml, s.env, o, c)
	}
	opts := s.opts
	if c != nil {
		o.swept = map[string]bool{}
		for _, v := range c.values {
			o.swept[v.Path] = true
		}
		opts = slices.Clone(opts)
		for i, g := range opts {
			if text, ok := c.texts[g.field]; ok {
				opts[i].values = []string{text}
			}
		}
	}
	return p, append(problems, apply(p, opts, o)...)
}

// check applies the rules and completes a profile that breaks none.
func (s *reading) check(p *Profile, o *Origins) Problems {
	problems := readSeries(p, o, s.env)
	problems = append(problems, rules(p, o, s.env)...)
	if len(problems) == 0 {
		p.Finish(s.env)
	}
	return problems
}

// drawSeed is the seed of a sweep over ranges that has none of its own.
func drawSeed(p *Profile) int {
	if p.RandomSeed.Set {
		return p.RandomSeed.V
	}
	return 42
}

// combinations are the cells of the sweep in AIPerf's order.
func (s *Sweep) combinations(seed int) ([]combination, error) {
	axes := s.Parameters.V
	if len(s.Runs.V) > 0 {
		if len(axes) > 0 {
			return nil, fmt.Errorf("scenarios do not go with lists of values such as %s", axes[0].Path)
		}
		var list []combination
		for i := range s.Runs.V {
			list = append(list, combination{scenario: &s.Runs.V[i]})
		}
		return list, nil
	}
	n := 1
	switch s.Type.V {
	case SweepSobol, SweepLatin:
		return s.sampled(seed)
	case SweepScenarios:
		return nil, fmt.Errorf("type scenarios needs runs")
	case SweepZip:
		n = len(axes[0].Values)
		for _, a := range axes {
			if len(a.Values) != n {
				return nil, fmt.Errorf("zip pairs lists of one length: %s has %d values and %s has %d", axes[0].Path, n, a.Path, len(a.Values))
			}
		}
	default:
		for _, a := range axes {
			if n *= len(a.Values); n > maxCells {
				return nil, fmt.Errorf("the grid has more than %d cells", maxCells)
			}
		}
	}
	list := make([]combination, n)
	for i := range list {
		at, rest := i, n
		c := combination{texts: map[*Field]string{}, flagged: map[string]bool{}}
		for j := range axes {
			a := &axes[j]
			k := i
			if s.Type.V != SweepZip { // the last axis turns fastest
				rest /= len(a.Values)
				k, at = at/rest, at%rest
			}
			c.values = append(c.values, CellValue{a.Path, a.Values[k]})
			if a.flag != nil {
				c.texts[a.flag], c.flagged[a.Path] = a.texts[k], true
			}
		}
		list[i] = c
	}
	return list, nil
}

// cell names a combination.
func (c *combination) cell(index int, p *Profile) Cell {
	out := Cell{Index: index, Label: c.label, Values: c.values, Profile: p}
	if sc := c.scenario; sc != nil {
		out.Label = sc.Name
		if sc.Variables != nil {
			out.Override = append(out.Override, Member{"variables", sc.Variables})
		}
		if sc.Benchmark != nil {
			out.Override = append(out.Override, Member{"benchmark", sc.Benchmark})
		}
		for _, m := range sc.Values {
			out.Values = append(out.Values, CellValue{m.Key, m.Value})
		}
		if out.Values == nil {
			out.Values = []CellValue{{"scenario", sc.Name}}
			out.Dir = dirPart(sc.Name)
		}
	}
	if out.Label == "" {
		var labels []string
		for _, v := range out.Values {
			labels = append(labels, v.Path+"="+PyText(v.Value))
		}
		out.Label = strings.Join(labels, ", ")
	}
	if out.Dir == "" {
		out.Dir = valuesDir(out.Values)
	}
	if out.Dir == "" {
		out.Dir = dirPart(out.Label)
	}
	if out.Dir == "" {
		out.Dir = fmt.Sprintf("variation_%d", index)
	}
	out.SumDir, out.Summed = out.Dir, out.Values
	if c.order != nil {
		out.Dir, out.Values = valuesDir(c.order), c.order
	}
	return out
}

// valuesDir names a folder after settings, "" where a value has parts.
func valuesDir(values []CellValue) string {
	var dirs []string
	for _, v := range values {
		switch v.Value.(type) {
		case Object, []any:
			return ""
		}
		dirs = append(dirs, v.Path[strings.LastIndexByte(v.Path, '.')+1:]+"_"+PyText(v.Value))
	}
	return dirPart(strings.Join(dirs, "__"))
}

var notInDirs = regexp.MustCompile(`[/\\]|\.\.|[<>:"|?*]`)

// dirPart makes a folder's name of a text.
func dirPart(s string) string {
	s = notInDirs.ReplaceAllString(s, "")
	if strings.Trim(s, ".") == "" {
		return ""
	}
	return s
}
