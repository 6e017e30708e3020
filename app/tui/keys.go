package tui

import (
	"slices"

	"github.com/charmbracelet/bubbles/key"

	"tacho/views/panel"
)

// bound is one row of a key table: the binding that the input is matched with,
// what it does, and why it may do nothing now. Footer and help page are made
// from the same rows.
type bound struct {
	key.Binding
	do func()
	// with is do for rows whose keys differ in what they do.
	with func(k string)
	// short is the footer's word; empty keeps the key to the help page.
	short string
	foot  string // what the footer shows for the keys, if not the same
	// off says why the key does nothing now, empty when it works.
	off func() string
}

func bind(keys []string, shown, short, help string, do func()) bound {
	return bound{Binding: key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, help)), do: do, short: short}
}

func (b bound) footed(keys string) bound { b.foot = keys; return b }

func (b bound) offWhen(why func() string) bound { b.off = why; return b }

// run does what the row says, if it works now; why says why not.
func (b bound) run(k string) (why string) {
	if b.off != nil {
		if why = b.off(); why != "" {
			return why
		}
	}
	if b.with != nil {
		b.with(k)
		return ""
	}
	b.do()
	return ""
}

// find is the row that a key belongs to.
func find(table []bound, k string) (bound, bool) {
	for _, b := range table {
		if slices.Contains(b.Keys(), k) {
			return b, true
		}
	}
	return bound{}, false
}

// merge joins tables; where two bind the same key, the one that comes first has
// it. A row without keys left is dropped.
func merge(tables ...[]bound) []bound {
	taken := map[string]bool{}
	var out []bound
	for _, t := range tables {
		for _, b := range t {
			keys := slices.DeleteFunc(slices.Clone(b.Keys()), func(k string) bool { return taken[k] })
			if len(keys) == 0 {
				continue
			}
			for _, k := range keys {
				taken[k] = true
			}
			b.SetKeys(keys...)
			out = append(out, b)
		}
	}
	return out
}

// shown is a key table as views draw it.
func shown(table []bound) []panel.Key {
	keys := make([]panel.Key, len(table))
	for i, b := range table {
		h := b.Help()
		keys[i] = panel.Key{Keys: h.Key, Short: b.short, Foot: b.foot, Help: h.Desc}
		if b.off != nil {
			keys[i].Off = b.off()
		}
	}
	return keys
}
