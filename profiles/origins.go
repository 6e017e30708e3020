package profiles

import "fmt"

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
	// DatasetHash names what was sent by the run that is repeated; empty if
	// this is no repetition.
	DatasetHash string
	// Notices are for the user to know; nothing is wrong.
	Notices []string

	// axes are those of the sweep that this is a cell of.
	axes  Axes
	flags map[*Field]string // name as typed
	files map[*Field]bool
	// failed options have a problem already; rules that build on them are
	// not checked, so that one mistake is told once.
	failed map[*Field]bool
	// swept are the paths of settings that differ in the cells of a sweep.
	swept map[string]bool
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

// most is the largest value that a setting has in any cell of a sweep, at least
// v: the dataset is the same for all of them.
func (o *Origins) most(path string, v int) int {
	for _, a := range o.axes {
		for _, x := range a.Values {
			if n, err := asInt(x); a.Path == path && err == nil {
				v = max(v, n)
			}
		}
	}
	return v
}
