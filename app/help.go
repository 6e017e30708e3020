package app

import (
	"fmt"
	"text/tabwriter"

	"tacho/app/tui"
	"tacho/engine/metric"
	"tacho/export"
	"tacho/profiles"
)

// help prints the usage text or a reference table made from the definitions.
func help(env Env, args []string) error {
	if len(args) == 0 {
		usage(env.Stdout)
		return nil
	}
	switch args[0] {
	case "options":
		return profiles.OptionsTable(env.Stdout)
	case "metrics":
		w := tabwriter.NewWriter(env.Stdout, 0, 0, 2, ' ', 0)
		for _, d := range metric.Builtin().Defs() {
			if !d.Has(metric.Hidden) {
				fmt.Fprintf(w, "%s\t%s\t%s\n", d.Tag, d.Unit, d.Doc)
			}
		}
		return w.Flush()
	case "files":
		w := tabwriter.NewWriter(env.Stdout, 0, 0, 2, ' ', 0)
		for _, f := range export.Files {
			if f.ReadOnly {
				continue
			}
			fmt.Fprintf(w, "%s\t%s\n", f.Default, f.Doc)
		}
		return w.Flush()
	case "keys":
		return tui.WriteKeys(env.Stdout)
	case "profile":
		return profile(env, []string{"--help"})
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(env, []string{"--help"})
		}
	}
	return usagef("help %q: there is options, metrics, files, keys, and the name of each command", args[0])
}
