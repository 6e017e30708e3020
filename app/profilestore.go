package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tacho/profiles"
)

// profileStore finds profiles by name: in ./.tacho, in the user's configuration
// folder, and among the presets, in this order.
type profileStore struct {
	local, user string // folders; user is empty when there is no home
}

func newProfileStore(getenv func(string) string) profileStore {
	s := profileStore{local: ".tacho"}
	switch config, home := getenv("XDG_CONFIG_HOME"), getenv("HOME"); {
	case config != "":
		s.user = filepath.Join(config, "tacho", "profiles")
	case home != "":
		s.user = filepath.Join(home, ".config", "tacho", "profiles")
	}
	return s
}

// storedProfile is one that can be named with @.
type storedProfile struct {
	name, from, doc string // from is "here", "yours" or "built in"
	path            string // empty for a preset
	yaml            []byte
}

// list returns all profiles; of equal names the first place wins.
func (s profileStore) list() []storedProfile {
	var out []storedProfile
	add := func(p storedProfile) {
		if !slices.ContainsFunc(out, func(o storedProfile) bool { return o.name == p.name }) {
			out = append(out, p)
		}
	}
	for _, place := range []struct{ dir, from string }{{s.local, "here"}, {s.user, "yours"}} {
		if place.dir == "" {
			continue
		}
		paths, _ := filepath.Glob(filepath.Join(place.dir, "*.yaml"))
		for _, path := range paths {
			if b, err := os.ReadFile(path); err == nil {
				add(storedProfile{strings.TrimSuffix(filepath.Base(path), ".yaml"), place.from, profiles.Doc(b), path, b})
			}
		}
	}
	for _, p := range profiles.Presets() {
		add(storedProfile{p.Name, "built in", p.Doc, "", p.YAML})
	}
	return out
}

// find returns the profile of a name.
func (s profileStore) find(name string) (storedProfile, error) {
	var names []string
	for _, p := range s.list() {
		if p.name == name {
			return p, nil
		}
		names = append(names, p.name)
	}
	if near := profiles.Nearest(name, names); near != "" {
		return storedProfile{}, withHint(usagef("there is no profile %q; did you mean %q?", name, near), "tacho profiles lists them")
	}
	return storedProfile{}, withHint(usagef("there is no profile %q", name), "tacho profiles lists them")
}

// read is the ReadFile of the options: @name is a profile, all else a file.
func (s profileStore) read(name string) ([]byte, error) {
	stored, ok := strings.CutPrefix(name, "@")
	if !ok {
		return os.ReadFile(name)
	}
	p, err := s.find(stored)
	if err != nil {
		return nil, fmt.Errorf("%w (tacho profiles lists them)", err)
	}
	return p.yaml, nil
}

// checkProfileName refuses names that are no plain file names.
func checkProfileName(name string) error {
	if name == "" || strings.ContainsAny(name, `/\:*?"<>| `) || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "-") {
		return usagef("%q is no name for a profile: letters, digits, - and _ will do", name)
	}
	return nil
}

// save writes a profile into one of the two folders and returns its path.
func (s profileStore) save(name string, here bool, yaml []byte) (string, error) {
	if err := checkProfileName(name); err != nil {
		return "", err
	}
	dir := s.user
	if here || dir == "" {
		dir = s.local
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", bare(err)
	}
	path := filepath.Join(dir, name+".yaml")
	if err := os.WriteFile(path, yaml, 0o644); err != nil {
		return "", bare(err)
	}
	return path, nil
}

// remove deletes a profile's file.
func (s profileStore) remove(name string) (string, error) {
	p, err := s.find(name)
	if err != nil {
		return "", err
	}
	if p.path == "" {
		return "", fmt.Errorf("%s is built in and cannot be removed", name)
	}
	if err := os.Remove(p.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", bare(err)
	}
	return p.path, nil
}

// named turns a leading @name into the option that reads it.
func named(args []string) []string {
	if len(args) == 0 || !strings.HasPrefix(args[0], "@") {
		return args
	}
	return append([]string{"--config", args[0]}, args[1:]...)
}
