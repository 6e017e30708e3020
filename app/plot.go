package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"tacho/export/plot"
	"tacho/export/replay"
)

const plotUsage = `usage: tacho plot [DIR...] [--output DIR] [--theme light|dark]

Draws finished runs, tacho's or AIPerf's, as PNG pictures with AIPerf's names: one
run over time, several beside each other. Runs are looked for in the folders and
below them; without one, in artifacts. DIR may also be the tag or the folder name
of a run below this folder, or "last". A picture whose numbers are missing is left
out, and why is said. No browser is needed.
`

// plotCommand draws pictures of runs.
func plotCommand(env Env, args []string) error {
	fs := newFlags("plot", plotUsage)
	output := fs.String("output", "", "`folder` for the pictures; without it plots in the first DIR")
	theme := fs.String("theme", plot.Themes()[0], "`colours`: "+strings.Join(plot.Themes(), " or "))
	var more []string
	fs.Func("paths", "", func(s string) error { more = append(more, s); return nil }) // as AIPerf has it
	words, err := fs.read(env, args)
	if err != nil {
		return err
	}
	th, ok := plot.LookupTheme(*theme)
	if !ok {
		return usagef("--theme %s: must be %s", *theme, strings.Join(plot.Themes(), " or "))
	}
	names := append(more, words...)
	if len(names) == 0 {
		names = []string{runFolders[0]}
	}
	var paths []string
	for _, name := range names {
		dir, err := findRun(name)
		if err != nil {
			return err
		}
		paths = append(paths, dir)
	}
	into := *output
	if into == "" {
		into = filepath.Join(paths[0], plot.Folder)
	}
	ctx, stop := signalContext()
	defer stop()
	done, err := plotRuns(ctx, paths, into, th)
	if ctx.Err() != nil {
		return &silentError{exitInterrupted}
	}
	if err != nil {
		return err
	}
	for _, p := range done.Drawn {
		fmt.Fprintln(env.Stdout, p)
	}
	for _, s := range done.LeftOut() {
		fmt.Fprintln(env.Stdout, "left out:", s)
	}
	fmt.Fprintf(env.Stdout, "%s in %s\n", count(len(done.Drawn), "picture"), into)
	return nil
}

// count is a number of things in words.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// plotRuns draws the runs below some paths into a folder. It is an error when
// there is nothing to draw.
func plotRuns(ctx context.Context, paths []string, into string, th *plot.Theme) (*plot.Done, error) {
	runs, err := plot.Find(paths)
	if err != nil {
		return nil, withHint(err, "give the folder with profile_export_aiperf.json or profile_export.jsonl, or one above it")
	}
	return drawRuns(ctx, runs, into, th)
}

// drawRuns draws some runs into a folder. It is an error when there is nothing to
// draw.
func drawRuns(ctx context.Context, runs []*replay.Dir, into string, th *plot.Theme) (*plot.Done, error) {
	pictures, err := plot.Pictures(ctx, runs)
	if err != nil {
		return nil, err
	}
	done, err := plot.Write(ctx, pictures, into, th)
	if err == nil && len(done.Drawn) == 0 {
		var why []string
		for _, p := range done.Missing {
			if !slices.Contains(why, p.Missing) {
				why = append(why, p.Missing)
			}
		}
		err = errors.New("there is nothing to draw: " + strings.Join(why, "; "))
	}
	return done, err
}
