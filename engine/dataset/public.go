package dataset

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"tacho/engine/token"
)

// PublicConfig describes conversations of a public data set.
type PublicConfig struct {
	// Name is one of PublicNames, with - or _ between words.
	Name string
	// Path is a copy of it, a file or a folder of files; empty looks into
	// CacheDir and the caches of the hub's tools and AIPerf, and else downloads
	// it to CacheDir.
	Path string
	// CacheDir holds a folder for each data set; empty is a folder of this
	// program in the user's cache.
	CacheDir string
	// Limit is how many conversations are used; 0 is all, but of a data set of
	// many gigabytes: Requests, or 100. Only files that hold them are fetched.
	Limit int
	// Requests is how many a phase of the run sends at most; 0 is unknown.
	Requests int
	// OSL is the length to ask for where the data set says none. ShareGPT says
	// how long the recorded answer was; with an OSL short answers are used too.
	OSL Dist
	// ScratchDir takes what is unpacked; empty is the system's place.
	ScratchDir string
	// Getenv looks up environment variables; nil is os.Getenv. Read are those
	// of [token.HubEnv] and HF_DATASETS_OFFLINE.
	Getenv func(string) string `json:"-"`
	// Client makes the downloads; nil is one that honours the proxy variables.
	Client *http.Client `json:"-"`
	// Progress, if not nil, hears how many bytes of a file have come; total is
	// 0 when nobody knows.
	Progress func(file string, have, total int64) `json:"-"`
}

func (c *PublicConfig) check() []error {
	var errs []error
	if _, err := findPublic(c.Name); err != nil {
		errs = append(errs, err)
	}
	if c.Limit < 0 {
		errs = append(errs, fmt.Errorf("limit of a public dataset is %d: must be at least 1", c.Limit))
	}
	return append(errs, c.OSL.check("OSL")...)
}

// aiperfCache is where AIPerf keeps the files that it downloads, from where it
// is started.
const aiperfCache = ".cache/aiperf/datasets"

// ErrUnavailable is in the chain of an error of [Open] when a public data set
// is neither on this machine nor to be had from the hub.
var ErrUnavailable = errors.New("is not on this machine and cannot be fetched")

// find returns the files of a data set, downloading them if need be.
func (c *PublicConfig) find(ctx context.Context, s *publicSet, q *quota) ([]string, error) {
	if c.Path != "" {
		return copyFiles(c.Path, s)
	}
	env := token.HubEnv(c.Getenv)
	if env == nil {
		env = os.Getenv
	}
	dir := c.CacheDir
	if dir == "" {
		dir = filepath.Join(env.UserCache(), "tacho", "datasets")
	}
	dir = filepath.Join(dir, s.name)
	if files := here(env, s, dir, q); files != nil {
		return files, nil
	}
	h := &hub{env: env, client: c.Client, progress: c.Progress}
	if h.client == nil {
		h.client = http.DefaultClient
	}
	err := errors.New("offline mode forbids a download")
	if !env.Offline("HF_DATASETS_OFFLINE") {
		var files []string
		if files, err = h.fetchAlone(ctx, s, dir, q); err == nil {
			return files, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	return nil, fmt.Errorf("public dataset %s %w: %w\n%s", s.name, ErrUnavailable, err, s.advice(dir))
}

// here are the files of a data set in the caches of this machine, nil if none
// holds all that are needed: in dir, put there by the user or downloaded; where
// the hub's own tools keep theirs; or where AIPerf does.
func here(env token.HubEnv, s *publicSet, dir string, q *quota) []string {
	for _, ext := range dataKinds {
		if files, err := copyFiles(filepath.Join(dir, s.name+ext), s); err == nil && s.file == "" {
			return files
		}
	}
	if from := readOrigin(dir); from.Partial {
		if files := from.files(dir); files != nil && q.met(files) {
			return files
		}
	} else if files, err := copyFiles(dir, s); err == nil && complete(dir) {
		return files
	}
	if s.repo != "" {
		for _, revision := range revisions {
			if at, err := env.DatasetSnapshot(s.repo, revision); err == nil {
				if files, err := copyFiles(at, s); err == nil {
					return files
				}
			}
		}
	}
	if s.file != "" {
		if files, err := copyFiles(filepath.Join(aiperfCache, s.file), s); err == nil {
			return files
		}
	}
	return nil
}

// complete reports whether no download into dir is unfinished.
func complete(dir string) bool {
	parts, _ := filepath.Glob(filepath.Join(dir, "*.part"))
	return len(parts) == 0
}

// publicFraming tells how a copy is written: a list, lines or rows.
func publicFraming(path, scratch string) (framing, error) {
	if name := strings.TrimSuffix(strings.ToLower(path), ".gz"); strings.HasSuffix(name, ".csv") {
		return framedRows, nil
	}
	if isParquet(path) {
		return framedLines, nil
	}
	src, err := openSource(path, scratch)
	if err != nil {
		return 0, &RecordError{path, 0, err}
	}
	defer src.Close()
	head := make([]byte, 4096)
	n, _ := src.ReadAt(head, 0)
	text := strings.TrimLeft(strings.TrimPrefix(string(head[:n]), string(byteOrderMark)), " \t\r\n")
	switch {
	case strings.HasPrefix(text, "["):
		return framedList, nil
	case strings.HasPrefix(text, "{"):
		return framedLines, nil
	}
	return 0, &RecordError{path, 1, fmt.Errorf("the file begins with %s: expected Parquet, JSON, or a name that ends in .csv", shorten([]byte(text)))}
}
