package chart

import (
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tacho/views/cells"
	"tacho/views/theme"
)

func plane(p Plane, w, h int, th *theme.Theme) string {
	g := cells.New(w, h)
	p.Draw(g, g.Bounds(), th)
	return ansi.Strip(g.String())
}

// TestPlane: dots lie where their values say, with their names, and a limit runs
// across.
func TestPlane(t *testing.T) {
	th := themed(t, "braille")
	p := Plane{LogX: true, XName: "concurrency", Limit: 300, Empty: "nothing yet", Dots: []Dot{
		{X: 1, Y: 100, Glyph: 'o', Label: "one"}, {X: 64, Y: 500, Glyph: 'x', Label: "64", Here: true},
		{X: math.NaN(), Y: 1, Glyph: 'N'}, {X: 0, Y: 1, Glyph: 'Z'}, {X: 2, Y: math.Inf(1), Glyph: 'I'},
	}}
	f := plane(p, 60, 14, th)
	lines := strings.Split(f, "\n")
	row := func(text string) int {
		for i, l := range lines {
			if strings.Contains(l, text) {
				return i
			}
		}
		return -1
	}
	one, sixty := row("o one"), row("x 64")
	if one < 0 || sixty < 0 || sixty >= one {
		t.Errorf("500 is not above 100 (rows %d and %d):\n%s", sixty, one, f)
	}
	if limit := row(strings.Repeat(string(th.Glyphs.Limit), 10)); limit <= sixty || limit >= one {
		t.Errorf("the limit is in row %d:\n%s", limit, f)
	}
	if !strings.Contains(lines[13], "concurrency") || strings.ContainsAny(f, "NZI") {
		t.Errorf("the axis has no name, or a dot without a place was drawn:\n%s", f)
	}
	if f := plane(Plane{Empty: "nothing yet", Limit: math.NaN()}, 60, 14, th); !strings.Contains(f, "nothing yet") {
		t.Errorf("an empty plane:\n%s", f)
	}
	for w := range 40 { // no size breaks it
		for h := range 10 {
			plane(p, w, h, th)
		}
	}
}
