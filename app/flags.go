package app

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"tacho/profiles"
)

// cmdFlags are the options of a command whose options are not those of a
// profile, which has a table of its own. They stand anywhere among the words.
type cmdFlags struct {
	*flag.FlagSet
	usage string
}

// newFlags begins the options of a command. usage is its help; options that
// have a text of their own are listed below it.
func newFlags(name, usage string) *cmdFlags {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	return &cmdFlags{fs, usage}
}

// read reads a command line and returns the words that are no options.
func (f *cmdFlags) read(env Env, args []string) (words []string, err error) {
	for len(args) > 0 {
		err := f.Parse(args)
		switch {
		case errors.Is(err, flag.ErrHelp):
			fmt.Fprint(env.Stdout, f.usage)
			f.list(env.Stdout)
			return nil, errHelpShown
		case err != nil:
			return nil, withHint(usagef("%s: %s", f.Name(), f.explain(err)), "tacho "+f.Name()+" -h explains the options")
		}
		if args = f.Args(); len(args) > 0 {
			words, args = append(words, args[0]), args[1:]
		}
	}
	return words, nil
}

// list writes the options that have a text.
func (f *cmdFlags) list(w io.Writer) {
	var rows [][2]string
	width := 0
	f.VisitAll(func(o *flag.Flag) {
		value, text := flag.UnquoteUsage(o)
		if text == "" {
			return
		}
		if o.DefValue != "" && o.DefValue != "false" && o.DefValue != "0" && o.DefValue != "0s" {
			text += " (default " + o.DefValue + ")"
		}
		left := strings.TrimSpace("--" + o.Name + " " + value)
		rows, width = append(rows, [2]string{left, text}), max(width, len(left))
	})
	if len(rows) > 0 {
		fmt.Fprintln(w)
	}
	for _, r := range rows {
		fmt.Fprintf(w, "  %-*s  %s\n", width, r[0], r[1])
	}
}

// explain says what is wrong with an option in the words of the other options.
func (f *cmdFlags) explain(err error) string {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		name = strings.TrimLeft(name, "-")
		var names []string
		f.VisitAll(func(o *flag.Flag) { names = append(names, o.Name) })
		text = "--" + name + ": unknown option"
		if near := profiles.Nearest(name, names); near != "" {
			text += "; did you mean --" + near + "?"
		}
		return text
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: -"); ok {
		return "--" + strings.TrimLeft(name, "-") + ": needs a value"
	}
	for _, start := range []string{"invalid value ", "invalid boolean value "} {
		rest, ok := strings.CutPrefix(text, start)
		if !ok {
			continue
		}
		value, rest, _ := strings.Cut(rest, " for flag -")
		if start != "invalid value " {
			value, rest, _ = strings.Cut(strings.TrimPrefix(text, start), " for -")
		}
		name, why, _ := strings.Cut(rest, ": ")
		if why == "parse error" || why == "value out of range" || start != "invalid value " {
			why = "must be " + f.kind(name)
		}
		return "--" + name + " " + strings.Trim(value, `"`) + ": " + why
	}
	return text
}

// kind says what values an option takes.
func (f *cmdFlags) kind(name string) string {
	o := f.Lookup(name)
	if o == nil {
		return "another value"
	}
	if g, ok := o.Value.(flag.Getter); ok {
		switch g.Get().(type) {
		case bool:
			return "true or false"
		case float64:
			return "a number"
		case int, uint64, int64, uint:
			return "a whole number"
		}
	}
	return "a time such as 200ms or 2s"
}
