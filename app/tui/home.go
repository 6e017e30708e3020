package tui

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"tacho/views/cells"
	"tacho/views/home"
	"tacho/views/screen"
	"tacho/views/theme"
)

// HomeData is what the start screen shows, HomeRun and HomeProfile its rows.
type (
	HomeData    = home.Data
	HomeRun     = home.Run
	HomeProfile = home.Profile
	// HomePlace is where one stood on the start screen.
	HomePlace = home.State
)

// ChoiceKind is what the user wants next.
type ChoiceKind uint8

// What can be chosen on the start screen.
const (
	ChoseLeave   ChoiceKind = iota // nothing more
	ChoseOpen                      // look at the run in Dir
	ChoseNew                       // a form for a new run
	ChoseAgain                     // a form filled with the options of the run in Dir
	ChoseDemo                      // a run against the simulator
	ChoseProfile                   // a form filled with the profile of the name Profile
)

// Choice is what was chosen on the start screen.
type Choice struct {
	Kind    ChoiceKind
	Dir     string // as in the ledger, or as typed
	Profile string
}

// Home shows the start screen until something is chosen. It begins at place, if
// given, and leaves there where it ended. Errors and terminal are as those of
// Run.
func Home(ctx context.Context, data HomeData, o Options, place *HomePlace) (Choice, error) {
	o = o.withDefaults()
	th, err := o.theme()
	if err != nil {
		return Choice{}, err
	}
	m := &model{th: th, period: idlePeriod}
	h := newLauncher(m, data)
	if place != nil {
		h.ui = *place
	}
	m.face = h
	err = show(ctx, m, o, func(*DiffWriter) {})
	if place != nil {
		h.ui.Flash, h.ui.Help, h.ui.Prompt = "", false, screen.Prompt{}
		*place = h.ui
	}
	return h.choice, err
}

// idlePeriod is how often a screen looks at the clock whose data do not move.
const idlePeriod = time.Second

// launcher is the face of the start screen.
type launcher struct {
	m      *model
	data   *home.Data
	ui     home.State
	line   *line
	keys   []bound
	choice Choice
	flash  time.Time
}

func newLauncher(m *model, data HomeData) *launcher {
	s := &launcher{m: m, data: &data}
	s.keys = s.bindKeys()
	return s
}

func (s *launcher) bindKeys() []bound {
	noRun := func() string {
		if s.ui.Pane == home.Runs && s.ui.At(s.data, s.m.th) == nil {
			return "there is no run here"
		}
		if s.ui.Pane == home.Profiles && s.ui.ProfileAt(s.data) == nil {
			return "there is no profile here"
		}
		return ""
	}
	onRuns := func() string {
		if s.ui.Pane != home.Runs {
			return "the runs do not have the keys: p"
		}
		return noRun()
	}
	return []bound{
		bind([]string{"enter"}, "enter", "open", "look at the run, or fill the form with the profile", s.enter).offWhen(noRun),
		bind([]string{"n"}, "n", "new run", "a form for a new run", func() { s.choose(Choice{Kind: ChoseNew}) }),
		bind([]string{"d"}, "d", "demo", "half a minute against a server simulated in this program", func() { s.choose(Choice{Kind: ChoseDemo}) }),
		bind([]string{"e"}, "e", "run again", "the form filled with the options of this run", s.again).offWhen(onRuns),
		bind([]string{"o"}, "o", "other", "open the files of a run elsewhere, of this program or of AIPerf", s.other),
		bind([]string{"p", "tab", "shift+tab"}, "p", "profiles", "saved profiles, or back to the runs", s.pane),
		bind([]string{"/"}, "/", "search", "show only rows with these words, or ttft>300; esc shows all", s.filter),
		bind([]string{"c"}, "c", "sort", "sort by the next column", func() { s.sort(1) }).offWhen(onRuns),
		bind([]string{"C"}, "C", "", "sort by the column before", func() { s.sort(-1) }).offWhen(onRuns),
		bind([]string{"r"}, "r", "", "turn the order round", func() { s.ui.Runs.Flip = !s.ui.Runs.Flip; s.ui.Runs.Move(0) }).offWhen(onRuns),
		bind([]string{"down", "j"}, "↓ j", "", "down", func() { s.scroll(1) }),
		bind([]string{"up", "k"}, "↑ k", "", "up", func() { s.scroll(-1) }),
		bind([]string{"ctrl+d", "pgdown"}, "ctrl-d", "", "down by half a page", func() { s.scroll(max(1, s.m.size.H/3)) }),
		bind([]string{"ctrl+u", "pgup"}, "ctrl-u", "", "up by half a page", func() { s.scroll(-max(1, s.m.size.H/3)) }),
		bind([]string{"g", "home"}, "g", "", "to the top", func() { s.scroll(-1 << 30) }),
		bind([]string{"G", "end"}, "G", "", "to the end", func() { s.scroll(1 << 30) }),
		bind([]string{"T"}, "T", "", "next colour theme", func() { s.say("theme "+s.m.nextTheme(), false) }).offWhen(func() string {
			if s.m.th.Profile == theme.NoColor {
				return "colours are off"
			}
			return ""
		}),
		bind([]string{"ctrl+l"}, "ctrl-l", "", "draw the screen anew", func() { s.m.redraw = true }),
		bind([]string{"ctrl+z"}, "ctrl-z", "", "suspend tacho", func() { s.m.suspendNow = true }).offWhen(noShell),
		bind([]string{"esc"}, "esc", "", "back: out of a search, to the runs", s.back),
		bind([]string{"?", "f1"}, "?", "help", "this page", func() { s.ui.Help = true }),
		bind([]string{"q", "ctrl+c"}, "q", "quit", "leave", func() { s.m.leave = true }),
	}
}

func (s *launcher) choose(c Choice) {
	s.choice = c
	s.m.leave = true
}

func (s *launcher) enter() {
	if s.ui.Pane == home.Profiles {
		s.choose(Choice{Kind: ChoseProfile, Profile: s.ui.ProfileAt(s.data).Name})
		return
	}
	s.choose(Choice{Kind: ChoseOpen, Dir: s.ui.At(s.data, s.m.th).Dir})
}

func (s *launcher) again() {
	s.choose(Choice{Kind: ChoseAgain, Dir: s.ui.At(s.data, s.m.th).Dir})
}

func (s *launcher) pane() {
	if s.ui.Pane == home.Runs {
		s.ui.Pane = home.Profiles
		return
	}
	s.ui.Pane = home.Runs
}

func (s *launcher) sort(by int) {
	s.ui.Runs.Order = s.ui.Runs.Order.Step(by, home.Columns)
	s.ui.Runs.Move(0)
}

func (s *launcher) back() {
	l := s.ui.List()
	switch {
	case l.Filter != "":
		l.Filter = ""
		l.Move(0)
	default:
		s.ui.Pane = home.Runs
	}
}

// folders are those whose paths begin with a text, as a shell completes them.
func folders(text string) (out []string) {
	found, _ := filepath.Glob(text + "*")
	for _, f := range found {
		if st, err := os.Stat(f); err == nil && st.IsDir() && f != text {
			out = append(out, f+string(filepath.Separator))
		}
	}
	return out
}

// other asks for a folder.
func (s *launcher) other() {
	l := newLine("open folder:", "")
	l.hint = func(string) string { return "with the files of a run" }
	l.complete = func(text string) []string {
		var out []string
		for i := range s.data.Runs {
			if strings.HasPrefix(s.data.Runs[i].Dir, text) {
				out = append(out, s.data.Runs[i].Dir)
			}
		}
		return append(out, folders(text)...)
	}
	l.submit = func(text string) {
		if text = strings.TrimSpace(text); text != "" {
			s.choose(Choice{Kind: ChoseOpen, Dir: text})
		}
	}
	s.ask(l)
}

func (s *launcher) filter() {
	list := s.ui.List()
	l := newLine("/", list.Filter)
	l.change = func(text string) { list.Filter = text; list.Cursor.At = 0 }
	l.cancel = func() { list.Filter = "" }
	l.hint = func(string) string { return "enter keeps it, esc shows all" }
	s.ask(l)
}

func (s *launcher) ask(l *line) {
	s.line = l
	s.ui.Prompt = l.prompt()
}

func (s *launcher) say(text string, warn bool) {
	s.ui.Flash, s.ui.FlashWarn = text, warn
	s.flash = time.Now().Add(flashFor)
}

// press finds the key in the table and does what it says.
func (s *launcher) press(msg tea.KeyMsg) {
	k := msg.String()
	s.ui.Flash = ""
	switch {
	case k == "ctrl+c":
		s.m.leave = true
	case s.line != nil:
		if l := s.line; l.press(msg) && s.line == l {
			s.line = nil
		}
		s.ui.Prompt = screen.Prompt{}
		if s.line != nil {
			s.ui.Prompt = s.line.prompt()
		}
	case s.ui.Help:
		s.ui.Help, s.ui.HelpTop = scrollHelp(k, s.ui.HelpTop)
	default:
		if b, ok := find(s.keys, k); ok {
			if why := b.run(k); why != "" {
				s.say(b.Help().Key+": "+why, true)
			}
		}
	}
}

// scrollHelp moves the help page; every other key closes it.
func scrollHelp(k string, top int) (open bool, to int) {
	switch k {
	case "up", "k":
		return true, max(0, top-1)
	case "down", "j":
		return true, top + 1
	case "pgdown", "ctrl+d":
		return true, top + 10
	case "pgup", "ctrl+u":
		return true, max(0, top-10)
	}
	return false, 0
}

func (s *launcher) scroll(rows int) { s.ui.List().Move(rows) }

func (s *launcher) look(now time.Time) {
	if !s.flash.IsZero() && now.After(s.flash) {
		s.flash, s.ui.Flash = time.Time{}, ""
	}
}

func (s *launcher) version() any { return s.ui }

func (s *launcher) draw(g *cells.Grid, th *theme.Theme) {
	s.ui = home.Draw(g, s.data, th, s.ui, shown(s.keys))
}
