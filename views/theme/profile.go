package theme

import "strings"

// Profile is how many colours a terminal shows.
type Profile uint8

// The profiles, poorest first. NoColor still has bold and reverse.
const (
	NoColor Profile = iota
	ANSI16
	ANSI256
	TrueColor
)

// Modes are the values of the --color option.
var Modes = []string{"auto", "always", "never"}

// DetectProfile decides on the colours of a terminal. The option goes before
// NO_COLOR, which goes before CLICOLOR_FORCE and CLICOLOR; without any of them
// it is what TERM and COLORTERM promise, and none at all when the output is no
// terminal.
func DetectProfile(getenv func(string) string, terminal bool, mode string) Profile {
	switch mode {
	case "never":
		return NoColor
	case "always":
		return max(ANSI16, promised(getenv))
	}
	if getenv("NO_COLOR") != "" {
		return NoColor
	}
	if f := getenv("CLICOLOR_FORCE"); f != "" && f != "0" {
		return max(ANSI16, promised(getenv))
	}
	if !terminal || getenv("CLICOLOR") == "0" {
		return NoColor
	}
	return promised(getenv)
}

// direct are parts of the TERM of terminals that show 24-bit colours without
// saying so in COLORTERM.
var direct = []string{"-direct", "kitty", "alacritty", "ghostty", "wezterm", "foot", "contour", "rio"}

func promised(getenv func(string) string) Profile {
	term := strings.ToLower(getenv("TERM"))
	if term == "" || term == "dumb" {
		return NoColor
	}
	switch strings.ToLower(getenv("COLORTERM")) {
	case "truecolor", "24bit":
		if strings.HasPrefix(term, "screen") && getenv("TERM_PROGRAM") != "tmux" {
			return ANSI256
		}
		return TrueColor
	}
	for _, d := range direct {
		if strings.Contains(term, d) {
			return TrueColor
		}
	}
	if strings.Contains(term, "256color") {
		return ANSI256
	}
	return ANSI16
}
