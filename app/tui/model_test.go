package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"tacho/engine/snap"
	"tacho/views/screen"
	"tacho/views/viewtest"
)

// ended reports whether a command ends the program.
func ended(cmd tea.Cmd) bool {
	if cmd == nil {
		return false
	}
	_, quit := cmd().(tea.QuitMsg)
	return quit
}

func keyMsg(s string) tea.KeyMsg {
	for t := tea.KeyType(-120); t < 128; t++ {
		if t == tea.KeyRunes {
			continue
		}
		if m := (tea.KeyMsg{Type: t}); m.String() == s {
			if t == tea.KeySpace {
				m.Runes = []rune{' '}
			}
			return m
		}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s)}
}

// driver presses keys and reads the screen.
type driver struct {
	t    *testing.T
	m    *model
	c    *console
	src  *source
	sunk string // what was copied
}

func drive(t *testing.T) *driver {
	src := &source{done: make(chan struct{})}
	src.Publish(viewtest.New().At(72 * time.Second))
	d := driveOn(t, src, Options{})
	d.src = src
	return d
}

// driveOn drives the screen of any source.
func driveOn(t *testing.T, src snap.Source, o Options) *driver {
	o.Getenv = func(string) string { return "" }
	d := &driver{t: t, m: newRun(src, colourTheme(t), o.withDefaults())}
	d.c = d.m.face.(*console)
	d.m.clip = func(text string) error { d.sunk = text; return nil }
	d.m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	return d
}

func (d *driver) press(keys ...string) tea.Cmd {
	var cmd tea.Cmd
	for _, k := range keys {
		_, cmd = d.m.Update(keyMsg(k))
		d.m.View() // as the program does after each message
	}
	return cmd
}

// tick looks at the source, as the clock would make it.
func (d *driver) tick() tea.Cmd {
	_, cmd := d.m.Update(tick{})
	return cmd
}

func (d *driver) screen() string { return ansi.Strip(d.m.View()) }

func (d *driver) wants(text string) {
	d.t.Helper()
	if f := d.screen(); !strings.Contains(f, text) {
		d.t.Errorf("%q is not on the screen:\n%s", text, f)
	}
}

func TestQuitAsksWhileTheRunGoesOn(t *testing.T) {
	d := drive(t)
	if ended(d.press("q")) {
		t.Fatal("q left a running load without asking")
	}
	d.wants("Stop the run?")
	d.press("k")
	if strings.Contains(d.screen(), "Stop the run?") || d.src.stops != 0 {
		t.Error("k did not keep the run going")
	}
	d.press("q", "s")
	if d.src.stops != 1 {
		t.Errorf("%d stops after s, want 1", d.src.stops)
	}
	d.wants("STOPPING")
	d.src.end()
	if !d.c.ui.Leaving {
		t.Error("the screen does not leave when the results are saved")
	}
	d.tick()
	if !d.m.leave {
		t.Error("the screen stayed after the run was saved")
	}
}

func TestInterruptStopsThenCutsThenLeaves(t *testing.T) {
	d := drive(t)
	d.press(" ", "?") // from wherever one is
	d.press("ctrl+c")
	if d.src.stops != 1 || d.c.ui.Frozen || d.c.ui.Help {
		t.Errorf("first ctrl-c: %d stops, state %+v", d.src.stops, d.c.ui)
	}
	d.press("ctrl+c")
	if d.src.stops != 2 {
		t.Errorf("second ctrl-c: %d stops", d.src.stops)
	}
	d.wants("CUT")
	if !ended(d.press("ctrl+c")) {
		t.Error("the third ctrl-c did not leave")
	}
}

func TestQuitLeavesAFinishedRun(t *testing.T) {
	d := drive(t)
	d.src.end()
	d.tick()
	d.wants("objectives met")
	if d.m.leave {
		t.Error("a finished run is not left by itself")
	}
	if !ended(d.press("q")) || d.src.stops != 0 {
		t.Error("q did not leave a finished run, or stopped it")
	}
}

func TestLeaveWhenDone(t *testing.T) {
	d := drive(t)
	d.c.opts.LeaveWhenDone = true
	d.src.end()
	if d.tick(); !d.m.leave {
		t.Error("the screen stayed")
	}
}

// TestLeaveWhenTold: a signal that stops the run ends its screen too, also one
// that comes when the run is over.
func TestLeaveWhenTold(t *testing.T) {
	d := drive(t)
	told := false
	d.c.opts.Told = func() bool { return told }
	d.src.end()
	if d.tick(); d.m.leave {
		t.Error("the screen was left untold")
	}
	told = true
	if d.tick(); !d.m.leave {
		t.Error("the screen stayed")
	}
}

// replay is a source that cannot be stopped.
type replay struct{ *source }

func (replay) Stop() {} // not the method of a Stopper

func TestQuitLeavesWhatCannotBeStopped(t *testing.T) {
	for _, k := range []string{"q", "ctrl+c"} {
		d := drive(t)
		d.c.src = replay{d.src}
		if _, is := d.c.src.(snap.Stopper); is {
			t.Fatal("the replay of this test can be stopped")
		}
		if !ended(d.press(k)) || d.src.stops != 0 {
			t.Errorf("%s did not leave", k)
		}
	}
}

func TestFreeze(t *testing.T) {
	d := drive(t)
	d.press(" ")
	frozen := d.screen()
	d.wants("FROZEN at 01:12")
	for i := range 5 {
		d.src.Publish(viewtest.New().At(time.Duration(80+i) * time.Second))
		d.tick()
		if d.screen() != frozen {
			t.Fatal("a frozen picture moved")
		}
	}
	d.press(" ")
	d.wants("01:24/05:00")
	d.press(" ")
	d.src.end()
	d.tick()
	d.wants("FROZEN")
	d.press(" ") // thaws even though the run has ended
	d.wants("DONE")
	d.press(" ")
	if d.c.ui.Frozen {
		t.Error("a finished run can be frozen")
	}
}

func TestSuspendAsksWhileALoadRuns(t *testing.T) {
	d := drive(t)
	if cmd := d.press("ctrl+z"); cmd != nil {
		t.Error("a load was suspended without asking")
	}
	d.wants("Suspend tacho?")
	cmd := d.press("z")
	if cmd == nil {
		t.Fatal("z did not suspend")
	}
	if _, is := cmd().(tea.SuspendMsg); !is {
		t.Error("z did something else")
	}
	d.src.end()
	cmd = d.press("ctrl+z")
	if cmd == nil {
		t.Fatal("a finished run cannot be suspended")
	}
	if _, is := cmd().(tea.SuspendMsg); !is {
		t.Error("ctrl-z did something else")
	}
}

// TestViewIsCached: messages that change nothing cost nothing.
func TestViewIsCached(t *testing.T) {
	d := drive(t)
	a := d.m.View()
	if n := testing.AllocsPerRun(100, func() {
		d.m.Update(tea.MouseMsg{})
		d.c.look(time.Now())
		if d.m.View() != a {
			t.Error("the frame changed")
		}
	}); n > 8 { // the message itself, not a frame, which takes hundreds
		t.Errorf("%.0f allocations for a frame that did not change", n)
	}
	d.src.Publish(viewtest.New().At(73 * time.Second))
	d.tick()
	if d.m.View() == a {
		t.Error("a new snapshot was not drawn")
	}
}

// TestNothingIsSentWhenNothingChanges: frozen, or done, the screen costs no bytes.
func TestNothingIsSentWhenNothingChanges(t *testing.T) {
	for _, done := range []bool{false, true} {
		d := drive(t)
		term := newTerminal(80, 24)
		w := newDiffWriter(term, term.size, nil)
		if done {
			d.src.end()
			d.tick()
		} else {
			d.press(" ")
		}
		last := d.m.View()
		_, _ = fmt.Fprint(w, "\x1b[?1049h"+rendered("", last, 80, 24))
		w.Flush()
		before := w.Sent()
		for i := range 20 {
			if !done {
				d.src.Publish(viewtest.New().At(time.Duration(100+i) * time.Second))
			}
			d.tick()
			next := d.m.View()
			if next != last {
				t.Fatalf("done %v: the frame changed", done)
			}
			_, _ = fmt.Fprint(w, rendered(last, next, 80, 24))
		}
		w.Flush()
		if n := w.Sent() - before; n != 0 {
			t.Errorf("done %v: %d bytes for a picture that stands still", done, n)
		}
		_, _ = w.Close(), term.Close()
	}
}

func TestRate(t *testing.T) {
	ssh := func(k string) string {
		if k == "SSH_CONNECTION" {
			return "10.0.0.1 1 10.0.0.2 22"
		}
		return ""
	}
	none := func(string) string { return "" }
	for _, c := range []struct {
		o    Options
		want time.Duration
	}{
		{Options{Getenv: none}, 250 * time.Millisecond}, {Options{Getenv: ssh}, 500 * time.Millisecond},
		{Options{Getenv: ssh, FPS: 10}, 100 * time.Millisecond}, {Options{Getenv: none, FPS: 1000}, 50 * time.Millisecond},
		{Options{Getenv: none, FPS: 0.5}, 2 * time.Second},
	} {
		if got := c.o.withDefaults().period(); got != c.want {
			t.Errorf("FPS %v: a look every %v, want %v", c.o.FPS, got, c.want)
		}
	}
	for _, o := range []Options{{Color: "green"}, {Theme: "pink"}, {Glyphs: "runes"}} {
		if _, err := o.withDefaults().theme(); err == nil {
			t.Errorf("options %+v were taken", o)
		}
	}
}

// TestBlurredLooksLess: a window that nobody looks at is drawn once a second.
func TestBlurredLooksLess(t *testing.T) {
	d := drive(t)
	d.m.Update(tea.BlurMsg{})
	d.src.Publish(viewtest.New().At(90 * time.Second))
	if !d.m.blurred {
		t.Fatal("the loss of focus was not noticed")
	}
	d.m.Update(tea.FocusMsg{})
	if d.m.blurred {
		t.Error("the focus was not noticed")
	}
	d.wants("01:30/05:00") // at once, not at the next look
}

// TestPanicInAView ends the screen and nothing else.
func TestPanicInAView(t *testing.T) {
	d := drive(t)
	d.m.th = nil
	if f := d.m.View(); f != "" || d.m.fault == nil || len(d.m.fault.Stack) == 0 {
		t.Fatalf("frame %q, fault %v", f, d.m.fault)
	}
	if !ended(d.tick()) {
		t.Error("the screen goes on after a panic")
	}
}

// TestClickOnAPage goes there, wherever its name stands, and nowhere else.
func TestClickOnAPage(t *testing.T) {
	for _, w := range []int{40, 80, 120, 200} {
		d := drive(t)
		d.m.Update(tea.WindowSizeMsg{Width: w, Height: 40})
		lines := strings.Split(d.screen(), "\n")
		last := []rune(lines[len(lines)-1])
		click := func(x, y int) {
			d.m.Update(tea.MouseMsg{X: x, Y: y, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
			d.m.View()
		}
		at := slices.Index(last, '3')
		click(at, 39)
		if d.c.ui.Page != screen.PageSlices {
			t.Errorf("%d wide: a click on 3 in %q shows page %d", w, string(last), d.c.ui.Page)
		}
		click(at, 5)
		click(w-1, 39)
		click(0, 39)
		click(w+10, 60)
		if d.c.ui.Page != screen.PageSlices {
			t.Errorf("%d wide: a click beside the pages shows page %d", w, d.c.ui.Page)
		}
		d.press("8", "/", "a", " ", "6")
		click(5, 39)
		if d.c.ui.Prompt.Text != "a 6" || d.c.ui.Page != screen.PageLog {
			t.Errorf("%d wide: a click typed into %q", w, d.c.ui.Prompt.Text)
		}
	}
}
