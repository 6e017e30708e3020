package app

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"time"

	"tacho/engine/secret"
	"tacho/profiles"
)

// writeUserFiles writes the files of the user's own into the artifact
// directory, before anything is sent.
func (a *artifacts) writeUserFiles(p *profiles.Profile, start time.Time) error {
	if len(p.Artifacts.UserFiles.V) == 0 {
		return nil
	}
	root, err := os.OpenRoot(a.dir)
	if err != nil {
		return fmt.Errorf("user files: %w", bare(err))
	}
	defer root.Close()
	run := runFacts(p, a.dir, start)
	for _, f := range p.Artifacts.UserFiles.V {
		if kind, ok := a.names.Kind(path.Clean(f.Path)); ok {
			return usagef("artifacts.user_files: %s is the name of a file of the run (%s); choose another", f.Path, kind)
		}
		data, err := f.Render(p.Variables.V, run)
		if err != nil {
			return usagef("artifacts.user_files: %s: %w", f.Path, err)
		}
		if err := root.MkdirAll(path.Dir(f.Path), 0o755); err != nil {
			return fmt.Errorf("user file %s: %w", f.Path, bare(err))
		}
		if err := root.WriteFile(f.Path, data, 0o644); err != nil {
			return fmt.Errorf("user file %s: %w", f.Path, bare(err))
		}
	}
	return nil
}

// runFacts are the names that only the run gives to templates, as AIPerf's.
func runFacts(p *profiles.Profile, dir string, start time.Time) profiles.Object {
	model, url := "", ""
	if names := p.ModelNames(); len(names) > 0 {
		model = names[0]
	}
	if urls := p.Endpoint.URLs.V; len(urls) > 0 {
		url = secret.RedactURL(urls[0])
	}
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	return profiles.Object{
		{Key: "epoch", Value: strconv.FormatInt(start.Unix(), 10)},
		{Key: "job_name", Value: filepath.Base(dir)},
		{Key: "namespace", Value: ""},
		{Key: "model", Value: model},
		{Key: "endpoint_url", Value: url},
		{Key: "artifact_dir", Value: dir},
	}
}
