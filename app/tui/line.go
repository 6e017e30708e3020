package tui

import (
	"slices"
	"strings"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"tacho/views/screen"
)

// line is a line of text that is being typed.
type line struct {
	label string
	text  []rune
	at    int
	hint  func(text string) string
	// complete gives the whole lines that a text may become, nil for none.
	complete func(text string) []string
	// change is told each new text, submit the final one; cancel that there
	// will be none. Each may be nil.
	change, submit func(text string)
	cancel         func()
	// history gives the text before or after in what was typed earlier; nil
	// for none.
	history func(back bool) (text string, ok bool)

	offers []string // of the completion under way
	offer  int
}

// maxLine bounds what is typed or pasted, in characters.
const maxLine = 2000

func newLine(label, text string) *line {
	r := []rune(text)
	return &line{label: label, text: r, at: len(r)}
}

// prompt is the line as the screen shows it.
func (l *line) prompt() screen.Prompt {
	p := screen.Prompt{Label: l.label, Text: string(l.text), At: l.at}
	if l.hint != nil {
		p.Hint = l.hint(p.Text)
	}
	return p
}

// press takes a key; over says that the line is finished.
func (l *line) press(k tea.KeyMsg) (over bool) {
	switch k.String() {
	case "enter":
		if l.submit != nil {
			l.submit(string(l.text))
		}
		return true
	case "esc":
		if l.cancel != nil {
			l.cancel()
		}
		return true
	case "tab", "shift+tab":
		l.next(k.String() == "shift+tab")
		return false
	}
	if up := k.String() == "up"; l.history != nil && (up || k.String() == "down") {
		if text, ok := l.history(up); ok {
			l.set(text)
		}
		return false
	}
	before := string(l.text)
	l.edit(k)
	if now := string(l.text); now != before {
		l.offers = nil
		if l.change != nil {
			l.change(now)
		}
	}
	return false
}

func (l *line) edit(k tea.KeyMsg) {
	switch k.String() {
	case "left", "ctrl+b":
		l.at = max(0, l.at-1)
	case "right", "ctrl+f":
		l.at = min(len(l.text), l.at+1)
	case "home", "ctrl+a":
		l.at = 0
	case "end", "ctrl+e":
		l.at = len(l.text)
	case "backspace", "ctrl+h":
		l.cut(l.at-1, l.at)
	case "delete", "ctrl+d":
		l.cut(l.at, l.at+1)
	case "ctrl+u":
		l.cut(0, l.at)
	case "ctrl+k":
		l.cut(l.at, len(l.text))
	case "ctrl+w", "alt+backspace":
		from := l.at
		for from > 0 && l.text[from-1] == ' ' {
			from--
		}
		for from > 0 && l.text[from-1] != ' ' {
			from--
		}
		l.cut(from, l.at)
	default:
		if (k.Type == tea.KeyRunes || k.Type == tea.KeySpace) && !k.Alt {
			l.insert(k.Runes)
		}
	}
}

func (l *line) cut(from, to int) {
	from, to = max(0, from), min(to, len(l.text))
	if from < to {
		l.text = slices.Delete(l.text, from, to)
		l.at = from
	}
}

// insert takes typed or pasted text; what is no character becomes a blank.
func (l *line) insert(r []rune) {
	r = slices.Clone(r[:min(len(r), maxLine-len(l.text))])
	for i := range r {
		if !unicode.IsPrint(r[i]) {
			r[i] = ' '
		}
	}
	l.text = slices.Insert(l.text, l.at, r...)
	l.at += len(r)
}

// next completes the text as far as it is sure, then steps through what it may
// become.
func (l *line) next(back bool) {
	if l.complete == nil {
		return
	}
	if l.offers == nil {
		l.offers = l.complete(string(l.text))
		l.offer = -1
		if len(l.offers) == 0 {
			return
		}
		if common := commonPrefix(l.offers); len([]rune(common)) > len(l.text) {
			l.set(common)
			if len(l.offers) == 1 {
				l.offers = nil
			}
			return
		}
	}
	step := 1
	if back {
		step = -1
	}
	l.offer = (l.offer + step + len(l.offers)) % len(l.offers)
	if l.offer < 0 {
		l.offer = 0
	}
	l.set(l.offers[l.offer])
}

func (l *line) set(text string) {
	l.text = []rune(text)
	l.at = len(l.text)
	if l.change != nil {
		l.change(text)
	}
}

func commonPrefix(all []string) string {
	p := all[0]
	for _, s := range all[1:] {
		for !strings.HasPrefix(s, p) {
			p = p[:len(p)-1]
		}
	}
	return strings.ToValidUTF8(p, "")
}
