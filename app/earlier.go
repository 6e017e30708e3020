package app

import (
	"os"
	"path/filepath"

	"tacho/export"
)

// earlierDir is where the results of an earlier run in the same directory wait
// until this one begins: a run that fails before its first request, by a wrong
// file or limit, must not cost anybody his numbers.
const earlierDir = ".tacho-earlier"

func (a *artifacts) at(k export.Kind) string {
	return filepath.Join(a.dir, filepath.FromSlash(a.names.Of(k)))
}

// setAside takes what an earlier run left out of the way: its results can come
// back, all else is removed.
func (a *artifacts) setAside() {
	a.putBack() // those of a run whose successor was killed before it began
	for _, k := range []export.Kind{export.Ready, export.ProfileJSON, export.Records} {
		if _, err := os.Stat(a.at(k)); err == nil {
			a.move(a.dir, filepath.Join(a.dir, earlierDir))
			break
		}
	}
	a.clear()
}

// putBack ends a run that did not begin: the earlier results take the place of
// its own files. It reports whether there were any.
func (a *artifacts) putBack() bool {
	aside := filepath.Join(a.dir, earlierDir)
	if _, err := os.Stat(aside); err != nil {
		return false
	}
	a.clear()
	a.move(aside, a.dir)
	a.forget()
	return true
}

// forget removes the earlier results, for this run begins.
func (a *artifacts) forget() { os.RemoveAll(filepath.Join(a.dir, earlierDir)) }

// move moves the files of a run that are in one directory to another.
func (a *artifacts) move(from, to string) {
	files := make([]string, 0, len(export.Files)+1)
	if _, err := os.Stat(filepath.Join(from, a.names.Of(export.PhaseManifest))); err == nil {
		files = append(files, "phases") // as clear has it
	}
	for _, f := range export.Files {
		files = append(files, filepath.FromSlash(a.names.Of(f.Kind)))
	}
	for _, name := range files {
		path := filepath.Join(to, name)
		if _, err := os.Lstat(filepath.Join(from, name)); err != nil || os.MkdirAll(filepath.Dir(path), 0o755) != nil {
			continue
		}
		os.Rename(filepath.Join(from, name), path)
	}
}
