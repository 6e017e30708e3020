package screen

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"tacho/engine/record"
	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/panel"
	"tacho/views/theme"
	"tacho/views/viewtest"
)

var update = flag.Bool("update", false, "rewrite the golden frames")

// keys stand for the real table, which belongs to the program.
var keys = Keys{
	Table: []panel.Key{
		{Keys: "1-6", Short: "chart", Help: "choose the chart in front"},
		{Keys: "tab", Short: "next", Help: "next chart"},
		{Keys: "z", Short: "zoom", Help: "show the chart alone, or all again"},
		{Keys: "space", Short: "freeze", Help: "hold the picture still", Off: "the run has ended"},
		{Keys: "?", Short: "help", Help: "this page"},
		{Keys: "q", Short: "quit", Help: "leave"},
	},
	Quit:    []panel.Key{{Keys: "s", Help: "stop and save"}, {Keys: "k", Help: "keep going"}},
	Suspend: []panel.Key{{Keys: "z", Help: "suspend anyway"}, {Keys: "k", Help: "keep going"}},
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

func noSlices(s *snap.Snapshot) *snap.Snapshot {
	s.Slices, s.SliceWidth = nil, 0
	return s
}

// states are the pictures that every size is tried with.
var states = []struct {
	name string
	snap *snap.Snapshot
}{
	{"starting", viewtest.Starting()},
	{"nodata", viewtest.NoData()},
	{"running", viewtest.New().At(72 * time.Second)},
	{"noslices", noSlices(viewtest.New().At(200 * time.Second))},
	{"draining", viewtest.Draining()},
	{"done", viewtest.Done()},
	{"failed", viewtest.Failed()},
	{"huge", viewtest.Huge()},
}

// check holds what is true of every frame: as many lines as the screen, each
// exactly as wide.
func check(t *testing.T, name, frame string, size Size) {
	t.Helper()
	lines := strings.Split(frame, "\n")
	if len(lines) != size.H {
		t.Errorf("%s at %dx%d: %d lines", name, size.W, size.H, len(lines))
	}
	for i, l := range lines {
		if w := ansi.StringWidth(l); w != size.W {
			t.Errorf("%s at %dx%d: line %d is %d wide: %q", name, size.W, size.H, i, w, l)
		}
	}
}

func TestGoldenFrames(t *testing.T) {
	sizes := []Size{{80, 24}, {120, 40}, {60, 15}, {40, 10}, {200, 60}}
	for _, st := range states {
		for _, size := range sizes {
			for _, look := range []struct {
				name, glyphs string
				p            theme.Profile
			}{{"plain", "braille", theme.NoColor}, {"colour", "braille", theme.ANSI256}, {"ascii", "ascii", theme.NoColor}} {
				if look.name != "plain" && size.W > 120 || look.name == "ascii" && size.W != 80 {
					continue
				}
				name := fmt.Sprintf("%s-%dx%d-%s", st.name, size.W, size.H, look.name)
				got := Text(st.snap, size, themed(t, look.p, look.glyphs), State{}, keys)
				check(t, name, got, size)
				golden(t, name, got)
			}
		}
	}
}

func TestGoldenOverlays(t *testing.T) {
	run, done := viewtest.New().At(72*time.Second), viewtest.Done()
	sim := viewtest.New().At(72 * time.Second)
	sim.Run.Simulated = true
	for _, c := range []struct {
		name string
		snap *snap.Snapshot
		st   State
	}{
		{"help", run, State{Help: true}},
		{"quit", run, State{Ask: AskQuit}},
		{"suspend", run, State{Ask: AskSuspend}},
		{"zoom", run, State{Zoom: true, Focus: 1}},
		{"frozen", run, State{Frozen: true}},
		{"stopping", run, State{Stops: 1, Leaving: true}},
		{"cut", run, State{Stops: 2, Leaving: true}},
		{"throughput", run, State{Focus: 3}},
		{"simulated", sim, State{}},
		{"done-zoom", done, State{Zoom: true}},
	} {
		size := Size{80, 24}
		got := Text(c.snap, size, themed(t, theme.NoColor, "braille"), c.st, keys)
		check(t, c.name, got, size)
		golden(t, "overlay-"+c.name, got)
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
		t.Errorf("%s differs from its golden frame (see with -update and a diff):\n%s", name, ansi.Strip(got))
	}
}

// TestAllWidths: no size breaks a line, whatever is shown.
func TestAllWidths(t *testing.T) {
	th := themed(t, theme.NoColor, "braille")
	for _, st := range states {
		for w := 40; w <= 220; w++ {
			h := []int{10, 14, 15, 16, 17, 20, 24, 29, 30, 40, 50, 60}[w%12]
			check(t, st.name, Text(st.snap, Size{w, h}, th, State{}, keys), Size{w, h})
		}
	}
}

// TestSmallAndOddSizes: from nothing at all up, with everything open.
func TestSmallAndOddSizes(t *testing.T) {
	th := themed(t, theme.ANSI256, "braille")
	for w := 1; w <= 44; w++ {
		for h := 1; h <= 14; h++ {
			for _, st := range []State{{}, {Help: true}, {Ask: AskQuit}, {Zoom: true, Focus: 2}, {Frozen: true}} {
				check(t, "running", Text(states[2].snap, Size{w, h}, th, st, keys), Size{w, h})
			}
		}
	}
	if got := Text(nil, Size{80, 24}, th, State{}, keys); !strings.Contains(got, "STARTING") {
		t.Errorf("without a snapshot: %q", got)
	}
	if got := Text(states[2].snap, Size{0, 0}, th, State{}, keys); got != "" {
		t.Errorf("no screen: %q", got)
	}
}

func plain(s *snap.Snapshot, w, h int, st State) string {
	g, _ := theme.GlyphSet("braille")
	th, _ := theme.New("dark", theme.NoColor, g)
	return ansi.Strip(Text(s, Size{w, h}, th, st, keys))
}

// TestValuesCanBeSeen: what a run is judged by needs no key press.
func TestValuesCanBeSeen(t *testing.T) {
	s := viewtest.New().At(72 * time.Second)
	for _, size := range []Size{{80, 24}, {120, 40}, {200, 60}, {116, 30}, {100, 24}} {
		f := plain(s, size.W, size.H, State{})
		for _, want := range []string{
			"Qwen3-8B", "gpu-box:8000", "PROFILING", "01:12/05:00", "ETA 03:48", "24 %", "885 of 5,000", "errors 3", "CLIENT OK",
			"TTFT", "182", "238", "479", "ITL", "18.2", "23.8", "47.2", "98.1% ≤ 300", "99.4% ≤ 25", "97.6% good",
		} {
			if !strings.Contains(f, want) {
				t.Errorf("%dx%d: %q cannot be seen in\n%s", size.W, size.H, want, f)
			}
		}
	}
	for _, size := range []Size{{60, 15}, {40, 10}} {
		f := plain(s, size.W, size.H, State{})
		for _, want := range []string{"PROFILING", "errors 3", "CLIENT OK", "TTFT", "182", "479", "ITL", "18.2", "47.2"} {
			if !strings.Contains(f, want) {
				t.Errorf("%dx%d: %q cannot be seen in\n%s", size.W, size.H, want, f)
			}
		}
	}
}

// TestUnknownIsNeverZero: a run without answers shows dashes.
func TestUnknownIsNeverZero(t *testing.T) {
	for _, s := range []*snap.Snapshot{viewtest.Starting(), viewtest.NoData(), viewtest.Failed()} {
		for _, size := range []Size{{80, 24}, {120, 40}, {200, 60}} {
			for line := range strings.Lines(plain(s, size.W, size.H, State{})) {
				for _, name := range []string{"TTFT  ", "ITL  ", "Req Latency", "Output TPS", "requests  ", "goodput  ", "send lag", "same stamp"} {
					_, rest, ok := strings.Cut(line, name)
					if !ok {
						continue
					}
					rest, _, _ = strings.Cut(rest, "││")
					if strings.ContainsAny(rest, "0123456789") || !strings.Contains(rest, "–") {
						t.Errorf("%s at %dx%d: %q", s.State, size.W, size.H, line)
					}
				}
			}
		}
	}
}

// TestStatesDifferWithoutColour: no state is told by colour alone.
func TestStatesDifferWithoutColour(t *testing.T) {
	base := viewtest.New().At(72 * time.Second)
	with := func(change func(*snap.Snapshot)) *snap.Snapshot {
		s := *base
		change(&s)
		return &s
	}
	variants := map[string]*snap.Snapshot{
		"running":   base,
		"warmup":    with(func(s *snap.Snapshot) { s.Phase.Kind = "warmup" }),
		"draining":  with(func(s *snap.Snapshot) { s.State = snap.Draining }),
		"exporting": with(func(s *snap.Snapshot) { s.State, s.Doing = snap.Exporting, "writing files" }),
		"done":      with(func(s *snap.Snapshot) { s.State, s.Verdict = snap.Done, "complete" }),
		"failed":    with(func(s *snap.Snapshot) { s.State, s.Verdict = snap.Failed, "refused" }),
		"warn":      with(func(s *snap.Snapshot) { s.Client.Verdict, s.Client.Reason = "WARN", "late" }),
		"saturated": with(func(s *snap.Snapshot) { s.Client.Verdict, s.Client.Reason = "SATURATED", "late" }),
		"noerrors":  with(func(s *snap.Snapshot) { s.Errors, s.ErrorGroups = 0, nil }),
		"queued":    with(func(s *snap.Snapshot) { s.Queued = 12 }),
		"simulated": with(func(s *snap.Snapshot) { s.Run.Simulated = true }),
	}
	for _, size := range []Size{{40, 10}, {60, 15}, {80, 24}, {120, 40}} {
		seen := map[string]string{}
		for name, s := range variants {
			f := plain(s, size.W, size.H, State{})
			if other, twice := seen[f]; twice {
				t.Errorf("%dx%d: %s and %s look the same without colour", size.W, size.H, name, other)
			}
			seen[f] = name
		}
	}
}

// TestSimulatedOnEveryScreen, whatever is open on it and however small it is.
func TestSimulatedOnEveryScreen(t *testing.T) {
	for _, st := range states {
		s := *st.snap
		s.Run.Simulated = true
		for _, size := range []Size{{20, 3}, {40, 10}, {60, 15}, {80, 24}, {120, 40}, {200, 60}} {
			for _, ui := range everywhere(State{}, State{Zoom: true}, State{Help: true}, State{Ask: AskQuit}, State{Ask: AskSuspend}, State{Frozen: true}, State{Stops: 1}) {
				if f := plain(&s, size.W, size.H, ui); !strings.Contains(f, panel.Simulated) {
					t.Errorf("%s at %dx%d with %+v does not say %s:\n%s", st.name, size.W, size.H, ui, panel.Simulated, f)
				}
			}
		}
	}
}

// everywhere is each state on each page.
func everywhere(states ...State) []State {
	var out []State
	for page := range pages {
		for _, st := range states {
			st.Page = page
			out = append(out, st)
		}
	}
	return out
}

// TestPure: the same input gives the same text, and nothing is changed by drawing.
func TestPure(t *testing.T) {
	th := themed(t, theme.ANSI256, "braille")
	for _, st := range states {
		for _, ui := range everywhere(State{}, State{Heat: true, GhostOn: true, Picked: true, Slice: 40 * time.Second}) {
			g := cells.New(120, 40)
			next := Draw(g, st.snap, th, ui, keys)
			a := g.String()
			if b := Text(st.snap, Size{120, 40}, th, ui, keys); a != b {
				t.Errorf("%s, page %d: two frames of one snapshot differ", st.name, ui.Page)
			}
			if b := Text(st.snap, Size{120, 40}, th, next, keys); a != b {
				t.Errorf("%s, page %d: the state that a frame gives back makes another frame", st.name, ui.Page)
			}
			g.Clear()
			if again := Draw(g, st.snap, th, next, keys); again != next {
				t.Errorf("%s, page %d: the state goes on changing: %+v, then %+v", st.name, ui.Page, next, again)
			}
		}
	}
}

// TestNoTextFromOutsideMovesTheCursor: names and messages may hold anything.
func TestNoTextFromOutsideMovesTheCursor(t *testing.T) {
	s := viewtest.Huge()
	evil := "\x1b]0;title\x07\x1b[2J\r\n\u009b31m\u202e"
	s.Run.Model, s.Run.Host, s.Run.Dir, s.Run.Load = evil, evil, evil, evil
	s.Verdict, s.Doing, s.Client.Reason = evil, evil, evil
	s.Notices = []snap.Notice{{Text: evil}}
	s.Marks = []snap.Mark{{Kind: snap.MarkNote, Text: evil}}
	s.Settings = []snap.Setting{{Group: evil, Name: evil, Value: evil, Origin: evil}}
	s.ErrorGroups = []snap.ErrorGroup{{Kind: evil, Message: evil, Sample: evil}}
	s.Requests = &snap.Requests{Recent: []*snap.Request{{ID: evil, Conversation: evil, Err: &record.Failure{Message: evil, Details: evil}}}}
	s.Segments = []snap.Segment{{Load: evil}, {Load: evil, To: -1}}
	s.Files = []snap.File{{Name: evil}}
	for _, state := range []snap.State{snap.Running, snap.Done, snap.Failed, snap.Starting} {
		s.State = state
		for _, size := range []Size{{80, 24}, {120, 40}, {200, 60}} {
			f := ""
			for page := range pages {
				for _, ui := range []State{{Page: page}, {Page: page, Opened: s.Requests.Recent[0], Expanded: true, Command: evil, Flash: evil, Prompt: Prompt{Label: evil, Text: evil, Hint: evil}}} {
					one := Text(s, size, themed(t, theme.NoColor, "braille"), ui, keys)
					check(t, string(state), one, size)
					f += one + "\n"
				}
			}
			for _, r := range ansi.Strip(f) {
				if r < 0x20 && r != '\n' || r >= 0x7f && r < 0xa0 || r == 0x202e {
					t.Fatalf("%s at %dx%d: %q in the frame", state, size.W, size.H, r)
				}
			}
			if strings.Contains(f, "\x1b]") || strings.Contains(f, "\x1b[2J") {
				t.Fatalf("%s at %dx%d: an escape sequence came through", state, size.W, size.H)
			}
		}
	}
}

// TestNaNEverywhere: a snapshot of unknown numbers is drawn at all sizes.
func TestNaNEverywhere(t *testing.T) {
	s := viewtest.New().At(72 * time.Second)
	for i := range s.Series {
		p := &s.Series[i]
		p.TTFT50, p.TTFT90, p.ITL50, p.ITL99 = math.NaN(), math.Inf(1), math.Inf(-1), -3
		p.OutputTokens, p.InFlight = math.NaN(), math.Inf(1)
	}
	for i := range s.Live {
		s.Live[i].P50, s.Live[i].P99, s.Live[i].Trend = math.Inf(1), math.NaN(), []float64{math.NaN(), math.Inf(1)}
	}
	s.Phase.Progress, s.Client.CPU = math.Inf(1), math.NaN()
	for i := range Charts() {
		for _, size := range []Size{{40, 10}, {80, 24}, {120, 40}, {200, 60}} {
			check(t, "NaN", Text(s, size, themed(t, theme.ANSI256, "braille"), State{Focus: i}, keys), size)
		}
	}
}

func BenchmarkOverview(b *testing.B) {
	s := viewtest.New().At(200 * time.Second)
	th := themed(b, theme.ANSI256, "braille")
	for _, size := range []Size{{80, 24}, {120, 40}, {200, 60}} {
		b.Run(fmt.Sprintf("%dx%d", size.W, size.H), func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				n = len(Text(s, size, th, State{}, keys))
			}
			b.ReportMetric(float64(n), "bytes")
		})
	}
}

// No chart is on a large screen twice, wherever the focus is.
func TestTheSpareChartIsNotAboveAlready(t *testing.T) {
	for rows := 1; rows <= 2; rows++ {
		for focus := range Charts() {
			st := &State{Focus: focus}
			above := map[int]bool{}
			for place := range 2 * rows {
				above[charted(st, place)] = true
			}
			if i := spare(st, rows); above[i] || !above[focus] || i < 0 || i >= Charts() {
				t.Errorf("%d rows, focus %d: %d below %v", rows, focus, i, above)
			}
		}
	}
}
