package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"tacho/export/ledger"
)

// runFolders are where the runs of this folder are.
var runFolders = []string{"artifacts", "."}

// lastRun is the name of the newest run.
const lastRun = "last"

// findRun returns the directory that a person means: the one of that path, else
// the newest run below this folder with that tag or folder name; "last" is the
// newest of all.
func findRun(name string) (string, error) {
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return name, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), scanTime)
	defer cancel()
	runs, _ := ledger.Scan(ctx, runFolders...)
	found := ledger.Find(runs, name)
	if name == lastRun && len(found) == 0 {
		found = runs
	}
	if len(found) == 0 {
		return "", withHint(fmt.Errorf("there is no directory %s, and no run with that tag below this folder", name), "give the folder with profile_export_aiperf.json or profile_export.jsonl")
	}
	return found[0].Dir, nil
}
