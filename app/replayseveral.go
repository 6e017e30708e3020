package app

import (
	"context"
	"path/filepath"
	"slices"

	"tacho/app/tui"
	"tacho/export/ledger"
)

// folder is a directory of several runs, as sweeps, repeats and searches leave
// them.
type folder struct {
	dir        string
	runs       []ledger.Entry
	unreadable []string
}

// folderOf looks for runs below a directory that is not one itself; nil where
// there are none.
func folderOf(name string) *folder {
	dir, err := findRun(name)
	if err != nil {
		return nil // opening it tells
	}
	f := &folder{dir: dir}
	ctx, cancel := context.WithTimeout(context.Background(), scanTime)
	defer cancel()
	f.runs, f.unreadable = ledger.Scan(ctx, dir)
	itself := func(run string) bool { return f.place(run) == "." }
	if len(f.runs) == 0 || slices.ContainsFunc(f.unreadable, itself) || slices.ContainsFunc(f.runs, func(r ledger.Entry) bool { return itself(r.Dir) }) {
		return nil
	}
	return f
}

// list shows the runs of the folder to choose from, each by its place in it.
func (f *folder) list(env Env, opts tui.Options, open func(dir string) error) error {
	return browse(env, opts, func(Env) tui.HomeData {
		d := homeRuns(f.dir, f.runs, f.unreadable)
		for i := range d.Runs {
			d.Runs[i].Name = f.place(d.Runs[i].Dir)
		}
		return d
	}, open)
}

// place is where a run lies in the folder.
func (f *folder) place(dir string) string {
	abs, err := filepath.Abs(f.dir)
	if err != nil {
		return dir
	}
	rel, err := filepath.Rel(abs, dir)
	if err != nil {
		return dir
	}
	return filepath.ToSlash(rel)
}

// dirs are the directories of the runs as a person would type them, the oldest
// first.
func (f *folder) dirs() []string {
	out := make([]string, len(f.runs))
	for i := range f.runs {
		out[len(out)-1-i] = filepath.Join(f.dir, filepath.FromSlash(f.place(f.runs[i].Dir)))
	}
	return out
}

// print prints the result of each run, until ctx ends. One that cannot be read,
// as a run that failed before its first request, does not keep the others back.
func (f *folder) print(ctx context.Context, env Env) error {
	bad := false
	for _, dir := range f.dirs() {
		if ctx.Err() != nil {
			return nil
		}
		if err := printReplay(ctx, env, dir, true); err != nil {
			report(env.Stderr, err)
			bad = true
		}
	}
	if bad {
		return &silentError{exitFailed}
	}
	return nil
}
