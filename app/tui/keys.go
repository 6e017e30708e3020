package tui

import (
	"strconv"

	"github.com/charmbracelet/bubbles/key"

	"tacho/views/panel"
	"tacho/views/screen"
)

// action is what a key does.
type action func(*model)

// bound is one row of the key table: the binding that the input is matched
// with, what it does, and why it may do nothing now. Footer and help page are
// made from the same rows.
type bound struct {
	key.Binding
	do action
	// short is the footer's word; empty keeps the key to the help page.
	short string
	// off says why the key does nothing now, empty when it works.
	off func(*model) string
}

func bind(keys []string, shown, short, help string, do action) bound {
	return bound{Binding: key.NewBinding(key.WithKeys(keys...), key.WithHelp(shown, help)), do: do, short: short}
}

func (b bound) offWhen(why func(*model) string) bound { b.off = why; return b }

// overviewKeys is the key table of the overview, in the order of the help
// page. The last rows stay in the footer longest.
var overviewKeys = func() []bound {
	digits := make([]string, screen.Charts())
	for i := range digits {
		digits[i] = strconv.Itoa(i + 1)
	}
	return []bound{
		bind(digits, "1-"+digits[len(digits)-1], "chart", "choose the chart in front", func(m *model) {}),
		bind([]string{"tab", "right", "l", "]"}, "tab", "next", "next chart", func(m *model) { m.turn(1) }),
		bind([]string{"shift+tab", "left", "h", "["}, "shift-tab", "", "previous chart", func(m *model) { m.turn(-1) }),
		bind([]string{"z", "enter"}, "z", "zoom", "show the chart alone, or all again", func(m *model) { m.ui.Zoom = !m.ui.Zoom }),
		bind([]string{" "}, "space", "freeze", "hold the picture still while the run goes on", (*model).freeze).
			offWhen(func(m *model) string {
				if m.over() && !m.ui.Frozen {
					return "the run has ended"
				}
				return ""
			}),
		bind([]string{"ctrl+l"}, "ctrl-l", "", "draw the screen anew", func(m *model) { m.redraw = true }),
		bind([]string{"ctrl+z"}, "ctrl-z", "", "suspend tacho", (*model).suspend),
		bind([]string{"esc"}, "esc", "", "back to all charts, out of a question", func(m *model) { m.ui.Zoom = false }),
		bind([]string{"ctrl+c"}, "ctrl-c", "", "stop the load, save and leave; again: cut what is in flight", (*model).interrupt),
		bind([]string{"?", "f1"}, "?", "help", "this page", func(m *model) { m.ui.Help = true }),
		bind([]string{"q"}, "q", "quit", "leave; asks while the run goes on", (*model).quit),
	}
}()

// quitKeys answer the question whether to stop the run.
var quitKeys = []bound{
	bind([]string{"s", "y", "enter"}, "s", "", "stop and save", func(m *model) { m.ui.Ask = screen.AskNothing; m.stop() }),
	bind([]string{"k", "n", "esc", "q"}, "k", "", "keep going", func(m *model) { m.ui.Ask = screen.AskNothing }),
}

// suspendKeys answer the question whether to suspend a running load.
var suspendKeys = []bound{
	bind([]string{"z", "y", "ctrl+z"}, "z", "", "suspend anyway", func(m *model) { m.ui.Ask = screen.AskNothing; m.suspendNow = true }),
	bind([]string{"k", "n", "esc", "q"}, "k", "", "keep going", func(m *model) { m.ui.Ask = screen.AskNothing }),
}

// shown is a key table as views draw it.
func shown(m *model, table []bound) []panel.Key {
	keys := make([]panel.Key, len(table))
	for i, b := range table {
		h := b.Help()
		keys[i] = panel.Key{Keys: h.Key, Short: b.short, Help: h.Desc}
		if b.off != nil {
			keys[i].Off = b.off(m)
		}
	}
	return keys
}
