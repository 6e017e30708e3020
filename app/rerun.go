package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tacho/engine/secret"
	"tacho/export"
	"tacho/profiles"
)

// rerun repeats the run that left a directory: the same options and the same
// seed, so the same prompts at the same times.
func rerun(env Env, args []string) error {
	if len(args) == 0 || args[0] == "-h" || args[0] == "--help" {
		fmt.Fprintln(env.Stdout, "usage: tacho rerun DIR [options of tacho profile]\n\nRepeats the run that left DIR, by its manifest.json, into DIR-rerun. Options\ngiven here replace those of the run; a key must be given again, for no file\nholds it.")
		if len(args) == 0 {
			return &silentError{exitUsage}
		}
		return errHelpShown
	}
	if strings.HasPrefix(args[0], "-") {
		return withHint(usagef("rerun: %s: the directory comes first, options of tacho profile after it", args[0]), "tacho rerun -h explains the command")
	}
	a, err := readAgain(filepath.Clean(args[0]))
	if err != nil {
		return err
	}
	if a.simulated && !given(args[1:], "--url") {
		s, _, err := startDemoServer()
		if err != nil {
			return err
		}
		defer s.Close()
		a.against(s.URL())
	}
	p, o, err := readProfile(env, a.profile, args[1:])
	if err != nil {
		return err
	}
	o.Notices, o.DatasetHash = append(a.notices, o.Notices...), a.dataset
	return runProfile(env, p, o)
}

// again is a run that can be repeated.
type again struct {
	profile   *profiles.Profile // with the seed of the first, into a folder beside it
	simulated bool              // the server was the simulator, and is gone
	notices   []string
	dataset   string // hash of what it sent
}

// readAgain reads how the run was made that left a directory.
func readAgain(dir string) (*again, error) {
	m, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	base, aside, err := profiles.DecodeInputConfig(m.Profile)
	if err != nil {
		return nil, fmt.Errorf("profile in the manifest of %s: %w", dir, err)
	}
	if err := base.SetVariables(m.Variables); err != nil {
		return nil, fmt.Errorf("variables in the manifest of %s: %w", dir, err)
	}
	a := &again{profile: base, simulated: m.Simulated, dataset: m.DatasetSHA256}
	for _, x := range aside {
		why := "is not understood and left out"
		if x.Value == secret.Redacted {
			why = "is a secret, which no file holds, and left out; give it again"
		}
		a.notices = append(a.notices, fmt.Sprintf("%s of the first run %s", x.Path, why))
	}
	if root, ok := m.Seeds["root"]; ok {
		base.Dataset().RandomSeed.Put(int(root))
	}
	base.Artifacts.Dir.Put(dir + "-rerun")
	return a, nil
}

// against has the run use a simulator that was started for it.
func (a *again) against(url string) {
	a.profile.Endpoint.URLs.Put([]string{url})
	a.notices = append(a.notices, "the first run was against the simulator, so this one is too; --url names a server")
}

// readManifest finds a directory's manifest.
func readManifest(dir string) (*export.Manifest, error) {
	path := filepath.Join(dir, export.Names{}.Of(export.ManifestJSON))
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, withHint(fmt.Errorf("%s has no manifest.json", dir), "only directories that tacho wrote can be run again")
	}
	if err != nil {
		return nil, bare(err)
	}
	m, err := export.DecodeManifest(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}
