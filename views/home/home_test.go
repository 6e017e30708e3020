package home_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tacho/views/cells"
	"tacho/views/home"
	"tacho/views/home/hometest"
	"tacho/views/panel"
	"tacho/views/screen"
	"tacho/views/theme"
)

var update = flag.Bool("update", false, "rewrite the golden frames")

var keys = []panel.Key{{Keys: "enter", Short: "open", Help: "look at the run"}, {Keys: "n", Short: "new run", Help: "a form"}, {Keys: "d", Short: "demo", Help: "a demo"}, {Keys: "?", Short: "help", Help: "this page"}, {Keys: "q", Short: "quit", Help: "leave"}}

func themed(t testing.TB, p theme.Profile, glyphs string) *theme.Theme {
	t.Helper()
	g, err := theme.GlyphSet(glyphs)
	if err != nil {
		t.Fatal(err)
	}
	th, err := theme.New("dark", p, g)
	if err != nil {
		t.Fatal(err)
	}
	return th
}

func draw(d *home.Data, w, h int, th *theme.Theme, st home.State) (string, home.State) {
	g := cells.New(w, h)
	g.ASCII = th.Glyphs.ASCII
	st = home.Draw(g, d, th, st, keys)
	return g.String(), st
}

func check(t *testing.T, name, frame string, w, h int) {
	t.Helper()
	lines := strings.Split(frame, "\n")
	if len(lines) != h {
		t.Errorf("%s at %dx%d: %d lines", name, w, h, len(lines))
	}
	for i, l := range lines {
		if lw := ansi.StringWidth(l); lw != w {
			t.Errorf("%s at %dx%d: line %d is %d wide: %q", name, w, h, i, lw, l)
		}
	}
}

// faces are what the start screen can show.
func faces() map[string]struct {
	data home.Data
	ui   home.State
} {
	type face = struct {
		data home.Data
		ui   home.State
	}
	full := hometest.Ledger()
	damaged := home.State{}
	damaged.Runs.At = 12
	searched := home.State{Prompt: screen.Prompt{Label: "/", Text: "after", At: 5, Hint: "esc shows all"}}
	searched.Runs.Filter = "after"
	sorted := home.State{}
	sorted.Runs.By = 5
	nothing := home.State{}
	nothing.Runs.Filter = "zebra"
	return map[string]face{
		"full": {full, home.State{}}, "empty": {home.Data{Root: "artifacts"}, home.State{}}, "damaged": {full, damaged},
		"profiles": {full, home.State{Pane: home.Profiles}}, "searched": {full, searched}, "sorted": {full, sorted}, "nothing": {full, nothing},
		"help":   {full, home.State{Help: true}},
		"notice": {home.Data{Root: "artifacts", Profiles: full.Profiles, Notice: "2 folders could not be read"}, home.State{Flash: "enter: there is no run here", FlashWarn: true}},
	}
}

func TestGoldenHome(t *testing.T) {
	for name, f := range faces() {
		for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
			for _, look := range []struct {
				name, glyphs string
				p            theme.Profile
			}{{"plain", "braille", theme.NoColor}, {"colour", "braille", theme.ANSI256}, {"ascii", "ascii", theme.NoColor}} {
				got, _ := draw(&f.data, size[0], size[1], themed(t, look.p, look.glyphs), f.ui)
				check(t, name+" "+look.name, got, size[0], size[1])
				if name != "full" && name != "empty" && (look.name != "plain" || size[0] != 80) || look.name == "colour" && size[0] != 120 || look.name == "ascii" && size[0] != 80 {
					continue
				}
				golden(t, fmt.Sprintf("%s-%dx%d-%s", name, size[0], size[1], look.name), got)
			}
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (make it with -update)", err)
	}
	if got+"\n" != string(want) {
		t.Errorf("%s differs from its golden frame:\n%s", name, ansi.Strip(got))
	}
}

// TestAllSizes: no size breaks a line, and a frame's state gives the same frame.
func TestAllSizes(t *testing.T) {
	th := themed(t, theme.NoColor, "braille")
	for name, f := range faces() {
		for w := 1; w <= 220; w += 1 + w/50 {
			h := []int{1, 5, 10, 11, 17, 18, 24, 30, 40, 60}[w%10]
			got, st := draw(&f.data, w, h, th, f.ui)
			check(t, name, got, w, h)
			if again, next := draw(&f.data, w, h, th, st); again != got || next != st {
				t.Errorf("%s at %dx%d: the state that a frame gives back makes another", name, w, h)
			}
		}
	}
}

// TestVerdictsDifferWithoutColour: each has a word.
func TestVerdictsDifferWithoutColour(t *testing.T) {
	d := hometest.Ledger()
	got, _ := draw(&d, 120, 40, themed(t, theme.NoColor, "ascii"), home.State{})
	for _, want := range []string{"+ PASS", "X FAIL", "! WARN", "X SATURATED", "cancelled", "damaged"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not on the screen:\n%s", want, got)
		}
	}
}

// TestHostileNames cannot move the cursor.
func TestHostileNames(t *testing.T) {
	d := hometest.Ledger()
	evil := "\x1b]0;title\x07\x1b[2J\r\n\u009b31m\u202e"
	d.Root, d.Notice = evil, evil
	d.Runs[0] = home.Run{Dir: evil, Name: evil, Model: evil, Load: evil, Host: evil, Verdict: evil, Reason: evil, Command: evil, Origin: evil, Length: -1}
	d.Profiles[0] = home.Profile{Name: evil, Path: evil, Summary: evil, Command: evil}
	for _, st := range []home.State{{}, {Pane: home.Profiles}} {
		for _, w := range []int{80, 200} {
			got, _ := draw(&d, w, 40, themed(t, theme.NoColor, "braille"), st)
			check(t, "hostile", got, w, 40)
			if strings.Contains(got, "\x1b]") || strings.Contains(got, "\x1b[2J") || strings.ContainsAny(got, "\r\u009b\u202e") {
				t.Errorf("at %d: an escape sequence came through", w)
			}
		}
	}
}
