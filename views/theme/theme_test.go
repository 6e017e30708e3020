package theme

import (
	"math"
	"slices"
	"testing"

	"tacho/views/cells"
)

func env(pairs ...string) func(string) string {
	return func(k string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == k {
				return pairs[i+1]
			}
		}
		return ""
	}
}

func TestDetectProfile(t *testing.T) {
	xterm := []string{"TERM", "xterm-256color"}
	for _, c := range []struct {
		name     string
		env      []string
		terminal bool
		mode     string
		want     Profile
	}{
		{"palette", xterm, true, "auto", ANSI256},
		{"true colour", append(xterm, "COLORTERM", "truecolor"), true, "", TrueColor},
		{"basic", []string{"TERM", "linux"}, true, "auto", ANSI16},
		{"kitty", []string{"TERM", "xterm-kitty"}, true, "auto", TrueColor},
		{"screen does not know true colour", []string{"TERM", "screen-256color", "COLORTERM", "truecolor"}, true, "auto", ANSI256},
		{"tmux under the name of screen does", []string{"TERM", "screen-256color", "COLORTERM", "truecolor", "TERM_PROGRAM", "tmux"}, true, "auto", TrueColor},
		{"dumb", []string{"TERM", "dumb"}, true, "auto", NoColor},
		{"no TERM", nil, true, "auto", NoColor},
		{"pipe", xterm, false, "auto", NoColor},
		{"NO_COLOR", append(xterm, "NO_COLOR", "1"), true, "auto", NoColor},
		{"the option beats NO_COLOR", append(xterm, "NO_COLOR", "1"), true, "always", ANSI256},
		{"NO_COLOR beats CLICOLOR_FORCE", append(xterm, "NO_COLOR", "1", "CLICOLOR_FORCE", "1"), true, "auto", NoColor},
		{"CLICOLOR_FORCE in a pipe", append(xterm, "CLICOLOR_FORCE", "1"), false, "auto", ANSI256},
		{"CLICOLOR_FORCE=0 forces nothing", append(xterm, "CLICOLOR_FORCE", "0"), false, "auto", NoColor},
		{"CLICOLOR=0", append(xterm, "CLICOLOR", "0"), true, "auto", NoColor},
		{"never", append(xterm, "CLICOLOR_FORCE", "1"), true, "never", NoColor},
		{"always in a pipe without TERM", nil, false, "always", ANSI16},
	} {
		if got := DetectProfile(env(c.env...), c.terminal, c.mode); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestDetectGlyphs(t *testing.T) {
	for _, c := range []struct {
		name string
		env  []string
		want string
	}{
		{"UTF-8", []string{"TERM", "xterm", "LANG", "de_DE.UTF-8"}, "braille"},
		{"LC_ALL first", []string{"TERM", "xterm-256color", "LC_ALL", "C", "LANG", "de_DE.UTF-8"}, "ascii"},
		{"spelled otherwise", []string{"TERM", "xterm", "LC_CTYPE", "C.utf8"}, "braille"},
		{"console", []string{"TERM", "linux", "LANG", "de_DE.UTF-8"}, "ascii"},
		{"no locale, modern terminal", []string{"TERM", "xterm-256color"}, "braille"},
		{"no locale, old terminal", []string{"TERM", "vt220"}, "ascii"},
	} {
		if got := DetectGlyphs(env(c.env...)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestChoose(t *testing.T) {
	for _, c := range []struct{ name, fgbg, want string }{
		{"auto", "", "dark"}, {"", "0;15", "light"}, {"auto", "15;default;0", "dark"}, {"mono", "0;15", "mono"},
	} {
		if got := Choose(c.name, env("COLORFGBG", c.fgbg)); got != c.want {
			t.Errorf("Choose(%q) with COLORFGBG=%q is %q, want %q", c.name, c.fgbg, got, c.want)
		}
	}
	if _, err := New("pink", TrueColor, Glyphs{}); err == nil {
		t.Error("New took an unknown theme")
	}
	if _, err := GlyphSet("runes"); err == nil {
		t.Error("GlyphSet took an unknown name")
	}
}

// TestGlyphsAreOneCellWide, since charts place them by cell.
func TestGlyphsAreOneCellWide(t *testing.T) {
	for _, name := range GlyphNames {
		g, err := GlyphSet(name)
		if err != nil {
			t.Fatal(err)
		}
		runes := append(g.Spark[:], g.BarOn, g.BarEdge, g.BarOff, g.H, g.V, g.TL, g.TR, g.BL, g.BR, g.TickY, g.TickX, g.Corner, g.AxisX, g.P50, g.P90, g.P99, g.Limit, g.Mark, g.Ghost, g.Head, g.Up, g.Down)
		runes = append(append(runes, g.Shade[:]...), g.HBar[:]...)
		for _, r := range append(runes, []rune(g.OK+g.Warn+g.Fail+g.Bullet+g.On+g.Off)...) {
			if cells.Width(string(r)) != 1 {
				t.Errorf("%s: %q is %d cells wide", name, r, cells.Width(string(r)))
			}
			if g.ASCII && r >= 0x80 {
				t.Errorf("%s: %q is not ASCII", name, r)
			}
		}
		if marks := []string{g.OK, g.Warn, g.Fail}; marks[0] == marks[1] || marks[1] == marks[2] || marks[0] == marks[2] {
			t.Errorf("%s: states have the same shape: %q", name, marks)
		}
	}
}

// TestNoColourHasNone in any theme, but keeps the attributes.
func TestNoColourHasNone(t *testing.T) {
	for _, name := range Names {
		th, err := New(name, NoColor, Glyphs{})
		if err != nil {
			t.Fatal(err)
		}
		for r := range roles {
			if st := th.Style(r); st.FG != 0 || st.BG != 0 {
				t.Errorf("%s, role %d: %+v has a colour", name, r, st)
			}
		}
		if th.Style(Alarm).Attr&cells.Reverse == 0 || th.Style(Strong).Attr&cells.Bold == 0 {
			t.Errorf("%s: alarms and strong numbers do not stand out without colour", name)
		}
	}
}

// luminance is the relative luminance of WCAG 2.
func luminance(c cells.Color) float64 {
	lin := func(v cells.Color) float64 {
		f := float64(v&255) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c>>16) + 0.7152*lin(c>>8) + 0.0722*lin(c)
}

func contrast(a, b cells.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast: words can be read on the background that a theme is made for.
func TestContrast(t *testing.T) {
	ground := map[string]cells.Color{"dark": cells.RGB(16, 20, 24), "light": cells.RGB(255, 255, 255), "high-contrast": cells.RGB(0, 0, 0)}
	for name, bg := range ground {
		th, err := New(name, TrueColor, Glyphs{})
		if err != nil {
			t.Fatal(err)
		}
		for r := range roles {
			st := th.Style(r)
			least := 4.5
			if slices.Contains([]Role{Frame, Limit, Ghost, Heat1, Heat2, Heat3, Heat4}, r) {
				least = 1.8 // lines, not words
			}
			on := bg
			if st.BG != 0 {
				on = st.BG
			}
			if st.FG == 0 {
				continue // the terminal's own
			}
			if c := contrast(st.FG, on); c < least {
				t.Errorf("%s, role %d: contrast %.1f, want %.1f", name, r, c, least)
			}
		}
	}
}

// TestHeatRamp: its lightness runs one way, so that it can be read without
// seeing its hue, and its steps can be told apart.
func TestHeatRamp(t *testing.T) {
	for _, name := range []string{"dark", "light", "high-contrast"} {
		th, err := New(name, TrueColor, Glyphs{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range HeatSteps - 1 {
			a, b := luminance(th.Style(Heat1+Role(i)).FG), luminance(th.Style(Heat1+Role(i+1)).FG)
			if name == "light" {
				a, b = b, a
			}
			if a >= b || contrast(th.Style(Heat1+Role(i)).FG, th.Style(Heat1+Role(i+1)).FG) < 1.3 {
				t.Errorf("%s: steps %d and %d of the ramp have luminances %.2f and %.2f", name, i, i+1, a, b)
			}
		}
	}
}

// TestProfiles: each colour resolves in each profile, and the lipgloss styles
// carry the same attributes.
func TestProfiles(t *testing.T) {
	for _, name := range Names {
		for p := NoColor; p <= TrueColor; p++ {
			th, err := New(name, p, Glyphs{})
			if err != nil {
				t.Fatal(err)
			}
			for r := range roles {
				if got, want := th.Lipgloss(r).GetBold(), th.Style(r).Attr&cells.Bold != 0; got != want {
					t.Errorf("%s, profile %d, role %d: lipgloss bold %v, cells %v", name, p, r, got, want)
				}
			}
		}
	}
}
