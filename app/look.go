package app

import (
	"slices"
	"strings"

	"tacho/app/tui"
	"tacho/profiles"
)

// lookNames are the options of how a screen looks, as a profile has them too.
var lookNames = []string{"theme", "glyphs", "color"}

// lookFlags gives a command the options of how its screen looks.
func lookFlags(fs *cmdFlags, o *tui.Options) {
	for i, into := range []*string{&o.Theme, &o.Glyphs, &o.Color} {
		name := lookNames[i]
		f := profiles.Lookup("--" + name)
		*into = f.Default
		fs.Func(name, f.Help+": "+strings.Join(f.Choices, ", "), func(v string) error {
			if !slices.Contains(f.Choices, v) {
				return usagef("must be one of %s", strings.Join(f.Choices, ", "))
			}
			*into = v
			return nil
		})
	}
	fs.BoolVar(&o.LowBandwidth, "low-bandwidth", false, "for slow lines: one look a second, charts that sweep")
	fs.BoolVar(&o.Mouse, "mouse", false, "take the wheel, and with it the terminal's own selection")
}

// lookArgs are the options that give another command the same look, but for
// those that it was given.
func lookArgs(o tui.Options, given []string) []string {
	var args []string
	add := func(set bool, words ...string) {
		if set && !slices.Contains(given, words[0]) {
			args = append(args, words...)
		}
	}
	for i, v := range []string{o.Theme, o.Glyphs, o.Color} {
		add(v != "" && v != "auto", "--"+lookNames[i], v)
	}
	add(o.LowBandwidth, "--low-bandwidth")
	add(o.Mouse, "--mouse")
	return append(args, given...)
}
