package tui

import (
	"slices"
	"strconv"
	"strings"

	"tacho/profiles"
	"tacho/views/form"
)

// draft is a profile that is being made: the options that were chosen, as one
// would type them, and what reading them gives. It is the one model of the
// form; the command line that it shows is what it reads.
type draft struct {
	env    profiles.Env
	base   *profiles.Profile // holds settings that no option has; nil: none
	chosen map[*profiles.Field][]string

	profile  *profiles.Profile
	problems map[*profiles.Field]string
	loose    []string
	blocked  bool // there is a problem that a run cannot start with
}

// newDraft begins with the options of a command line, or of a profile.
func newDraft(p *profiles.Profile, args []string, env profiles.Env) *draft {
	d := &draft{env: env, chosen: map[*profiles.Field][]string{}}
	if p != nil && args == nil {
		args = profiles.Args(p)
	}
	if p != nil && onlyInFile(p, env) {
		d.base = p.Clone()
	}
	for f, values := range readWords(args) {
		d.chosen[f] = values
	}
	d.read()
	return d
}

// onlyInFile reports settings that a profile has and no command line can give.
func onlyInFile(p *profiles.Profile, env profiles.Env) bool {
	q, _, _ := profiles.ParseArgs(profiles.Args(p), env) // what is wrong is told later
	return slices.ContainsFunc(profiles.Fields, func(f *profiles.Field) bool {
		return f.Flag == "" && f.Refuse == "" && (q == nil || f.Get(p) != f.Get(q))
	})
}

// isOption tells an option from a value, which may be a negative number.
func isOption(a string) bool {
	letter := func(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }
	return len(a) >= 2 && a[0] == '-' && (a[1] == '-' && len(a) > 2 || letter(a[1]))
}

// readWords cuts a command line into options with their values; what is no
// option is left out.
func readWords(args []string) map[*profiles.Field][]string {
	out := map[*profiles.Field][]string{}
	var f *profiles.Field
	for _, a := range args {
		if !isOption(a) {
			if f != nil && !f.IsSwitch() {
				out[f] = append(out[f], a)
			}
			continue
		}
		name, value, inline := strings.Cut(a, "=")
		if f = profiles.Lookup(name); f == nil {
			continue
		}
		switch {
		case f.IsSwitch():
			on := !inline || value == "true" || value == "True"
			if f.Negative != "" && name == "--"+f.Negative {
				on = !on
			}
			out[f] = []string{strconv.FormatBool(on)}
		case inline:
			out[f] = append(out[f], value)
		}
	}
	return out
}

// usable are the options that a form shows.
func usable(f *profiles.Field) bool {
	return f.Flag != "" && f.Refuse == "" && f.Flag != "config" // the form is the configuration
}

// args is the command line of the draft.
func (d *draft) args() []string {
	var args []string
	for _, f := range profiles.Fields {
		values, ok := d.chosen[f]
		if !ok {
			continue
		}
		name := "--" + shortest(f)
		switch {
		case f.IsSwitch() && values[0] == "true":
			args = append(args, name)
		case f.IsSwitch() || len(values) == 1 && (values[0] == "" || isOption(values[0])):
			args = append(args, name+"="+values[0])
		case f.List == profiles.Comma: // one value each time
			for _, v := range values {
				args = append(args, name, v)
			}
		default:
			args = append(append(args, name), values...)
		}
	}
	return args
}

// shortest is the long name that people type.
func shortest(f *profiles.Field) string {
	name := f.Flag
	for _, a := range f.Aliases {
		if len(a) < len(name) {
			name = a
		}
	}
	return name
}

// read makes the profile from the command line and sorts what is wrong by field.
func (d *draft) read() {
	var err error
	if d.base != nil {
		d.profile, _, err = profiles.ParseOver(d.base, d.args(), d.env)
	} else {
		d.profile, _, err = profiles.ParseArgs(d.args(), d.env)
	}
	d.problems, d.loose, d.blocked = map[*profiles.Field]string{}, nil, false
	problems, ok := err.(profiles.Problems)
	if err != nil && !ok {
		d.loose, d.blocked = []string{err.Error()}, true
		return
	}
	for _, p := range problems {
		if p.Kind == profiles.MissingModel {
			continue // the server is asked
		}
		d.blocked = true
		name, _, _ := strings.Cut(p.Where, " ")
		if f := profiles.Lookup(strings.TrimSuffix(name, ",")); f != nil && usable(f) && d.problems[f] == "" {
			d.problems[f] = p.Rule
			continue
		}
		d.loose = append(d.loose, p.Error())
	}
}

// set gives an option the values that a person typed; empty takes them back.
func (d *draft) set(f *profiles.Field, text string) {
	values := splitWords(text)
	if f.List == profiles.Single && strings.TrimSpace(text) != "" {
		values = []string{strings.TrimSpace(text)}
	}
	if len(values) == 0 {
		d.clear(f)
		return
	}
	d.chosen[f] = values
	d.read()
}

// clear takes an option's value back.
func (d *draft) clear(f *profiles.Field) {
	delete(d.chosen, f)
	if d.base != nil && f.IsSet(d.base) {
		if f.Default != "" {
			d.chosen[f] = []string{f.Default} // it would come back from the file
		}
	}
	d.read()
}

// typed is the text that gives an option its present values.
func (d *draft) typed(f *profiles.Field) string {
	values, ok := d.chosen[f]
	if !ok {
		if d.profile == nil || f.Secret || d.nothing(f) {
			return ""
		}
		values = f.Values(d.profile)
	}
	if f.List == profiles.Single {
		return strings.Join(values, " ")
	}
	return joinWords(values)
}

// essentials are the options that most runs need, in the order one thinks of
// them.
var essentials = []string{
	"--model", "--url", "--endpoint-type", "--streaming", "--concurrency", "--request-rate", "--request-count", "--benchmark-duration",
	"--isl", "--osl", "--goodput", "--slice-duration", "--warmup-request-count", "--random-seed", "--tokenizer", "--tag",
}

// grouped are the usable options by group: first the essentials, then all, as
// the help page has them.
func grouped() (names []string, fields [][]*profiles.Field) {
	names, fields = []string{"Essentials"}, [][]*profiles.Field{nil}
	for _, name := range essentials {
		if f := profiles.Lookup(name); f != nil && usable(f) {
			fields[0] = append(fields[0], f)
		}
	}
	for _, f := range profiles.Fields {
		if !usable(f) {
			continue
		}
		i := slices.Index(names, f.Group)
		if i < 0 {
			i = len(names)
			names, fields = append(names, f.Group), append(fields, nil)
		}
		fields[i] = append(fields[i], f)
	}
	return names, fields
}

// view is the draft as the form shows it.
func (d *draft) view(title string, names []string, fields [][]*profiles.Field) *form.Data {
	out := &form.Data{Title: title, Loose: d.loose, Command: profiles.CLICommand(d.args())}
	for i, name := range names {
		g := form.Group{Name: name}
		for _, f := range fields[i] {
			_, chosen := d.chosen[f]
			v := form.Field{
				Name: "--" + shortest(f), Unit: f.Unit, Help: f.Help, Default: f.Default, Kind: f.Type, Choices: choices(f),
				Problem: d.problems[f], Set: chosen || d.base != nil && f.IsSet(d.base),
			}
			if chosen {
				v.Note = f.Note
			}
			if v.Unit == "s" && f.Type == "seconds" {
				v.Kind = "number"
			}
			v.Value = d.display(f)
			g.Fields = append(g.Fields, v)
		}
		out.Groups = append(out.Groups, g)
	}
	return out
}

// display is what holds for an option, without secrets: as typed while it is
// wrong, since then there is nothing else.
func (d *draft) display(f *profiles.Field) string {
	if d.problems[f] != "" && !f.Secret {
		return strings.Join(d.chosen[f], " ")
	}
	if d.profile == nil || d.nothing(f) {
		return ""
	}
	return f.Get(d.profile)
}

// nothing reports an option that nobody chose, that has no default, and whose
// value is no more than the zero of its kind.
func (d *draft) nothing(f *profiles.Field) bool {
	if _, chosen := d.chosen[f]; chosen || f.Default != "" || f.IsSet(d.profile) {
		return false
	}
	v := strings.Join(f.Values(d.profile), "")
	return v == "" || v == "0" || v == "0.0"
}

func choices(f *profiles.Field) []string { return slices.Concat(f.Choices, f.Ours) }
