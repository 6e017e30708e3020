package form

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tacho/views/cells"
	"tacho/views/panel"
	"tacho/views/screen"
	"tacho/views/table"
	"tacho/views/theme"
)

var update = flag.Bool("update", false, "rewrite the golden frames")

var (
	keys = []panel.Key{{Keys: "space", Short: "change", Help: "type a value"}, {Keys: "r", Short: "run", Help: "start the run"}, {Keys: "?", Short: "help", Help: "this page"}, {Keys: "q", Short: "leave", Help: "leave the form"}}
	run  = []panel.Key{{Keys: "enter", Help: "start it"}, {Keys: "esc", Help: "not yet"}}
)

// sample is a form with one thing wrong in it.
func sample() *Data {
	d := &Data{Title: "New run", Command: "tacho profile --model 'Qwen3-8B' --url 'gpu-box:8000' --streaming --concurrency 0 --isl 512 --osl 128 --goodput 'time_to_first_token:300' 'inter_token_latency:25' --benchmark-duration 300"}
	essentials := Group{Name: "Essentials", Fields: []Field{
		{Name: "--model", Value: "Qwen3-8B", Set: true, Kind: "name", Help: "Model to ask for; several are spread over the prompts"},
		{Name: "--endpoint-type", Value: "chat", Kind: "choice", Default: "chat", Choices: []string{"chat", "completions", "embeddings"}, Help: "What to ask for"},
		{Name: "--streaming", Value: "true", Set: true, Kind: "switch", Default: "False", Help: "Ask for the answer as a stream, which TTFT and ITL need"},
		{Name: "--concurrency", Value: "0", Set: true, Kind: "whole number", Help: "Requests in flight", Problem: "must be at least 1"},
		{Name: "--isl", Value: "512", Set: true, Unit: "tokens", Kind: "whole number", Default: "550", Help: "Mean length of a prompt"},
		{Name: "--benchmark-duration", Value: "300", Set: true, Unit: "s", Kind: "number", Help: "Time the load lasts", Note: "answers are awaited for 30 s more"},
	}}
	d.Groups = append(d.Groups, essentials)
	for i := range 20 {
		g := Group{Name: fmt.Sprintf("Group %d", i)}
		for j := range 30 {
			g.Fields = append(g.Fields, Field{Name: fmt.Sprintf("--option-%d-%d", i, j), Value: strings.Repeat("漢字 ", j), Help: "Something of an option with a long sentence that says in all its words what it is good for, and what it is not"})
		}
		d.Groups = append(d.Groups, g)
	}
	return d
}

func faces() map[string]struct {
	data *Data
	ui   State
} {
	type face = struct {
		data *Data
		ui   State
	}
	on := func(i int) (l screen.ListState) { l.At = i; return l }
	found := on(0)
	found.Filter = "option 7"
	loose := sample()
	loose.Loose = []string{"the options contradict each other in a way that belongs to no field"}
	return map[string]face{
		"first": {sample(), State{}}, "problem": {sample(), State{Fields: on(3)}}, "groups": {sample(), State{OnGroups: true, Group: 4}},
		"editing":  {sample(), State{Fields: on(4), Editing: true, Edit: screen.Prompt{Text: "51", At: 2}}},
		"choosing": {sample(), State{Fields: on(1), Choosing: true, Choice: table.Cursor{At: 2}}},
		"search":   {sample(), State{Fields: found, Prompt: screen.Prompt{Label: "/", Text: "option 7", At: 8}}},
		"ask":      {sample(), State{AskRun: true}}, "help": {sample(), State{Help: true}}, "loose": {loose, State{Fields: on(1)}},
		"scrolled": {sample(), State{Group: 12, Fields: on(29), Flash: "saved as chat-64"}}, "empty": {&Data{Title: "New run"}, State{}},
	}
}

func draw(d *Data, w, h int, th *theme.Theme, st State) (string, State) {
	g := cells.New(w, h)
	g.ASCII = th.Glyphs.ASCII
	st = Draw(g, d, th, st, keys, run)
	return g.String(), st
}

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

func TestGoldenForm(t *testing.T) {
	for name, f := range faces() {
		for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
			for _, look := range []struct {
				name, glyphs string
				p            theme.Profile
			}{{"plain", "braille", theme.NoColor}, {"colour", "braille", theme.ANSI256}, {"ascii", "ascii", theme.NoColor}} {
				got, _ := draw(f.data, size[0], size[1], themed(t, look.p, look.glyphs), f.ui)
				check(t, name+" "+look.name, got, size[0], size[1])
				if name != "problem" && (look.name != "plain" || size[0] != 80) || look.name == "colour" && size[0] != 120 || look.name == "ascii" && size[0] != 80 {
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
			h := []int{1, 5, 10, 11, 14, 18, 24, 30, 40, 60}[w%10]
			got, st := draw(f.data, w, h, th, f.ui)
			check(t, name, got, w, h)
			if again, next := draw(f.data, w, h, th, st); again != got || next != st {
				t.Errorf("%s at %dx%d: the state that a frame gives back makes another", name, w, h)
			}
		}
	}
}

// TestProblemStandsBesideItsField at every size with room for a form.
func TestProblemStandsBesideItsField(t *testing.T) {
	th := themed(t, theme.NoColor, "ascii")
	for w := 72; w <= 200; w += 8 {
		got, _ := draw(sample(), w, 24, th, State{Fields: faces()["problem"].ui.Fields})
		ok := false
		for line := range strings.Lines(ansi.Strip(got)) {
			ok = ok || strings.Contains(line, "--concurrency") && strings.Contains(line, "! must be at le")
		}
		if !ok || !strings.Contains(got, "1 problem") {
			t.Errorf("at %d columns the problem is not beside its field:\n%s", w, got)
		}
	}
}

func TestSearch(t *testing.T) {
	d := sample()
	d.Groups = append(d.Groups, Group{Name: "Load Generator", Fields: d.Groups[0].Fields}) // all once more
	st := State{}
	for filter, want := range map[string]int{"concurrency": 1, "--isl": 1, "stream": 1, "option-7-": 30, "zebra": 0} {
		st.Fields.Filter = filter
		if got := len(Places(d, &st)); got != want {
			t.Errorf("%q finds %d, want %d", filter, got, want)
		}
	}
}
