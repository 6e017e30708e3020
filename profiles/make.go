package profiles

import (
	"errors"
	"strings"
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
	all, away, why := f.allChoices(), f.Away, f.Why
	return scalar(f, at, func(s string) (string, error) {
		for _, c := range away {
			stem, open := strings.CutSuffix(norm(c), "*") // a family of names
			if n := norm(strings.TrimSpace(s)); n == stem || open && strings.HasPrefix(n, stem) {
				return "", errors.New(why)
			}
		}
		return pick(s, all, spell)
	})
}

// pick finds a word among the choices whatever its case and dashes.
// others spell a choice in a further way.
func pick(s string, choices []string, spell func(string) string, others ...func(string) string) (string, error) {
	for _, c := range choices {
		if norm(c) == norm(strings.TrimSpace(s)) {
			return spell(c), nil
		}
		for _, other := range others {
			if norm(other(c)) == norm(strings.TrimSpace(s)) {
				return spell(c), nil
			}
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

// fromFile is a setting of a form that only a file can hold.
func fromFile[T any](help string, at func(*Profile) *Opt[T]) *Field {
	return many(Field{Group: groupFile, Help: help, Tier: 'B'}, at, func([]string) (T, error) {
		var none T
		return none, errors.New("can only be set in a file")
	})
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
