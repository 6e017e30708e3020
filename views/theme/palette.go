package theme

import (
	"strconv"

	"github.com/charmbracelet/lipgloss"

	"tacho/views/cells"
)

// Role is what a style is used for.
type Role uint8

// The roles. Amber and red belong to Warn and Fail alone; every state also has
// a word or a shape of its own.
const (
	Text   Role = iota // numbers and plain words
	Label              // names of rows and columns
	Dim                // hints, axes, units
	Frame              // panel borders
	Title              // panel titles
	Strong             // the numbers that matter most
	Accent             // our run: progress, first chart line
	Second             // second chart line
	Third              // chart points
	Good
	Warn
	Fail
	Badge // a word on a filled ground
	Alarm // a badge that must be seen
	Limit // an objective drawn into a chart
	Ghost // an earlier run behind ours
	Heat1 // the ramp of heat-maps, rarest first: its lightness runs one way
	Heat2
	Heat3
	Heat4
	roles
)

// HeatSteps is the length of the ramp that begins at Heat1.
const HeatSteps = 4

// colour gives one colour for each profile; empty is the terminal's default.
type colour = lipgloss.CompleteColor

type look struct {
	fg, bg colour
	attr   cells.Attr
}

func c(hex, n256, n16 string) colour {
	return colour{TrueColor: hex, ANSI256: n256, ANSI: n16}
}

var none = colour{}

// palettes are the themes by name.
var palettes = map[string][roles]look{
	"dark": {
		Label:  {fg: c("#b8c0cc", "250", "7")},
		Dim:    {fg: c("#7d8794", "245", "8")},
		Frame:  {fg: c("#4a5361", "240", "8")},
		Title:  {fg: c("#d7dde5", "253", "15"), attr: cells.Bold},
		Strong: {fg: c("#ffffff", "231", "15"), attr: cells.Bold},
		Accent: {fg: c("#56b4e9", "75", "14")},
		Second: {fg: c("#9d8df1", "141", "13")},
		Third:  {fg: c("#c9ced6", "252", "7")},
		Good:   {fg: c("#3fc7a2", "79", "10"), attr: cells.Bold},
		Warn:   {fg: c("#f5b041", "215", "11"), attr: cells.Bold},
		Fail:   {fg: c("#ff6b5e", "203", "9"), attr: cells.Bold},
		Badge:  {fg: c("#101418", "233", "0"), bg: c("#56b4e9", "75", "14"), attr: cells.Bold},
		Alarm:  {fg: c("#101418", "233", "0"), bg: c("#f5b041", "215", "11"), attr: cells.Bold},
		Limit:  {fg: c("#b58a3a", "137", "3")},
		Ghost:  {fg: c("#a48fb8", "139", "5")},
		Heat1:  {fg: c("#2f5f9e", "25", "4")},
		Heat2:  {fg: c("#4a93d6", "68", "12")},
		Heat3:  {fg: c("#8cc9f0", "117", "14")},
		Heat4:  {fg: c("#eef7ff", "255", "15")},
	},
	"light": {
		Label:  {fg: c("#3b4350", "238", "0")},
		Dim:    {fg: c("#6a7380", "242", "8")},
		Frame:  {fg: c("#aab2bd", "249", "7")},
		Title:  {fg: c("#1b2430", "235", "0"), attr: cells.Bold},
		Strong: {fg: c("#000000", "16", "0"), attr: cells.Bold},
		Accent: {fg: c("#0b6bb0", "25", "4")},
		Second: {fg: c("#6a4fc0", "61", "5")},
		Third:  {fg: c("#4a5361", "239", "8")},
		Good:   {fg: c("#0a7d5c", "29", "2"), attr: cells.Bold},
		Warn:   {fg: c("#9a5b00", "94", "3"), attr: cells.Bold},
		Fail:   {fg: c("#b3261e", "124", "1"), attr: cells.Bold},
		Badge:  {fg: c("#ffffff", "231", "15"), bg: c("#0b6bb0", "25", "4"), attr: cells.Bold},
		Alarm:  {fg: c("#ffffff", "231", "15"), bg: c("#9a5b00", "94", "3"), attr: cells.Bold},
		Limit:  {fg: c("#9a5b00", "94", "3")},
		Ghost:  {fg: c("#86649c", "96", "5")},
		Heat1:  {fg: c("#9cc3e6", "153", "14")},
		Heat2:  {fg: c("#5c9bd3", "74", "6")},
		Heat3:  {fg: c("#2568a8", "25", "4")},
		Heat4:  {fg: c("#0a2745", "17", "0")},
	},
	"mono": {
		Dim:    {attr: cells.Faint},
		Frame:  {attr: cells.Faint},
		Title:  {attr: cells.Bold},
		Strong: {attr: cells.Bold},
		Second: {attr: cells.Faint},
		Good:   {attr: cells.Bold},
		Warn:   {attr: cells.Bold | cells.Underline},
		Fail:   {attr: cells.Bold | cells.Reverse},
		Badge:  {attr: cells.Reverse},
		Alarm:  {attr: cells.Bold | cells.Reverse},
		Limit:  {attr: cells.Faint},
		Ghost:  {attr: cells.Faint},
		Heat1:  {attr: cells.Faint},
		Heat4:  {attr: cells.Bold},
	},
	"high-contrast": {
		Text:   {fg: c("#ffffff", "231", "15")},
		Label:  {fg: c("#ffffff", "231", "15")},
		Dim:    {fg: c("#e4e4e4", "254", "7")},
		Frame:  {fg: c("#ffffff", "231", "15")},
		Title:  {fg: c("#ffffff", "231", "15"), attr: cells.Bold},
		Strong: {fg: c("#ffffff", "231", "15"), attr: cells.Bold},
		Accent: {fg: c("#5fd7ff", "81", "14"), attr: cells.Bold},
		Second: {fg: c("#ffd75f", "221", "11")},
		Third:  {fg: c("#ffffff", "231", "15")},
		Good:   {fg: c("#5fffaf", "85", "10"), attr: cells.Bold},
		Warn:   {fg: c("#ffff00", "226", "11"), attr: cells.Bold | cells.Underline},
		Fail:   {fg: c("#ffffff", "231", "15"), bg: c("#c00000", "124", "1"), attr: cells.Bold},
		Badge:  {fg: c("#000000", "16", "0"), bg: c("#ffffff", "231", "15"), attr: cells.Bold},
		Alarm:  {fg: c("#000000", "16", "0"), bg: c("#ffff00", "226", "11"), attr: cells.Bold},
		Limit:  {fg: c("#ffff00", "226", "11")},
		Ghost:  {fg: c("#d7afff", "183", "13")},
		Heat1:  {fg: c("#3f7fdf", "68", "12")},
		Heat2:  {fg: c("#6fb7ff", "75", "14")},
		Heat3:  {fg: c("#bfe4ff", "153", "7")},
		Heat4:  {fg: c("#ffffff", "231", "15"), attr: cells.Bold},
	},
}

// resolve gives the cell colour that a profile shows.
func resolve(k colour, p Profile) cells.Color {
	switch {
	case k == none || p == NoColor:
		return 0
	case p == TrueColor:
		n, err := strconv.ParseUint(k.TrueColor[1:], 16, 32)
		if err != nil {
			panic("theme: colour " + k.TrueColor)
		}
		return cells.RGB(uint8(n>>16), uint8(n>>8), uint8(n))
	case p == ANSI256:
		return indexed(k.ANSI256)
	}
	return indexed(k.ANSI)
}

func indexed(s string) cells.Color {
	n, err := strconv.ParseUint(s, 10, 8)
	if err != nil {
		panic("theme: colour " + s)
	}
	return cells.Indexed(uint8(n))
}
