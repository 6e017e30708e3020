package tui

import (
	"context"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"tacho/profiles"
	"tacho/views/cells"
	"tacho/views/form"
	"tacho/views/screen"
	"tacho/views/theme"
)

// FormData is what a form begins with.
type FormData struct {
	// Title says what the form is for: "New run", "@chat-64".
	Title string
	// Profile is what the fields are filled with, or Args, a command line; nil
	// are the defaults.
	Profile *profiles.Profile
	Args    []string
	// Env is what reading the options takes from the world.
	Env profiles.Env
	// Names are the saved profiles, so that one is not replaced unasked.
	Names []string
	// Save keeps a profile under a name; it may take its time. Nil: saving
	// ends the form with Result.SaveAs.
	Save func(name string, p *profiles.Profile) error
}

// Result is how a form ended.
type Result struct {
	// Run says that the user wants the run; else the form was left.
	Run bool
	// SaveAs is the name that the profile was saved under, or is to be saved
	// under when FormData had no Save; empty is none.
	SaveAs  string
	Profile *profiles.Profile
	// Args is the command line that gives the same profile, over Base where some
	// settings have no option; Base is nil where all have. It holds secrets; show
	// it through profiles.CLICommand.
	Args []string
	Base *profiles.Profile
}

// Form shows a form of options until it is left or run. Errors and terminal are
// as those of Run.
func Form(ctx context.Context, data FormData, o Options) (Result, error) {
	o = o.withDefaults()
	th, err := o.theme()
	if err != nil {
		return Result{}, err
	}
	m := &model{th: th, period: idlePeriod}
	f := newSheet(m, data)
	m.face = f
	err = show(ctx, m, o, func(*DiffWriter) {})
	return f.result, err
}

// typing are the keys while a value is typed; line handles them.
var typing = []bound{
	bind([]string{"enter"}, "enter", "keep", "keep what is typed", nil),
	bind([]string{"esc"}, "esc", "take back", "the value from before", nil),
	bind([]string{"tab"}, "tab", "complete", "complete a choice", nil),
	bind([]string{"ctrl+u"}, "ctrl-u", "empty", "delete all of it", nil),
}

// sheet is the face of a form.
type sheet struct {
	m      *model
	data   FormData
	draft  *draft
	names  []string // of the groups
	fields [][]*profiles.Field
	view   *form.Data
	ui     form.State
	line   *line
	edit   *line // the value under the cursor, being typed
	keys   []bound
	run    []bound
	pick   []bound // in the list of values
	saved  string
	result Result
	flash  time.Time
}

func newSheet(m *model, data FormData) *sheet {
	s := &sheet{m: m, data: data, draft: newDraft(data.Profile, data.Args, data.Env)}
	s.names, s.fields = grouped()
	s.refresh()
	s.bindKeys()
	return s
}

func (s *sheet) refresh() { s.view = s.draft.view(s.data.Title, s.names, s.fields) }

// field is the option under the cursor, nil without one.
func (s *sheet) field() *profiles.Field {
	places := form.Places(s.view, &s.ui)
	if i := s.ui.Fields.At; !s.ui.OnGroups && i >= 0 && i < len(places) {
		return s.fields[places[i].Group][places[i].Field]
	}
	return nil
}

func (s *sheet) bindKeys() {
	noField := func() string {
		if s.field() == nil {
			return "no option has the keys: tab"
		}
		return ""
	}
	s.keys = []bound{
		bind([]string{" "}, "space", "change", "turn a switch, take the next value or one of a list, or type it", s.change).offWhen(noField),
		bind([]string{"e", "i"}, "e", "", "type the value", s.typed).offWhen(noField),
		bind([]string{"backspace", "delete", "x"}, "del", "default", "back to the default", s.clear).offWhen(noField),
		bind([]string{"r"}, "r", "run", "start the run", s.start),
		bind([]string{"s"}, "s", "save", "save these options as a profile", s.save),
		bind([]string{"/"}, "/", "search", "find options by words; esc shows the groups again", s.search),
		bind([]string{"enter"}, "enter", "", "start the run, after a question", s.ask),
		bind([]string{"tab", "shift+tab", "left", "right", "h", "l"}, "tab", "groups", "between the groups and their options", func() { s.ui.OnGroups = !s.ui.OnGroups }),
		bind([]string{"down", "j"}, "↓ j", "", "down", func() { s.scroll(1) }),
		bind([]string{"up", "k"}, "↑ k", "", "up", func() { s.scroll(-1) }),
		bind([]string{"]", "ctrl+d", "pgdown"}, "]", "", "next group", func() { s.group(1) }),
		bind([]string{"[", "ctrl+u", "pgup"}, "[", "", "group before", func() { s.group(-1) }),
		bind([]string{"g", "home"}, "g", "", "to the top", func() { s.scroll(-1 << 30) }),
		bind([]string{"G", "end"}, "G", "", "to the end", func() { s.scroll(1 << 30) }),
		bind([]string{"!"}, "!", "", "to the next problem", s.problem).offWhen(func() string {
			if s.view.Problems() == 0 {
				return "nothing is wrong"
			}
			return ""
		}),
		bind([]string{"T"}, "T", "", "next colour theme", func() { s.say("theme "+s.m.nextTheme(), false) }).offWhen(func() string {
			if s.m.th.Profile == theme.NoColor {
				return "colours are off"
			}
			return ""
		}),
		bind([]string{"ctrl+l"}, "ctrl-l", "", "draw the screen anew", func() { s.m.redraw = true }),
		bind([]string{"ctrl+z"}, "ctrl-z", "", "suspend tacho", func() { s.m.suspendNow = true }).offWhen(noShell),
		bind([]string{"esc"}, "esc", "", "out of a search; else leave the form", s.back),
		bind([]string{"?", "f1"}, "?", "help", "this page", func() { s.ui.Help = true }),
		bind([]string{"q", "ctrl+c"}, "q", "leave", "leave the form without a run", s.leave),
	}
	s.pick = s.choosing()
	no := func() { s.ui.AskRun = false }
	s.run = []bound{
		bind([]string{"enter", "y", "r"}, "enter", "", "start it", func() { s.ui.AskRun = false; s.start() }),
		bind([]string{"esc", "n", "q"}, "esc", "", "not yet", no),
	}
}

func (s *sheet) leave() { s.end(false) }

// end leaves the form with what it says.
func (s *sheet) end(run bool) {
	s.result = Result{Run: run, SaveAs: s.saved, Profile: s.draft.profile, Args: s.draft.args(), Base: s.draft.base}
	s.m.leave = true
}

// start runs, unless something is wrong: then it goes there.
func (s *sheet) start() {
	if s.draft.blocked {
		s.problem()
		return
	}
	s.end(true)
}

func (s *sheet) ask() {
	if s.draft.blocked {
		s.problem()
		return
	}
	s.ui.AskRun = true
}

// problem goes to the next field with a problem, after the cursor.
func (s *sheet) problem() {
	var all []form.Place
	now := -1
	s.ui.Fields.Filter = ""
	for i := range s.view.Groups {
		for j := range s.view.Groups[i].Fields {
			if i == s.ui.Group && j == s.ui.Fields.At && !s.ui.OnGroups {
				now = len(all)
			}
			if s.view.Groups[i].Fields[j].Problem != "" {
				all = append(all, form.Place{Group: i, Field: j})
			}
		}
	}
	if len(all) == 0 {
		s.say(strings.Join(s.view.Loose, "; "), true)
		return
	}
	next := all[0]
	if now >= 0 && now < len(all) {
		next = all[now]
		if next == (form.Place{Group: s.ui.Group, Field: s.ui.Fields.At}) {
			next = all[(now+1)%len(all)]
		}
	}
	s.ui.Group, s.ui.OnGroups = next.Group, false
	s.ui.Fields.At = next.Field
	f := s.view.Groups[next.Group].Fields[next.Field]
	s.say(f.Name+": "+f.Problem, true)
}

// scroll moves among the groups, or among the fields.
func (s *sheet) scroll(by int) {
	if s.ui.Choosing {
		s.ui.Choice.At = max(0, s.ui.Choice.At+by)
		return
	}
	if s.ui.OnGroups {
		s.ui.Group = max(0, min(s.ui.Group+by, len(s.names)-1))
		s.ui.Fields.Cursor.At, s.ui.Fields.Filter = 0, ""
		return
	}
	s.ui.Fields.Move(by)
}

func (s *sheet) group(by int) {
	s.ui.Group = turned(s.ui.Group, by, len(s.names))
	s.ui.Fields.Cursor.At, s.ui.Fields.Filter = 0, ""
}

func (s *sheet) askLine(l *line) {
	s.line = l
	s.ui.Prompt = l.prompt()
}

func (s *sheet) back() {
	if s.ui.Fields.Filter != "" {
		s.ui.Fields.Filter = ""
		s.ui.Fields.Cursor.At = 0
		return
	}
	s.leave()
}

func (s *sheet) say(text string, warn bool) {
	s.ui.Flash, s.ui.FlashWarn = text, warn
	s.flash = time.Now().Add(flashFor)
}

// press gives a key to what is being typed, or finds it in the table in force.
func (s *sheet) press(msg tea.KeyMsg) {
	k := msg.String()
	s.ui.Flash = ""
	switch {
	case k == "ctrl+c":
		s.leave()
	case s.edit != nil:
		if s.edit.press(msg) {
			s.edit, s.ui.Editing, s.ui.Edit = nil, false, screen.Prompt{}
			return
		}
		s.ui.Edit = s.edit.prompt()
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
	case s.ui.Choosing:
		if b, ok := find(s.pick, k); ok {
			b.run(k)
		}
	case s.ui.AskRun:
		if b, ok := find(s.run, k); ok {
			b.run(k)
		}
	default:
		if b, ok := find(s.keys, k); ok {
			if why := b.run(k); why != "" {
				s.say(b.Help().Key+": "+why, true)
			}
		} else if len(k) == 1 && k >= "0" && k <= "9" && s.field() != nil && !s.field().IsSwitch() && len(choices(s.field())) == 0 {
			s.typeValue(s.field()) // a number is typed straight away
			s.edit.text, s.edit.at = nil, 0
			s.press(msg)
		}
	}
}

func (s *sheet) look(now time.Time) {
	if !s.flash.IsZero() && now.After(s.flash) {
		s.flash, s.ui.Flash = time.Time{}, ""
	}
}

// version is the state and the view, which is made anew with each change.
func (s *sheet) version() any {
	return struct {
		view *form.Data
		ui   form.State
	}{s.view, s.ui}
}

func (s *sheet) draw(g *cells.Grid, th *theme.Theme) {
	keys := s.keys
	switch {
	case s.edit != nil:
		keys = typing
	case s.ui.Choosing:
		keys = s.pick
	}
	s.ui = form.Draw(g, s.view, th, s.ui, shown(keys), shown(s.run))
}
