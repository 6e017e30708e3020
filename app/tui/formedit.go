package tui

import (
	"fmt"
	"slices"
	"strings"

	"tacho/profiles"
	"tacho/views/table"
)

// change turns a switch, takes the next choice, or begins to type.
func (s *sheet) change() {
	f := s.field()
	switch {
	case f.IsSwitch():
		now := len(s.draft.chosen[f]) == 1 && s.draft.chosen[f][0] == "true" ||
			s.draft.chosen[f] == nil && s.draft.profile != nil && strings.EqualFold(f.Get(s.draft.profile), "true")
		if s.draft.chosen[f] = []string{fmt.Sprint(!now)}; now {
			s.draft.clear(f) // off is the default, mostly
			if s.draft.profile != nil && strings.EqualFold(f.Get(s.draft.profile), "true") {
				s.draft.chosen[f] = []string{"false"}
			}
		}
		s.draft.read()
	case len(choices(f)) > 0 && len(choices(f)) <= 6 && f.List == profiles.Single:
		all := choices(f)
		i := slices.IndexFunc(all, func(c string) bool { return same(c, s.draft.typed(f)) })
		s.draft.set(f, all[(i+1)%len(all)])
	case len(choices(f)) > 0 && f.List == profiles.Single:
		s.choose(f)
	default:
		s.typeValue(f)
	}
	s.refresh()
}

// typed begins to type a value; a switch is turned.
func (s *sheet) typed() {
	if f := s.field(); !f.IsSwitch() {
		s.typeValue(f)
		return
	}
	s.change()
}

// choose lists all values of an option, on the one that holds.
func (s *sheet) choose(f *profiles.Field) {
	s.ui.Choosing = true
	s.ui.Choice = table.Cursor{At: max(0, slices.IndexFunc(choices(f), func(c string) bool { return same(c, s.draft.typed(f)) }))}
}

// choosing are the keys in the list of values.
func (s *sheet) choosing() []bound {
	move := func(by int) { s.ui.Choice.At = max(0, s.ui.Choice.At+by) }
	return []bound{
		bind([]string{"enter", " ", "l", "right"}, "enter", "take", "take this value", func() {
			f := s.field()
			s.ui.Choosing = false
			if all := choices(f); s.ui.Choice.At < len(all) {
				s.draft.set(f, all[s.ui.Choice.At])
				s.refresh()
			}
		}),
		bind([]string{"esc", "q", "h", "left"}, "esc", "back", "leave it as it is", func() { s.ui.Choosing = false }),
		bind([]string{"down", "j", "tab"}, "↓ j", "", "down", func() { move(1) }),
		bind([]string{"up", "k", "shift+tab"}, "↑ k", "", "up", func() { move(-1) }),
		bind([]string{"g", "home"}, "g", "", "to the top", func() { s.ui.Choice.At = 0 }),
		bind([]string{"G", "end"}, "G", "", "to the end", func() { move(1 << 20) }),
	}
}

// same compares choices as the options are read: dashes are underscores.
func same(a, b string) bool {
	fold := strings.NewReplacer("-", "_")
	return strings.EqualFold(fold.Replace(a), fold.Replace(b))
}

// typeValue begins to type a value; what it becomes is checked with each key.
func (s *sheet) typeValue(f *profiles.Field) {
	before, had := s.draft.chosen[f]
	text := s.draft.typed(f)
	if f.Secret {
		text = ""
	}
	l := newLine(shortest(f), text)
	l.complete = func(text string) []string {
		var out []string
		for _, c := range choices(f) {
			if strings.HasPrefix(c, text) {
				out = append(out, c)
			}
		}
		return out
	}
	l.change = func(text string) {
		s.draft.set(f, text)
		s.refresh()
	}
	undo := func() {
		delete(s.draft.chosen, f)
		if had {
			s.draft.chosen[f] = before
		}
		s.draft.read()
		s.refresh()
	}
	l.submit = func(now string) {
		if now == text { // not touched: a default stays a default, a secret stays
			undo()
		}
	}
	l.cancel = undo
	s.edit = l
	s.ui.Editing, s.ui.Edit = true, l.prompt()
}

func (s *sheet) clear() {
	s.draft.clear(s.field())
	s.refresh()
}

func (s *sheet) search() {
	l := newLine("/", s.ui.Fields.Filter)
	s.ui.OnGroups = false
	l.change = func(text string) { s.ui.Fields.Filter = text; s.ui.Fields.Cursor.At = 0 }
	l.cancel = func() { s.ui.Fields.Filter = "" }
	l.hint = func(string) string { return "enter keeps it, esc shows the groups" }
	s.askLine(l)
}

// save asks for a name and keeps the profile under it.
func (s *sheet) save() {
	l := newLine("save profile as:", s.saved)
	l.hint = func(text string) string {
		if slices.Contains(s.data.Names, text) && text != s.saved {
			return "replaces the one of that name"
		}
		return "a name, without blanks or slashes"
	}
	l.submit = func(name string) {
		name = strings.TrimSpace(name)
		switch {
		case name == "":
			return
		case strings.ContainsAny(name, " /\\") || name[0] == '.' || name[0] == '-' || name[0] == '@':
			s.say("a profile's name has no blanks or slashes and begins with a letter or digit: "+name, true)
			return
		case s.data.Save == nil:
			s.saved = name
			s.end(false)
			return
		}
		p := s.draft.profile
		s.m.do(func() error { return s.data.Save(name, p) }, func(err error) {
			if err != nil {
				s.say("not saved: "+err.Error(), true)
				return
			}
			s.saved = name
			s.say("saved as "+name, false)
		})
	}
	s.askLine(l)
}
