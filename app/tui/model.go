package tui

import (
	"fmt"
	"runtime/debug"
	"strings"
	"time"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"tacho/views/cells"
	"tacho/views/screen"
	"tacho/views/theme"
)

// tick is the time to look at what is shown.
type tick struct{}

// face is what the terminal shows: the console of a run, the start screen or a
// form. It belongs to the program's event loop.
type face interface {
	// look takes what is new.
	look(now time.Time)
	press(k tea.KeyMsg)
	// scroll moves the list in front by rows.
	scroll(rows int)
	// version is all that the picture depends on besides size and theme. It can
	// be compared.
	version() any
	// draw draws the picture into a cleared grid.
	draw(g *cells.Grid, th *theme.Theme)
}

// model is the one tea.Model. It belongs to the program's event loop; nothing
// outside sends it messages, it looks at its face's source by itself.
type model struct {
	face   face
	th     *theme.Theme
	period time.Duration
	size   screen.Size
	put    func(frame string)      // shows a frame at once; nil: the renderer alone does
	clip   func(text string) error // puts text into the terminal's clipboard; nil: none

	blurred    bool // the window has lost the focus
	redraw     bool
	suspendNow bool
	leave      bool
	later      tea.Cmd // asked for by a key
	fault      *PanicError

	grid  *cells.Grid
	frame string
	drawn frameKey
}

// frameKey is all that a frame depends on.
type frameKey struct {
	face any
	size screen.Size
	th   *theme.Theme
}

func (m *model) Init() tea.Cmd { return m.next() }

func (m *model) next() tea.Cmd {
	period := m.period
	if m.blurred {
		period = max(period, blurredPeriod)
	}
	return tea.Tick(period, func(time.Time) tea.Msg { return tick{} })
}

// done is the end of something slow that a key began.
type done struct{ then func() }

// Update changes the state of the interface; it does no I/O.
func (m *model) Update(msg tea.Msg) (next tea.Model, cmd tea.Cmd) {
	next = m // also after a panic
	defer m.guard(&cmd)
	if m.fault != nil {
		return m, tea.Quit
	}
	switch msg := msg.(type) {
	case tick:
		m.face.look(time.Now())
		if m.leave {
			return m, tea.Quit
		}
		return m, m.next()
	case tea.WindowSizeMsg:
		m.size = screen.Size{W: msg.Width, H: msg.Height}
	case tea.FocusMsg:
		m.blurred = false
		m.face.look(time.Now())
	case tea.BlurMsg:
		m.blurred = true
	case tea.ResumeMsg:
		m.face.look(time.Now())
		return m, tea.ClearScreen
	case tea.KeyMsg:
		m.press(msg)
	case tea.MouseMsg:
		switch msg.Button {
		case tea.MouseButtonWheelUp:
			m.face.scroll(-wheelRows)
		case tea.MouseButtonWheelDown:
			m.face.scroll(wheelRows)
		case tea.MouseButtonLeft:
			if k := m.tabAt(msg.X, msg.Y); k != 0 && msg.Action == tea.MouseActionPress {
				m.face.press(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{k}})
			}
		}
	case done:
		msg.then()
	}
	switch {
	case m.leave:
		return m, tea.Quit
	case m.suspendNow:
		m.suspendNow = false
		return m, tea.Suspend
	case m.redraw:
		m.redraw = false
		return m, tea.ClearScreen
	}
	cmd, m.later = m.later, nil
	return m, cmd
}

// press gives keys to the face one by one: those that were typed fast, or over
// a slow line, come as one message. What was pasted stays together.
func (m *model) press(k tea.KeyMsg) {
	if k.Type != tea.KeyRunes || len(k.Runes) < 2 || k.Paste {
		m.face.press(k)
		return
	}
	for _, r := range k.Runes {
		one := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}, Alt: k.Alt}
		if r == ' ' {
			one.Type = tea.KeySpace
		}
		m.face.press(one)
	}
}

// tabAt is the digit of the page whose name stands in the last line at a column,
// 0 where there is none.
func (m *model) tabAt(x, y int) rune {
	if m.grid == nil || y != m.size.H-1 || m.size.W <= 0 {
		return 0
	}
	line := []rune(ansi.Strip(m.frame[strings.LastIndexByte(m.frame, '\n')+1:]))
	if len(line) < 2 || line[1] != '1' {
		return 0 // a line is being typed, or there are no pages
	}
	for i := min(x, len(line)-1); i > 0; i-- {
		if line[i] == ' ' && line[i-1] == ' ' { // behind the last page stand keys
			return 0
		}
		if unicode.IsDigit(line[i]) && line[i-1] == ' ' {
			return line[i]
		}
	}
	return 0
}

// wheelRows is how far one notch of a wheel goes.
const wheelRows = 3

// do runs something slow beside the event loop, and then something quick in it.
func (m *model) do(slow func() error, then func(error)) {
	m.later = func() tea.Msg {
		err := slow()
		return done{func() { then(err) }}
	}
}

// nextTheme goes on to the next theme.
func (m *model) nextTheme() string {
	for i, name := range theme.Names {
		if name == m.th.Name {
			name = theme.Names[(i+1)%len(theme.Names)]
			if th, err := theme.New(name, m.th.Profile, m.th.Glyphs); err == nil {
				m.th = th
			}
			break
		}
	}
	return m.th.Name
}

// View returns the frame, drawn anew only if something it depends on changed.
func (m *model) View() string {
	defer m.guard(nil)
	if m.fault != nil || m.size.W <= 0 || m.size.H <= 0 {
		return m.frame
	}
	if (frameKey{m.face.version(), m.size, m.th}) == m.drawn {
		return m.frame
	}
	if m.grid == nil {
		m.grid = cells.New(m.size.W, m.size.H)
	}
	m.grid.ASCII = m.th.Glyphs.ASCII
	m.grid.Resize(m.size.W, m.size.H)
	m.grid.Clear()
	m.face.draw(m.grid, m.th)
	m.frame, m.drawn = m.grid.String(), frameKey{m.face.version(), m.size, m.th}
	if m.put != nil { // not at the renderer's next tick: a key is seen at once
		m.put(m.frame)
	}
	return m.frame
}

// PanicError is a panic of the screen. The terminal has been restored.
type PanicError struct {
	Value any
	Stack []byte
}

// Error tells the value; where it happened is in Stack.
func (e *PanicError) Error() string { return fmt.Sprintf("the screen failed: %v", e.Value) }

// guard keeps a panic of the screen from taking the run with it: the program
// is ended in good order, by cmd or at the next message, and Run reports it.
func (m *model) guard(cmd *tea.Cmd) {
	if v := recover(); v != nil {
		m.fault = &PanicError{Value: v, Stack: debug.Stack()}
		if cmd != nil {
			*cmd = tea.Quit
		}
	}
}
