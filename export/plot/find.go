package plot

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"tacho/export"
	"tacho/export/replay"
)

// notRuns are folders of a run, or beside runs, that hold no runs: summaries of
// phases and of several runs, and pictures.
var notRuns = []string{"phases", "aggregate", "sweep_aggregate", "plots", "logs"}

// Find opens the runs in some folders and below them, each once.
func Find(paths []string) ([]*replay.Dir, error) {
	var dirs []*replay.Dir
	seen := map[string]bool{}
	for _, path := range paths {
		found, err := below(path, nil)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("no run is in %s or below it: there is neither %s nor %s",
				path, export.Names{}.Of(export.ProfileJSON), export.Names{}.Of(export.Records))
		}
		for _, dir := range found {
			full, err := filepath.Abs(dir)
			if err != nil {
				return nil, err
			}
			if seen[full] {
				continue
			}
			seen[full] = true
			d, err := replay.Open(dir)
			if err != nil {
				return nil, err
			}
			dirs = append(dirs, d)
		}
	}
	return dirs, nil
}

// below lists the folders of runs at a path and below it. Links to folders are
// not followed, so that there is an end to it.
func below(path string, found []string) ([]string, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("look for runs: %w", err)
	}
	var files []string
	for _, e := range entries {
		files = append(files, e.Name())
	}
	if _, ok := export.DetectNames(files); ok {
		found = append(found, path)
	}
	for _, e := range entries {
		if name := e.Name(); e.IsDir() && name[0] != '.' && !slices.Contains(notRuns, name) {
			if found, err = below(filepath.Join(path, name), found); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

var trialDir = regexp.MustCompile(`/profile_runs/[^/]+`)

// settingOf is what the repeats of one setting have in common: the folder
// without the part that numbers them.
func settingOf(dir string) string {
	if full, err := filepath.Abs(dir); err == nil {
		dir = full
	}
	return trialDir.ReplaceAllString(filepath.ToSlash(dir), "")
}
