package tui

import (
	"strings"
	"testing"

	"tacho/engine/snap"
	"tacho/views/screen"
	"tacho/views/theme"
)

func TestChartKeys(t *testing.T) {
	d := drive(t)
	for _, c := range []struct {
		key   string
		focus int
	}{{"tab", 1}, {"tab", 2}, {"shift+tab", 1}, {"left", 0}, {"left", screen.Charts() - 1}, {"l", 0}, {"G", screen.Charts() - 1}, {"g", 0}, {"down", 1}, {"k", 0}} {
		if d.press(c.key); d.c.ui.Focus != c.focus {
			t.Errorf("after %s the focus is %d, want %d", c.key, d.c.ui.Focus, c.focus)
		}
	}
	d.press("tab", "tab", "tab")
	d.wants("output tok/s")
	d.press("z")
	if f := d.screen(); strings.Contains(f, "within SLO") {
		t.Error("zoom left the table on the screen")
	}
	d.press("esc")
	d.wants("within SLO")
}

// TestPages: each number key shows its page, and says so.
func TestPages(t *testing.T) {
	for key, want := range map[string]string{
		"1": "within SLO", "2": "ITL ms (log)", "3": "Slices of 10 s", "4": "no GPU telemetry", "5": "no metrics page", "6": "recent", "7": "Sample", "8": "Log", "9": "Configuration",
	} {
		d := drive(t)
		d.press(key)
		d.wants(want)
	}
}

// sources are runs of each kind: what a key can do depends on it.
func sources(t *testing.T) map[string]func() *driver {
	return map[string]func() *driver{
		"live": func() *driver { return drive(t) },
		"steered": func() *driver {
			return driveOn(t, newSteered(), Options{Ghost: &ghost{}, Detach: func() error { return nil }})
		},
		"replay": func() *driver { return driveOn(t, newTape(), Options{}) },
	}
}

// TestKeyTable: on every page of every kind of run, no key stands in the table
// twice, each that is shown does something or says why not, and the help page
// has them all.
func TestKeyTable(t *testing.T) {
	for kind, open := range sources(t) {
		for _, tab := range screen.Pages {
			d := open()
			d.press(tab.Key)
			table := d.c.table()
			seen := map[string]string{}
			for _, b := range table {
				if b.Help().Key == "" || b.Help().Desc == "" || b.do == nil && b.with == nil {
					t.Errorf("%s, %s: row %+v is not complete", kind, tab.Name, b.Help())
				}
				for _, k := range b.Keys() {
					if other, twice := seen[k]; twice {
						t.Errorf("%s, %s: %q is bound to %q and to %q", kind, tab.Name, k, other, b.Help().Desc)
					}
					seen[k] = b.Help().Desc
				}
			}
			for _, b := range table {
				for _, k := range b.Keys() {
					keyDoesSomething(t, kind+", "+tab.Name, open, tab.Key, k)
				}
			}
			d.m.size = screen.Size{W: 200, H: 60}
			d.press("?")
			for _, b := range table {
				d.wants(b.Help().Key)
				d.wants(b.Help().Desc[:min(20, len(b.Help().Desc))])
			}
			d.press("x")
			if d.c.ui.Help {
				t.Errorf("%s, %s: the help page did not close", kind, tab.Name)
			}
		}
	}
}

// keyDoesSomething presses a key in the middle of things, so that both ways are
// open, and looks for any effect.
func keyDoesSomething(t *testing.T, where string, open func() *driver, page, k string) {
	t.Helper()
	d := open()
	d.press(page)
	if l := d.c.ui.List(); l != nil {
		d.press("j")
	} else if d.c.seeker() == nil {
		d.press("[")
	}
	if tape, ok := d.c.src.(*tape); ok {
		tape.Seek(tape.Timeline().Length / 2)
		tape.Play(true)
		d.c.head()
	}
	switch page {
	case "1", "2":
		d.press("tab", "z")
	}
	if k == page {
		return // it is here already
	}
	state := func() any {
		d.m.View()
		if tape, ok := d.c.src.(*tape); ok {
			at, playing, speed := tape.State()
			return []any{d.c.version(), at, playing, speed}[1:]
		}
		return nil
	}
	before, was := d.c.version(), state()
	th := d.m.th
	cmd := d.press(k)
	if d.c.version() == before && cmd == nil && d.m.th == th && equal(was, state()) {
		t.Errorf("%s: %q (%s) does nothing", where, k, help(d.c.table(), k))
	}
}

func equal(a, b any) bool {
	x, ok := a.([]any)
	y, ok2 := b.([]any)
	if !ok || !ok2 {
		return true
	}
	for i := range x {
		if x[i] != y[i] {
			return false
		}
	}
	return true
}

func help(table []bound, k string) string {
	b, _ := find(table, k)
	return b.Help().Desc
}

// TestKeysThatCannotWorkSayWhy, both when they are pressed and on the help page.
func TestKeysThatCannotWorkSayWhy(t *testing.T) {
	d := drive(t)
	d.press("o")
	d.wants("no earlier run")
	d.src.Publish(&snap.Snapshot{State: snap.Running})
	d.tick()
	d.press("[")
	d.wants("no time slices in this run")
	d.press("6", "enter")
	d.wants("this list is empty")
	d.press("?")
	d.wants("(this list is empty)")

	th, _ := theme.New("dark", theme.NoColor, d.m.th.Glyphs)
	d.m.th = th
	d.press("x", "T")
	d.wants("colours are off")
}

func TestThemes(t *testing.T) {
	d := drive(t)
	first, name := d.m.View(), d.m.th.Name
	d.press("T")
	d.wants("theme " + d.m.th.Name)
	if d.m.th.Name == name || d.m.View() == first {
		t.Error("T did not change the theme")
	}
	for range len(theme.Names) - 1 {
		d.press("T")
	}
	if d.m.th.Name != name {
		t.Errorf("after all themes it is %s, not %s", d.m.th.Name, name)
	}
}

func TestCopy(t *testing.T) {
	for page, want := range map[string]string{"1": "| TTFT", "2": "| TTFT p50", "3": "from |", "6": "started |", "7": "timeout", "8": "stall of 640 ms", "9": "--concurrency"} {
		d := drive(t)
		d.press(page, "y")
		if !strings.Contains(d.sunk, want) || !strings.Contains(d.sunk, "\n|--") {
			t.Errorf("page %s copied %.200q, want it to have %q", page, d.sunk, want)
		}
		d.wants("copied as a Markdown table")
	}
}

// TestFeltKey: c on the latency page shows times as felt, and as served again.
func TestFeltKey(t *testing.T) {
	d := drive(t)
	d.press("2")
	d.wants("TTFT ms")
	d.press("c")
	d.wants("TTFT as felt ms")
	d.wants("latency as felt")
	d.wants("ITL ms") // gaps are the same for all
	d.press("c")
	d.wants("TTFT ms")
	if strings.Contains(d.screen(), "as felt ms") {
		t.Error("the title still says as felt")
	}
}

// TestWhyKey: w goes to the ranking from any page, and esc or w leaves it.
func TestWhyKey(t *testing.T) {
	d := drive(t)
	for _, back := range []string{"esc", "w", "2"} {
		d.press("6", "w")
		d.wants("What slow TTFT is consistent with")
		d.press(back)
		d.wants("TTFT ms")
		if strings.Contains(d.screen(), "consistent with") {
			t.Errorf("%s does not leave the ranking", back)
		}
	}
}
