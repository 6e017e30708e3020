package tui

import (
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/screen"
	"tacho/views/theme"
)

// tick is the time to look at the source.
type tick struct{}

// model is the one tea.Model. It belongs to the program's event loop; nothing
// outside sends it messages, it looks at the source by itself.
type model struct {
	src    snap.Source
	th     *theme.Theme
	period time.Duration
	size   screen.Size
	ui     screen.State

	shown         *snap.Snapshot // what the screen shows
	blurred       bool           // the window has lost the focus
	leaveWhenDone bool
	redraw        bool
	suspendNow    bool
	leave         bool
	fault         *PanicError

	grid  *cells.Grid
	frame string
	drawn frameKey
}

// frameKey is all that a frame depends on besides the theme.
type frameKey struct {
	snap *snap.Snapshot
	size screen.Size
	ui   screen.State
	some bool // a frame was drawn
}

func newModel(src snap.Source, th *theme.Theme, o Options) *model {
	return &model{src: src, th: th, period: o.period(), leaveWhenDone: o.LeaveWhenDone, shown: src.Latest()}
}

func (m *model) Init() tea.Cmd { return m.next() }

func (m *model) next() tea.Cmd {
	period := m.period
	if m.blurred {
		period = max(period, blurredPeriod)
	}
	return tea.Tick(period, func(time.Time) tea.Msg { return tick{} })
}

// Update changes the state of the interface; it does no I/O.
func (m *model) Update(msg tea.Msg) (next tea.Model, cmd tea.Cmd) {
	next = m // also after a panic
	defer m.guard(&cmd)
	if m.fault != nil {
		return m, tea.Quit
	}
	switch msg := msg.(type) {
	case tick:
		m.look()
		if m.leave {
			return m, tea.Quit
		}
		return m, m.next()
	case tea.WindowSizeMsg:
		m.size = screen.Size{W: msg.Width, H: msg.Height}
	case tea.FocusMsg:
		m.blurred = false
		m.look()
	case tea.BlurMsg:
		m.blurred = true
	case tea.ResumeMsg:
		m.look()
		return m, tea.ClearScreen
	case tea.KeyMsg:
		m.press(msg.String())
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
	return m, nil
}

// look takes the newest snapshot unless the picture is frozen.
func (m *model) look() {
	if !m.ui.Frozen {
		m.shown = m.src.Latest()
	}
	if m.over() && (m.ui.Leaving || m.leaveWhenDone) {
		m.leave = true
	}
}

// over reports that the run has ended, whatever the screen shows.
func (m *model) over() bool {
	select {
	case <-m.src.Done():
		return true
	default:
	}
	s := m.src.Latest()
	return s != nil && (s.State == snap.Done || s.State == snap.Failed)
}

// press finds the key in the table that is open and does what it says.
func (m *model) press(k string) {
	table := overviewKeys
	switch {
	case k == "ctrl+c": // always does what it says
	case m.ui.Help:
		m.ui.Help = false
		return
	case m.ui.Ask == screen.AskQuit:
		table = quitKeys
	case m.ui.Ask == screen.AskSuspend:
		table = suspendKeys
	}
	for _, b := range table {
		if !slices.Contains(b.Keys(), k) {
			continue
		}
		if b.off != nil && b.off(m) != "" {
			return
		}
		if len(k) == 1 && k[0] >= '1' && k[0] <= '9' {
			m.ui.Focus = int(k[0] - '1')
		}
		b.do(m)
		return
	}
}

func (m *model) turn(by int) {
	n := screen.Charts()
	m.ui.Focus = (m.ui.Focus + by + n) % n
}

func (m *model) freeze() {
	m.ui.Frozen = !m.ui.Frozen
	m.look()
}

// stop asks the source to stop its load and leaves once it has; a source that
// cannot be stopped is left at once.
func (m *model) stop() {
	st, ok := m.src.(snap.Stopper)
	if !ok || m.over() {
		m.leave = true
		return
	}
	m.ui.Frozen, m.ui.Help, m.ui.Ask = false, false, screen.AskNothing
	m.ui.Stops++
	m.ui.Leaving = true
	st.Stop("stopped at the keyboard")
	m.look()
}

// interrupt is ctrl-c: stop and save, then cut, then leave.
func (m *model) interrupt() {
	if m.ui.Stops >= 2 {
		m.leave = true
		return
	}
	m.stop()
}

func (m *model) quit() {
	if _, ok := m.src.(snap.Stopper); ok && !m.over() && m.ui.Stops == 0 {
		m.ui.Ask = screen.AskQuit
		return
	}
	if m.ui.Stops > 0 && !m.over() {
		return // it leaves by itself once the results are saved
	}
	m.leave = true
}

// suspend stops the process, which stops the load too: it asks while a load runs.
func (m *model) suspend() {
	if _, ok := m.src.(snap.Stopper); ok && !m.over() {
		m.ui.Ask = screen.AskSuspend
		return
	}
	m.suspendNow = true
}

// View returns the frame, drawn anew only if something it depends on changed.
func (m *model) View() string {
	defer m.guard(nil)
	if m.fault != nil || m.size.W <= 0 || m.size.H <= 0 {
		return m.frame
	}
	now := frameKey{snap: m.shown, size: m.size, ui: m.ui, some: true}
	if now == m.drawn {
		return m.frame
	}
	if m.grid == nil {
		m.grid = cells.New(m.size.W, m.size.H)
		m.grid.ASCII = m.th.Glyphs.ASCII
	}
	m.grid.Resize(m.size.W, m.size.H)
	m.grid.Clear()
	screen.Draw(m.grid, m.shown, m.th, m.ui, screen.Keys{
		Table: shown(m, overviewKeys), Quit: shown(m, quitKeys), Suspend: shown(m, suspendKeys),
	})
	m.frame, m.drawn = m.grid.String(), now
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
