package screen

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"tacho/engine/metric"
	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/panel"
	"tacho/views/table"
	"tacho/views/theme"
	"tacho/views/viewtest"
)

// looks are the ways a frame can look.
var looks = []struct {
	name, glyphs string
	p            theme.Profile
}{{"plain", "braille", theme.NoColor}, {"colour", "braille", theme.ANSI256}, {"ascii", "ascii", theme.NoColor}}

// faces are pages with what can be open on them.
func faces() map[string]struct {
	snap *snap.Snapshot
	ui   State
} {
	type face = struct {
		snap *snap.Snapshot
		ui   State
	}
	busy, failed := viewtest.Steered(), viewtest.Failed()
	tape := Replay{Timeline: viewtest.Timeline(), Head: busy.At, Playing: true, Speed: 2}
	out := map[string]face{
		"latency-heat":     {busy, State{Page: PageLatency, Heat: true, LatencyFocus: 1}},
		"latency-linear":   {busy, State{Page: PageLatency, Linear: true}},
		"latency-felt":     {busy, State{Page: PageLatency, Felt: true}},
		"latency-why":      {busy, State{Page: PageLatency, Why: true}},
		"latency-why-few":  {viewtest.NoData(), State{Page: PageLatency, Why: true}},
		"latency-zoom":     {busy, State{Page: PageLatency, Zoom: true, LatencyFocus: 1}},
		"latency-sweep":    {busy, State{Page: PageLatency, Sweep: true}},
		"slices-sorted":    {busy, State{Page: PageSlices, Slices: ListState{Order: table.Order{By: 6}}}},
		"slices-picked":    {busy, State{Page: PageSlices, Picked: true, Slice: 40 * time.Second}},
		"requests-open":    {busy, State{Page: PageRequests, Opened: busy.Requests.Slowest[0]}},
		"requests-failed":  {busy, State{Page: PageRequests, Opened: busy.Requests.Failed[1]}},
		"requests-filter":  {busy, State{Page: PageRequests, Which: Slowest, Requests: ListState{Filter: "ttft>800 !timeout"}, Prompt: Prompt{Label: "/", Text: "ttft>800 !timeout", At: 17, Hint: "esc shows all"}}},
		"errors-expanded":  {failed, State{Page: PageErrors, Expanded: true, Errors: cursor(1)}},
		"overview-held":    {viewtest.Held(), State{}},
		"overview-picked":  {busy, State{Picked: true, Slice: 40 * time.Second}},
		"overview-ghost":   {busy, State{Ghost: before{}, GhostOn: true}},
		"overview-replay":  {busy, State{Replay: tape}},
		"latency-replay":   {busy, State{Page: PageLatency, Replay: tape}},
		"log-replay":       {busy, State{Page: PageLog, Replay: tape}},
		"overview-steered": {busy, State{}},
		"overview-flash":   {busy, State{Flash: "+: the run has ended", FlashWarn: true}},
	}
	one, nodes, unknown, broken := viewtest.Watched(4, 1), viewtest.Watched(128, 16), viewtest.Watched(1, 1), viewtest.Watched(8, 1)
	unknown.Servers[0].Kind = ""
	broken.Servers[0].Stale, broken.Client.Verdict, broken.Client.Reason = 7*time.Second, "WARN", "late"
	two := viewtest.Watched(2, 2)
	two.Servers = append(two.Servers, unknown.Servers[0])
	listed, many := viewtest.Watched(2, 1), viewtest.Watched(2, 1)
	for i := range 40 {
		x := []snap.GPUFigure{{Name: "Memory Temperature", Unit: "°C", Value: 74}, {Name: "Framebuffer Memory Free, Of All Instances", Unit: "MB", Value: 64_980},
			{Name: "Tensor Pipe", Unit: "count", Value: 0.4}, {Name: "Dram Active", Unit: "%", Value: 61}}[i%4]
		if i < 5 {
			listed.GPUs[0].Extra = append(listed.GPUs[0].Extra, x)
		}
		many.GPUs[0].Extra = append(many.GPUs[0].Extra, x)
	}
	charted := &Charted{Server: "gpu-box:8000", SeriesName: one.Servers[0].Catalog[2], Points: viewtest.SeriesPoints(one.At)}
	out["overview-watched"] = face{one, State{}}
	out["overview-watched-many"] = face{nodes, State{}}
	out["gpus-watched-busy"] = face{one, State{Page: PageGPUs, GPUs: cursor(2)}}
	out["gpus-nodes"] = face{nodes, State{Page: PageGPUs, GPUs: cursor(3)}}
	out["gpus-node-open"] = face{nodes, State{Page: PageGPUs, Host: hostKey("node-1"), GPUs: cursor(4)}}
	out["gpus-listed"], out["gpus-listed-many"] = face{listed, State{Page: PageGPUs}}, face{many, State{Page: PageGPUs}}
	out["gpus-hosts"] = face{two, State{Page: PageGPUs}}
	out["gpus-broken"] = face{broken, State{Page: PageGPUs}}
	out["server-watched-busy"] = face{one, State{Page: PageServer}}
	out["server-filter"] = face{one, State{Page: PageServer, Series: ListState{Filter: "token"}, Prompt: Prompt{Label: "/", Text: "token", At: 5}}}
	out["server-chart"] = face{one, State{Page: PageServer, Charted: charted}}
	out["server-unknown"] = face{unknown, State{Page: PageServer}}
	out["server-second"] = face{two, State{Page: PageServer, Server: 1}}
	out["server-broken"] = face{broken, State{Page: PageServer}}
	out["requests-watched"] = face{one, State{Page: PageRequests, Opened: one.Requests.Slowest[0]}}
	out["slices-watched"] = face{one, State{Page: PageSlices}}
	for _, tab := range Pages[1:] {
		page := Page(tab.Key[0] - '0')
		out[tab.Name+"-empty"] = face{viewtest.NoData(), State{Page: page, Command: viewtest.Command}}
		out[tab.Name+"-busy"] = face{busy, State{Page: page, Command: viewtest.Command}}
		out[tab.Name+"-failing"] = face{failed, State{Page: page, Command: viewtest.Command}}
	}
	return out
}

func cursor(i int) (l ListState) { l.At = i; return l }

// before is an earlier run that was slower.
type before struct{}

func (before) Name() string { return "before" }
func (before) History() ([]snap.Point, time.Duration) {
	s := viewtest.New().At(200 * time.Second)
	for i := range s.Series {
		s.Series[i].TTFT50 *= 1.3
	}
	return s.Series, s.SeriesWidth
}
func (before) Diff(*snap.Snapshot) []Difference {
	return []Difference{
		{Tag: metric.TTFT, Name: "TTFT p50", Change: -0.12, Low: -0.16, High: -0.09, Word: "better"},
		{Tag: metric.ITL, Name: "ITL p50", Change: 0.01, Low: math.NaN(), High: math.NaN(), Word: "no clear difference"},
	}
}

func TestGoldenPages(t *testing.T) {
	for name, f := range faces() {
		for _, size := range []Size{{80, 24}, {120, 40}, {200, 60}} {
			for _, look := range looks {
				got := Text(f.snap, size, themed(t, look.p, look.glyphs), f.ui, keys)
				check(t, name+" "+look.name, got, size)
				busy := strings.HasSuffix(name, "-busy")
				switch { // the others are checked above; these are enough to read
				case look.name == "plain" && (size.W < 200 || busy || name == "latency-heat" || name == "requests-open"):
				case look.name == "colour" && size.W == 120 && (busy || name == "latency-heat" || name == "overview-replay"):
				case look.name == "ascii" && size.W == 80 && (busy || name == "latency-heat" || name == "requests-open" || name == "overview-replay"):
				default:
					continue
				}
				golden(t, fmt.Sprintf("page-%s-%dx%d-%s", name, size.W, size.H, look.name), got)
			}
		}
	}
}

// TestAllWidthsOfPages: no size breaks a line, whatever is shown, nor anything
// that is open.
func TestAllWidthsOfPages(t *testing.T) {
	all := faces()
	i := 0
	for name, f := range all {
		for w := 1; w <= 220; w += 1 + w/60 {
			i++
			look := looks[i%len(looks)]
			size := Size{w, []int{10, 12, 15, 16, 17, 20, 24, 29, 30, 40, 60, 5}[(w+i)%12]}
			check(t, name, Text(f.snap, size, themed(t, look.p, look.glyphs), f.ui, keys), size)
		}
		for h := 1; h <= 64; h++ {
			size := Size{[]int{40, 80, 120, 200}[h%4], h}
			check(t, name, Text(viewtest.Huge(), size, themed(t, theme.NoColor, "braille"), f.ui, keys), size)
		}
	}
}

// TestPagesSayWhatIsMissing: an empty page says why and what would help.
func TestPagesSayWhatIsMissing(t *testing.T) {
	empty := viewtest.NoData()
	bare := *empty
	bare.Settings = nil
	for page, want := range map[Page]string{
		PageLatency: "waiting for the first answer", PageSlices: "--slice-duration", PageRequests: "no request has ended yet",
		PageErrors: "no errors, and no answers yet", PageLog: "nothing worth a line", PageConfig: "no settings are known",
	} {
		if f := plain(&bare, 80, 24, State{Page: page}); !strings.Contains(f, want) {
			t.Errorf("page %d does not say %q:\n%s", page, want, f)
		}
	}
	if f := plain(&bare, 80, 24, State{Page: PageLatency, Heat: true}); !strings.Contains(f, "no distribution") {
		t.Errorf("the heat-map does not say that there is none:\n%s", f)
	}
	run := viewtest.Steered()
	for page, ui := range map[Page]State{
		PageRequests: {Page: PageRequests, Requests: ListState{Filter: "zebra"}},
		PageLog:      {Page: PageLog, Log: ListState{Filter: "zebra"}},
		PageConfig:   {Page: PageConfig, Config: ListState{Filter: "zebra"}},
	} {
		f := plain(run, 80, 24, ui)
		if !strings.Contains(f, "/zebra") || !strings.Contains(f, "0 of ") {
			t.Errorf("page %d does not say what its filter found:\n%s", page, f)
		}
	}
}

// TestSelectionStaysWithItsRow while newer rows push it down.
func TestSelectionStaysWithItsRow(t *testing.T) {
	run := viewtest.New()
	th := themed(t, theme.NoColor, "braille")
	ui := State{Page: PageRequests}
	draw := func(at time.Duration) {
		ui = drawn(run.At(at), Size{80, 24}, th, ui)
	}
	draw(60 * time.Second)
	if q := ui.RequestAt(run.At(60 * time.Second)); q != run.At(60 * time.Second).Requests.Recent[0] {
		t.Fatal("the cursor does not begin on the newest")
	}
	draw(61 * time.Second)
	if ui.Requests.At != 0 {
		t.Errorf("the cursor left the top by itself: %d", ui.Requests.At)
	}
	ui.Requests.Move(3)
	draw(61 * time.Second)
	want := ui.RequestAt(run.At(61 * time.Second)).Num
	for i := range 8 {
		s := run.At(time.Duration(62+i) * time.Second)
		ui = drawn(s, Size{80, 24}, th, ui)
		if got := ui.RequestAt(s); got == nil || got.Num != want {
			t.Fatalf("after %d s the cursor is on %+v, want request %d", i, got, want)
		}
	}
}

func drawn(s *snap.Snapshot, size Size, th *theme.Theme, ui State) State {
	return Draw(cells.New(size.W, size.H), s, th, ui, keys)
}

// TestStepSlice goes back from the newest and forward to none.
func TestStepSlice(t *testing.T) {
	s := viewtest.New().At(72 * time.Second)
	ui := State{}
	for _, c := range []struct {
		by     int
		picked bool
		at     time.Duration
	}{{-1, true, 60 * time.Second}, {-1, true, 50 * time.Second}, {1, true, 60 * time.Second}, {1, false, 0}, {-1, true, 60 * time.Second}, {-100, true, 0}} {
		ui.StepSlice(s, c.by)
		if ui.Picked != c.picked || c.picked && ui.Slice != c.at {
			t.Errorf("after %d: picked %v at %v, want %v at %v", c.by, ui.Picked, ui.Slice, c.picked, c.at)
		}
	}
	f := plain(s, 80, 24, State{Picked: true, Slice: 40 * time.Second})
	if !strings.Contains(f, "slice 00:40-00:50  123 reqs") {
		t.Errorf("the slice pointed at is not described:\n%s", f)
	}
}

// TestReplayEverywhere: every page of a recording says that it is one.
func TestReplayEverywhere(t *testing.T) {
	tape := Replay{Timeline: viewtest.Timeline(), Head: 72 * time.Second, Speed: 1}
	for _, ui := range everywhere(State{Replay: tape}, State{Replay: tape, Help: true}) {
		for _, size := range []Size{{20, 3}, {40, 10}, {80, 24}, {200, 60}} {
			if f := plain(viewtest.Steered(), size.W, size.H, ui); !strings.Contains(f, panel.Replayed) {
				t.Errorf("page %d at %+v does not say %s:\n%s", ui.Page, size, panel.Replayed, f)
			}
		}
	}
}

func BenchmarkPages(b *testing.B) {
	s := viewtest.Steered()
	for _, tab := range Pages {
		b.Run(tab.Name, func(b *testing.B) {
			b.ReportAllocs()
			th := themed(b, theme.ANSI256, "braille")
			for b.Loop() {
				Text(s, Size{200, 60}, th, State{Page: Page(tab.Key[0] - '0'), Heat: true}, keys)
			}
		})
	}
}

// TestLargeScreensAreUsed: at 200x60 no page leaves a field empty.
func TestLargeScreensAreUsed(t *testing.T) {
	all := faces()
	all["runs"] = struct {
		snap *snap.Snapshot
		ui   State
	}{swept(), State{Page: PageRuns}}
	for name, f := range all {
		frame := plain(f.snap, 200, 60, f.ui)
		blank, most := 0, 0
		for line := range strings.Lines(frame) {
			if blank++; strings.TrimSpace(line) != "" {
				blank = 0
			}
			most = max(most, blank)
		}
		if most > 12 { // a chart without values says so in the middle
			t.Errorf("%s leaves %d lines empty:\n%s", name, most, frame)
		}
	}
}
