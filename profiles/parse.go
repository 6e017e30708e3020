package profiles

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Env is what reading a configuration takes from the world around it. The zero
// value is the process itself and checks neither metrics nor endpoint types.
type Env struct {
	// Dir is the folder relative paths are resolved in; "": the current one.
	Dir string
	// LookupEnv reads environment variables; nil: os.LookupEnv.
	LookupEnv func(string) (string, bool)
	// ReadFile reads the file of --config; nil: os.ReadFile.
	ReadFile func(string) ([]byte, error)
	// Metrics knows the metrics that --goodput may name; nil: all are fine.
	Metrics MetricLookup
	// Endpoint tells which endpoint types (in snake case) can be run; nil: all.
	Endpoint func(kind string) bool
}

// MetricLookup tells which metrics exist. When it also has Tags() []string,
// those are used for suggestions.
type MetricLookup interface {
	Lookup(tag string) bool
}

func (e Env) lookup(name string) (string, bool) {
	if e.LookupEnv == nil {
		return os.LookupEnv(name)
	}
	return e.LookupEnv(name)
}

func (e Env) readFile(name string) ([]byte, error) {
	if e.ReadFile == nil {
		return os.ReadFile(name)
	}
	return e.ReadFile(name)
}

// abs makes a path absolute. A folder that cannot be resolved stays as it is.
func (e Env) abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	if e.Dir != "" {
		return filepath.Join(e.Dir, path)
	}
	if p, err := filepath.Abs(path); err == nil {
		return p
	}
	return path
}

// Origin says who gave a setting its value.
type Origin int

// Origins of a value, weakest first.
const (
	FromDefault Origin = iota
	FromFile
	FromFlag
)

// Origins tells where the values of a profile come from.
type Origins struct {
	// Args are the arguments as given; see CLICommand.
	Args []string
	// File is the config file, "" when there is none.
	File string
	// Notices are for the user to know; nothing is wrong.
	Notices []string

	flags map[*Field]string // name as typed
	files map[*Field]bool
	// failed options have a problem already; rules that build on them are
	// not checked, so that one mistake is told once.
	failed map[*Field]bool
}

func newOrigins(args []string) *Origins {
	return &Origins{Args: args, flags: map[*Field]string{}, files: map[*Field]bool{}, failed: map[*Field]bool{}}
}

// bad reports whether any of some options, named without dashes, has a problem.
func (o *Origins) bad(names ...string) bool {
	for _, n := range names {
		if o.failed[Lookup("--"+n)] {
			return true
		}
	}
	return false
}

// Of returns the origin of an option's value.
func (o *Origins) Of(f *Field) Origin {
	if _, ok := o.flags[f]; ok {
		return FromFlag
	}
	if o.files[f] {
		return FromFile
	}
	return FromDefault
}

// flag reports whether an option, named without dashes, was typed.
func (o *Origins) flag(name string) bool { return o.Of(Lookup("--"+name)) == FromFlag }

// where names a setting the way its user wrote it.
func (o *Origins) where(name string) string {
	f := Lookup("--" + name)
	if typed, ok := o.flags[f]; ok {
		return typed
	}
	if o.files[f] {
		return f.Key
	}
	return "--" + name
}

func (o *Origins) notice(format string, args ...any) {
	o.Notices = append(o.Notices, fmt.Sprintf(format, args...))
}

// ParseArgs reads the arguments of "tacho profile" (without those two words)
// and the config file they name. The error is ErrHelp or Problems, everything
// wrong at once; the profile and its origins are returned in either case. When
// the only problem is MissingModel, the caller may ask the server for its
// models, call SetModels and Finish.
func ParseArgs(args []string, env Env) (*Profile, *Origins, error) {
	return ParseOver(nil, args, env)
}

// ParseOver is ParseArgs on top of a profile, such as one recorded in an
// artifact directory; options win over it. The base is not changed. A config
// file among the arguments takes the place of the base.
func ParseOver(base *Profile, args []string, env Env) (*Profile, *Origins, error) {
	o := newOrigins(args)
	all, help, problems := readArgs(args)
	if help {
		return New(), o, ErrHelp
	}
	opts, more := merge(all)
	problems = append(problems, more...)

	p := New()
	if base != nil {
		p = base.Clone()
		if p.ownDir {
			p.Artifacts.Dir.unset()
			p.ownDir = false
		}
	}
	for _, g := range opts {
		if g.field.Flag != "config" {
			continue
		}
		o.File = g.values[0]
		b, err := env.readFile(o.File)
		if err != nil {
			problems = append(problems, Problem{Kind: Syntax, Where: g.name, Value: o.File, Rule: "cannot be read: " + oneLine(err.Error())})
			continue
		}
		var ps Problems
		p, ps = decode(o.File, b, env, o)
		problems = append(problems, ps...)
	}
	problems = append(problems, apply(p, opts, o)...)
	resolve(p, o)
	problems = append(problems, rules(p, o, env)...)
	if len(problems) == 0 {
		p.Finish(env)
	}
	return p, o, problems.err()
}

// apply sets the options; the screen that --verbose chooses depends on --ui,
// so that it comes last.
func apply(p *Profile, opts []given, o *Origins) (problems Problems) {
	var late []given
	set := func(g given) {
		if bad := setOne(p, g); bad != nil {
			problems = append(problems, *bad)
			o.failed[g.field] = true
			return
		}
		o.flags[g.field] = g.name
		if g.field.Note != "" {
			o.notice("%s %s", g.name, g.field.Note)
		}
	}
	for _, g := range opts {
		if g.field.Flag == "verbose" {
			late = append(late, g)
			continue
		}
		set(g)
	}
	for _, g := range late {
		set(g)
	}
	return problems
}

func setOne(p *Profile, g given) *Problem {
	f := g.field
	shown := strings.Join(g.values, " ")
	if f.Secret {
		shown = ""
	} else {
		for i, v := range g.values {
			if hidden := hideValue(f, v); hidden != v {
				shown = strings.Replace(shown, g.values[i], hidden, 1)
			}
		}
	}
	if f.IsSwitch() {
		shown = strings.TrimPrefix(shown, "true")
	}
	if f.Sweep && f.Refuse == "" && strings.Contains(g.values[0], ",") {
		return &Problem{Kind: Unsupported, Where: g.name, Value: shown,
			Rule: "several values make a sweep, which is not built yet; give one of " + strings.ReplaceAll(g.values[0], ",", ", ")}
	}
	if err := f.Set(p, g.values...); err != nil {
		kind := BadValue
		if f.Refuse != "" {
			kind, shown = Unsupported, ""
		}
		return &Problem{Kind: kind, Where: g.name, Value: shown, Rule: err.Error()}
	}
	return nil
}

// Finish settles what needs the model: the folder of the run becomes absolute.
// ParseArgs and Load do it; a caller does after SetModels.
func (p *Profile) Finish(env Env) {
	if !p.Artifacts.Dir.Set {
		p.ownDir = true
	}
	if p.ownDir {
		p.Artifacts.Dir.unset()
	}
	p.Artifacts.Dir.Put(env.abs(ArtifactDir(p)))
}
