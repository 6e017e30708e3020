package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tacho/engine/simserver"
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
	dir := filepath.Clean(args[0])
	m, err := readManifest(dir)
	if err != nil {
		return err
	}
	base, aside, err := profiles.DecodeInputConfig(m.Profile)
	if err != nil {
		return fmt.Errorf("profile in the manifest of %s: %w", dir, err)
	}
	if err := base.SetVariables(m.Variables); err != nil {
		return fmt.Errorf("variables in the manifest of %s: %w", dir, err)
	}
	var notices []string
	for _, a := range aside {
		notices = append(notices, fmt.Sprintf("%s of the first run is not understood and left out", a.Path))
	}
	if root, ok := m.Seeds["root"]; ok {
		base.Dataset().RandomSeed.Put(int(root))
	}
	base.Artifacts.Dir.Put(dir + "-rerun")
	if m.Simulated && !given(args[1:], "--url") {
		s, err := simserver.Start(simserver.Demo())
		if err != nil {
			return err
		}
		defer s.Close()
		base.Endpoint.URLs.Put([]string{s.URL()})
		notices = append(notices, "the first run was against the simulator, so this one is too; --url names a server")
	}
	p, o, err := readProfile(env, base, args[1:])
	if err != nil {
		return err
	}
	o.Notices, o.DatasetHash = append(notices, o.Notices...), m.DatasetSHA256
	return runProfile(env, p, o)
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
