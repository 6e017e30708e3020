package tui

import (
	"fmt"
	"math/rand/v2"
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
	for _, t := range []tea.KeyType{tea.KeyEnter, tea.KeyTab, tea.KeyShiftTab, tea.KeyEsc, tea.KeyCtrlC, tea.KeyCtrlZ, tea.KeyCtrlL, tea.KeySpace, tea.KeyLeft, tea.KeyRight, tea.KeyF1} {
		if m := (tea.KeyMsg{Type: t}); m.String() == s {
			return m
		}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s)}
}

// driver presses keys and reads the screen.
type driver struct {
	t   *testing.T
	m   *model
	src *source
}

func drive(t *testing.T) *driver {
	src := &source{done: make(chan struct{})}
	src.Publish(viewtest.New().At(72 * time.Second))
	m := newModel(src, colourTheme(t), Options{Getenv: func(string) string { return "" }}.withDefaults())
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	return &driver{t, m, src}
}

func (d *driver) press(keys ...string) tea.Cmd {
	var cmd tea.Cmd
	for _, k := range keys {
		_, cmd = d.m.Update(keyMsg(k))
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
	if !d.m.ui.Leaving {
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
	if d.src.stops != 1 || d.m.ui.Frozen || d.m.ui.Help {
		t.Errorf("first ctrl-c: %d stops, state %+v", d.src.stops, d.m.ui)
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
	d.m.leaveWhenDone = true
	d.src.end()
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
		d.m.src = replay{d.src}
		if _, is := d.m.src.(snap.Stopper); is {
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
	if d.m.ui.Frozen {
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

func TestChartKeys(t *testing.T) {
	d := drive(t)
	for _, c := range []struct {
		key   string
		focus int
	}{{"3", 2}, {"tab", 3}, {"tab", 4}, {"shift+tab", 3}, {"1", 0}, {"left", screen.Charts() - 1}, {"l", 0}, {"9", 0}} {
		if d.press(c.key); d.m.ui.Focus != c.focus {
			t.Errorf("after %s the focus is %d, want %d", c.key, d.m.ui.Focus, c.focus)
		}
	}
	d.press("4")
	d.wants("4 output tok/s")
	d.press("z")
	if f := d.screen(); strings.Contains(f, "within SLO") {
		t.Error("zoom left the table on the screen")
	}
	d.press("esc")
	d.wants("within SLO")
}

// TestKeyTable: every key of the help page does something, and no key stands
// in the table twice.
func TestKeyTable(t *testing.T) {
	for _, table := range [][]bound{overviewKeys, quitKeys, suspendKeys} {
		seen := map[string]string{}
		for _, b := range table {
			if b.Help().Key == "" || b.Help().Desc == "" || b.do == nil {
				t.Errorf("row %+v is not complete", b.Help())
			}
			for _, k := range b.Keys() {
				if other, twice := seen[k]; twice {
					t.Errorf("%q is bound to %q and to %q", k, other, b.Help().Desc)
				}
				seen[k] = b.Help().Desc
			}
		}
	}
	for _, b := range overviewKeys {
		for _, k := range b.Keys() {
			d := drive(t)
			d.press("2", "z") // so that every key has something to change
			before := d.m.ui
			cmd := d.press(k)
			if d.m.ui == before && cmd == nil && k != "2" {
				t.Errorf("%q (%s) does nothing", k, b.Help().Desc)
			}
		}
	}
	d := drive(t)
	d.press("?")
	for _, b := range overviewKeys {
		d.wants(b.Help().Key)
		d.wants(b.Help().Desc[:min(20, len(b.Help().Desc))])
	}
	d.press("x")
	if d.m.ui.Help {
		t.Error("the help page did not close")
	}
}

// TestViewIsCached: messages that change nothing cost nothing.
func TestViewIsCached(t *testing.T) {
	d := drive(t)
	a := d.m.View()
	if n := testing.AllocsPerRun(100, func() {
		d.m.Update(tea.MouseMsg{})
		d.m.look()
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
		w := NewDiffWriter(term, term.size)
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

// TestRandomKeys: no sequence of keys, sizes and data breaks the screen.
func TestRandomKeys(t *testing.T) {
	all := []string{"x", "esc", "enter", "0", "9", "up"}
	for _, b := range overviewKeys {
		all = append(all, b.Keys()...)
	}
	r := rand.New(rand.NewPCG(5, 6))
	snaps := []*snap.Snapshot{nil, viewtest.Starting(), viewtest.NoData(), viewtest.Draining(), viewtest.Huge(), viewtest.Failed()}
	for i := range 60 {
		d := drive(t)
		for range 60 {
			switch r.IntN(4) {
			case 0:
				d.m.Update(tea.WindowSizeMsg{Width: r.IntN(220), Height: r.IntN(70)})
			case 1:
				d.src.Publish(snaps[r.IntN(len(snaps))])
				d.tick()
			default:
				d.press(all[r.IntN(len(all))])
			}
			f := d.m.View()
			if d.m.fault != nil {
				t.Fatalf("run %d: %v\n%s", i, d.m.fault, d.m.fault.Stack)
			}
			if d.m.size.W > 0 && d.m.size.H > 0 && strings.Count(f, "\n") != d.m.size.H-1 {
				t.Fatalf("run %d: %d lines on a screen of %+v", i, strings.Count(f, "\n")+1, d.m.size)
			}
		}
	}
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
