package token

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// HubEnv looks up the environment variables that set up the hub's own tools, and tells what they
// mean: where the hub is, what may be asked of it, and where its files lie on this machine.
type HubEnv func(name string) string

// DefaultEndpoint is the address of the public hub.
const DefaultEndpoint = "https://huggingface.co"

// Endpoint is the address of the hub, without a slash at its end.
func (e HubEnv) Endpoint() string {
	if at := e("HF_ENDPOINT"); at != "" {
		return strings.TrimRight(at, "/")
	}
	return DefaultEndpoint
}

// Offline tells whether HF_HUB_OFFLINE, or another variable of the same meaning, forbids network
// access.
func (e HubEnv) Offline(others ...string) bool {
	for _, name := range append(others, "HF_HUB_OFFLINE") {
		switch strings.ToLower(e(name)) {
		case "", "0", "false", "no", "off":
		default:
			return true
		}
	}
	return false
}

// Token is the user's token, from the environment or from where the hub's own tools keep it; empty
// if there is none.
func (e HubEnv) Token() string {
	for _, name := range []string{"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"} {
		if t := strings.TrimSpace(e(name)); t != "" {
			return t
		}
	}
	path := e("HF_TOKEN_PATH")
	if path == "" {
		path = filepath.Join(e.hfHome(), "token")
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// Cache is the folder of the hub's cache. Below it lies, per repository, models--ORG--NAME or
// datasets--ORG--NAME with refs/REVISION (a text file with a commit) and snapshots/COMMIT/FILES.
func (e HubEnv) Cache() string {
	for _, name := range []string{"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"} {
		if dir := e(name); dir != "" {
			return e.expandHome(dir)
		}
	}
	return filepath.Join(e.hfHome(), "hub")
}

// DatasetSnapshot is the folder in the hub's cache that holds the files of a revision of a data set,
// as far as they were downloaded.
func (e HubEnv) DatasetSnapshot(repo, revision string) (string, error) {
	root := filepath.Join(e.Cache(), "datasets--"+strings.ReplaceAll(repo, "/", "--"))
	dir, _, err := snapshotIn(root, revision)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(dir); err != nil {
		return "", fmt.Errorf("%s has no files of revision %s", root, revision)
	}
	return dir, nil
}

// UserCache is the folder for what programs keep of their own.
func (e HubEnv) UserCache() string {
	if dir := e("XDG_CACHE_HOME"); dir != "" {
		return dir
	}
	return filepath.Join(e.home(), ".cache")
}

func (e HubEnv) hfHome() string {
	if dir := e("HF_HOME"); dir != "" {
		return e.expandHome(dir)
	}
	return filepath.Join(e.UserCache(), "huggingface")
}

func (e HubEnv) home() string {
	for _, name := range []string{"HOME", "USERPROFILE"} {
		if h := e(name); h != "" {
			return h
		}
	}
	return "."
}

func (e HubEnv) expandHome(name string) string {
	if rest, ok := strings.CutPrefix(name, "~"); ok && (rest == "" || rest[0] == '/') {
		return filepath.Join(e.home(), rest)
	}
	return name
}
