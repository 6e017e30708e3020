package panel

import (
	"math"
	"strconv"
	"strings"

	"tacho/engine/snap"
	"tacho/views/cells"
	"tacho/views/chart"
	"tacho/views/figure"
	"tacho/views/theme"
)

// Simulated is the label of every screen whose server is a simulator.
const Simulated = "SIMULATED"

// Replayed is the label of every screen of a recorded run.
const Replayed = "REPLAY"

// labels are the words that no screen may leave out.
func labels(s *snap.Snapshot, replay bool) []string {
	var l []string
	if replay {
		l = append(l, Replayed)
	}
	if s.Run.Simulated {
		l = append(l, Simulated)
	}
	return l
}

// Title draws the first line: what is measured, and where the run stands.
func Title(g *cells.Grid, x, y, width int, s *snap.Snapshot, replay bool, th *theme.Theme) {
	right := stateSegs(s)
	room := min(width-8, width*2/3)
	words := labels(s, replay)
	for _, l := range words { // never cut, never left out
		room = min(room, width-len(" tacho ")-3) - len(l) - 1
	}
	start := LineRight(g, x+width-1, y, room, right, th)
	end := g.Text(x, y, min(7, width), " tacho ", th.Style(theme.Badge))
	for _, l := range words {
		end = g.Text(end+1, y, start-end-2, l, th.Style(theme.Alarm))
	}
	subject(g, end+1, y, start-end-3, s.Run, th)
}

// subject writes model, endpoint, host and name into width, dropping what
// matters least and then cutting.
func subject(g *cells.Grid, x, y, width int, run snap.RunInfo, th *theme.Theme) {
	if width < 4 {
		return
	}
	model, host := run.Model, run.Host
	parts := func(name, endpoint bool) []string {
		var p []string
		add := func(s string) {
			if s != "" {
				p = append(p, s)
			}
		}
		add(model)
		if endpoint {
			add(run.Endpoint)
		}
		add(host)
		if name && run.Name != "" {
			add("@" + strings.TrimPrefix(run.Name, "@"))
		}
		return p
	}
	text := strings.Join(parts(true, true), " · ")
	for _, try := range [][2]bool{{false, true}, {false, false}} {
		if cells.Width(text) <= width {
			break
		}
		text = strings.Join(parts(try[0], try[1]), " · ")
	}
	if cells.Width(text) > width && host != "" && width > 24 { // share what there is
		half := max(width/2-1, width-3-cells.Width(host))
		x = g.Text(x, y, half, model, th.Style(theme.Strong))
		x = g.Text(x, y, 3, " · ", th.Style(theme.Dim))
		g.Text(x, y, width-3-min(half, cells.Width(model)), host, th.Style(theme.Label))
		return
	}
	head := min(width, cells.Width(model))
	end := g.Text(x, y, head, model, th.Style(theme.Strong))
	if model != "" && len(text) >= len(model) {
		g.Text(end, y, width-head, text[len(model):], th.Style(theme.Label))
		return
	}
	g.Text(x, y, width, text, th.Style(theme.Label))
}

// stateSegs says state or phase, time and time left.
func stateSegs(s *snap.Snapshot) []Seg {
	segs := []Seg{{Text: StateWord(s), Role: stateRole(s)}}
	switch s.State {
	case snap.Running, snap.Draining:
		t := figure.Clock(s.Phase.Elapsed)
		if s.Phase.Planned > 0 {
			t += "/" + figure.Clock(s.Phase.Planned)
		}
		segs = append(segs, Seg{Text: t, Role: theme.Strong, Drop: 1})
		if s.State == snap.Running && s.Phase.ETA >= 0 {
			segs = append(segs, Seg{Text: "ETA " + figure.Clock(s.Phase.ETA), Role: theme.Label, Drop: 2})
		}
	default:
		segs = append(segs, Seg{Text: figure.Clock(s.At), Role: theme.Strong, Drop: 1})
	}
	return segs
}

// maxPhaseName is how many columns of a phase's own name the first line shows.
const maxPhaseName = 14

// StateWord is the state in capitals; while a phase sends it is the phase, with
// its name if it has one of its own.
func StateWord(s *snap.Snapshot) string {
	if s.State != snap.Running {
		return strings.ToUpper(string(s.State))
	}
	if s.Held {
		return "HELD"
	}
	word := strings.ToUpper(s.Phase.Kind)
	if word == "" {
		word = "RUNNING"
	}
	if name := []rune(s.Phase.Name); len(name) > 0 && !strings.EqualFold(s.Phase.Name, s.Phase.Kind) {
		word += " " + string(name[:min(len(name), maxPhaseName)])
	}
	if s.Phase.Count > 1 {
		word += " " + strconv.Itoa(s.Phase.Index+1) + "/" + strconv.Itoa(s.Phase.Count)
	}
	return word
}

func stateRole(s *snap.Snapshot) theme.Role {
	if s.Held && s.State == snap.Running {
		return theme.Warn
	}
	switch s.State {
	case snap.Failed:
		return theme.Fail
	case snap.Draining, snap.Exporting, snap.Starting:
		return theme.Warn
	case snap.Done:
		return theme.Good
	}
	return theme.Accent
}

// Progress draws the second line: a bar, how far, and the errors.
func Progress(g *cells.Grid, x, y, width int, s *snap.Snapshot, th *theme.Theme) {
	percent := figure.Whole(s.Phase.Progress)
	if s.State == snap.Done {
		percent = "100"
	}
	segs := []Seg{
		{Text: pad(percent, 3) + " %", Role: theme.Strong, Drop: 3},
		{Text: ofTarget(s), Role: theme.Label, Drop: 1},
		errorSeg(s, th),
	}
	if width < 100 {
		segs[1].Text = "" // the third line has it
	}
	start := LineRight(g, x+width-1, y, width*2/3, segs, th)
	share := s.Phase.Progress
	if s.State == snap.Done {
		share = 1
	}
	chart.Bar(g, x+1, y, start-x-2, share, th)
}

func pad(s string, width int) string {
	if n := cells.Width(s); n < width {
		return strings.Repeat(" ", width-n) + s
	}
	return s
}

func ofTarget(s *snap.Snapshot) string {
	t := figure.Count(s.Done)
	if s.Phase.Target > 0 {
		t += " of " + figure.Count(s.Phase.Target)
	}
	return t + " done"
}

func errorSeg(s *snap.Snapshot, th *theme.Theme) Seg {
	if s.Errors == 0 {
		return Seg{Text: "errors 0", Role: theme.Label}
	}
	t := th.Glyphs.Warn + " errors " + figure.Count(s.Errors)
	if total := s.Errors + s.Done; total > 0 {
		t += " (" + figure.Share(float64(s.Errors)/float64(total)) + " %)"
	}
	return Seg{Text: t, Role: theme.Warn}
}

// Load draws the third line: load, what is in flight, rates and the client's
// verdict on itself.
func Load(g *cells.Grid, x, y, width int, s *snap.Snapshot, th *theme.Theme) {
	rates, flight := s.Rates, figure.Count(s.InFlight)
	if s.InFlightTarget > 0 {
		flight += " of " + figure.Count(s.InFlightTarget)
	}
	flight += " in flight"
	if s.State == snap.Done { // "now" is over: the same numbers as in the result
		rates, flight = s.Totals, ""
	}
	verdict, role := Verdict(s.Client.Verdict, th)
	right := []Seg{{Text: verdict, Role: role}}
	start := LineRight(g, x+width-1, y, width*2/3, right, th)
	segs := []Seg{
		{Text: s.Run.Load, Role: theme.Label, Drop: loadDrop(s, width)},
		{Text: ofTarget(s), Role: theme.Text, Drop: 4},
		{Text: flight, Role: theme.Text, Drop: 2},
		{Text: rate(rates.Requests, " req/s"), Role: theme.Text, Drop: 3},
		{Text: rate(rates.OutputTokens, " tok/s"), Role: theme.Text, Drop: 5},
	}
	if s.Queued > 0 {
		segs = append(segs, Seg{Text: th.Glyphs.Warn + " " + figure.Count(s.Queued) + " queued", Role: theme.Warn, Drop: 1})
	}
	if width >= 100 {
		segs[1].Text = "" // the second line has it
		if good := rates.Goodput; !math.IsNaN(good) {
			segs = append(segs, Seg{Text: "goodput " + figure.Num(good) + " req/s (" + figure.Share(rates.GoodShare) + " %)", Role: theme.Text, Drop: 5})
		}
	}
	Line(g, x+1, y, start-x-3, segs, th)
}

// loadDrop is when the words of the load make room. What is in flight says the
// same of a closed loop, and a long text would push out all else.
func loadDrop(s *snap.Snapshot, width int) int {
	if strings.HasPrefix(s.Run.Load, "closed loop") || cells.Width(s.Run.Load) > width/3 {
		return 6
	}
	return 3
}

func rate(v float64, unit string) string { return figure.Num(v) + unit }

// Verdict is the client's word on itself with its shape.
func Verdict(v string, th *theme.Theme) (string, theme.Role) {
	switch v {
	case "":
		return "CLIENT –", theme.Dim
	case "OK":
		return th.Glyphs.OK + " CLIENT OK", theme.Good
	case "WARN":
		return th.Glyphs.Warn + " CLIENT WARN", theme.Warn
	}
	return th.Glyphs.Fail + " CLIENT " + v, theme.Fail
}
