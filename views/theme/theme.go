package theme

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"tacho/views/cells"
)

// Names are the themes, in the order a key steps through them. The option also
// takes "auto": dark, or light where COLORFGBG says so. The terminal itself is
// never asked: an answer can be late, lost, or be typed into the program.
var Names = []string{"dark", "light", "mono", "high-contrast"}

// Theme is the styles of one terminal. It never changes once made.
type Theme struct {
	Name    string
	Profile Profile
	Glyphs  Glyphs
	styles  [roles]cells.Style
	lip     [roles]lipgloss.Style
}

// New makes a theme. Without colours every theme looks like mono.
func New(name string, p Profile, g Glyphs) (*Theme, error) {
	looks, ok := palettes[name]
	if !ok {
		return nil, fmt.Errorf("theme %q: must be one of %s", name, strings.Join(Names, ", "))
	}
	if p == NoColor {
		looks = palettes["mono"]
	}
	t := &Theme{Name: name, Profile: p, Glyphs: g}
	r := lipgloss.NewRenderer(io.Discard, termenv.WithProfile(termProfile(p)))
	r.SetColorProfile(termProfile(p))
	r.SetHasDarkBackground(name != "light") // set, so that lipgloss never asks
	for role, k := range looks {
		t.styles[role] = cells.Style{FG: resolve(k.fg, p), BG: resolve(k.bg, p), Attr: k.attr}
		t.lip[role] = lipStyle(r, k)
	}
	return t, nil
}

// Choose resolves "auto" and empty to a theme name. COLORFGBG is "fg;bg" with
// palette numbers, set by some terminals.
func Choose(name string, getenv func(string) string) string {
	if name != "" && name != "auto" {
		return name
	}
	v := getenv("COLORFGBG")
	if i := strings.LastIndexByte(v, ';'); i >= 0 && (v[i+1:] == "7" || v[i+1:] == "15") {
		return "light"
	}
	return "dark"
}

// Style is the cell style of a role.
func (t *Theme) Style(r Role) cells.Style { return t.styles[r] }

// Lipgloss is the same style for text that is printed and for forms.
func (t *Theme) Lipgloss(r Role) lipgloss.Style { return t.lip[r] }

func termProfile(p Profile) termenv.Profile {
	return [...]termenv.Profile{termenv.Ascii, termenv.ANSI, termenv.ANSI256, termenv.TrueColor}[p]
}

func lipStyle(r *lipgloss.Renderer, k look) lipgloss.Style {
	s := r.NewStyle()
	if k.fg != none {
		s = s.Foreground(k.fg)
	}
	if k.bg != none {
		s = s.Background(k.bg)
	}
	return s.Bold(k.attr&cells.Bold != 0).Faint(k.attr&cells.Faint != 0).
		Underline(k.attr&cells.Underline != 0).Reverse(k.attr&cells.Reverse != 0)
}
