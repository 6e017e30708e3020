package theme

import (
	"fmt"
	"strings"
)

// Plot is how charts are drawn.
type Plot uint8

// The ways to draw a chart.
const (
	PlotASCII   Plot = iota // one character per cell
	PlotLines               // box-drawing lines, one level per cell
	PlotBraille             // 2x4 dots per cell
)

// Glyphs are the characters that screens are made of, all one cell wide.
type Glyphs struct {
	Name  string
	ASCII bool
	Plot  Plot

	Spark                  [8]rune // lowest first
	BarOn, BarEdge, BarOff rune    // a thin progress bar
	H, V                   rune    // frames
	TL, TR, BL, BR         rune
	TickY, TickX, Corner   rune // where axis and mark meet
	AxisX                  rune
	P50, P90, P99          rune    // chart lines and points, one per cell
	Limit                  rune    // an objective in a chart
	Mark                   rune    // an event on the time axis
	Ghost                  rune    // an earlier run, one per cell
	Shade                  [4]rune // density, lightest first
	HBar                   [8]rune // a bar from the left, shortest first
	Head                   rune    // where a replay stands
	Up, Down               rune    // the order of a column
	OK, Warn, Fail         string  // shapes before state words
	Bullet                 string
	On, Off                string // phases done and to come
	Degree                 string // before the C of a temperature; may be empty
}

// glyphSets are by name, richest first.
var glyphSets = []Glyphs{
	{
		Name: "braille", Plot: PlotBraille,
		Spark: [8]rune{'▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'},
		BarOn: '━', BarEdge: '╸', BarOff: '─', H: '─', V: '│', TL: '╭', TR: '╮', BL: '╰', BR: '╯',
		TickY: '┤', TickX: '┬', Corner: '┼', AxisX: '─', P50: '━', P90: '╌', P99: '·', Limit: '┈', Mark: '▲',
		OK: "●", Warn: "▲", Fail: "✖", Bullet: "▸", On: "●", Off: "○",
		Ghost: '┄', Shade: [4]rune{'░', '▒', '▓', '█'}, HBar: [8]rune{'▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'}, Head: '◆', Up: '↑', Down: '↓', Degree: "°",
	},
	{
		Name: "blocks", Plot: PlotLines,
		Spark: [8]rune{'▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'},
		BarOn: '━', BarEdge: '╸', BarOff: '─', H: '─', V: '│', TL: '┌', TR: '┐', BL: '└', BR: '┘',
		TickY: '┤', TickX: '┬', Corner: '┼', AxisX: '─', P50: '━', P90: '╌', P99: '·', Limit: '┈', Mark: '▲',
		OK: "●", Warn: "▲", Fail: "■", Bullet: "►", On: "●", Off: "○",
		Ghost: '┄', Shade: [4]rune{'░', '▒', '▓', '█'}, HBar: [8]rune{'▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'}, Head: '◆', Up: '↑', Down: '↓', Degree: "°",
	},
	{
		Name: "ascii", Plot: PlotASCII, ASCII: true,
		Spark: [8]rune{'.', ':', '-', '=', '+', '*', '#', '@'},
		BarOn: '#', BarEdge: '#', BarOff: '.', H: '-', V: '|', TL: '+', TR: '+', BL: '+', BR: '+',
		TickY: '+', TickX: '+', Corner: '+', AxisX: '-', P50: '=', P90: '-', P99: '*', Limit: '.', Mark: '^',
		OK: "+", Warn: "!", Fail: "X", Bullet: ">", On: "*", Off: "o",
		Ghost: '~', Shade: [4]rune{'.', ':', '*', '#'}, HBar: [8]rune{' ', ' ', '-', '=', '=', '=', '#', '#'}, Head: '@', Up: '^', Down: 'v',
	},
}

// GlyphNames are the values of the --glyphs option besides "auto".
var GlyphNames = []string{"braille", "blocks", "ascii"}

// GlyphSet finds a set by name.
func GlyphSet(name string) (Glyphs, error) {
	for _, g := range glyphSets {
		if g.Name == name {
			return g, nil
		}
	}
	return Glyphs{}, fmt.Errorf("glyphs %q: must be one of auto, %s", name, strings.Join(GlyphNames, ", "))
}

// DetectGlyphs names the set that a terminal can show: ASCII on the Linux
// console and where the locale is not UTF-8, braille elsewhere. With no locale
// at all, as in most containers, a terminal of 256 colours or more is taken to
// know UTF-8.
func DetectGlyphs(getenv func(string) string) string {
	term := getenv("TERM")
	if term == "linux" || term == "dumb" || term == "" {
		return "ascii"
	}
	for _, key := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(getenv(key)); v != "" {
			if strings.Contains(v, "utf-8") || strings.Contains(v, "utf8") {
				return "braille"
			}
			return "ascii"
		}
	}
	if promised(getenv) >= ANSI256 {
		return "braille"
	}
	return "ascii"
}
