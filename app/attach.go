package app

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"tacho/app/attach"
	"tacho/app/tui"
)

const attachUsage = `usage: tacho attach [ID] [--watch | --steer] [options]

Brings back the screen of a run whose terminal was lost or left with d, or
watches one that has a screen already. ID is what the run said it is, the
beginning of it, the run's tag or its folder; without one it is the only run
there is. In a pipe it lists the runs.

Of several screens one steers: that of the terminal where the run was started,
else the first that was attached.

  --watch  never steer
  --steer  steer, whoever does now
`

// attachCommand shows a run that goes on in another process.
func attachCommand(env Env, args []string) error {
	word, o, err := readAttachOptions(env, args)
	if err != nil {
		return err
	}
	dir, err := attach.Dir(env.Getenv)
	if err != nil {
		return err
	}
	all := attach.List(dir)
	found := attach.Find(all, word)
	switch {
	case len(all) == 0:
		return withHint(errors.New("no run of yours goes on here"), "tacho replay last opens the newest that has ended")
	case !env.Terminal && word == "":
		return listRuns(env.Stdout, all)
	case !env.Terminal:
		return usagef("attach: a screen needs a terminal")
	case len(found) == 1:
		return showAttached(env, dir, found[0], o)
	case len(found) == 0:
		_ = listRuns(env.Stderr, all)
		return usagef("attach: no run is called %q", word)
	}
	_ = listRuns(env.Stderr, found)
	return usagef("attach: %d runs go on; say which", len(found))
}

// attachOptions say how a run is looked at.
type attachOptions struct {
	steer attach.Steer
	ui    tui.Options
}

func readAttachOptions(env Env, args []string) (word string, o attachOptions, err error) {
	fs := newFlags("attach", attachUsage)
	watch, steer := fs.Bool("watch", false, ""), fs.Bool("steer", false, "")
	lookFlags(fs, &o.ui)
	words, err := fs.read(env, args)
	if err != nil {
		return "", o, err
	}
	switch len(words) {
	case 0:
	case 1:
		word = words[0]
	default:
		return "", o, usagef("attach: one run at a time, not %s and %s", words[0], words[1])
	}
	switch {
	case *watch && *steer:
		return "", o, usagef("attach: --watch and --steer exclude each other")
	case *watch:
		o.steer = attach.SteerNever
	case *steer:
		o.steer = attach.SteerInsist
	}
	o.ui.Getenv = env.Getenv
	return word, o, nil
}

// listRuns prints the runs that go on.
func listRuns(w io.Writer, runs []attach.Info) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "id\tfor\tmodel\tload\tscreens\tdirectory")
	for _, r := range runs {
		screens := fmt.Sprint(r.Screens - 1) // less the one that asks
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, time.Since(r.Start).Round(time.Second), r.Model, r.Load, screens, r.Dir)
	}
	return t.Flush()
}

// showAttached shows a run until it is over or the user leaves it, and prints
// how it ended.
func showAttached(env Env, dir string, info attach.Info, o attachOptions) error {
	ctx, stop := signalContext()
	defer stop()
	run, err := attach.Join(dir, info.ID, attach.Options{Version: Version, Steer: o.steer, Every: o.ui.Period()})
	if err != nil {
		return err
	}
	defer run.Close()
	o.ui.Command = run.Info.Command
	if behind := run.Info.Against; behind != "" && behind != run.Info.Dir { // else it has been written over
		if g, err := openGhost(behind); err == nil {
			defer g.Close()
			o.ui.Ghost = g
		}
	}
	if run.Steers() {
		o.ui.Detach = func() error { return nil }
		err = tui.Run(ctx, attach.Wheel{Remote: run}, o.ui)
	} else {
		err = tui.Run(ctx, run, o.ui)
	}
	if errors.Is(err, tui.ErrTerminalLost) {
		return &silentError{exitHangup}
	}
	if err != nil && ctx.Err() == nil {
		return err
	}
	end := run.Outcome()
	switch {
	case end == nil && run.Err() != nil:
		return run.Err()
	case end == nil:
		fmt.Fprintf(env.Stdout, "tacho: the run goes on; tacho attach %s brings the screen back\n", info.ID)
		return nil
	}
	text := end.Text
	if env.Width > 0 && env.Width < consoleWidth {
		text = end.Narrow
	}
	_, _ = io.WriteString(env.Stdout, text)
	_, _ = io.WriteString(env.Stderr, end.Errors)
	if end.Code != 0 {
		return &silentError{end.Code}
	}
	return nil
}
