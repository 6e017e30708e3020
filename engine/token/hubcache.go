package token

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// repoName tells names that the hub could have: NAME or ORG/NAME, with nothing in them that would
// lead out of the cache folder.
var repoName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)?$`)

// revisionName is a branch, tag or commit.
var revisionName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._/+-]*$`)

func checkRepo(repo, revision string) error {
	if !repoName.MatchString(repo) || strings.Contains(repo, "..") || strings.Contains(repo, "--") {
		return fmt.Errorf("%q is neither a file, nor the name of a repository (ORG/NAME)", repo)
	}
	if !revisionName.MatchString(revision) || strings.Contains(revision, "..") {
		return fmt.Errorf("%q is not the name of a revision", revision)
	}
	return nil
}

// snapshot is one revision of a repository in the cache.
type snapshot struct {
	repo, commit string
	dir          string
}

// findSnapshot looks for a revision of a repository in the cache. A name without organisation
// also finds the only repository whose name it is.
func findSnapshot(cache, repo, revision string) (snapshot, error) {
	folder := "models--" + strings.ReplaceAll(repo, "/", "--")
	if _, err := os.Stat(filepath.Join(cache, folder)); err != nil {
		other, err := findShort(cache, repo)
		if err != nil {
			return snapshot{}, err
		}
		folder = other
		repo = strings.ReplaceAll(strings.TrimPrefix(folder, "models--"), "--", "/")
	}
	root := filepath.Join(cache, folder)
	dir, commit, err := snapshotIn(root, revision)
	if err != nil {
		return snapshot{}, err
	}
	if _, err := findTokenizerFile(dir); err != nil {
		return snapshot{}, fmt.Errorf("%s has no tokenizer for revision %s", root, revision)
	}
	return snapshot{repo: repo, commit: commit, dir: dir}, nil
}

// snapshotIn is the folder of a revision below the cache's folder of a repository.
func snapshotIn(root, revision string) (dir, commit string, err error) {
	commit = revision
	if b, err := os.ReadFile(filepath.Join(root, "refs", filepath.FromSlash(revision))); err == nil {
		commit = strings.TrimSpace(string(b))
	}
	if commit == "" || strings.ContainsAny(commit, `/\`) || strings.HasPrefix(commit, ".") {
		return "", "", fmt.Errorf("%s has no revision %s", root, revision)
	}
	return filepath.Join(root, "snapshots", commit), commit, nil
}

// findShort finds the one folder models--*--name, whatever the case.
func findShort(cache, name string) (string, error) {
	missing := fmt.Errorf("%s has no models--%s", cache, strings.ReplaceAll(name, "/", "--"))
	if strings.Contains(name, "/") {
		return "", missing
	}
	entries, err := os.ReadDir(cache)
	if err != nil {
		return "", missing
	}
	var found []string
	for _, e := range entries {
		lower := strings.ToLower(e.Name())
		if e.IsDir() && strings.HasPrefix(lower, "models--") && strings.HasSuffix(lower, "--"+strings.ToLower(name)) {
			found = append(found, e.Name())
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", missing
	}
	return "", fmt.Errorf("%s has several repositories called %s: %s", cache, name, strings.Join(found, ", "))
}
