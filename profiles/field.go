package profiles

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"tacho/engine/secret"
)

// ListKind says how an option takes several values.
type ListKind int

// How options take values.
const (
	Single ListKind = iota
	Comma           // --x a,b or --x a --x b
	Words           // --x a b or --x a --x b
)

// Field is one option: everything that is known about it, once.
type Field struct {
	// Flag is the main name, without dashes. It is empty for settings that
	// only a file can hold.
	Flag    string
	Aliases []string // further long names, without dashes
	Short   string   // one letter, or "vv"
	// Negative is the long name that sets a switch to false.
	Negative string

	Group string
	Help  string // one sentence without a full stop
	Unit  string // of the number: s, ms, tokens, req/s, %
	// Type is how the value is written: text, whole number, number, seconds,
	// switch, choice, and so on.
	Type    string
	Default string   // as AIPerf writes it; empty: none
	Choices []string // in AIPerf's spelling
	Ours    []string // choices AIPerf does not have
	List    ListKind
	// Bare options may stand without a value, which says what is true anyway.
	Bare bool
	// Sweep marks options whose comma list makes a sweep.
	Sweep bool
	// Tier is how much a user of AIPerf misses the option: 'A', 'B', 'C';
	// '+' marks our own.
	Tier byte
	// Note is told to the user who sets the option.
	Note string
	// Refuse says why the option cannot be used, and what to use instead. A
	// value equal to Default is let through.
	Refuse string
	// Family are the choices that one ending in * stands for.
	Family []string
	// Away are AIPerf's choices that cannot be used, Why the reason.
	Away []string
	Why  string
	// Kinds are the kinds of dataset the option is for; nil is all.
	Kinds []string
	// Phase is the kind of phase the option belongs to, if any.
	Phase string
	// Secret options never show their value.
	Secret bool
	// Key is the path in YAML and input_config, found from the setting itself.
	Key string

	bind binding
}

// binding ties an option to the Profile.
type binding struct {
	// leaves are the settings the option owns. Called on a profile that has
	// every phase.
	leaves func(*Profile) []leaf
	// set reads the values of one or more occurrences of the flag.
	set func(*Profile, []string) error
	// values is the opposite of set; nil where the setting itself will do.
	values func(*Profile) []string
	// text reads one setting from text, as from a quoted YAML value.
	text func(leaf, string) error
	// check validates a setting and may bring it to its normal form.
	check func(leaf) error
	// isSet tells whether an option without settings of its own was given.
	isSet func(*Profile) bool
}

// Set gives the option its value; repeated options take several. The error
// says the broken rule only.
func (f *Field) Set(p *Profile, values ...string) error {
	if f.Refuse != "" {
		if len(values) == 1 && f.isDefault(values[0]) {
			return nil
		}
		return errors.New(f.Refuse)
	}
	if f.Sweep && len(values) == 1 {
		if strings.Contains(values[0], ",") {
			return f.setAxis(p, values[0])
		}
		p.Sweep.drop(f.pathIn(p))
	}
	return f.bind.set(p, values)
}

// Values returns what one would type behind the option to get its value: Set
// takes it back. It is nil when the option has no value, and holds secrets.
func (f *Field) Values(p *Profile) []string {
	if f.Phase != "" && p.find(f.Phase) == nil {
		return nil
	}
	if a := p.Sweep.axis(f.pathIn(p)); f.Sweep && a != nil {
		return []string{a.text()}
	}
	if f.bind.values != nil {
		return f.bind.values(p)
	}
	ls := f.in(p)
	if len(ls) == 0 {
		return nil
	}
	if list, ok := ls[0].tree().([]any); ok {
		var out []string
		for _, v := range list {
			out = append(out, show(v))
		}
		return out
	}
	return []string{show(ls[0].tree())}
}

// Get returns the option's value as one text to show, without secrets.
func (f *Field) Get(p *Profile) string {
	values := f.Values(p)
	for i, v := range values {
		values[i] = hideValue(f, v)
	}
	return strings.Join(values, " ")
}

// IsSet reports whether the option's setting was made by anyone.
func (f *Field) IsSet(p *Profile) bool {
	if f.bind.isSet != nil {
		return (f.Phase == "" || p.find(f.Phase) != nil) && f.bind.isSet(p)
	}
	for _, l := range f.in(p) {
		if l.isSet() {
			return true
		}
	}
	return false
}

// in lists the option's settings in p, none if p lacks the phase or model.
func (f *Field) in(p *Profile) []leaf {
	if f.bind.leaves == nil || f.Phase != "" && p.find(f.Phase) == nil {
		return nil
	}
	return f.bind.leaves(p)
}

// Names returns all long names, main name first, with their dashes, then the
// short one.
func (f *Field) Names() []string {
	var names []string
	if f.Flag != "" {
		names = append(names, "--"+f.Flag)
	}
	for _, a := range f.Aliases {
		names = append(names, "--"+a)
	}
	if f.Negative != "" {
		names = append(names, "--"+f.Negative)
	}
	if f.Short != "" {
		names = append(names, "-"+f.Short)
	}
	return names
}

// IsSwitch reports whether the option stands without a value.
func (f *Field) IsSwitch() bool { return f.Type == typeSwitch }

// shownChoices lists AIPerf's choices and our own, families by their stem.
func (f *Field) shownChoices() []string { return slices.Concat(f.Choices, f.Ours) }

// IsPath reports whether the option's value is the path of a file or folder.
func (f *Field) IsPath() bool { return f.Type == typePath }

// allChoices lists the words that can be given.
func (f *Field) allChoices() []string {
	families := slices.DeleteFunc(slices.Clone(f.Choices), func(c string) bool { return strings.HasSuffix(c, "*") })
	return slices.Concat(families, f.Family, f.Ours)
}

// isDefault reports whether a text means the default, so that writing it down
// asks for nothing.
func (f *Field) isDefault(s string) bool {
	if f.Default == "" {
		return false
	}
	a, errA := strconv.ParseFloat(s, 64)
	b, errB := strconv.ParseFloat(f.Default, 64)
	if errA == nil && errB == nil {
		return a == b
	}
	return norm(s) == norm(f.Default)
}

// putDefault stores the default without marking it as set.
func (f *Field) putDefault(p *Profile) {
	if f.Default == "" || f.bind.text == nil {
		return
	}
	for _, l := range f.in(p) {
		if l.isSet() {
			continue
		}
		if err := f.bind.text(l, f.Default); err != nil {
			panic(fmt.Sprintf("profiles: default of --%s: %v", f.Flag, err)) // the table is wrong
		}
		l.unmark()
	}
}

// The words used for Field.Type.
const (
	typeSwitch  = "switch"
	typeText    = "text"
	typeChoice  = "choice"
	typeInt     = "whole number"
	typeFloat   = "number"
	typeSeconds = "seconds"
	typePath    = "path"
)

// show writes a tree value as one would type it.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return trimFloat(v)
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = show(e)
		}
		return strings.Join(parts, " ")
	case Object:
		parts := make([]string, len(v))
		for i, m := range v {
			val := show(m.Value)
			if secret.Header(m.Key) {
				val = secret.Redacted
			}
			parts[i] = m.Key + ":" + val
		}
		return strings.Join(parts, " ")
	}
	return fmt.Sprint(v)
}

func trimFloat(f float64) string {
	if math.IsInf(f, 1) {
		return "inf"
	}
	return strings.TrimSuffix(Float(f), ".0")
}
