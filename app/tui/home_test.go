package tui

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"tacho/views/home"
	"tacho/views/home/hometest"
)

// homeDriver drives the start screen.
type homeDriver struct {
	*testing.T
	m *model
	s *launcher
}

func launch(t *testing.T, data HomeData) *homeDriver {
	t.Helper()
	m := &model{th: colourTheme(t)}
	s := newLauncher(m, data)
	m.face = s
	m.Update(tea.WindowSizeMsg{Width: 100, Height: 30})
	m.View()
	return &homeDriver{t, m, s}
}

func (d *homeDriver) press(keys ...string) tea.Cmd {
	var cmd tea.Cmd
	for _, k := range keys {
		_, cmd = d.m.Update(keyMsg(k))
		d.m.View()
	}
	return cmd
}

func (d *homeDriver) wants(text string) {
	d.Helper()
	if f := ansi.Strip(d.m.View()); !strings.Contains(f, text) {
		d.Errorf("%q is not on the screen:\n%s", text, f)
	}
}

func TestHomeChoices(t *testing.T) {
	data := hometest.Ledger()
	for _, c := range []struct {
		keys []string
		want Choice
	}{
		{[]string{"enter"}, Choice{Kind: ChoseOpen, Dir: data.Runs[0].Dir}},
		{[]string{"j", "down", "k", "enter"}, Choice{Kind: ChoseOpen, Dir: data.Runs[1].Dir}},
		{[]string{"G", "enter"}, Choice{Kind: ChoseOpen, Dir: data.Runs[len(data.Runs)-1].Dir}},
		{[]string{"n"}, Choice{Kind: ChoseNew}},
		{[]string{"d"}, Choice{Kind: ChoseDemo}},
		{[]string{"j", "e"}, Choice{Kind: ChoseAgain, Dir: data.Runs[1].Dir}},
		{[]string{"p", "j", "enter"}, Choice{Kind: ChoseProfile, Profile: data.Profiles[1].Name}},
		{[]string{"o", "/", "t", "m", "p", "enter"}, Choice{Kind: ChoseOpen, Dir: "/tmp"}},
		{[]string{"/", "t", "t", "f", "t", ">", "2", "1", "0", "enter", "enter"}, Choice{Kind: ChoseOpen, Dir: slowest(data, 210)}},
		{[]string{"q"}, Choice{}},
		{[]string{"ctrl+c"}, Choice{}},
	} {
		d := launch(t, data)
		if cmd := d.press(c.keys...); !ended(cmd) || d.s.choice != c.want {
			t.Errorf("%q chose %+v (left: %v), want %+v", c.keys, d.s.choice, d.m.leave, c.want)
		}
	}
}

func slowest(d HomeData, over float64) string {
	for i := range d.Runs {
		if d.Runs[i].TTFT50 > over {
			return d.Runs[i].Dir
		}
	}
	return ""
}

func TestHomeSorts(t *testing.T) {
	d := launch(t, hometest.Ledger())
	d.press("c", "c", "c", "c", "c") // name, when, model, load, TTFT
	d.wants("by TTFT p50")
	d.press("enter")
	worst := 0.0
	for _, r := range d.s.data.Runs {
		if r.TTFT50 > worst { // NaN is not
			worst = r.TTFT50
		}
	}
	first := home.Run{}
	for _, r := range d.s.data.Runs {
		if r.Dir == d.s.choice.Dir {
			first = r
		}
	}
	if first.TTFT50 != worst {
		t.Errorf("sorted by TTFT the first has %v, the worst is %v", first.TTFT50, worst)
	}
}

func TestHomeEmpty(t *testing.T) {
	d := launch(t, HomeData{Root: "artifacts"})
	d.wants("No runs in artifacts yet.")
	d.wants("a demo")
	d.press("enter")
	d.wants("there is no run here")
	d.press("p", "enter")
	d.wants("there is no profile here")
	d.press("/", "x", "enter", "G", "T", "esc", "e")
	d.wants("the runs do not have the keys")
	d.press("esc", "e")
	d.wants("there is no run here")
}

// TestRandomForms: no keys and sizes break the start screen or a form.
func TestRandomForms(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for i := range 40 {
		var m *model
		var keys []string
		if i%2 == 0 {
			d := launch(t, []HomeData{hometest.Ledger(), {}}[i/2%2])
			m = d.m
			for _, b := range d.s.keys {
				keys = append(keys, b.Keys()...)
			}
		} else {
			d := fill(t, FormData{Args: []string{"--model", "m", "--goodput", "time_to_first_token:3"}})
			m = d.m
			for _, b := range append(d.s.keys, d.s.run...) {
				keys = append(keys, b.Keys()...)
			}
		}
		keys = append(keys, "1", "0", "-", "z", "漢", "enter", "esc", "tab", "backspace", " ")
		for range 100 {
			switch r.IntN(12) {
			case 0:
				m.Update(tea.WindowSizeMsg{Width: r.IntN(200), Height: r.IntN(60)})
			case 1:
				m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("pasted \x1b[2J text"), Paste: true})
			case 2:
				m.Update(tick{})
			default:
				m.Update(keyMsg(keys[r.IntN(len(keys))]))
			}
			m.leave, m.suspendNow, m.later = false, false, nil
			f := m.View()
			if m.fault != nil {
				t.Fatalf("%v\n%s", m.fault, m.fault.Stack)
			}
			if m.size.W <= 0 || m.size.H <= 0 {
				continue
			}
			lines := strings.Split(f, "\n")
			if len(lines) != m.size.H {
				t.Fatalf("%d lines on a screen of %+v", len(lines), m.size)
			}
			for _, l := range lines {
				if w := ansi.StringWidth(l); w != m.size.W {
					t.Fatalf("a line is %d wide on a screen of %+v: %q", w, m.size, l)
				}
			}
		}
	}
}

func TestFlashGoes(t *testing.T) {
	d := launch(t, HomeData{})
	d.press("enter")
	d.s.look(time.Now().Add(time.Hour))
	if d.s.ui.Flash != "" {
		t.Error("the word about the last key stays")
	}
}

// TestFolderCompletion: what is typed to open a folder is completed as a shell
// does it.
func TestFolderCompletion(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"run-a", "run-b", "other"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "run-file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.Join(dir, "run-a") + "/", filepath.Join(dir, "run-b") + "/"}
	if got := folders(filepath.Join(dir, "ru")); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
