package app

import (
	"fmt"
	"runtime/debug"
)

// Version is tacho's own version, without a v.
const Version = "0.1.0"

func version(env Env, args []string) error {
	if len(args) > 0 {
		return usagef("version: takes no options, but was given %q", args[0])
	}
	line := "tacho " + Version
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 12 {
				line += " (" + s.Value[:12] + ")"
			}
		}
	}
	fmt.Fprintln(env.Stdout, line)
	return nil
}
