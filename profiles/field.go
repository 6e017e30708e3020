package profiles

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
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
	// text reads one setting from text, as from a quoted YAML value.
	text func(leaf, string) error
	// check validates a setting and may bring it to its normal form.
	check func(leaf) error
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
	return f.bind.set(p, values)
}

// Get returns the option's value as text, "" when it has none.
func (f *Field) Get(p *Profile) string {
	ls := f.in(p)
	if len(ls) == 0 {
		return ""
	}
	if _, text := ls[0].tree().(string); text && f.Secret && ls[0].isSet() {
		return redacted
	}
	return show(ls[0].tree())
}

// IsSet reports whether the option's setting was made by anyone.
func (f *Field) IsSet(p *Profile) bool {
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

// allChoices lists AIPerf's choices and our own.
func (f *Field) allChoices() []string {
	return append(append([]string(nil), f.Choices...), f.Ours...)
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
		markUnset(l)
	}
}

// markUnset keeps the value and takes back the mark.
func markUnset(l leaf) {
	switch o := l.(type) {
	case *Opt[string]:
		o.Set = false
	case *Opt[int]:
		o.Set = false
	case *Opt[float64]:
		o.Set = false
	case *Opt[bool]:
		o.Set = false
	case *Opt[[]string]:
		o.Set = false
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

// scalar makes the Field of one setting.
func scalar[T comparable](f Field, at func(*Profile) *Opt[T], read func(string) (T, error), checks ...func(*T) error) *Field {
	check := func(v *T) error {
		for _, c := range checks {
			if err := c(v); err != nil {
				return err
			}
		}
		return nil
	}
	f.bind = binding{
		leaves: func(p *Profile) []leaf { return []leaf{at(p)} },
		text: func(l leaf, s string) error {
			v, err := read(s)
			if err == nil {
				err = check(&v)
			}
			if err == nil {
				l.(*Opt[T]).Put(v)
			}
			return err
		},
		check: func(l leaf) error { return check(&l.(*Opt[T]).V) },
	}
	f.bind.set = func(p *Profile, args []string) error {
		return f.bind.text(at(p), args[len(args)-1])
	}
	return &f
}

func text(f Field, at func(*Profile) *Opt[string]) *Field {
	f.Type = orText(f.Type, typeText)
	return scalar(f, at, readText)
}

// choice makes a Field whose values are words. They are kept in snake case,
// as input_config has them, whichever way they are typed.
func choice(f Field, at func(*Profile) *Opt[string]) *Field {
	return choiceAs(f, at, func(s string) string { return strings.ReplaceAll(s, "-", "_") })
}

// choiceAs is choice for words that input_config spells in another way.
func choiceAs(f Field, at func(*Profile) *Opt[string], spell func(string) string) *Field {
	f.Type = typeChoice
	all := f.allChoices()
	return scalar(f, at, func(s string) (string, error) { return pick(s, all, spell) })
}

// pick finds a word among the choices whatever its case and dashes.
func pick(s string, choices []string, spell func(string) string) (string, error) {
	for _, c := range choices {
		if norm(c) == norm(strings.TrimSpace(s)) {
			return spell(c), nil
		}
	}
	hint := didYouMean(s, choices)
	if len(choices) > 10 && hint != "" {
		return "", errors.New("no such choice" + hint)
	}
	return "", errors.New("must be one of " + strings.Join(choices, ", ") + hint)
}

func asTyped(s string) string { return s }

func toggle(f Field, at func(*Profile) *Opt[bool]) *Field {
	f.Type, f.Default = typeSwitch, orText(f.Default, "False")
	return scalar(f, at, readBool)
}

func whole(f Field, at func(*Profile) *Opt[int], checks ...func(*int) error) *Field {
	f.Type = typeInt
	return scalar(f, at, readInt, checks...)
}

func number(f Field, at func(*Profile) *Opt[float64], checks ...func(*float64) error) *Field {
	f.Type = orText(f.Type, typeFloat)
	return scalar(f, at, readFloat, checks...)
}

func seconds(f Field, at func(*Profile) *Opt[float64], checks ...func(*float64) error) *Field {
	f.Type, f.Unit = typeSeconds, "s"
	return scalar(f, at, readSeconds, checks...)
}

// many makes the Field of one setting that takes all values of its option.
func many[T any](f Field, at func(*Profile) *Opt[T], read func([]string) (T, error)) *Field {
	f.Type = orText(f.Type, typeText)
	f.bind = binding{
		leaves: func(p *Profile) []leaf { return []leaf{at(p)} },
		text: func(l leaf, s string) error {
			v, err := read([]string{s})
			if err == nil {
				l.(*Opt[T]).Put(v)
			}
			return err
		},
		set: func(p *Profile, args []string) error {
			v, err := read(args)
			if err == nil {
				at(p).Put(v)
			}
			return err
		},
	}
	f.bind.check = func(l leaf) error {
		o, ok := l.(*Opt[[]string])
		if !ok {
			return nil
		}
		v, err := read(o.V)
		if err == nil {
			o.V = any(v).([]string)
		}
		return err
	}
	return &f
}

// fileOnly makes the Field of a setting that no option sets.
func fileOnly[T comparable](help string, at func(*Profile) *Opt[T], read func(string) (T, error), checks ...func(*T) error) *Field {
	return scalar(Field{Group: groupFile, Help: help, Tier: 'B'}, at, read, checks...)
}

// in places a phase's setting in the phase of a kind.
func in[T any](kind string, at func(*Phase) *Opt[T]) func(*Profile) *Opt[T] {
	return func(p *Profile) *Opt[T] { return at(p.phase(kind)) }
}

func orText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

type numeric interface{ int | float64 }

func atLeast[T numeric](lo T) func(*T) error {
	return func(v *T) error {
		if !(*v >= lo) {
			return fmt.Errorf("must be at least %v", lo)
		}
		return nil
	}
}

func above[T numeric](lo T) func(*T) error {
	return func(v *T) error {
		if !(*v > lo) {
			return fmt.Errorf("must be above %v", lo)
		}
		return nil
	}
}

func atMost[T numeric](hi T) func(*T) error {
	return func(v *T) error {
		if !(*v <= hi) {
			return fmt.Errorf("must be at most %v", hi)
		}
		return nil
	}
}

// finite is for settings that YAML could give as .inf or .nan.
func finite(v *float64) error {
	if math.IsNaN(*v) || math.IsInf(*v, 0) {
		return errors.New("must be a finite number")
	}
	return nil
}

func notNaN(v *float64) error {
	if math.IsNaN(*v) {
		return errors.New("must be a number")
	}
	return nil
}

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
			if SensitiveHeader(m.Key) {
				val = redacted
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
