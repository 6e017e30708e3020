package profiles

import "strings"

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

	src := reading{base: base, opts: opts, env: env}
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
		src.file, src.yaml = o.File, b
	}
	p, more := src.read(o)
	return p, o, append(problems, more...).err()
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
		if g.field.Flag == "input-file" {
			p.Dataset().Records.unset() // those of the file that the option wins over
		}
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
