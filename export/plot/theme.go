package plot

import (
	"image/color"
	"slices"
)

// Theme is a set of colours.
type Theme struct {
	Name                   string
	paper, text, dim, grid color.Color
	// series are told apart also by those who see no difference between red and
	// green.
	series []color.NRGBA
}

// themes are all there are; the first is the default.
var themes = []Theme{
	{"light", grey(255), grey(24), grey(96), grey(226), []color.NRGBA{
		rgb(0x1f6fb4), rgb(0xd95f02), rgb(0x3f8f29), rgb(0x8e4bab), rgb(0xb8860b), rgb(0xc2185b), rgb(0x00838f), rgb(0x5d4037)}},
	{"dark", grey(28), grey(236), grey(170), grey(62), []color.NRGBA{
		rgb(0x5fb0f0), rgb(0xff9d52), rgb(0x8fd15f), rgb(0xcb97e6), rgb(0xf2cf63), rgb(0xff7fab), rgb(0x55d0dc), rgb(0xc9a594)}},
}

// Themes are the names of the themes, the default first.
func Themes() []string {
	var names []string
	for _, t := range themes {
		names = append(names, t.Name)
	}
	return names
}

// LookupTheme finds a theme by its name.
func LookupTheme(name string) (*Theme, bool) {
	i := slices.IndexFunc(themes, func(t Theme) bool { return t.Name == name })
	if i < 0 {
		return nil, false
	}
	return &themes[i], true
}

// color is that of the series i.
func (t *Theme) color(i int) color.NRGBA { return t.series[i%len(t.series)] }

// faint is a colour that what is behind shines through.
func faint(c color.NRGBA, alpha uint8) color.NRGBA {
	c.A = alpha
	return c
}

func grey(v uint8) color.Color { return color.NRGBA{v, v, v, 255} }

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}
}
