package app

import (
	"slices"
	"strings"
	"testing"

	"tacho/app/tui"
	"tacho/profiles"
	"tacho/views/theme"
)

// TestLookOptions: commands with a screen take the options of its look, with
// the values that the screen has.
func TestLookOptions(t *testing.T) {
	for _, args := range [][]string{{"--glyphs", "big"}, {"replay", "x", "--glyphs", "big"}, {"attach", "--glyphs", "big"}} {
		if r := tacho(t, args...); r.code != exitUsage || !strings.Contains(r.stderr, "--glyphs big: must be one of auto, braille") {
			t.Errorf("%q: code %d, %s", args, r.code, r.stderr)
		}
	}
	if got := profiles.Lookup("--theme").Choices; !slices.Equal(got[1:], theme.Names) {
		t.Errorf("--theme takes %q, the screen has %q", got, theme.Names)
	}
	if got := profiles.Lookup("--glyphs").Choices; !slices.Equal(got[1:], theme.GlyphNames) {
		t.Errorf("--glyphs takes %q, the screen has %q", got, theme.GlyphNames)
	}
	got := lookArgs(tui.Options{Theme: "light", Glyphs: "ascii", Color: "auto", Mouse: true}, []string{"--theme", "mono"})
	if want := []string{"--glyphs", "ascii", "--mouse", "--theme", "mono"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
